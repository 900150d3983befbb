/** Training with the controls of the page: on real images and on each backend. */
import { readFileSync } from 'node:fs';
import type { RunRecord } from '../src/runs/record-schema';
import { expect, test } from './fixtures';
import { ARCHIVE, drop, waitForEnd, hasArchive, open, saveRecord, start } from './lab';

const NET = 'depths=1,2&widths=4,8&strides=2,2&batch=16&test=100';
const TINY = `${NET}&length=12&evalEvery=6`;
const LONG = `${NET}&length=100000&evalEvery=0`;

/** Last minus first value of the mean of the deepest curve in each panel of the record. */
function movement({ series }: RunRecord): Map<string, number> {
  const moved = new Map<string, number>();
  for (const { panel, mean } of series.curves) moved.set(panel, mean.at(-1)! - mean[0]!);
  return moved;
}

test.describe('on real images', () => {
  test.skip(!hasArchive, 'There are no real CIFAR-100 images beside this repository.');

  test('training on a dropped archive reaches three times chance, and the data is still there after a reload', async ({
    page,
  }) => {
    test.setTimeout(600_000);
    await open(
      page,
      '?v=1&depths=1,2,2,2&widths=8,8,16,32&strides=1,2,2,2&factor=1&lr=0.1&length=400&evalEvery=100&test=0&backend=wasm&norm=post',
    );
    await drop(page, 'cifar-100-binary.tar.gz', readFileSync(ARCHIVE));
    await expect(page.getByText('CIFAR-100 is loaded', { exact: true })).toBeVisible({ timeout: 60_000 });
    await expect(page).toHaveURL(/data=cifar100/);
    await start(page);
    await waitForEnd(page, 'finished', 500_000);

    const record = await saveRecord(page);
    expect(record.dataset).toMatchObject({ id: 'cifar100', train: 10_000, test: 2_000, testUsed: 2_000 });
    expect(record.evaluations.at(-1)!.top1).toBeGreaterThanOrEqual(0.03);
    expect(record.environment.backend).toBe('wasm');
    const moved = movement(record);
    for (const panel of ['identity', 'conv1x1', 'conv3x3', 'norm'])
      expect(Math.abs(moved.get(panel) ?? 0), panel).toBeGreaterThan(0.005);

    await page.reload();
    await expect(page.getByText('10,000 training and 2,000 test images').first()).toBeVisible();
    await start(page);
    await expect(page.getByText(/^\d+ \/ 400/).first()).toBeVisible({ timeout: 60_000 });
  });

  test('an archive on the server is offered, loaded and stored', async ({ page }) => {
    const name = 'cifar-100-binary.tar.gz';
    const body = readFileSync(ARCHIVE);
    await page.route('**/data/index.json', (route) =>
      route.fulfill({ json: { archives: [{ name, bytes: body.length }] } }),
    );
    await page.route(`**/data/${name}`, (route) => route.fulfill({ body }));
    await open(page, '?v=1&data=cifar100');
    await page.getByRole('button', { name: 'Load the served archive' }).first().click();
    await expect(page.getByText('CIFAR-100 is loaded', { exact: true })).toBeVisible({ timeout: 60_000 });
    await page.getByRole('button', { name: 'All sets' }).click();
    await page.getByRole('button', { name: /^Delete CIFAR-100/ }).click();
    await page.getByRole('button', { name: 'Delete it' }).click();
    await expect(page.getByText('CIFAR-100 is deleted')).toBeVisible();
  });
});

for (const backend of ['wasm', 'cpu']) {
  test(`the same link gives the same losses, bit for bit, on ${backend}`, async ({ page }) => {
    const losses: (number | null)[][] = [];
    for (let visit = 0; visit < 2; visit++) {
      await open(page, `?v=1&${TINY}&backend=${backend}`);
      await start(page);
      await waitForEnd(page, 'finished');
      const record = await saveRecord(page);
      expect(record.environment.backend).toBe(backend);
      losses.push(record.series.loss);
    }
    expect(losses[0]).toHaveLength(12);
    expect(losses[1]).toEqual(losses[0]);
  });
}

test('WebGPU trains a very small network for a few steps, and the badge names its adapter', async ({
  page,
}) => {
  await open(
    page,
    '?v=1&depths=1,1&widths=3,4&strides=2,2&batch=4&length=3&evalEvery=0&test=20&backend=webgpu',
  );
  await start(page);
  await waitForEnd(page, 'finished');
  await expect(page.getByRole('button', { name: /^Backend: WebGPU/ })).toBeVisible();
  expect((await saveRecord(page)).series.loss).toHaveLength(3);
});

