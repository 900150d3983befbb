/**
 * Finds a Chromium for the tests and the recording commands, or installs one. An installed browser comes first:
 * it is what people train with, and the only one on a machine without a network.
 */
import { chromium } from '@playwright/test';
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { commandOf } from './root.mjs';

const isRoot = process.getuid?.() === 0;

/** Flags for a headless browser that talks to nobody and has WebGPU. Chromium's sandbox cannot start as root. */
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

/** Where installers put Chrome and Chromium. @returns {string[]} */
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
 * A browser that is there already: CHROMIUM_PATH, an installed Chrome or Chromium, Playwright's own; null where there
 * is none. Throws where CHROMIUM_PATH points at nothing.
 * @returns {string | null}
 */
export function findBrowser() {
  const named = process.env['CHROMIUM_PATH'];
  if (named) {
    if (canRun(named)) return named;
    throw new Error(`CHROMIUM_PATH is ${named}, and no program is there. Correct it or unset it.`);
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
 * A browser, installed where none is there. Says on stderr what it does; throws where nothing works.
 * @returns {string} path of the program
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
    console.error("  That did not work; trying the system's packages.");
    const [program, ...before] = isRoot ? ['apt-get'] : ['sudo', '-n', 'apt-get'];
    const aptGet = (/** @type {string[]} */ ...args) =>
      install(/** @type {string} */ (program), [...before, ...args]);
    // A fresh image has no package lists; an update that fails in part still lets the install try.
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
