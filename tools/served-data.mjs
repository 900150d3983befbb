/**
 * A Vite plugin that serves the repository's folder data/ (git-ignored) in development and preview: `data/index.json`
 * lists its *.tar.gz, `data/NAME` streams one. src/data/download/served.ts is the reader.
 */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../data/', import.meta.url));
/** One plain name: no slashes, no leading dot, hence no way out of the folder. */
const NAME = /^[\w-][\w.-]*\.tar\.gz$/;

/** The archives in a folder, by name; an absent folder has none. */
async function archivesIn(folder) {
  const names = await readdir(folder).catch(() => []);
  const archives = [];
  for (const name of names.filter((candidate) => NAME.test(candidate)).toSorted()) {
    const found = await stat(join(folder, name)).catch(() => null);
    if (found?.isFile() && found.size > 0) archives.push({ name, bytes: found.size });
  }
  return archives;
}

/** The middleware; folder is where the archives lie. */
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

export default function servedData() {
  const attach = (server) => {
    server.middlewares.use(serveData(FOLDER));
  };
  return { name: 'branch-lab-served-data', configureServer: attach, configurePreviewServer: attach };
}
