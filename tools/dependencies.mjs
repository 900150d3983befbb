/**
 * Installs the packages of package-lock.json where they are missing or of other versions. Uses only what comes with Node,
 * because it runs before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ROOT } from './root.mjs';

const OLDEST_NODE = { major: 20, minor: 19 };

/** Ends the process if Node is too old for the tools that build the lab. */
function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE.major || (major === OLDEST_NODE.major && minor >= OLDEST_NODE.minor)) return;
  console.error(
    `Branch Lab needs Node ${OLDEST_NODE.major}.${OLDEST_NODE.minor} or newer; this is Node ${process.versions.node}. ` +
      'Install a newer one from https://nodejs.org and run the same command again.',
  );
  process.exit(1);
}

/** @typedef {{ packages: Record<string, { version?: string; optional?: boolean }> }} Lockfile */

/** @returns {Lockfile} */
const readLockfile = (/** @type {string} */ path) => JSON.parse(readFileSync(path, 'utf8'));

/**
 * Why the packages have to be installed; null if the installed ones are those of package-lock.json. Compares versions
 * rather than file times, because a checkout changes only the times.
 * @returns {string | null}
 */
function reasonToInstall() {
  const installedPath = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(installedPath)) return 'The packages are not installed yet';
  const installed = readLockfile(installedPath).packages;
  const wanted = Object.entries(readLockfile(join(ROOT, 'package-lock.json')).packages);
  const differs = wanted.find(
    ([path, { version, optional }]) => path !== '' && !optional && installed[path]?.version !== version,
  );
  return differs
    ? `The installed version of ${differs[0].replace(/^.*node_modules\//, '')} is not that of package-lock.json`
    : null;
}

/** Runs npm, also where it is a script that only a shell can start (Windows). Returns whether it succeeded. */
function npm(/** @type {string[]} */ ...args) {
  const cli = process.env['npm_execpath'];
  /** @type {import('node:child_process').SpawnSyncOptions} */
  const options = { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] };
  const { status } = cli?.endsWith('.js')
    ? spawnSync(process.execPath, [cli, ...args], options)
    : spawnSync(`npm ${args.join(' ')}`, { ...options, shell: true });
  return status === 0;
}

/** Installs the packages if needed. Ends the process with a message if that fails. */
export function ensureDependencies() {
  checkNode();
  const reason = reasonToInstall();
  if (!reason) return;
  const flags = ['--include=dev', '--no-audit', '--no-fund'];
  console.error(`${reason}; running npm ci …`);
  if (npm('ci', ...flags)) return;
  console.error('npm ci failed; running npm install …');
  if (npm('install', ...flags)) return;
  console.error(
    'The packages could not be installed; see the messages above. Is there a network connection?',
  );
  process.exit(1);
}
