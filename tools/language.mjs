/**
 * npm run language [-- FOLDER]: lists the texts below a folder (src, where none is given) that no catalogue can translate,
 * those that the catalogue of a language lacks, and what is in it without being used.
 * npm run language -- --sort: moves entries into the catalogue files of the rooms that use their texts.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { sorted, textOfKey } from './language/catalogue-files.mjs';
import { textsBelow } from './language/texts.mjs';
import { ROOT } from './root.mjs';

const LANGUAGES = join(ROOT, 'src/language');
/** Folders of languages; English, in which texts are written, has only plural forms. */
const languages = readdirSync(LANGUAGES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'en')
  .map(({ name }) => name);

/** A language's catalogue, by file name without `.json`. */
function catalogueOf(/** @type {string} */ language) {
  const folder = join(LANGUAGES, language);
  /** @param {string} file @returns {[string, Record<string, string>]} */
  const read = (file) => [file.slice(0, -5), JSON.parse(readFileSync(join(folder, file), 'utf8'))];
  return new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .map(read),
  );
}

function sortCatalogue(/** @type {string} */ language) {
  const before = catalogueOf(language);
  const { used } = textsBelow(ROOT);
  for (const [name, texts] of sorted(before, used)) {
    const file = join(LANGUAGES, language, `${name}.json`);
    const text = `${JSON.stringify(texts, null, 2)}\n`;
    if (Object.keys(texts).length === 0) rmSync(file);
    else if (text !== `${JSON.stringify(before.get(name), null, 2)}\n`) {
      writeFileSync(file, text);
      console.log(`Sorted ${language}/${name}.json`);
    }
  }
}

const [argument = 'src'] = process.argv.slice(2);
if (argument === '--sort') languages.forEach(sortCatalogue);
else {
  const { used, loose, early } = textsBelow(ROOT, argument);
  const tell = (/** @type {string} */ what, /** @type {import('./language/texts.mjs').Found[]} */ found) => {
    console.log(`\n${what}: ${found.length}`);
    for (const { file, line, text } of found) console.log(`  ${file}:${line}  ${JSON.stringify(text)}`);
  };
  tell('Texts outside the catalogues', loose);
  tell('Translated before a language is chosen (phrase() them, and translate where they are shown)', early);
  const texts = new Set(used.map(({ text }) => text));
  for (const language of languages) {
    const keys = new Set([...catalogueOf(language).values()].flatMap((entries) => Object.keys(entries)));
    const missing = used.filter(({ text }) => !keys.has(text));
    tell(`Not translated into ${language}`, [...new Map(missing.map((one) => [one.text, one])).values()]);
    if (argument !== 'src') continue;
    const unused = [...keys].filter((key) => textOfKey(key, texts) === null);
    console.log(`\nIn the catalogue of ${language}, but used nowhere: ${unused.length}`);
    for (const key of unused) console.log(`  ${JSON.stringify(key)}`);
  }
}
