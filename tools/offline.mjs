/**
 * A Vite plugin that makes a build work without a network: dist/service-worker.js, from src/offline/service-worker.ts with
 * the list of every built file and its digest. Only builds have it.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const ENTRY = fileURLToPath(new URL('../src/offline/service-worker.ts', import.meta.url));
const WORKER = 'service-worker.js';

const digestOf = (content) => createHash('sha256').update(content).digest('hex').slice(0, 16);

/** Every file that the page can need, with its digest: all but the worker itself and the folder of archives. */
export function filesOf(folder) {
  const files = {};
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = found.map(({ parentPath, name }) =>
    relative(folder, join(parentPath, name)).split(sep).join(posix.sep),
  );
  for (const path of paths.toSorted())
    if (path !== WORKER && !path.startsWith('data/'))
      files[path] = digestOf(readFileSync(join(folder, path)));
  return files;
}

async function buildWorker(folder) {
  const files = filesOf(folder);
  const made = { version: digestOf(JSON.stringify(files)), files };
  const output = await build({
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    define: { __BUILD__: JSON.stringify(made) },
    build: {
      target: 'es2022',
      write: false,
      // Whoever wonders what it does to a page can read it.
      minify: false,
      rolldownOptions: { input: ENTRY, output: { format: 'iife', entryFileNames: WORKER } },
    },
  });
  writeFileSync(join(folder, WORKER), output.output[0].code);
}

/**
 * A script for the page's head, with which the lab's own chunk and its styles start to load with the page, not when the small
 * script before them asks for them; but not in a page that is about to be loaded again to be isolated, which would
 * break that off and begin anew.
 */
function preloads(bundle) {
  const scripts = new Set();
  const styles = new Set();
  const add = (name) => {
    if (scripts.has(name)) return;
    scripts.add(name);
    bundle[name]?.viteMetadata?.importedCss.forEach((style) => styles.add(style));
    bundle[name]?.imports?.forEach(add);
  };
  const entries = Object.values(bundle).filter(({ isEntry }) => isEntry);
  // The page alone: what else the entry may import, a language's catalogue, only some readers need.
  for (const { dynamicImports } of entries)
    dynamicImports.filter((name) => bundle[name]?.name === 'page').forEach(add);
  // Loading already.
  for (const { fileName } of entries) scripts.delete(fileName);
  const links = [
    ...[...scripts].map((name) => ({ rel: 'modulepreload', href: `./${name}` })),
    ...[...styles].map((name) => ({ rel: 'preload', as: 'style', href: `./${name}` })),
  ];
  // As Vite loads them later: with the mode of its own links, or they would be loaded twice.
  const children = `if (crossOriginIsolated || !navigator.serviceWorker || navigator.serviceWorker.controller)
  for (const link of ${JSON.stringify(links)})
    document.head.append(Object.assign(document.createElement('link'), { crossOrigin: '', ...link }));`;
  return [{ tag: 'script', children, injectTo: 'head' }];
}

export default function offline() {
  return {
    name: 'branch-lab-offline',
    apply: 'build',
    transformIndexHtml: { order: 'post', handler: (_html, { bundle = {} }) => preloads(bundle) },
    writeBundle: { order: 'post', sequential: true, handler: ({ dir }) => buildWorker(dir) },
  };
}
