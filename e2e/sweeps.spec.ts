/** Seeds, sweeps, the queue, and overlays of selected runs. */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { ARCHIVE, drop, hasArchive, open, violations } from './lab';

const NET = 'depths=1,2&widths=4,8&strides=2,2&batch=16&test=100&backend=wasm';
const SHORT = `?v=1&${NET}&length=20&evalEvery=10`;

const region = (page: Page, name: string | RegExp) => page.getByRole('region', { name, exact: true });
const idle = (page: Page) => page.getByText('No run is waiting.').waitFor({ timeout: 120_000 });

async function plan(page: Page, values: string, seeds: number): Promise<void> {
  const form = region(page, 'New sweep');
  await form.getByRole('textbox', { name: 'Values' }).fill(values);
  await form.getByLabel('Seeds').fill(`${seeds}`);
}

test('a sweep on real images survives a reload during a run, and ends with a chart and a table', async ({
  page,
}) => {
  test.skip(!hasArchive, 'There are no real CIFAR-100 images beside this repository.');
  test.setTimeout(240_000);
  await open(page, `?v=1&${NET}&length=1200&evalEvery=0&checkpointEvery=50#sweeps`);
  await drop(page, 'cifar-100-binary.tar.gz', readFileSync(ARCHIVE));
  await expect(page.getByText('CIFAR-100 is loaded', { exact: true })).toBeVisible({ timeout: 60_000 });
  await page.evaluate(() => (location.hash = 'sweeps'));
  await plan(page, '1, 2', 2);
  await expect(page.getByText(/^2 × 2 makes 4 runs; how long they take/)).toBeVisible();
  await page.getByRole('button', { name: 'Start the sweep' }).click();
  await expect(page.getByText(/4 runs to go; now: Factor k: 1, seed 1/)).toBeVisible();
  // The first checkpoint is written with the first save after the start.
  await expect(page.getByText(/^[1-9]\d\d? \/ 1,200/).first()).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect(page.getByText(/\d+ \/ 1,200 · paused/).first()).toBeVisible();

  await page.reload();
  await expect(page.getByText(/4 runs to go, paused\./)).toBeVisible();
  await page.getByRole('button', { name: 'Continue' }).click();
  await idle(page);
  const result = region(page, 'Sweep Factor k');
  await expect(result.getByText('4 of 4 runs')).toBeVisible();
  await expect(result.getByRole('cell', { name: /^\d+\.\d\d ± \d+\.\d\d \(2\)$/ })).toHaveCount(2);
  await expect(
    result.getByRole('img', { name: /Test top-1 \(%\), mean ± standard deviation/ }),
  ).toBeVisible();
  await result
    .getByRole('combobox', { name: 'Outcome of Factor k' })
    .selectOption({ label: 'Dip of 3x3, last block (%)' });
  await expect(result.getByRole('columnheader', { name: /^Dip of 3x3/ })).toBeVisible();

  // There are four runs, not five: the interrupted one was resumed.
  await result.getByRole('button', { name: 'Compare its runs' }).click();
  await expect(page.getByRole('heading', { name: 'Overlay of 4 runs' })).toBeVisible();
  await expect(page.getByRole('heading', { name: '5 runs' })).toHaveCount(0);
});

test('errors in a sweep are reported before it starts, with place and reason', async ({ page }) => {
  await open(page, `${SHORT}#sweeps`);
  const form = region(page, 'New sweep');
  await plan(page, '1, 99999', 1);
  await expect(form.getByText(/Found “99999”/).first()).toBeVisible();
  await expect(form.getByRole('button', { name: 'Start the sweep' })).toBeDisabled();
  await plan(page, '0:5:0.001', 1);
  await expect(form.getByText(/makes more than 1,000 values/).first()).toBeVisible();
  await plan(page, '1..3', 2);
  await form.getByRole('button', { name: 'Vary a second setting' }).click();
  await form
    .getByRole('group', { name: 'Second setting' })
    .getByRole('textbox', { name: 'Values' })
    .fill('0.1, 0.2');
  await expect(form.getByText(/^3 × 2 × 2 makes 12 runs/)).toBeVisible();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    form.getByRole('button', { name: 'Save as a file' }).click(),
  ]);
  expect(JSON.parse(readFileSync(await file.path(), 'utf8'))).toMatchObject({
    format: 'branch-lab-sweep',
    name: 'Factor k × Learning rate',
    axes: [
      { key: 'factor', values: ['1', '2', '3'] },
      { key: 'lr', values: ['0.1', '0.2'] },
    ],
    seeds: [1, 2],
  });
  expect(await violations(page)).toEqual([]);

  // The saved file can be dropped, here or on another machine; an invalid one is rejected with place and reason.
  const text = readFileSync(await file.path(), 'utf8');
  await drop(page, 'night.json', Buffer.from(text.replace('Factor k × Learning rate', 'Night')));
  await expect(page.getByText('1 sweep came in')).toBeVisible();
  await page.getByRole('button', { name: 'Show the sweeps' }).click();
  await expect(region(page, 'Sweep Night').getByText('0 of 12 runs')).toBeVisible();
  await drop(page, 'wrong.json', Buffer.from(text.replace('"lr"', '"speed"')));
  await expect(page.getByText(/not a sweep of version 1: at axes\.1\.key/)).toBeVisible();
});

