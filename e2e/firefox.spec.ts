/**
 * The same link gives the same weights in another browser engine: Firefox, if it is installed. It opens a page that
 * sends the results to this test.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { createServer } from 'vite';
import { EXPECTED_DIGEST } from '../src/training/checks/digest-run';

const FIREFOX = [
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
].find((path) => existsSync(path));
if (!FIREFOX) console.warn('Firefox is not installed: that its weights are the same is not tested.');

test('fifty steps give the same weights in Firefox, with one thread and with two', async () => {
  test.skip(!FIREFOX, 'Firefox is not installed.');
  let report: (body: string) => void = () => undefined;
  const reported = new Promise<string>((resolve) => {
    report = resolve;
  });
  const server = await createServer({
    logLevel: 'error',
    cacheDir: 'node_modules/.vite-digest',
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
    optimizeDeps: { entries: ['tools/digest/index.html'] },
    plugins: [
      {
        name: 'digest',
        configureServer({ middlewares }) {
          middlewares.use('/digest', (request, response) => {
            let body = '';
            request.on('data', (chunk: Buffer) => (body += chunk.toString()));
            request.on('end', () => {
              report(body);
              response.end();
            });
          });
        },
      },
    ],
  });
  await server.listen();
  const address = server.httpServer!.address() as { port: number };
  const profile = mkdtempSync(join(tmpdir(), 'branch-lab-firefox-'));
  const url = `http://127.0.0.1:${address.port}/tools/digest/index.html`;
  const browser = spawn(FIREFOX!, ['--headless', '--no-remote', '--profile', profile, url], {
    stdio: 'ignore',
    env: { ...process.env, MOZ_HEADLESS: '1' },
  });
  try {
    expect(JSON.parse(await reported)).toEqual({ 1: EXPECTED_DIGEST, 2: EXPECTED_DIGEST });
  } finally {
    browser.kill('SIGKILL');
    await server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
});
