/** The study board: the queue trains every published row on real images and survives a reload. */
import { readFileSync } from 'node:fs';
import { STUDY_ROWS } from '../src/experiment/study';
import { expect, test } from './fixtures';
import { ARCHIVE, drop, hasArchive, open, violations } from './lab';

const BASE =
  '?v=1&depths=1,2&widths=4,8&strides=2,2&batch=8&length=2&evalEvery=0&test=100&measureEvery=0&lr=0.01&backend=wasm';

test.describe('on real images', () => {
  test.skip(!hasArchive, 'There are no real CIFAR-100 images beside this repository.');

  test('every published row trains, and a reload during training loses nothing', async ({ page }) => {
    test.setTimeout(900_000);
    await open(page, `${BASE}#study`);
    await drop(page, 'cifar-100-binary.tar.gz', readFileSync(ARCHIVE));
    await expect(page.getByText('CIFAR-100 is loaded', { exact: true })).toBeVisible({ timeout: 60_000 });
    await page.getByLabel('Seeds per row').fill('1');
    await page.getByRole('button', { name: 'Run all', exact: true }).click();
    await expect(page.getByText(/1 seed, no spread/).first()).toBeVisible({ timeout: 60_000 });

    await page.reload();
    await expect(page.getByText(/\d+ runs to go, paused\./)).toBeVisible();
    await expect(page.getByText(/1 seed, no spread/).first()).toBeVisible();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('No run is waiting.').waitFor({ timeout: 800_000 });

    for (const { id } of STUDY_ROWS)
      await expect(page.locator(`[data-row="${id}"]`), id).toContainText('1 seed, no spread');
    await expect(page.locator('[data-row="a0-3"]')).toContainText('CIFAR-100');
    await expect(page.getByRole('figure')).toHaveCount(5);
    expect(await violations(page)).toEqual([]);
  });
});

test('a row opens in the lab; custom rows can be added, are stored, and can be deleted and restored', async ({
  page,
}) => {
  await open(page, `${BASE}#study`);
  await page.getByLabel('Name of a new row').fill('Mine');
  await page.getByRole('button', { name: 'Add the panel’s experiment' }).click();
  await expect(page.getByRole('button', { name: 'Open Mine' })).toBeVisible();
  await page.reload();
  await page.getByRole('button', { name: 'Delete Mine' }).click();
  await expect(page.getByRole('button', { name: 'Open Mine' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('button', { name: 'Open Mine' })).toBeVisible();

  await page.getByRole('button', { name: 'Open Post-addition batch norm' }).click();
  await expect(page).toHaveURL(/preset=post-addition-bn/);
  await expect(page.getByText('relu(BN(W₃∗x + W₁∗x + x))')).toBeVisible();
});

test('a stored board that cannot be read is set aside and not lost', async ({ page }) => {
  const broken = JSON.stringify({ state: { results: 'none', rows: [], queue: [] }, version: 1 });
  await page.addInitScript((kept) => localStorage.setItem('branch-lab-board', kept), broken);
  await open(page, `${BASE}#study`);
  await expect(page.getByText(/could not be read \(at results\).*set aside/)).toBeVisible();
  const aside = await page.evaluate(() => localStorage.getItem('branch-lab-board-unreadable'));
  expect(JSON.parse(aside!)).toMatchObject({ results: 'none' });
});
