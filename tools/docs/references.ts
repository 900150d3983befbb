/** Finds what documents and comments refer to: links, headings, commands and paths. Used by tools/docs.test.ts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { parseSync } from 'oxc-parser';
import { ROOT } from '../root.mjs';

/** A reference and where it is, as "file:line". */
export interface Reference {
  text: string;
  place: string;
}

const lineOf = (source: string, index: number) => source.slice(0, index).split('\n').length;

/** All files below a folder of the repository, relative to the root, with slashes. */
export const filesBelow = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(ROOT.length + 1))
    .map((path) => path.split(sep).join(posix.sep));

/** A document without its fenced blocks and inline code, which keep their length so that positions stay. */
const withoutCode = (markdown: string): string =>
  markdown.replaceAll(/^```.*?^```|`[^`\n]*`/gms, (code) => code.replaceAll(/[^\n]/g, ' '));

/** Targets of a document's links and images. */
export function linksIn(file: string, markdown: string): Reference[] {
  const text = withoutCode(markdown);
  const patterns = [
    /\]\(\s*<?([^\s)>]+)/g,
    /^\[[^\]]+\]:\s*(\S+)/gm,
    /<(?:img|a)\s[^>]*(?:src|href)="([^"]+)"/g,
  ];
  return patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => ({
      text: match[1]!,
      place: `${file}:${lineOf(text, match.index)}`,
    })),
  );
}

/** Anchors of a document's headings, as GitHub makes them: the second heading of the same text ends in -1. */
export function anchorsIn(markdown: string): Set<string> {
  const anchors = new Set<string>();
  const headings = markdown.replaceAll(/^```.*?^```/gms, '').matchAll(/^#{1,6} +(.*?) *#*$/gm);
  for (const [, heading] of headings) {
    const text = heading!.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/[`*]/g, '');
    const slug = text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

export interface Command extends Reference {
  /** The script of package.json, or the file of a `node tools/…` command. */
  name: string;
  kind: 'script' | 'file';
  options: string[];
}

/** Commands of this project in a document's code: `npm run X`, `npm start`, `npm test` and `node tools/X.mjs`. */
export function commandsIn(file: string, markdown: string): Command[] {
  const code = [...markdown.matchAll(/^```.*?^```|`[^`\n]*`/gms)];
  return code.flatMap(({ 0: block, index }) =>
    [
      ...block
        .replaceAll('\\\n', '  ')
        .matchAll(
          /\b(?:npm run (?<run>[\w:-]+)|npm (?<short>start|test)|node (?<file>tools\/[\w./-]+))(?<rest>[^\n`]*)/g,
        ),
    ].map((match) => {
      const { run, short, file: script, rest = '' } = match.groups!;
      return {
        text: match[0].trim(),
        place: `${file}:${lineOf(markdown, index + match.index)}`,
        name: run ?? short ?? script!,
        kind: script === undefined ? ('script' as const) : ('file' as const),
        options: [...rest.replace(/(^|\s)#.*/, '').matchAll(/(?<![\w-])--([a-z][\w-]*)/g)].map(
          (option) => option[1]!,
        ),
      };
    }),
  );
}

/** The options that a command of tools/ declares for parseArgs, in its own file or in its folder's options.mjs. */
export function optionsOf(command: string, files: ReadonlySet<string>): Set<string> {
  const sources = [command, command.replace(/\.mjs$/, '/options.mjs')].filter((path) => files.has(path));
  return new Set(
    sources.flatMap((path) =>
      [
        ...readFileSync(join(ROOT, path), 'utf8').matchAll(/'?([\w-]+)'?: \{ type: '(?:string|boolean)'/g),
      ].map((match) => match[1]!),
    ),
  );
}

/** The comments of a TypeScript or JavaScript file. */
export function commentsOf(file: string, source: string): Reference[] {
  return parseSync(file, source).comments.map(({ value, start }) => ({
    text: value,
    place: `${file}:${lineOf(source, start)}`,
  }));
}

/** Paths in a text: from the root of the repository (`src/…`) or relative (`./…`). URLs are left out. */
export function pathsIn({ text, place }: Reference): Reference[] {
  const found = text.matchAll(
    /(?<![\w./:<-])(?:(?:src|tools|e2e|docs|public)\/|\.{1,2}\/)[\w.*{},/+-]*[\w*/}]/g,
  );
  return [...found].map((match) => ({ text: match[0], place }));
}

/** Source files that a text names without their folder. */
export const fileNamesIn = ({ text, place }: Reference): Reference[] =>
  [...text.matchAll(/(?<![\w./*{}-])[\w-]+(?:\.[\w-]+)*\.(?:tsx?|mjs|css)\b/g)].map((match) => ({
    text: match[0],
    place,
  }));

const ENDINGS = ['', '.ts', '.tsx', '.mjs', '.json', '.css'];

/**
 * Whether a path names a file or folder. It may leave out a module's ending, contain `*`, `**` and `{a,b}`, and have a
 * placeholder in capitals for a name (`src/data/forms/NAME.ts`), for which any file or none will do if the folder exists.
 * @param from file that contains the path, for relative paths
 */
export function pathExists(path: string, from: string, files: ReadonlySet<string>): boolean {
  const whole = path.startsWith('.') ? posix.join(posix.dirname(from), path) : path;
  const clean = whole.replace(/\/$/, '');
  const isFolder = (folder: string) => [...files].some((file) => file.startsWith(`${folder}/`));
  if (ENDINGS.some((ending) => files.has(clean + ending)) || isFolder(clean)) return true;
  const placeholder = clean.search(/\/(?=[^/]*\b[A-Z]+\b)/);
  if (placeholder >= 0) return isFolder(clean.slice(0, placeholder));
  if (!/[*{]/.test(clean)) return false;
  const pattern = clean
    .replaceAll(/[.+]/g, String.raw`\$&`)
    .replaceAll(/\{([^}]*)\}/g, (_, choices: string) => `(?:${choices.replaceAll(',', '|')})`)
    .replaceAll(/\*\*\/|\*/g, (star) => (star === '*' ? '[^/]*' : '(?:.*/)?'));
  const expression = new RegExp(`^${pattern}(?:$|/|\\.)`);
  return [...files].some((file) => expression.test(file));
}
