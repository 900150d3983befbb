/** The catalogues are complete: every text of the page goes through them, and Chinese has all of them with the same values. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { textsBelow, textsOf } from '../../tools/language/texts.mjs';
import enPlurals from './en-plurals.json';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(import.meta.dirname, 'zh');
const catalogues = readdirSync(FOLDER).map((file) => ({
  file,
  texts: JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Record<string, string>,
}));
const { used, loose, early } = textsBelow(ROOT);
const place = ({ file, line, text }: (typeof used)[number]) => `${file}:${line} ${text}`;
const keys = new Set(used.map(({ text }) => text));
/** A form of a text, without its ending. */
const base = (key: string) => [key, key.replace(/_(?:one|other|[a-z]+)$/, '')].find((one) => keys.has(one));
/** Values and tags of a text. */
const parts = (text: string) =>
  [...new Set(text.match(/\{\{.*?\}\}|<\/?\w+\/?>/g))]
    .map((part) => part.replace(/,.*\}\}/, '}}'))
    .toSorted();

describe('catalogues of texts', () => {
  test('every text that people read goes through them', () => {
    expect(loose.map(place)).toEqual([]);
  });

  test('no text is translated before a language is chosen', () => {
    expect(early.map(place)).toEqual([]);
  });

  test('Chinese has every text', () => {
    const all = Object.assign({}, ...catalogues.map(({ texts }) => texts)) as Record<string, string>;
    const missing = used.filter(({ text }) => !Object.hasOwn(all, text) || all[text]!.trim() === '');
    expect([...new Set(missing.map(place))]).toEqual([]);
  });

  test('a text has one translation', () => {
    const seen = new Map<string, string>();
    for (const { file, texts } of catalogues)
      for (const [key, text] of Object.entries(texts)) {
        expect(seen.get(key) ?? text, `${file}: ${key}`).toBe(text);
        seen.set(key, text);
      }
  });

  test('translations keep the values and tags of their texts', () => {
    for (const { file, texts } of catalogues)
      for (const [key, text] of Object.entries(texts))
        expect(parts(text), `${file}: ${key}`).toEqual(parts(base(key) ?? key));
  });

  test('nothing in a catalogue is used nowhere', () => {
    const unused = [
      ...catalogues,
      { file: 'en-plurals.json', texts: enPlurals as Record<string, string> },
    ].flatMap(({ file, texts }) =>
      Object.keys(texts)
        .filter((key) => base(key) === undefined)
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
