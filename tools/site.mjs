/** Builds the lab into dist/ and serves it, for `npm start`, `npm run record` and the end-to-end tests. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { preview } from 'vite';
import { commandOf, ROOT } from './root.mjs';

/** Files and folders that the build depends on. */
const SOURCES = ['src', 'public', 'index.html', 'vite.config.ts', 'tools/offline.mjs', 'package.json'];

/**
 * Time of the last change of a file, or of the newest file in a folder.
 * @returns {number} milliseconds since 1970; 0 if there is no such file
 */
function changedAt(/** @type {string} */ path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return stats?.mtimeMs ?? 0;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => changedAt(join(path, name))));
}

/**
 * Builds dist/ if it is missing or older than its sources. Throws if the build fails; the reason is in its output.
 */
export function buildIfStale() {
  const built = changedAt(join(ROOT, 'dist', 'index.html'));
  if (built > Math.max(...SOURCES.map((source) => changedAt(join(ROOT, source))))) return;
  console.error('Building the lab …');
  const { status } = spawnSync(process.execPath, [commandOf('vite'), 'build'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    // Vite sets NODE_ENV to development in a process that has loaded a module with it, such as npm run record.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (status !== 0) throw new Error('The build failed; see the messages above.');
}

/**
 * Serves dist/ to this machine only.
 * @param {number} [port] 0 for a free one, chosen by the system
 * @returns {Promise<{ url: string; close: () => Promise<void> }>} url ends with a slash
 */
export async function serveSite(port = 0) {
  if (!existsSync(join(ROOT, 'dist', 'index.html')))
    throw new Error('There is no build; run npm run build first.');
  const server = await preview({
    root: ROOT,
    logLevel: 'error',
    preview: { host: '127.0.0.1', port, strictPort: port !== 0 },
  });
  const address = server.httpServer.address();
  if (!address || typeof address === 'string') throw new Error('The server has no port.');
  return { url: `http://127.0.0.1:${address.port}/`, close: () => server.close() };
}
