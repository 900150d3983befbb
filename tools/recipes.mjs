/**
 * npm run recipes [-- --recipe NAME --quick]: proves the recipes of CONTRIBUTING.md. Each recipe is a section below "Recipes" whose
 * code blocks say where they go:
 *
 *     ```ts file=FILE after="a line of the file"     inserts the block below the first line that contains the text
 *     ```ts file=FILE before="a line of the file"    inserts it above that line
 *     ```ts file=FILE instead="a line of the file"   replaces that line
 *     ```ts file=FILE new                            makes a file
 *     ```sh file=FOLDER copy=FOLDER                  copies a folder, as its command says
 *
 * With `required`, forgetting the block has to be noticed. The command applies all recipes to a copy of the repository, where
 * types, lint and the tests that the recipes add must pass. Then it leaves out one required block at a time; each time,
 * types or tests must fail. --quick, which npm test uses, does the first part only.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { messageOf, refuse } from './command-line.mjs';
import { commandOf, ROOT } from './root.mjs';

/**
 * A code block of a recipe.
 * @typedef {object} Block
 * @property {string} file path in the repository
 * @property {'after' | 'before' | 'instead' | 'new' | 'copy'} place
 * @property {string} anchor text of the line that it goes after, before or instead of; the folder that is copied
 * @property {boolean} required whether forgetting it has to be noticed
 * @property {string} code
 */

/**
 * A recipe: its heading and its blocks.
 * @typedef {{ name: string; blocks: Block[] }} Recipe
 */

const GUIDE = 'CONTRIBUTING.md';
/** A fenced block, in a list item or on its own. */
const BLOCK = /^( *)```\w+ +(file=.*)\n([\s\S]*?)^ *```$/gm;

/**
 * The recipes of a guide. Throws where a block does not say where it goes.
 * @param {string} markdown
 * @returns {Recipe[]}
 */
