/** Vite's development server over the repository, for commands that run the lab's own code in a browser. */
import { join } from 'node:path';
import { ROOT } from './root.mjs';

/**
 * Starts the server on a free port of this machine. It watches no files, and it finds all dependencies of `entries` before
 * a page loads: if Vite found one later, it would reload the page in the middle of a measurement.
 * @param {object} options
 * @param {string} options.name of the command; each has its own cache of dependencies
 * @param {string[]} options.entries pages and workers, relative to the root
 * @param {import('vite').Plugin[]} [options.plugins]
 * @returns {Promise<{ url: string; close: () => Promise<void> }>} url without a slash at its end
 */
export async function startDevServer({ name, entries, plugins = [] }) {
  // Imported here and not above: commands import this file before the packages are installed.
  const { createServer } = await import('vite');
  const server = await createServer({
    root: ROOT,
    logLevel: 'error',
    cacheDir: join(ROOT, 'node_modules', `.vite-${name}`),
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
    optimizeDeps: { entries },
    plugins,
  });
  await server.listen();
  const address = server.httpServer?.address();
  if (!address || typeof address === 'string') throw new Error('The server has no port.');
  return { url: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}
