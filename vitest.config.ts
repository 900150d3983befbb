/** Unit tests run in Node (`*.test.ts`); tests that need a browser run in a real Chromium (`*.browser.test.ts`). */
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { BROWSER_FLAGS, findBrowser } from './tools/browser.mjs';

const browserTests = 'src/**/*.browser.test.{ts,tsx}';
const executablePath = findBrowser() ?? undefined;

export default defineConfig({
  test: {
    projects: [
      {
        extends: './vite.config.ts',
        test: {
          name: 'unit',
          environment: 'node',
          include: ['src/**/*.test.{ts,tsx}', 'tools/**/*.test.ts'],
          exclude: [browserTests],
          // These run in parallel with the browser tests, possibly on two cores.
          testTimeout: 30_000,
        },
      },
      {
        extends: './vite.config.ts',
        test: {
          name: 'browser',
          include: [browserTests],
          // Training steps are slow on a software GPU or on two shared cores.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { ...(executablePath && { executablePath }), args: BROWSER_FLAGS },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
