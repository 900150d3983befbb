/** End-to-end tests: the built page, controlled as a user does. e2e/fixtures.ts serves dist/. */
import { defineConfig } from '@playwright/test';
import { BROWSER_FLAGS, findBrowser } from './tools/browser.mjs';

const executablePath = findBrowser() ?? undefined;

export default defineConfig({
  testDir: 'e2e',
  workers: 1,
  retries: 0,
  reporter: 'list',
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: {
    browserName: 'chromium',
    launchOptions: { ...(executablePath && { executablePath }), args: BROWSER_FLAGS },
    screenshot: 'only-on-failure',
  },
});
