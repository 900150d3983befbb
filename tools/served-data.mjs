/**
 * A Vite plugin that serves the repository's folder data/ (git-ignored) in development and preview: `data/index.json`
 * lists its *.tar.gz files, `data/NAME` streams one of them. The page reads them in src/data/download/served.ts.
 */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../data/', import.meta.url));
/** A plain file name, without slashes or a leading dot, so that no request reaches outside the folder. */
const NAME = /^[\w-][\w.-]*\.tar\.gz$/;

/**
 * The archives in a folder, sorted by name; none if the folder does not exist.
 * @param {string} folder
 */
async function archivesIn(folder) {
  const names = await readdir(folder).catch(() => []);
  const archives = [];
  for (const name of names.filter((candidate) => NAME.test(candidate)).toSorted()) {
    const found = await stat(join(folder, name)).catch(() => null);
    if (found?.isFile() && found.size > 0) archives.push({ name, bytes: found.size });
  }
  return archives;
}

/**
 * Middleware that serves the archives of a folder under /data/.
 * @param {string} folder
 * @returns {(...[request, response, next]: [...Parameters<import('node:http').RequestListener>, () => void]) => Promise<unknown>}
 */
export function serveData(folder) {
  return async (request, response, next) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const name = path.startsWith('/data/') ? path.slice('/data/'.length) : null;
    if (name === null || (request.method !== 'GET' && request.method !== 'HEAD')) return next();
    const archives = await archivesIn(folder);
    response.setHeader('Cache-Control', 'no-store');
    if (name === 'index.json') {
      response.setHeader('Content-Type', 'application/json');
      return response.end(JSON.stringify({ archives }));
    }
    const archive = archives.find((candidate) => candidate.name === name);
    if (archive === undefined) {
      response.statusCode = 404;
      response.setHeader('Content-Type', 'text/plain; charset=utf-8');
      return response.end(
        `No archive of this name in ${folder}. Put one there with: npm run data -- --from FILE\n`,
      );
    }
    response.setHeader('Content-Type', 'application/gzip');
    response.setHeader('Content-Length', archive.bytes);
    if (request.method === 'HEAD') return response.end();
    pipeline(createReadStream(join(folder, name)), response, (error) => error && response.destroy());
  };
}

/**
 * The plugin, for the repository's folder data/.
 * @returns {import('vite').Plugin}
 */
export default function servedData() {
  const attach = (/** @type {import('vite').ViteDevServer | import('vite').PreviewServer} */ server) => {
    server.middlewares.use(serveData(FOLDER));
  };
  return { name: 'branch-lab-served-data', configureServer: attach, configurePreviewServer: attach };
}
