/** The import graph: rooms import downwards only, and no file imports itself through others. Type-only imports count. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';
import { whyForbidden } from './lint/rooms.mjs';
import { ARCHITECTURE, roomOf, ROOMS, withTable } from './rooms.mjs';

const ROOT = dirname(import.meta.dirname);
const ASSEMBLY = 'src/kernels/wasm/assembly/';
const SOURCE = /\.(?:tsx?|mjs)$/;
const files = ['src', 'tools', 'e2e'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    // AssemblyScript has a resolution of its own, and its compiler refuses what it cannot resolve.
    .filter((path) => SOURCE.test(path) && !path.startsWith(ASSEMBLY)),
);
const known = new Set(files);

/** Specifiers of a file's imports, dynamic and type-only ones included. */
function specifiersOf(file: string): string[] {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const { module } = parseSync(file, source);
  return [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => (moduleRequest ? [moduleRequest.value] : [])),
    ),
    ...module.dynamicImports.map(({ moduleRequest: { start, end } }) => source.slice(start + 1, end - 1)),
  ];
}

/** The file that a relative specifier names; undefined for packages, styles and compiled files. */
function resolved(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const path = posix.join(posix.dirname(file), specifier);
  return ['', '.ts', '.tsx'].map((ending) => path + ending).find((candidate) => known.has(candidate));
}

const imports = new Map(files.map((file) => [file, specifiersOf(file)]));
const graph = new Map(
  files.map((file) => [file, imports.get(file)!.flatMap((specifier) => resolved(file, specifier) ?? [])]),
);

/** Groups of files that import each other in a circle (Tarjan's strongly connected components of more than one file). */
function cycles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    lowest.set(file, index.get(file)!);
    stack.push(file);
    for (const next of edges.get(file) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(next)!));
    }
    if (lowest.get(file) !== index.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1) found.push(group.toSorted());
  };
  for (const file of edges.keys()) if (!index.has(file)) visit(file);
  return found;
}

describe('the import graph', () => {
  test('is read: hundreds of files import others', () => {
    expect([...graph.values()].flat().length).toBeGreaterThan(1000);
  });

  test('has no cycle, type-only imports included', () => {
    expect(cycles(graph)).toEqual([]);
  });

  test('a cycle would be found', () => {
    const edges = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['a', 'd']],
      ['d', []],
    ]);
    expect(cycles(edges)).toEqual([['a', 'b', 'c']]);
  });

  test('has no import from a room above, and no package that the room may not use', () => {
    const forbidden = files.flatMap((file) =>
      imports.get(file)!.flatMap((specifier) => {
        const why = whyForbidden(file, specifier);
        return why ? [`${file}: ${why}`] : [];
      }),
    );
    expect(forbidden).toEqual([]);
  });
});

describe('files', () => {
  /** Tables and texts, which one reads row by row. */
  const LONG = [/^src\/experiment\/settings\.ts$/, /^src\/lessons\/lessons\//];
  const lines = (file: string) => readFileSync(join(ROOT, file), 'utf8').trimEnd().split('\n').length;

  test('have at most 450 lines, except the settings table and lessons', () => {
    const assembly = readdirSync(join(ROOT, ASSEMBLY)).map((name) => ASSEMBLY + name);
    const long = [...files, ...assembly].filter(
      (file) => lines(file) > 450 && !LONG.some((exception) => exception.test(file)),
    );
    expect(long.map((file) => `${file}: ${lines(file)} lines`)).toEqual([]);
  });

  test('open with a comment that says their purpose', () => {
    const without = files.filter(
      (file) => !readFileSync(join(ROOT, file), 'utf8').startsWith('/**') && !file.endsWith('.test.ts'),
    );
    expect(without).toEqual([]);
  });
});

describe('rooms', () => {
  test('docs/architecture.md shows them as they are', () => {
    expect(withTable(readFileSync(ARCHITECTURE, 'utf8'))).toBe(readFileSync(ARCHITECTURE, 'utf8'));
  });

  test('every room has files', () => {
    const used = new Set(files.map(roomOf));
    expect(ROOMS.filter((_, i) => !used.has(i)).map(({ folder }) => folder)).toEqual([]);
  });

  test('every folder below src/app is a room', () => {
    const folders = new Set(
      files.filter((file) => file.startsWith('src/app/')).map((file) => posix.dirname(file)),
    );
    const rooms = new Set(ROOMS.map(({ folder }) => folder));
    expect([...folders].filter((folder) => folder !== 'src/app' && !rooms.has(folder))).toEqual([]);
  });

  test.each([
    ['src/runs/record.ts', '../charts/figures', 'src/runs is below src/charts'],
    ['src/app/time/TimeBar.tsx', '../shell/App', 'src/app/time is below src/app/shell'],
    ['src/network/plan.ts', '@tensorflow/tfjs-core', 'must not import @tensorflow/tfjs-core'],
    ['src/training/loop/run.ts', 'react', 'must not import react'],
    ['src/app/store/run.ts', '../../kernels/graph', 'speaks to the worker through src/training/protocol.ts'],
  ])('%s may not import %s', (file, specifier, message) => {
    expect(whyForbidden(file, specifier)).toContain(message);
  });

  test.each([
    ['src/app/time/TimeBar.tsx', '../../charts/figures'],
    ['src/app/charts/RunChart.tsx', 'react'],
    ['src/charts/figures.ts', './theme'],
    ['src/runs/record.ts', 'zod'],
  ])('%s may import %s', (file, specifier) => {
    expect(whyForbidden(file, specifier)).toBeNull();
  });
});