export function recipesOf(markdown) {
  const [, section = ''] = markdown.split(/^## Recipes$/m);
  return section
    .split(/^## /m, 1)
    .join('')
    .split(/^### /m)
    .slice(1)
    .map((text) => {
      const name = text.slice(0, text.indexOf('\n')).trim();
      const blocks = [...text.matchAll(BLOCK)].map(([, indent = '', info = '', code = '']) =>
        blockOf(name, info, code.replaceAll(new RegExp(`^${indent}`, 'gm'), '')),
      );
      return { name, blocks };
    });
}

/**
 * @param {string} recipe
 * @param {string} info the words behind the language
 * @param {string} code
 * @returns {Block}
 */
function blockOf(recipe, info, code) {
  const file = /file=(\S+)/.exec(info)?.[1];
  const anchored = /\b(after|before|instead)="([^"]+)"/.exec(info) ?? /\b(copy)=(\S+)/.exec(info);
  if (!file || (!anchored && !/\bnew\b/.test(info)))
    throw new Error(
      `${GUIDE}, "${recipe}": a block needs file= and new, copy=…, after="…", before="…" or instead="…", found: ${info}`,
    );
  return {
    file,
    place: anchored ? /** @type {Block['place']} */ (anchored[1]) : 'new',
    anchor: anchored?.[2] ?? '',
    required: /\brequired\b/.test(info),
    code,
  };
}

/**
 * A file's text with a block put in its place. Throws where the block's anchor is not there, or the file is there already.
 * @param {string | null} text null if there is no such file
 * @param {Block} block
 * @returns {string}
 */
export function withBlock(text, { file, place, anchor, code }) {
  if (place === 'new') {
    if (text !== null) throw new Error(`${GUIDE}: ${file} exists already; a recipe makes it anew.`);
    return code;
  }
  const lines = text?.split('\n') ?? [];
  const at = lines.findIndex((line) => line.includes(anchor));
  if (at === -1) throw new Error(`${GUIDE}: no line of ${file} contains "${anchor}".`);
  lines.splice(place === 'after' ? at + 1 : at, place === 'instead' ? 1 : 0, code.replace(/\n$/, ''));
  return lines.join('\n');
}

/** A copy of what types and unit tests need, in which recipes can be tried. */
class Copy {
  folder = mkdtempSync(join(tmpdir(), 'branch-lab-recipes-'));

  constructor() {
    const { stdout } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: ROOT,
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    for (const file of stdout.split('\0').filter(Boolean)) {
      mkdirSync(dirname(join(this.folder, file)), { recursive: true });
      cpSync(join(ROOT, file), join(this.folder, file));
    }
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'), 'junction');
    const build = join('src', 'kernels', 'wasm', 'build');
    cpSync(join(ROOT, build), join(this.folder, build), { recursive: true });
  }

  /** @param {string} file @returns {string | null} */
  original(file) {
    try {
      return readFileSync(join(ROOT, file), 'utf8');
    } catch {
      return null;
    }
  }

  /** Puts the blocks, and no others, into the copy. */
  apply(/** @type {readonly Block[]} */ blocks, /** @type {readonly Block[]} */ all) {
    /** @type {Map<string, string | null>} */
    const texts = new Map();
    for (const { file, place } of all) if (place !== 'copy') texts.set(file, this.original(file));
    for (const block of blocks.filter(({ place }) => place !== 'copy'))
      texts.set(block.file, withBlock(texts.get(block.file) ?? null, block));
    for (const [file, text] of texts) {
      const path = join(this.folder, file);
      if (text === null) rmSync(path, { force: true });
      else {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
      }
    }
    // Folders are copied with what the other recipes put into them.
    for (const block of all.filter(({ place }) => place === 'copy')) {
      rmSync(join(this.folder, block.file), { recursive: true, force: true });
      if (blocks.includes(block))
        cpSync(join(this.folder, block.anchor), join(this.folder, block.file), { recursive: true });
    }
    // The table of rooms in docs/architecture.md is made from their list.
    this.run(join(this.folder, 'tools', 'rooms.mjs'));
  }

  /**
   * Runs a script of an installed package in the copy.
   * @returns {{ ok: boolean; output: string }}
   */
  run(/** @type {string} */ script, /** @type {string[]} */ ...args) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
      cwd: this.folder,
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    return { ok: status === 0, output: `${stdout}${stderr}` };
  }

  types() {
    return this.run(commandOf('typescript', 'tsc'));
  }

  tests(/** @type {string[]} */ files) {
    return this.run(commandOf('vitest'), 'run', '--project=unit', '--reporter=dot', ...files);
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Tests that every recipe has to pass, beside those that it adds. */
const COMMON_TESTS = [
  'tools/rooms.test.ts',
  'tools/settings-use.test.ts',
  'src/language/catalogue.test.ts',
  'src/app/instruments/cards.test.ts',
];

/**
 * Tries recipes in a copy of the repository and prints a line per check. `quick` leaves out the forgotten blocks.
 * @returns {number} number of failed checks
 */
function prove(/** @type {readonly Recipe[]} */ recipes, /** @type {boolean} */ quick) {
  const copy = new Copy();
  let failed = 0;
  const report = (/** @type {boolean} */ ok, /** @type {string} */ what, detail = '') => {
    console.log(`${ok ? 'PASS' : 'FAIL'}  ${what}${ok || detail === '' ? '' : `\n${detail}`}`);
    if (!ok) failed++;
  };
  try {
    const all = recipes.flatMap(({ blocks }) => blocks);
    const added = all.flatMap(({ file }) => (/\.test\.tsx?$/.test(file) ? [file] : []));
    copy.apply(all, all);
    const types = copy.types();
    report(types.ok, `${recipes.length} recipes together compile`, types.output);
    const lint = copy.run(commandOf('oxlint'), '--deny-warnings', ...new Set(all.map(({ file }) => file)));
    report(lint.ok, 'and pass the lint rules', lint.output);
    const tests = copy.tests([...COMMON_TESTS, ...added]);
    report(tests.ok, 'and their tests pass', tests.output);

    // What fails already would be taken for noticing.
    if (quick || failed > 0) return failed;
    for (const { name, blocks } of recipes)
      for (const forgotten of blocks.filter(({ required }) => required)) {
        copy.apply(
          all.filter((block) => block !== forgotten),
          all,
        );
        const noticed = !copy.types().ok || !copy.tests([...COMMON_TESTS, ...added]).ok;
        report(noticed, `${name}: forgetting ${forgotten.file} is noticed`);
      }
  } finally {
    copy.remove();
  }
  return failed;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const usage = 'Usage: npm run recipes [-- --recipe NAME --quick]';
  try {
    const { recipe, quick = false } = parseArgs({
      options: { recipe: { type: 'string' }, quick: { type: 'boolean' } },
    }).values;
    const recipes = recipesOf(readFileSync(join(ROOT, GUIDE), 'utf8'));
    const chosen = recipes.filter(({ name }) => recipe === undefined || name === recipe);
    if (chosen.length === 0)
      throw new Error(
        `${GUIDE} has no recipe "${recipe}", only: ${recipes.map(({ name }) => name).join(', ')}.`,
      );
    process.exitCode = prove(chosen, quick) > 0 ? 1 : 0;
  } catch (error) {
    refuse(messageOf(error), usage);
  }
}