test('half precision is a setting of WebGPU; another backend says that it does not support it', async ({
  page,
}) => {
  const small = 'depths=1,1&widths=4,8&strides=2,2&batch=4&length=3&evalEvery=0&test=20&precision=half';
  await open(page, `?v=1&${small}&backend=webgpu`);
  await start(page);
  await waitForEnd(page, 'finished');
  await expect(page.getByRole('button', { name: /^Backend: WebGPU, .*half precision/ })).toBeVisible();
  const half = await saveRecord(page);
  expect(half.settings.precision).toBe('half');

  await open(page, `?v=1&${small}&backend=wasm`);
  await start(page);
  await waitForEnd(page, 'finished');
  const badge = page.getByRole('button', { name: /^Backend: WebAssembly/ });
  await badge.click();
  await expect(page.getByText(/Half precision is WebGPU’s alone/)).toBeVisible();
  // The losses differ, but by no more than half precision explains.
  const [first, other] = [half, await saveRecord(page)].map(({ series }) => series.loss[0]!) as [
    number,
    number,
  ];
  expect(first).not.toBe(other);
  expect(first / other).toBeCloseTo(1, 2);
});

test('a run can be paused, stepped, resumed, stopped and reset, and then gives the same numbers again', async ({
  page,
}) => {
  await open(page, `?v=1&${LONG}&backend=wasm`);
  await page.getByRole('button', { name: 'Step', exact: true }).click();
  await expect(page.getByText('1 / 100,000 · paused')).toBeVisible({ timeout: 60_000 });
  await page.keyboard.press('.');
  await expect(page.getByText('2 / 100,000 · paused')).toBeVisible();
  const first = (await saveRecord(page)).series.loss;
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  await page.keyboard.press('s');
  await expect(page.getByRole('button', { name: 'Resume', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await waitForEnd(page, 'stopped');
  await page.getByRole('button', { name: 'Reset', exact: true }).click();
  await expect(page.getByText('Not started')).toBeVisible();
  await start(page);
  await expect(page.getByText(/^\d+ \/ 100,000/).first()).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('img', { name: /Loss/ }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await waitForEnd(page, 'stopped');
  expect((await saveRecord(page)).series.loss.slice(0, first.length)).toEqual(first);
});

test('a run that diverges stops, keeps its record, and says at which step', async ({ page }) => {
  await open(page, `?v=1&${LONG}&preset=no-norm&factor=4&lr=10&backend=wasm`);
  await start(page);
  await waitForEnd(page, 'diverged');
  await expect(page.getByText(/stopped being finite at step \d+.*layer \d/).first()).toBeVisible();
  expect((await saveRecord(page)).series.loss.length).toBeGreaterThan(0);
});

test('two runs of a link end with the same weights, whose digest the badge shows', async ({ page }) => {
  const digests: string[] = [];
  for (let run = 0; run < 2; run++) {
    await open(
      page,
      '?v=1&depths=1,1&widths=4,8&strides=2,2&batch=8&length=12&evalEvery=0&test=20&backend=wasm',
    );
    await start(page);
    await waitForEnd(page, 'finished');
    const { end } = await saveRecord(page);
    expect(end.digest).toMatch(/^[0-9a-f]{64}$/);
    digests.push(end.digest!);
    await page.getByRole('button', { name: /^Backend: WebAssembly/ }).click();
    await expect(page.getByText(end.digest!)).toBeVisible();
  }
  expect(digests[1]).toBe(digests[0]);
});

test('pressing a row of the table of dips highlights its curve, and pressing it again ends that', async ({
  page,
}) => {
  await open(page, '?v=1&length=40&evalEvery=0&test=20&backend=wasm');
  await start(page);
  await waitForEnd(page, 'finished');
  const row = page.getByRole('button', { name: /^1x1, layer .*: show its curve/ }).nth(1);
  await row.press('Enter');
  await expect(row).toHaveAttribute('aria-pressed', 'true');
  const faded = page.locator('[data-part="chart-conv1x1"] .scatterlayer .trace[style*="opacity: 0.35"]');
  await expect(faded.first()).toBeAttached();
  await row.press('Enter');
  await expect(row).toHaveAttribute('aria-pressed', 'false');
  await expect(faded).toHaveCount(0);
});

test('parts beyond the three branches are added and removed below the block diagram', async ({ page }) => {
  await open(page, '?v=1&preset=acb');
  await page.getByRole('button', { name: '3x1 · BN: remove' }).press('Enter');
  await expect(page.getByRole('button', { name: '3x1 · BN: remove' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Add a part' }).press('Enter');
  await page.getByRole('menuitem', { name: 'ReLU in every branch' }).click();
  await expect(page.getByRole('button', { name: 'ReLU in every branch: remove' })).toBeVisible();
  await expect(page).toHaveURL(/branchRelu=/);
});
