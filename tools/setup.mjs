/**
 * Sets up what a fresh clone lacks: the packages. Uses only what comes with Node, because it runs before anything
 * is installed. As a command (`node tools/setup.mjs`) it does that, compiles the kernels and ends.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const OLDEST_NODE = [20, 19];

/** Ends the process where Node is too old for the tools the lab is built with. */
function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  console.error(
    `Branch Lab needs Node ${OLDEST_NODE.join('.')} or newer; this is Node ${process.versions.node}. ` +
      'Install a newer one from https://nodejs.org and run the same command again.',
  );
  process.exit(1);
}

const readJson = (/** @type {string} */ path) => JSON.parse(readFileSync(path, 'utf8'));

/**
 * Why the installed packages are not those of package-lock.json; null where they are. Compares versions, not file
 * times: a checkout changes the times only.
 * @returns {string | null}
 */
function whyInstall() {
  const installedPath = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(installedPath)) return 'The packages are not installed yet';
  const installed = readJson(installedPath).packages;
  const wanted = readJson(join(ROOT, 'package-lock.json')).packages;
  const differs = Object.keys(wanted).find(
    (path) => path !== '' && !wanted[path].optional && installed[path]?.version !== wanted[path].version,
  );
  return differs ? `${differs.replace(/^.*node_modules\//, '')} is not as package-lock.json wants it` : null;
}

/** Runs npm, also where it is a script that only a shell can start (Windows). Returns whether it succeeded. */
function npm(/** @type {string[]} */ ...args) {
  const cli = process.env['npm_execpath'];
  const options = /** @type {const} */ ({ cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  const { status } = cli?.endsWith('.js')
    ? spawnSync(process.execPath, [cli, ...args], options)
    : spawnSync(`npm ${args.join(' ')}`, { ...options, shell: true });
  return status === 0;
}

/** Installs the packages where they are missing or not those of package-lock.json. Ends the process where it cannot. */
export function ensureDependencies() {
  checkNode();
  const reason = whyInstall();
  if (!reason) return;
  const flags = ['--include=dev', '--no-audit', '--no-fund'];
  console.error(`${reason}; running npm ci …`);
  if (npm('ci', ...flags)) return;
  console.error('npm ci did not succeed; running npm install …');
  if (npm('install', ...flags)) return;
  console.error('The packages could not be installed; the lines above say why. Is there a network?');
  process.exit(1);
}

/**
 * The script behind an installed package's command, to be run with process.execPath: works the same on every system.
 * @param {string} name package
 * @param {string} [command] command, where it is not named as the package is
 */
export function commandOf(name, command = name) {
  const folder = join(ROOT, 'node_modules', name);
  const { bin } = readJson(join(folder, 'package.json'));
  return join(folder, typeof bin === 'string' ? bin : bin[command]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  ensureDependencies();
  (await import('./kernels.mjs')).ensureKernels();
}
