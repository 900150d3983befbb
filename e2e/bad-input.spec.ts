/**
 * Missing data, missing browser features and bad files: the page reports each problem, works around it where it can,
 * and loses nothing.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from './fixtures';
import { ARCHIVE, drop, waitForEnd, hasArchive, open, saveRecord, start } from './lab';

const TINY = '?v=1&depths=1,1&widths=4,8&strides=2,2&batch=16&length=4&evalEvery=0&test=100&backend=wasm';

test('a file that is not CIFAR-100 is rejected with what was expected, and the lab still works', async ({
  page,
}) => {
  await open(page, TINY);
  await drop(page, 'notes.txt', Buffer.from('Dear diary, today I trained a net.'));
  await expect(page.getByText(/not gzip|expected.*gzip/i).first()).toBeVisible();
  await start(page);
  await waitForEnd(page, 'finished');
});

test('a link that needs CIFAR-100 says before training that the data is missing, and offers the alternatives', async ({
  page,
}) => {
  await open(page, `${TINY}&data=cifar100`);
  await page.getByRole('button', { name: 'Start', exact: true }).click({ force: true });
  await expect(page.getByText('Not started')).toBeVisible();
  await page
    .getByRole('button', { name: /built-in/i })
    .first()
    .click();
  await expect(page).not.toHaveURL(/cifar100/);
  await start(page);
  await waitForEnd(page, 'finished');
});

test('without web workers the lab says that it cannot train', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'Worker', { value: undefined });
  });
  await open(page, TINY);
  await start(page);
  await expect(page.getByText(/worker/i).first()).toBeVisible();
});

test('without WebGPU the next backend trains, and the badge says why', async ({ page }) => {
  await page.route('**/assets/worker*.js', async (route) => {
    const response = await route.fetch();
    const source = await response.text();
    await route.fulfill({
      response,
      body: `Object.defineProperty(Object.getPrototypeOf(navigator), 'gpu', { get: () => ({ requestAdapter: async () => null }) });${source}`,
    });
  });
  await open(page, TINY.replace('backend=wasm', 'backend=webgpu'));
  await start(page);
  await waitForEnd(page, 'finished');
  const { environment } = await saveRecord(page);
  expect(environment.backend).toBe('wasm');
  expect(environment.reason.text).toContain('WebGPU is not used: the browser offers no adapter.');
});

test('if the browser denies storage, the page says so and uses the data from memory', async ({ page }) => {
  test.skip(!hasArchive, 'There are no real CIFAR-100 images beside this repository.');
  await page.addInitScript(() => {
    navigator.storage.getDirectory = () => Promise.reject(new DOMException('denied', 'SecurityError'));
  });
  await open(page, TINY);
  await drop(page, 'cifar.tar.gz', readFileSync(ARCHIVE));
  await expect(page.getByText('CIFAR-100 is loaded, for this visit only')).toBeVisible({ timeout: 60_000 });
  await start(page);
  await waitForEnd(page, 'finished');
  expect((await saveRecord(page)).dataset.id).toBe('cifar100');
});
