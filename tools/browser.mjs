/**
 * Finds a Chromium for the tests and the recording commands, or installs one. An installed browser is preferred: it is
 * what users train with, and the only one on a machine without a network.
 */
import { chromium } from '@playwright/test';
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { commandOf } from './root.mjs';

const isRoot = process.getuid?.() === 0;

/**
 * Flags for a headless browser with WebGPU and without background network traffic. Chromium's sandbox cannot start as
 * root.
 */
export const BROWSER_FLAGS = [
  ...((process.platform === 'linux' && isRoot) || process.env['CI'] ? ['--no-sandbox'] : []),
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-webgpu',
];

const COMMANDS = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser'];

/**
 * Paths where installers put Chrome and Chromium.
 * @returns {string[]}
 */
function installedPaths() {
  if (process.platform === 'darwin') {
    const apps = ['Google Chrome', 'Chromium'];
    const folders = ['/Applications', join(process.env['HOME'] ?? '', 'Applications')];
    return folders.flatMap((folder) => apps.map((app) => join(folder, `${app}.app/Contents/MacOS/${app}`)));
  }
  if (process.platform === 'win32') {
    const folders = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap(
      (key) => process.env[key] ?? [],
    );
    const apps = ['Google\\Chrome\\Application\\chrome.exe', 'Chromium\\Application\\chrome.exe'];
    return folders.flatMap((folder) => apps.map((app) => join(folder, app)));
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return COMMANDS.flatMap((command) => folders.map((folder) => join(folder, command)));
}

function canRun(/** @type {string} */ path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Path of an installed browser: CHROMIUM_PATH, else a Chrome or Chromium of this machine, else Playwright's own; null
 * if there is none. Throws if CHROMIUM_PATH is set to a path without a program.
 * @returns {string | null}
 */
export function findBrowser() {
  const named = process.env['CHROMIUM_PATH'];
  if (named) {
    if (canRun(named)) return named;
    throw new Error(
      `CHROMIUM_PATH is ${named}, but there is no program at that path. Correct it or unset it.`,
    );
  }
  const own = chromium.executablePath();
  return installedPaths().find(canRun) ?? (own && existsSync(own) ? own : null);
}

/** Runs an installer with its output on stderr. Returns whether it succeeded. */
function install(/** @type {string} */ program, /** @type {string[]} */ args) {
  console.error(
    `  ${program === process.execPath ? 'npx playwright install chromium' : [program, ...args].join(' ')} …`,
  );
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return (
    spawnSync(program, args, { stdio: ['ignore', 2, 2], env: environment, timeout: 10 * 60_000 }).status === 0
  );
}

/**
 * Path of a browser, which is installed if there is none. Reports on stderr; throws if no installation succeeds.
 * @returns {string}
 */
export function ensureBrowser() {
  const there = findBrowser();
  if (there) return there;
  console.error('There is no Chrome or Chromium on this machine; installing one.');
  if (install(process.execPath, [commandOf('@playwright/test', 'playwright'), 'install', 'chromium'])) {
    const own = findBrowser();
    if (own) return own;
  }
  if (process.platform === 'linux') {
    console.error("  That failed; trying the system's packages.");
    const [program, ...before] = isRoot ? ['apt-get'] : ['sudo', '-n', 'apt-get'];
    const aptGet = (/** @type {string[]} */ ...args) =>
      install(/** @type {string} */ (program), [...before, ...args]);
    // A fresh system image has no package lists. Even if some lists cannot be updated, the installation may succeed.
    aptGet('update');
    if (aptGet('install', '-y', '--no-install-recommends', 'chromium')) {
      const system = findBrowser();
      if (system) return system;
    }
  }
  throw new Error(
    'No browser was found and none could be installed. Install Chrome or Chromium, or set CHROMIUM_PATH to one, ' +
      'and run the same command again.',
  );
}
