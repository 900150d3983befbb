/** Recordings: opened by a link or a menu, played without data or training, and repeated here as an overlay. */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { findDip } from '../src/instruments/dips';
import { readReplay } from '../src/runs/replay-file';
import { REPLAYS } from '../src/runs/replays';
import { expect, test } from './fixtures';
import { waitForEnd, expectBarFits } from './lab';

const recorded = (name: string) =>
  readReplay(new Uint8Array(readFileSync(new URL(`../public/replays/${name}.blr`, import.meta.url))));
const bar = (page: Page) => page.getByRole('region', { name: 'Time' });
const slider = (page: Page) => bar(page).getByRole('slider', { name: 'Step shown' });
const notice = (page: Page) => page.getByRole('alert').filter({ hasText: 'is a recording' });
const chart = (page: Page, id: string) => page.locator(`[data-part="chart-${id}"]`);
const choose = async (page: Page, title: string) => {
  await page.getByRole('button', { name: 'Recordings' }).click();
  await page.getByRole('menuitem', { name: title }).click();
};

test('a link to a recording plays it from step 0, says that it is one, and shows what was recorded', async ({
  page,
}) => {
  await page.goto('./?replay=early-dip');
  await expect(notice(page)).toContainText('RepVGG, factor 2: the dip is a recording');
  await expect(notice(page)).toContainText('CIFAR-100, 10,000 of 50,000 training images');
  await expect(notice(page)).toContainText(/WebAssembly .* 20\d\d/);
  await expect(chart(page, 'identity').locator('.scatterlayer path.js-line').first()).toBeVisible();
  const step = () => slider(page).getAttribute('aria-valuenow').then(Number);
  const before = await step();
  await expect.poll(step).toBeGreaterThan(before);
  await bar(page).getByRole('button', { name: 'Pause playing' }).click();
  await slider(page).focus();
  await page.keyboard.press('End');
  const { run } = recorded('early-dip');
  const last = run.curves.findLastIndex(({ panel }) => panel === 'identity');
  const dip = findDip(run.series.curve(last, 'mean'))!;
  await expect(
    chart(page, 'identity').getByText(`−${Math.round(dip.depth * 100)} % at ${dip.step}`),
  ).toBeVisible();
  await expect(chart(page, 'accuracy')).toContainText(`${(run.evaluations.at(-1)!.top1 * 100).toFixed(2)} %`);
  // A recording is not stored in the history and has no record to save, because this machine did not train it. The
  // address still names it.
  await expect(page.getByRole('button', { name: 'Save record' })).toHaveAttribute('aria-disabled', 'true');
  expect(new URL(page.url()).searchParams.get('replay')).toBe('early-dip');
  await notice(page).getByRole('button', { name: 'Close the recording' }).click();
  await expect(notice(page)).toBeHidden();
  expect(new URL(page.url()).searchParams.has('replay')).toBe(false);
});

test('“Run it here” trains the same experiment over the recording, which can be removed', async ({
  page,
}) => {
  await page.goto('./?replay=no-norm');
  await notice(page).getByRole('button', { name: 'Run it here, on the built-in drawings' }).click();
  await expect(notice(page)).toBeHidden();
  const key = page.getByRole('group', { name: 'Runs in the background' });
  await expect(key).toContainText('No norm, factor 1, learning rate 0.01, 100 steps, a recording');
  await waitForEnd(page, 'finished');
  const { searchParams } = new URL(page.url());
  expect([searchParams.get('preset'), searchParams.get('data'), searchParams.get('replay')]).toEqual([
    'no-norm',
    null,
    null,
  ]);
  await expect(chart(page, 'loss').getByText('No norm, fact', { exact: false }).first()).toBeVisible();
  await key.getByRole('button', { name: /^Remove .*$/ }).click();
  await expect(key).toBeHidden();
});

test('recordings open from the menu of the empty lab and from the menu of runs', async ({ page }) => {
  await page.goto('./');
  await choose(page, 'Simplified block, factor 2');
  await expect(notice(page)).toContainText('Simplified block');
  await expect(chart(page, 'norm')).toBeVisible();
  await page.getByRole('radiogroup', { name: 'View' }).getByText('Runs', { exact: true }).click();
  await choose(page, 'Row 6: 3x3, identity');
  await expect(notice(page)).toContainText('Row 6: 3x3, identity');
  await expect(bar(page)).toContainText('/ 200');
  expect(new URL(page.url()).searchParams.get('replay')).toBe('study-6');
});

test('a missing recording is reported by name, and a damaged one is rejected', async ({ page }) => {
  await page.goto('./?replay=nobody');
  await expect(page.getByText(/replay: found “nobody”, expected one of early-dip/)).toBeVisible();
  await page.route('**/early-dip.blr', (route) => route.fulfill({ body: 'BLR something else' }));
  await page.goto('./?replay=early-dip');
  const refused = page.getByRole('alert').filter({ hasText: 'The recording was not opened' });
  await expect(refused).toContainText('expected version 1, found version 32');
  await refused.getByRole('button', { name: 'Close the message on the recording' }).click();
  await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeVisible();
});

test('recordings are shown in Chinese, and play without a network', async ({ page, request }) => {
  await page.goto('./?replay=plain&lang=zh');
  await expect(page.getByRole('alert').filter({ hasText: '普通块，因子 2 是录制的运行' })).toBeVisible();
  await expect(
    page.getByRole('region', { name: '时间' }).getByRole('slider', { name: '显示的步' }),
  ).toBeVisible();
  const worker = await (await request.get('./service-worker.js')).text();
  expect(worker.match(/"replays\/[a-z0-9-]+\.blr": "/g)).toHaveLength(REPLAYS.length);
});

for (const [screen, viewport] of Object.entries({
  phone: { width: 360, height: 740 },
  desktop: { width: 1440, height: 900 },
})) {
  test(`a recording fits a ${screen}, and axe finds no violation`, async ({ page }) => {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto('./?replay=study-1');
    await bar(page).getByRole('button', { name: 'Pause playing' }).click();
    await expectBarFits(page, bar(page));
  });
}

test('an embedded recording is labelled and has the time bar', async ({ page }) => {
  await page.setViewportSize({ width: 480, height: 320 });
  await page.goto('./?replay=early-dip&embed=1&show=chart.identity');
  await expect(page.getByText('400 / 400 · a recording')).toBeVisible();
  await bar(page).getByRole('button', { name: 'Pause playing' }).click();
  await bar(page).getByRole('button', { name: 'First step' }).click();
  await expect(chart(page, 'identity')).toContainText('Step 0');
  await expect(bar(page)).toBeInViewport({ ratio: 1 });
  const [height, width] = await page.evaluate(() => [
    document.documentElement.scrollHeight,
    document.documentElement.scrollWidth,
  ]);
  expect([height, width]).toEqual([320, 480]);
});
