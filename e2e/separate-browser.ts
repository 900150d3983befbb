/** A separate browser with its own profile on disk, which a test can kill without warning and start again. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { BROWSER_FLAGS, ensureBrowser } from '../tools/browser.mjs';

export interface SeparateBrowser {
  page: Page;
  /** Ends the browser as a crash does, with SIGKILL to all its processes. Does nothing if it has ended already. */
  kill(): Promise<void>;
}

export const newProfile = (): string => mkdtempSync(join(tmpdir(), 'branch-lab-profile-'));
export const removeProfile = (profile: string): void =>
  rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });

/** Starts a headless Chromium with a profile and returns its page. */
export async function launch(profile: string): Promise<SeparateBrowser> {
  const portFile = join(profile, 'DevToolsActivePort');
  rmSync(portFile, { force: true });
  const process_ = spawn(
    ensureBrowser(),
    [
      ...BROWSER_FLAGS,
      '--headless=new',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      'about:blank',
    ],
    // In its own process group, so that its helper processes can be killed with it.
    { stdio: 'ignore', detached: true },
  );
  const exited = new Promise<void>((resolve) => process_.once('exit', () => resolve()));
  for (let turn = 0; turn < 150 && !existsSync(portFile); turn++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  const [port] = readFileSync(portFile, 'utf8').split('\n');
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
  const context = browser.contexts()[0]!;
  return {
    page: context.pages()[0] ?? (await context.newPage()),
    kill: async () => {
      if (process_.exitCode === null && process_.signalCode === null) process.kill(-process_.pid!, 'SIGKILL');
      await exited;
      await browser.close().catch(() => undefined);
    },
  };
}
