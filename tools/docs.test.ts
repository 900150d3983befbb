/** The documents and the comments refer to what exists: links, headings, images, commands, options and paths. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  anchorsIn,
  commandsIn,
  commentsOf,
  fileNamesIn,
  filesBelow,
  linksIn,
  optionsOf,
  pathExists,
  pathsIn,
} from './docs/references';
import { ROOT } from './root.mjs';

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const files = new Set(['src', 'tools', 'e2e', 'docs', 'public'].flatMap(filesBelow));
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...[...files].filter((file) => /^docs\/.*\.md$/.test(file)),
].map((file) => ({ file, text: read(file) }));
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const places = (found: readonly { text: string; place: string }[]) =>
  found.map(({ text, place }) => `${place} ${text}`);

/** A document without the blocks of recipes, which may name what they make; tools/recipes.test.ts checks their paths. */
const withoutRecipes = (text: string) =>
  text.replaceAll(/^ *```\w+ file=[\s\S]*?^ *```$/gm, (block) => block.replaceAll(/[^\n]/g, ''));

describe('documents', () => {
  test('README.md has at most 8,192 bytes', () => {
    expect(Buffer.byteLength(read('README.md'))).toBeLessThanOrEqual(8192);
  });

  test('every link leads to a file, a heading or an image that exists', () => {
    const broken = documents.flatMap(({ file, text }) =>
      linksIn(file, text).filter(({ text: target }) => {
        if (/^(https?|mailto):/.test(target)) return false;
        const [path = '', anchor] = decodeURIComponent(target).split('#');
        const whole = path === '' ? file : posix.join(posix.dirname(file), path);
        if (!existsSync(join(ROOT, whole))) return true;
        return anchor !== undefined && !anchorsIn(read(whole)).has(anchor);
      }),
    );
    expect(places(broken)).toEqual([]);
  });

  test('every command shown exists and has the options that are shown with it', () => {
    const wrong = documents.flatMap(({ file, text }) =>
      commandsIn(file, text).filter(({ name, kind, options }) => {
        if (kind === 'script' && !Object.hasOwn(scripts, name)) return true;
        const command = kind === 'file' ? name : /^node (\S+)$/.exec(scripts[name]!)?.[1];
        if (kind === 'file' && !files.has(name)) return true;
        const known = command === undefined ? new Set() : optionsOf(command, files);
        return options.some((option) => !known.has(option));
      }),
    );
    expect(places(wrong)).toEqual([]);
  });

  test('every path that they name exists', () => {
    const paths = documents.flatMap(({ file, text }) =>
      withoutRecipes(text)
        .split('\n')
        .flatMap((line, i) => pathsIn({ text: line, place: `${file}:${i + 1}` }))
        // Paths of a command line and links are relative to another folder.
        .filter(({ text: path }) => !path.startsWith('.') && !pathExists(path, file, files)),
    );
    expect(places(paths)).toEqual([]);
  });
});

const sources = [...files].filter((file) => /^(src|tools|e2e)\/.*\.(ts|tsx|mjs)$/.test(file));

test('every path that a comment names exists', () => {
  const missing = sources.flatMap((file) =>
    commentsOf(file, read(file))
      .flatMap(pathsIn)
      .filter(({ text }) => !pathExists(text, file, files)),
  );
  expect(places(missing)).toEqual([]);
});

test('every source file that a comment names without its folder exists', () => {
  const names = new Set([...files, ...readdirSync(ROOT)].map((file) => posix.basename(file)));
  const missing = sources.flatMap((file) =>
    commentsOf(file, read(file))
      .flatMap(fileNamesIn)
      .filter(({ text }) => !names.has(text)),
  );
  expect(places(missing)).toEqual([]);
});

describe('finding references', () => {
  test('links are found outside code only, with their lines', () => {
    const markdown = 'One [a](b.md#c)\n\n`[x](y)` ![d](<e.png>)\n\n```\n[f](g)\n```\n\n[h]: i.md\n';
    expect(places(linksIn('a.md', markdown))).toEqual(['a.md:1 b.md#c', 'a.md:3 e.png', 'a.md:9 i.md']);
  });

  test('headings become anchors as on GitHub', () => {
    expect([...anchorsIn('# The `npm run x` command\n## Why?\n## Why?\n```\n# no\n```\n')]).toEqual([
      'the-npm-run-x-command',
      'why',
      'why-1',
    ]);
  });

  test('commands are found with their options, also where a line goes on in the next', () => {
    const markdown =
      'Say `npm run data [-- --from FILE\\|URL]`.\n```sh\nnpm start -- \\\n  --port 1 # --not\n```\n';
    const found = commandsIn('a.md', markdown).map(({ name, options }) => ({ name, options }));
    expect(found).toEqual([
      { name: 'data', options: ['from'] },
      { name: 'start', options: ['port'] },
    ]);
  });

  test.each([
    ['src/a/b.ts', true],
    ['src/a/b', true],
    ['src/a/', true],
    ['./b', true],
    ['../a/b.ts', true],
    ['src/**/*.ts', true],
    ['src/{a,x}/b.ts', true],
    ['src/a/NAME.ts', true],
    ['src/x/NAME.ts', false],
    ['src/a/c.ts', false],
    ['./c', false],
    ['src/*.ts', false],
  ])('%s: %s', (path, exists) => {
    expect(pathExists(path, 'src/a/here.ts', new Set(['src/a/b.ts', 'src/a/here.ts']))).toBe(exists);
  });
});
