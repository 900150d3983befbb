/** npm start: sets up what is missing, builds the lab, serves it and opens it. Options: --port N, --no-open. */
import { spawn } from 'node:child_process';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { messageOf, refuse } from './command-line.mjs';
import { setUp } from './setup.mjs';

/** @returns {{ port: number; open: boolean }} */
function readOptions() {
  try {
    const { values } = parseArgs({
      options: { port: { type: 'string', default: '0' }, 'no-open': { type: 'boolean' } },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw new Error(`${values.port} is not a port.`);
    return { port, open: !values['no-open'] };
  } catch (error) {
    return refuse(messageOf(error), 'Usage: npm start -- [--port N] [--no-open]');
  }
}

/** Opens the page in the user's browser, unless the machine has no screen. */
function openPage(/** @type {string} */ url) {
  const { platform, env } = process;
  if (env['CI'] || (platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY'])) return;
  const opener =
    platform === 'darwin' ? ['open'] : platform === 'win32' ? ['cmd', '/c', 'start', '""'] : ['xdg-open'];
  const child = spawn(/** @type {string} */ (opener[0]), [...opener.slice(1), url], {
    stdio: 'ignore',
    detached: true,
  });
  child.on('error', () => console.log('No browser could be opened; open the address above yourself.'));
  child.unref();
}

const options = readOptions();
setUp();
try {
  const { buildIfStale, serveSite } = await import('./site.mjs');
  buildIfStale();
  const { url, close } = await serveSite(options.port);
  console.log(`Branch Lab is at ${url} (press Ctrl+C to stop it)`);
  if (options.open) openPage(url);
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => void close().finally(() => process.exit(0)));
} catch (error) {
  console.error(messageOf(error));
  process.exit(1);
}
