/** The page before training: it fits the screen, is accessible, and reports problems of a link. */
import { expect, test } from './fixtures';
import { waitForEnd, open, start, violations, horizontalOverflow } from './lab';

for (const [screen, size] of Object.entries({
  desktop: { width: 1440, height: 900 },
  phone: { width: 360, height: 740 },
})) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test.describe(`on a ${screen}, ${colorScheme}`, () => {
      test.use({ viewport: size, colorScheme });

      test('fits the screen without horizontal scrolling', async ({ page }) => {
        await open(page);
        expect(await horizontalOverflow(page)).toBe(0);
        // On a phone the settings are in a drawer that a button in the header opens.
        if (screen === 'phone') await page.getByRole('button', { name: 'Settings' }).click();
        const panel = screen === 'phone' ? page.getByRole('dialog') : page.locator('aside');
        await expect(panel.getByRole('button', { name: 'Network', exact: true })).toBeVisible();
        const beyond = await panel.evaluate((whole) =>
          [whole, ...whole.querySelectorAll('*')]
            .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1 && clientWidth > 60)
            .map((part) => `${part.tagName} ${part.className}: ${part.scrollWidth} > ${part.clientWidth}`),
        );
        expect(beyond).toEqual([]);
      });

      test('has no accessibility violation that axe finds', async ({ page }) => {
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

test('reports each part of a link that it cannot use, and works without it', async ({ page }) => {
  await open(page, '?v=1&batch=-4&nonsense=1&preset=nobody');
  for (const named of ['batch', 'nonsense', 'nobody'])
    await expect(page.getByText(new RegExp(`${named}.*(used instead|ignored)`))).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds no violation on a page with a run, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await open(
      page,
      '?v=1&preset=simplified&depths=1,2&widths=4,8&strides=2,2&batch=16&length=30&evalEvery=10&test=100&backend=wasm',
    );
    await start(page);
    await waitForEnd(page, 'finished');
    await expect(page.getByRole('img', { name: /3x3/ }).first()).toBeVisible();
    for (const section of ['Activations', 'Scales in detail', 'Kernels, updates and gradients'])
      await page.getByRole('button', { name: section, exact: true }).click();
    await expect(page.getByText('holds', { exact: true })).toHaveCount(2);
    await expect(page.getByText(/Untrained: ×/)).toBeVisible();
    await expect(page.getByRole('img', { name: /Directions of the updates/ })).toBeVisible();
    expect(await violations(page)).toEqual([]);
  });
}
