/**
 * A Vite plugin that makes the built lab work without a network: it builds dist/service-worker.js from
 * src/offline/service-worker.ts and the list of all built files with their digests. It does nothing in development.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const ENTRY = fileURLToPath(new URL('../src/offline/service-worker.ts', import.meta.url));
const WORKER = 'service-worker.js';

const digestOf = (/** @type {string | Buffer} */ content) =>
  createHash('sha256').update(content).digest('hex').slice(0, 16);

/**
 * Every file below a build's folder that the page may request, with its digest: all except the service worker itself and
 * the archives in data/.
 * @param {string} folder
 */
function filesOf(folder) {
  /** @type {Record<string, string>} */
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

/** Writes the service worker of the build in `folder`. */
async function buildWorker(/** @type {string} */ folder) {
  const files = filesOf(folder);
  /** @type {import('../src/offline/rules').Build} */
  const description = { version: digestOf(JSON.stringify(files)), files };
  const result = await build({
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    define: { __BUILD__: JSON.stringify(description) },
    build: {
      target: 'es2022',
      write: false,
      // Readable in the browser's developer tools.
      minify: false,
      rolldownOptions: { input: ENTRY, output: { format: 'iife', entryFileNames: WORKER } },
    },
  });
  if (!('output' in result)) throw new Error('Expected one build of the service worker.');
  writeFileSync(join(folder, WORKER), result.output[0].code);
}

/**
 * A script for the page's head that starts loading the chunk of the page and its styles at once, rather than when the small
 * entry script imports them. It does nothing in a page that is about to reload itself to become isolated, because the
 * reload would cancel these requests.
 * @param {import('vite').Rollup.OutputBundle} bundle
 * @returns {import('vite').HtmlTagDescriptor[]}
 */
function preloads(bundle) {
  /** @type {Set<string>} */
  const scripts = new Set();
  /** @type {Set<string>} */
  const styles = new Set();
  const chunkOf = (/** @type {string} */ name) => {
    const output = bundle[name];
    return output?.type === 'chunk' ? output : undefined;
  };
  const add = (/** @type {string} */ name) => {
    if (scripts.has(name)) return;
    scripts.add(name);
    const chunk = chunkOf(name);
    chunk?.viteMetadata?.importedCss.forEach((style) => styles.add(style));
    chunk?.imports.forEach(add);
  };
  const entries = Object.keys(bundle).flatMap((name) => {
    const chunk = chunkOf(name);
    return chunk?.isEntry ? [chunk] : [];
  });
  // Only the page: the entry's other dynamic imports are language catalogues, which not every visitor needs.
  for (const { dynamicImports } of entries)
    dynamicImports.filter((name) => chunkOf(name)?.name === 'page').forEach(add);
  // The entry itself is loading already.
  for (const { fileName } of entries) scripts.delete(fileName);
  const links = [
    ...[...scripts].map((name) => ({ rel: 'modulepreload', href: `./${name}` })),
    ...[...styles].map((name) => ({ rel: 'preload', as: 'style', href: `./${name}` })),
  ];
  // crossOrigin as in Vite's own links: with another mode the browser would load each file twice.
  const children = `if (crossOriginIsolated || !navigator.serviceWorker || navigator.serviceWorker.controller)
  for (const link of ${JSON.stringify(links)})
    document.head.append(Object.assign(document.createElement('link'), { crossOrigin: '', ...link }));`;
  return [{ tag: 'script', children, injectTo: 'head' }];
}

/**
 * The plugin.
 * @returns {import('vite').Plugin}
 */
export default function offline() {
  return {
    name: 'branch-lab-offline',
    apply: 'build',
    transformIndexHtml: { order: 'post', handler: (_html, { bundle = {} }) => preloads(bundle) },
    writeBundle: {
      order: 'post',
      sequential: true,
      handler({ dir }) {
        if (dir === undefined) throw new Error('The build has no output folder.');
        return buildWorker(dir);
      },
    },
  };
}
