/** The view "Data": several files at once, several data sets, downloads, and the images themselves. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { ARCHIVE, drop, dropFiles, hasArchive, open, violations, horizontalOverflow } from './lab';

const fileOf = (part: string) =>
  fileURLToPath(new URL(`../../shared/data/parquet/${part}-00000-of-00001.parquet`, import.meta.url));
const hasParquet = existsSync(fileOf('train')) && existsSync(fileOf('test'));
if (!hasParquet) console.warn(`Tests on real parquet files are skipped: there is no ${fileOf('train')}.`);
const NO_PARQUET = 'There are no real parquet files beside this repository.';

const parquetPair = () =>
  ['train', 'test'].map((part) => ({
    name: `${part}-00000-of-00001.parquet`,
    content: readFileSync(fileOf(part)),
  }));

const here = (page: Page) =>
  expect(page.getByText('CIFAR-100 is loaded', { exact: true }).last()).toBeVisible({ timeout: 60_000 });
const sheet = (page: Page) => page.getByRole('region', { name: 'Images' });

/** Serves the real parquet files as Hugging Face does, range requests included. Returns the number of bytes sent. */
async function serveHuggingFace(page: Page, { delay = 0 } = {}): Promise<{ sent: number }> {
  const count = { sent: 0 };
  await page.context().route('https://huggingface.co/**', async (route) => {
    const bytes = readFileSync(fileOf(route.request().url().includes('/test-') ? 'test' : 'train'));
    const [, from = '0', to = ''] = /bytes=(\d*)-(\d*)/.exec(route.request().headers()['range'] ?? '') ?? [];
    const [first, last] =
      from === ''
        ? [bytes.length - Number(to), bytes.length - 1]
        : [Number(from), Math.min(to === '' ? Infinity : Number(to), bytes.length - 1)];
    const body = bytes.subarray(first, last + 1);
    if (route.request().method() === 'GET') count.sent += body.length;
    await new Promise((resolve) => setTimeout(resolve, delay));
    const headers = {
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'Content-Range, Content-Length, Accept-Ranges',
      'accept-ranges': 'bytes',
      'content-range': `bytes ${first}-${last}/${bytes.length}`,
    };
    // The page no longer waits for the response of a cancelled download.
    await route.fulfill({ status: 206, headers, body }).catch(() => undefined);
  });
  return count;
}

test('the built-in drawings are shown by class, and as the network receives them', async ({ page }) => {
  await open(page, '?v=1&crop=on#data');
  await expect(sheet(page).getByText(/10,000 training images, 100 of each class/)).toBeVisible();
  await expect(sheet(page).locator('canvas')).toHaveCount(100);
  await sheet(page).getByRole('button', { name: 'thin ring' }).click();
  const image = sheet(page).getByRole('img', { name: 'thin ring: 100 training images' });
  await expect(image).toBeVisible();
  const pixels = () => image.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  const plain = await pixels();
  await page.getByRole('switch', { name: 'As the network sees it' }).check();
  await expect(page.getByText(/^With random crop and random flip/)).toBeVisible();
  await expect.poll(pixels).not.toBe(plain);
  const seen = await pixels();
  await page.getByRole('button', { name: 'Draw again' }).click();
  await expect.poll(pixels).not.toBe(seen);
  await sheet(page).getByText('Test', { exact: true }).click();
  await expect(sheet(page).getByRole('img', { name: 'thin ring: 20 test images' })).toBeVisible();
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(sheet(page).locator('canvas')).toHaveCount(100);
});

test.describe('without data', () => {
  test.use({ allowedMessages: [/404/] });
  test('if the data of a link is missing, a download is offered with its size, and a failure is reported', async ({
    page,
  }) => {
    await page
      .context()
      .route('https://huggingface.co/**', (route) =>
        route.fulfill({ status: 404, headers: { 'access-control-allow-origin': '*' } }),
      );
    await open(page, '?v=1&data=cifar100');
    await expect(page.getByText('CIFAR-100 is not loaded yet', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: /^Download 10 %, about 17\.1 MB/ }).click();
    await expect(page.getByText('CIFAR-100 was not downloaded')).toBeVisible();
    await page.getByRole('button', { name: 'Other ways' }).click();
    await expect(page).toHaveURL(/[?&]view=data/);
    await expect(page.getByRole('heading', { name: 'Get CIFAR-100' })).toBeVisible();
    await page.getByLabel(/^Address of an archive/).fill('not an address');
    await page.getByRole('button', { name: 'Download from this URL' }).click();
    await expect(page.getByText(/begins with https/)).toBeVisible();
  });
});