test('the queue can be reordered, paused and resumed, and can skip a run', async ({ page }) => {
  await open(page, `?v=1&${NET}&length=100000&evalEvery=0#sweeps`);
  await plan(page, '1, 2, 3', 1);
  await page.getByRole('button', { name: 'Start the sweep' }).click();
  const queue = region(page, 'Queue of runs');
  const lines = queue.getByRole('listitem');
  await expect(lines).toHaveText([/: 1, seed 1 · going on/, /: 2, seed 1/, /: 3, seed 1/]);
  await queue.getByRole('button', { name: 'Earlier: Factor k: 3, seed 1' }).click();
  await expect(lines).toHaveText([/: 1, /, /: 3, /, /: 2, /]);
  await queue.getByRole('button', { name: 'Skip: Factor k: 1, seed 1' }).click();
  await expect(lines).toHaveText([/: 3, seed 1 · going on/, /: 2, seed 1/]);
  await queue.getByRole('button', { name: 'Pause the queue' }).click();
  await expect(page.getByText(/· paused/).first()).toBeVisible();
  await expect(queue.getByText('2 runs to go', { exact: false })).toBeVisible();
  await queue.getByRole('button', { name: 'Clear the queue' }).click();
  await idle(page);
});

test('several seeds become one line with a band, and a difference between groups has an interval', async ({
  page,
}) => {
  await open(page, `${SHORT}#sweeps`);
  await plan(page, '1, 3', 2);
  await page.getByRole('button', { name: 'Start the sweep' }).click();
  await idle(page);
  await expect(region(page, 'Sweep Factor k').getByText('4 of 4 runs')).toBeVisible();
  await region(page, 'Sweep Factor k').getByRole('button', { name: 'Compare its runs' }).click();
  const compare = region(page, 'Overlay of the selected runs');
  const legend = compare.getByRole('group', { name: 'Lines' });
  await expect(legend.getByRole('button')).toHaveText([
    /^Factor k \d \(2 seeds\)$/,
    /^Factor k \d \(2 seeds\)$/,
  ]);
  const differences = compare.getByRole('region', { name: 'Table of differences' });
  await expect(differences.getByRole('row')).toHaveText([/Setting/, /^Factor k[13][13]$/]);
  const outcomes = compare.getByRole('region', { name: 'Table of outcomes' });
  await expect(outcomes.getByRole('row').last()).toContainText(/± \d+\.\d\d \(2\)/);
  await expect(outcomes.getByRole('row').last()).toContainText(/\[[+−]\d+\.\d\d, [+−]\d+\.\d\d\]/);

  const identity = compare.getByRole('region', { name: '3x3', exact: true });
  await expect(identity.getByRole('listitem')).toHaveCount(2);
  await legend.getByRole('button').first().click();
  await expect(legend.getByRole('button').first()).toHaveAttribute('aria-pressed', 'false');
  await expect(identity.getByRole('listitem')).toHaveCount(1);
  await compare.getByRole('switch', { name: 'Seeds as one line' }).click();
  await expect(legend.getByRole('button')).toHaveCount(4);
  expect(await violations(page)).toEqual([]);

  // In the lab the selected runs are drawn behind the run shown.
  await page.evaluate(() => (location.hash = 'lab'));
  const behind = page.getByRole('group', { name: 'Runs in the background' });
  await expect(behind.getByRole('button')).toHaveCount(3);
  await behind.getByRole('button').first().click();
  await expect(behind.getByRole('button')).toHaveCount(2);
  expect(await violations(page)).toEqual([]);
});
