/** The page before anything is trained: it fits, it can be read, it says what was wrong with a link. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';

/** Opens the page and waits until it can be used. */
async function open(page: Page, query = '') {
  await page.goto(`./${query}`);
  await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeVisible();
}

/** What axe finds, one line a rule and element. */
async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html}`));
}

for (const [screen, size] of Object.entries({
  desktop: { width: 1440, height: 900 },
  phone: { width: 360, height: 740 },
})) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test.describe(`on a ${screen}, ${colorScheme}`, () => {
      test.use({ viewport: size, colorScheme });

      test('fits the screen without scrolling sideways', async ({ page }) => {
        await open(page);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow).toBe(0);
      });

      test('has nothing that axe objects to', async ({ page }) => {
        await open(page);
        expect(await violations(page)).toEqual([]);
      });
    });
  }
}

test('is isolated from other pages, so that wasm can have threads', async ({ page }) => {
  await open(page);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
});

test('names each part of a link that it could not use, and works', async ({ page }) => {
  await open(page, '?v=1&batch=-4&nonsense=1&preset=nobody');
  for (const named of ['batch', 'nonsense', 'nobody'])
    await expect(page.getByText(new RegExp(`${named}.*(used instead|ignored)`))).toBeVisible();
});
