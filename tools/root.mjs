/** The repository's root folder, and the scripts of the packages installed in it. Needs no installed package itself. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * The script of an installed package's command, to be run with process.execPath: this works on every operating system,
 * unlike the shell scripts in node_modules/.bin.
 * @param {string} name package
 * @param {string} [command] command, where its name differs from the package's
 * @returns {string} absolute path
 */
export function commandOf(name, command = name) {
  const folder = join(ROOT, 'node_modules', name);
  /** @type {{ bin: string | Record<string, string> }} */
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const script = typeof bin === 'string' ? bin : bin[command];
  if (script === undefined) throw new Error(`The package ${name} has no command ${command}.`);
  return join(folder, script);
}
