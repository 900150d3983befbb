/** Loads the lab's TypeScript modules in Node, where they cannot be imported directly. */
import { join } from 'node:path';
import { ROOT } from './root.mjs';

/**
 * Imports a TypeScript module of the repository through Vite. Callers cast the result to `typeof import('…')`.
 * @param {string} path relative to the repository's root
 * @returns {Promise<unknown>} the module's exports
 */
export async function loadModule(path) {
  // Imported here and not above: commands import this file before the packages are installed.
  const { runnerImport } = await import('vite');
  const { module } = await runnerImport(join(ROOT, path), {
    root: ROOT,
    configFile: false,
    logLevel: 'error',
  });
  return module;
}
