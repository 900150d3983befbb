/** Resumed runs: after the browser was killed, after a reload, and from another run's checkpoint. */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { ARCHIVE, drop, waitForEnd, hasArchive, open, saveRecord, useSlowMotion, start } from './lab';
import { launch, newProfile, type SeparateBrowser, removeProfile } from './separate-browser';

/**
 * Number of steps of the run that is killed: at 20 steps/s in slow motion, ten times the two seconds between
 * checkpoints.
 */
const LENGTH = 400;
const NET = 'depths=1,2&widths=4,8&strides=2,2&batch=16&test=100&backend=wasm';

/** Waits until the history has a checkpoint at or after a step. */
async function waitForCheckpoint(page: Page, step: number): Promise<void> {
  await expect
    .poll(
      () =>
        page.evaluate(
          () =>
            new Promise<number>((resolve, reject) => {
              const opening = indexedDB.open('branch-lab-runs');
              opening.onerror = () => reject(opening.error);
              opening.onsuccess = () => {
                const database = opening.result;
                const reading = database.transaction('entries').objectStore('entries').getAll();
                reading.onsuccess = () => {
                  database.close();
                  resolve(Math.max(-1, ...reading.result.map(({ checkpoint }) => checkpoint ?? -1)));
                };
              };
            }),
        ),
      { timeout: 60_000 },
    )
    .toBeGreaterThanOrEqual(step);
}

test('a run whose browser was killed resumes and ends with the same numbers as without the interruption, bit for bit', async ({
  page,
  site,
}) => {
  test.skip(!hasArchive, 'There are no real CIFAR-100 images beside this repository.');
  test.setTimeout(240_000);
  const query = `?v=1&${NET}&length=${LENGTH}&evalEvery=200&checkpointEvery=20&factor=1&lr=0.05`;
  const archive = readFileSync(ARCHIVE);
  const profile = newProfile();
  const started: SeparateBrowser[] = [];
  const launched = async () => {
    started.push(await launch(profile));
    return started.at(-1)!;
  };
  try {
    const first = await launched();
    await first.page.goto(site + query);
    await drop(first.page, 'cifar-100-binary.tar.gz', archive);
    await expect(first.page.getByText('CIFAR-100 is loaded', { exact: true })).toBeVisible({
      timeout: 60_000,
    });
    await useSlowMotion(first.page);
    await start(first.page);
    await waitForCheckpoint(first.page, 20);
    await first.kill();

    const second = await launched();
    await second.page.goto(site + query);
    const bar = second.page.getByRole('alert').filter({ hasText: 'was interrupted' });
    const { step } = (await bar.innerText()).match(/up to step (?<step>[\d,]+)/)!.groups!;
    const kept = Number(step!.replaceAll(',', ''));
    expect(kept).toBeGreaterThanOrEqual(20);
    expect(kept).toBeLessThan(LENGTH);
    await bar.getByRole('button', { name: 'Resume', exact: true }).click();
    await waitForEnd(second.page, 'finished');
    const resumed = await saveRecord(second.page);
    await second.kill();

    await open(page, query);
    await drop(page, 'cifar-100-binary.tar.gz', archive);
    await expect(page.getByText('CIFAR-100 is loaded', { exact: true })).toBeVisible({ timeout: 60_000 });
    await start(page);
    await waitForEnd(page, 'finished');
    const whole = await saveRecord(page);
    expect(whole.dataset.id).toBe('cifar100');
    expect(resumed.series).toEqual(whole.series);
    expect(resumed.instruments).toEqual(whole.instruments);
    expect(resumed.evaluations).toEqual(whole.evaluations);
    expect(resumed.end).toEqual(whole.end);
  } finally {
    for (const browser of started) await browser.kill();
    removeProfile(profile);
  }
});

test('a paused run survives a reload and resumes at the same step', async ({ page }) => {
  await open(page, `?v=1&${NET}&length=40&evalEvery=20`);
  for (let step = 1; step <= 3; step++) {
    await page.getByRole('button', { name: 'Step', exact: true }).click();
    await expect(page.getByText(`${step} / 40 · paused`).first()).toBeVisible();
  }
  await waitForCheckpoint(page, 3);
  await page.reload();
  await page
    .getByRole('alert')
    .filter({ hasText: 'saved up to step 3 of 40' })
    .getByRole('button', { name: 'Resume', exact: true })
    .click();
  await waitForEnd(page, 'finished');
  const { series, end } = await saveRecord(page);
  expect(series.loss).toHaveLength(40);
  expect(end.digest).toMatch(/^[0-9a-f]{64}$/);
});

test('a run can start from another run’s checkpoint with other settings, and its curves start at that step', async ({
  page,
}) => {
  await open(page, `?v=1&${NET}&length=40&evalEvery=0`);
  for (let step = 1; step <= 2; step++) {
    await page.getByRole('button', { name: 'Step', exact: true }).click();
    await expect(page.getByText(`${step} / 40 · paused`).first()).toBeVisible();
  }
  const before = await saveRecord(page);
  await page.getByRole('button', { name: 'Step', exact: true }).click();
  await expect(page.getByText('3 / 40 · paused').first()).toBeVisible();
  // Switch the branch off in the block diagram.
  await page.getByRole('button', { name: '1x1 branch', exact: true }).click();
  const bar = page.getByRole('alert').filter({ hasText: 'Settings changed' });
  await bar.getByRole('button', { name: 'Branch from here' }).click();
  await waitForEnd(page, 'finished');
  const branched = await saveRecord(page);
  expect(branched.origin).toMatchObject({ id: before.id, name: before.name, step: 3, fresh: [] });
  expect(branched.firstStep).toBe(3);
  expect(branched.series.loss.slice(0, 3)).toEqual([null, null, null]);
  expect(branched.series.loss.slice(3).every((loss) => loss !== null)).toBe(true);
  expect(branched.series.curves.some(({ panel }) => panel === 'conv1x1')).toBe(false);
  const gamma = (record: typeof before, step: number) =>
    record.series.curves.find(({ panel, layer }) => panel === 'conv3x3' && layer === 0)!.mean[step]!;
  expect(Math.abs(gamma(branched, 3) - gamma(before, 1))).toBeLessThan(0.05);
});
