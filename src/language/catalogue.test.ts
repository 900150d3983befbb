/** The catalogues are complete: every text of the page goes through them, and every language has all of them with the same values. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileByText, textOfKey } from '../../tools/language/catalogue-files.mjs';
import { textsBelow, textsOf } from '../../tools/language/texts.mjs';
import enPlurals from './en/plurals.json';
import { LANGUAGE_CODES, LANGUAGES } from './languages';

const ROOT = join(import.meta.dirname, '../..');
const { used, loose, early } = textsBelow(ROOT);
const place = ({ file, line, text }: (typeof used)[number]) => `${file}:${line} ${text}`;
const files = fileByText(used);

/** The JSON files of a language's folder. */
const filesOf = (language: string) =>
  readdirSync(join(import.meta.dirname, language))
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({
      file,
      texts: JSON.parse(readFileSync(join(import.meta.dirname, language, file), 'utf8')) as Record<
        string,
        string
      >,
    }));
const catalogueOf = (language: string) =>
  Object.assign({}, ...filesOf(language).map(({ texts }) => texts)) as Record<string, string>;
/** English needs no translation, only plural forms. */
const TRANSLATED = LANGUAGE_CODES.filter((code) => code !== 'en');
/** Values and tags of a text. */
const parts = (text: string) =>
  [...new Set(text.match(/\{\{.*?\}\}|<\/?\w+\/?>/g))]
    .map((part) => part.replace(/,.*\}\}/, '}}'))
    .toSorted();

describe('texts', () => {
  test('that people read go through the catalogues', () => {
    expect(loose.map(place)).toEqual([]);
  });

  test('are not translated before a language is chosen', () => {
    expect(early.map(place)).toEqual([]);
  });
});

describe.each(TRANSLATED)('the catalogue of %s', (language) => {
  test('has every text', () => {
    const all = catalogueOf(language);
    const missing = used.filter(({ text }) => !Object.hasOwn(all, text) || all[text]!.trim() === '');
    expect([...new Set(missing.map(place))]).toEqual([]);
  });
});

describe.each(LANGUAGE_CODES)('the catalogue of %s', (language) => {
  const catalogues = filesOf(language);

  test('has the plural forms that its language has, for every text that English has them for', () => {
    const { pluralCategories } = new Intl.PluralRules(LANGUAGES[language].tag).resolvedOptions();
    const forms = pluralCategories.filter((category) => category !== 'other');
    const wanted = Object.keys(enPlurals).flatMap((key) =>
      forms.map((form) => key.replace(/_one$/, `_${form}`)),
    );
    const all = catalogueOf(language);
    expect(wanted.filter((key) => !Object.hasOwn(all, key))).toEqual([]);
  });

  test('has one translation per text', () => {
    const seen = new Map<string, string>();
    for (const { file, texts } of catalogues)
      for (const [key, text] of Object.entries(texts)) {
        expect(seen.get(key) ?? text, `${file}: ${key}`).toBe(text);
        seen.set(key, text);
      }
  });

  test('keeps the values and tags of the texts', () => {
    for (const { file, texts } of catalogues)
      for (const [key, text] of Object.entries(texts)) {
        // A form for one may say "a part" where the text says "{{count}} parts".
        const kept = (of: string) =>
          parts(of).filter((part) => !(key.endsWith('_one') && part === '{{count}}'));
        expect(kept(text), `${file}: ${key}`).toEqual(kept(textOfKey(key, files) ?? key));
      }
  });

  test('has nothing that is used nowhere', () => {
    const unused = catalogues.flatMap(({ file, texts }) =>
      Object.keys(texts)
        .filter((key) => textOfKey(key, files) === null)
        .map((key) => `${file}: ${key}`),
    );
    expect(unused).toEqual([]);
  });
});

describe('finding texts', () => {
  const head = "import { phrase, t } from '../language/language';\n";
  const of = (source: string) => textsOf('a.tsx', head + source);

  test.each([
    ['the words between tags', 'const a = () => <p>Press start</p>;'],
    ['a label', 'const a = () => <button aria-label="Close" />;'],
    ['a sentence with a value', 'const a = (n) => `Found ${n} of the files`;'],
    ['a property that is read', "const a = [{ label: 'Start' }];"],
    ['a value inside a text', "const a = (n) => t('{{what}} is here', { what: `a few more of ${n}` });"],
    ['an error for people', "const a = () => { throw new DataError('It has no images.'); };"],
  ])('finds %s outside the catalogues', (_, source) => {
    expect(of(source).loose).toHaveLength(1);
  });

  test.each([
    ['class names', 'const a = () => <p className="one two">{1}</p>;'],
    ['a comparison', "const a = (x) => x === 'not there';"],
    ['a defect of the program', "const a = () => { throw new Error('It cannot be here.'); };"],
  ])('passes over %s', (_, source) => {
    expect(of(source).loose).toEqual([]);
  });

  test('knows texts of the catalogues, and those translated too early', () => {
    const texts = of("const A = phrase('One');\nconst B = t('Two');\nconst c = () => t('Three');");
    expect(texts.used.map(({ text }) => text)).toEqual(['One', 'Two', 'Three']);
    expect(texts.early.map(({ text }) => text)).toEqual(['Two']);
  });
});
