/** The benchmark on the page: it compares two implementations, can be stopped, and says what it could not measure. */
import { expect, test } from './fixtures';
import { violations, open } from './lab';

test('two variants of the wasm kernels are measured alternately', async ({ page }) => {
  await open(page, '#benchmark');
  await page.getByRole('combobox', { name: 'Batch' }).click();
  await page.getByRole('option', { name: '8', exact: true }).click();
  await page.getByRole('button', { name: 'Measure', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Stop measuring' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Measure', exact: true })).toBeVisible({ timeout: 60_000 });
  const row = page.getByRole('row', { name: /WebAssembly, 1 thread/ });
  await expect(row.getByRole('cell', { name: /^\d[\d,]*$/ })).toBeVisible();
  await expect(row.getByRole('cell', { name: /×$/ })).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test('a measurement can be stopped and started again', async ({ page }) => {
  await open(page, '#benchmark');
  await page.getByRole('button', { name: 'Measure', exact: true }).click();
  await page.getByRole('button', { name: 'Stop measuring' }).click();
  await page.getByRole('button', { name: 'Measure', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Stop measuring' })).toBeVisible();
  await page.getByRole('button', { name: 'Stop measuring' }).click();
  await expect(page.getByRole('button', { name: 'Measure', exact: true })).toBeEnabled();
});

test('TensorFlow.js’ wasm backend is served with the lab and measured', async ({ page, baseURL }) => {
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    if (/^https?:/.test(request.url()) && !request.url().startsWith(baseURL!)) elsewhere.push(request.url());
  });
  await open(page, '#benchmark');
  await page.getByRole('combobox', { name: 'Batch' }).click();
  await page.getByRole('option', { name: '8', exact: true }).click();
  await page.getByRole('checkbox', { name: 'TensorFlow.js, WebAssembly, stock' }).check();
  await page.getByRole('button', { name: 'Measure', exact: true }).click();
  const row = page.getByRole('row', { name: /TensorFlow.js, WebAssembly, stock/ });
  await expect(row.getByRole('cell', { name: /×$/ })).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Stop measuring' }).click();
  expect(elsewhere).toEqual([]);
});
