/**
 * npm run language [-- FOLDER]: lists the texts below a folder (src, where none is given) that no catalogue can translate,
 * those that the Chinese catalogue lacks, and what is in it without being used.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ensureDependencies } from './dependencies.mjs';
import { ROOT } from './root.mjs';

ensureDependencies();
const { textsBelow } = await import('./language/texts.mjs');

const folder = process.argv[2] ?? 'src';
const catalogues = join(ROOT, 'src/language/zh');
const zh = Object.assign(
  {},
  ...readdirSync(catalogues).map((file) => JSON.parse(readFileSync(join(catalogues, file), 'utf8'))),
);
const { used, loose, early } = textsBelow(ROOT, folder);
const tell = (/** @type {string} */ what, /** @type {import('./language/texts.mjs').Found[]} */ found) => {
  console.log(`\n${what}: ${found.length}`);
  for (const { file, line, text } of found) console.log(`  ${file}:${line}  ${JSON.stringify(text)}`);
};
tell('Texts outside the catalogues', loose);
tell('Translated before a language is chosen (phrase() them, and translate where they are shown)', early);
tell('Texts that the Chinese catalogue lacks', [
  ...new Map(used.filter(({ text }) => !Object.hasOwn(zh, text)).map((one) => [one.text, one])).values(),
]);
if (folder === 'src') {
  const texts = new Set(used.map(({ text }) => text));
  const unused = Object.keys(zh).filter(
    (key) => !texts.has(key.replace(/_(other|one)$/, '')) && !texts.has(key),
  );
  console.log(`\nIn the Chinese catalogue, but used nowhere: ${unused.length}`);
  for (const key of unused) console.log(`  ${JSON.stringify(key)}`);
}
