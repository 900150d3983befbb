/**
 * The fixtures of all end-to-end tests: the built page, served once per worker, and a check that nothing went wrong
 * unseen. A console error or warning, or an uncaught exception, fails the test; `test.use({ allowedMessages })` lists
 * the messages that a test provokes.
 */
import { test as base, expect } from '@playwright/test';
import { serveSite } from '../tools/site.mjs';

interface TestFixtures {
  allowedMessages: RegExp[];
  /** Fails the test if the page logged an error or a warning; applies to every test. */
  quietPage: void;
}

interface WorkerFixtures {
  /** Address of the served build, with a slash at its end. */
  site: string;
}

/** Messages of the browser rather than the page, about the software GPU of a machine without a real one. */
const FROM_THE_BROWSER = [
  /No available adapters/,
  /GPU stall due to ReadPixels/,
  /Automatic fallback to software WebGL/,
  /powerPreference option is currently ignored/,
];

export const test = base.extend<TestFixtures, WorkerFixtures>({
  allowedMessages: [[], { option: true }],
  site: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads from this pattern which fixtures are used.
    async ({}, provide) => {
      const { url, close } = await serveSite();
      await provide(url);
      await close();
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ site }, provide) => provide(site),
  quietPage: [
    async ({ page, allowedMessages }, provide) => {
      const complaints: string[] = [];
      const note = (message: string) => {
        if (![...FROM_THE_BROWSER, ...allowedMessages].some((allowed) => allowed.test(message)))
          complaints.push(message);
      };
      page.on('pageerror', (error) => note(`uncaught: ${error.stack ?? error.message}`));
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) note(`${message.type()}: ${message.text()}`);
      });
      await provide();
      expect(complaints, 'The page complained on the console.').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect } from '@playwright/test';