test('two parquet files that are dropped together become one data set', async ({ page }) => {
  test.skip(!hasParquet, NO_PARQUET);
  await open(page, '#data');
  await dropFiles(page, parquetPair());
  await here(page);
  await expect(page).toHaveURL(/data=cifar100/);
  await expect(sheet(page).getByText(/2,000 training images/)).toBeVisible();
  await expect(
    sheet(page).getByRole('row', { name: /Mean, published 0\.5071 0\.4865 0\.4409/ }),
  ).toBeVisible();
  await expect(sheet(page).getByRole('button', { name: 'crab', exact: true })).toBeVisible();
});

test('of two stored data sets one is selected, also after a reload, and one can be deleted', async ({
  page,
}) => {
  test.skip(!hasParquet || !hasArchive, NO_PARQUET);
  await open(page, '#data');
  await drop(page, 'cifar-100-binary.tar.gz', readFileSync(ARCHIVE));
  await here(page);
  await dropFiles(page, parquetPair());
  const small = page.getByRole('listitem', { name: 'CIFAR-100, 2,000 of 50,000 training images' });
  const large = page.getByRole('listitem', { name: 'CIFAR-100, 10,000 of 50,000 training images' });
  await expect(small.getByText('In use')).toBeVisible({ timeout: 60_000 });
  await expect(large.getByText('In use')).toBeHidden();

  await large.getByRole('button', { name: /^Use/ }).click();
  await small.getByRole('button', { name: /^Use/ }).click();
  await page.reload();
  await expect(small.getByText('In use')).toBeVisible();
  await expect(sheet(page).getByText(/2,000 training images/)).toBeVisible();

  await small.getByRole('button', { name: /^Delete/ }).click();
  await page.getByRole('button', { name: 'Delete it' }).click();
  await expect(small).toBeHidden();
  await expect(large.getByText('In use')).toBeVisible();
  await expect(sheet(page).getByText(/10,000 training images, 100 of each class/)).toBeVisible();
});

test('part of the data set on Hugging Face needs only part of the download', async ({ page }) => {
  test.skip(!hasParquet, NO_PARQUET);
  const server = await serveHuggingFace(page);
  await open(page, '#data');
  expect(server.sent).toBe(0);
  await page.getByText('20 %', { exact: true }).click();
  await page.getByRole('button', { name: /^Download 20 %, about 34/ }).click();
  await here(page);
  await expect(page.getByText(/400 training images, \d to \d of each class/).first()).toBeVisible();
  const whole = readFileSync(fileOf('train')).length + readFileSync(fileOf('test')).length;
  expect(server.sent).toBeGreaterThan(0);
  expect(server.sent).toBeLessThan(0.75 * whole);
});

test('a cancelled download leaves nothing behind', async ({ page }) => {
  test.skip(!hasParquet, NO_PARQUET);
  await serveHuggingFace(page, { delay: 3000 });
  await open(page, '#data');
  await page.getByRole('button', { name: /^Download 10 %/ }).click();
  await expect(page.getByText('Downloading 10 % of CIFAR-100 from huggingface.co').first()).toBeVisible();
  await page.getByRole('region', { name: 'Get CIFAR-100' }).getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: /^Download 10 %/ })).toBeVisible();
  await expect(page.getByText('This browser stores no CIFAR-100 yet', { exact: false })).toBeVisible();
});

test('a custom URL is downloaded and read', async ({ page }) => {
  test.skip(!hasArchive, 'There are no real CIFAR-100 images beside this repository.');
  await page.context().route('https://example.org/**', (route) =>
    route.fulfill({
      headers: { 'access-control-allow-origin': '*' },
      body: readFileSync(ARCHIVE),
    }),
  );
  await open(page, '#data');
  await page.getByLabel(/^Address of an archive/).fill('https://example.org/cifar.tar.gz');
  await page.getByRole('button', { name: 'Download from this URL' }).click();
  await here(page);
  await expect(sheet(page).getByText(/10,000 training images, 100 of each class/)).toBeVisible();
});

for (const [screen, size] of Object.entries({
  desktop: { width: 1440, height: 900 },
  phone: { width: 360, height: 740 },
})) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test.describe(`on a ${screen}, ${colorScheme}`, () => {
      test.use({ viewport: size, colorScheme });

      test('the view fits the screen, and axe finds nothing', async ({ page }) => {
        await open(page, '#data');
        await expect(sheet(page).locator('canvas')).toHaveCount(100);
        expect(await horizontalOverflow(page)).toBe(0);
        expect(await violations(page)).toEqual([]);
        await page.getByRole('switch', { name: 'As the network sees it' }).check();
        await sheet(page).getByRole('button', { name: 'thin ring' }).click();
        await expect(sheet(page).locator('canvas')).toHaveCount(1);
        expect(await violations(page)).toEqual([]);
      });
    });
  }
}
