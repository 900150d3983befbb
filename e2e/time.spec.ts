/**
 * The time bar and slow motion: every part of the lab shows the step of the playhead, and training gives the same
 * numbers.
 */
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { waitForEnd, open, saveRecord, start, expectBarFits } from './lab';

const SMALL =
  '?v=1&preset=simplified&depths=1,2&widths=4,8&strides=2,2&batch=16&evalEvery=10&measureEvery=5&test=100&backend=wasm';

const bar = (page: Page) => page.getByRole('region', { name: 'Time' });
const slider = (page: Page) => bar(page).getByRole('slider', { name: 'Step shown' });
const press = (page: Page, name: string) => bar(page).getByRole('button', { name, exact: true }).click();
const shown = (page: Page) => slider(page).getAttribute('aria-valuenow').then(Number);
const chart = (page: Page, id: string) => page.locator(`[data-part="chart-${id}"]`);
/** The mean |scale| that the line width of each branch in the block diagram represents. */
const drawnScales = (page: Page) =>
  page
    .locator('[data-part="block"] path[data-scale]')
    .evaluateAll((lines) => lines.map((line) => Number(line.getAttribute('data-scale'))));
/** Visible width of the lines of a chart, in pixels from the left of its axes. */
const seenUpTo = (page: Page, id: string) =>
  chart(page, id)
    .locator('rect[data-cut]')
    .evaluate((cut) => Number(cut.getAttribute('width')) - 10);

test('charts, readings, instruments and the block diagram show the step of the playhead, moved by mouse or keyboard', async ({
  page,
}) => {
  await open(page, `${SMALL}&length=40`);
  await start(page);
  await waitForEnd(page, 'finished');
  const record = await saveRecord(page);
  const curves = record.series.curves.filter(({ layer }) => layer === 2);
  const expected = (step: number) =>
    ['conv3x3', 'conv1x1', 'identity', 'norm'].flatMap((panel) =>
      curves.filter((curve) => curve.panel === panel).map(({ meanAbs }) => Number(meanAbs[step]!.toFixed(4))),
    );
  await expect(bar(page)).toContainText('40 / 40');

  await slider(page).focus();
  await page.keyboard.press('Home');
  await expect(bar(page)).toContainText('0 / 40');
  await expect(chart(page, 'conv3x3')).toContainText('Step 0');
  for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowRight');
  await press(page, 'Next step');
  await press(page, 'Previous step');
  await expect(bar(page)).toContainText('12 / 40');
  for (const id of ['identity', 'conv3x3', 'norm', 'loss', 'accuracy', 'logitStd'])
    await expect(chart(page, id)).toContainText('Step 12');
  const last = curves.find(({ panel }) => panel === 'conv3x3')!;
  await expect(chart(page, 'conv3x3')).toContainText(last.mean[12]!.toFixed(4));
  // The evaluation at or before the step.
  await expect(chart(page, 'loss')).toContainText(`test ${record.evaluations[0]!.loss!.toFixed(4)}`);
  await expect.poll(() => drawnScales(page)).toEqual(expected(12));
  await expect(page.locator('[data-part="block"]')).toContainText(
    'last block that has the branch, at step 12',
  );

  // The axis covers the whole run, and the lines end at step 12 of 40.
  const axis = await chart(page, 'conv3x3').locator('.plotclip rect').first().getAttribute('width');
  await expect.poll(() => seenUpTo(page, 'conv3x3')).toBeCloseTo((Number(axis) * 12) / 40, 0);

  // The instruments show their newest measurement up to the step.
  await page.getByRole('button', { name: 'Activations', exact: true }).click();
  await expect(page.locator('[data-part="activations"]').getByText('The run at step 10')).toBeVisible();

  await page.keyboard.press('End');
  await slider(page).focus();
  await page.keyboard.press('End');
  await expect(bar(page)).toContainText('40 / 40');
  await expect.poll(() => drawnScales(page)).toEqual(expected(39));
  const lines = chart(page, 'conv3x3').locator('.scatterlayer');
  // Charts out of view are not redrawn.
  await chart(page, 'conv3x3').scrollIntoViewIfNeeded();
  await expect.poll(() => lines.getAttribute('clip-path')).toBeNull();
});

test('playback pauses by the space bar on the slider, and can loop the first hundred steps', async ({
  page,
}) => {
  await open(page, `${SMALL}&length=120&evalEvery=0`);
  await start(page);
  await waitForEnd(page, 'finished');
  await bar(page).getByRole('combobox', { name: 'Speed of playing' }).click();
  await page.getByRole('option', { name: '200 steps/s' }).click();
  await press(page, 'Loop the first 100 steps');
  await slider(page).focus();
  await page.keyboard.press('Space');
  await expect(bar(page).getByRole('button', { name: 'Pause playing' })).toBeVisible();
  await expect.poll(() => shown(page)).toBeGreaterThan(20);
  // Playback stays within the loop; the run itself is not changed.
  const seen = await page.evaluate(async () => {
    const thumb = document.querySelector('[data-part="time"] [role="slider"]')!;
    const steps: number[] = [];
    for (let i = 0; i < 60; i++) {
      steps.push(Number(thumb.getAttribute('aria-valuenow')));
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return steps;
  });
  expect(Math.max(...seen)).toBeLessThanOrEqual(99);
  expect(seen.some((step, i) => i > 0 && step < seen[i - 1]!)).toBe(true);
  await slider(page).focus();
  await page.keyboard.press('Space');
  await expect(bar(page).getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Start again' })).toBeVisible();
  // Without the loop it plays to the end and stops there.
  await press(page, 'Loop the first 100 steps');
  await press(page, 'Play');
  await expect(bar(page).getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await expect(bar(page)).toContainText('120 / 120');
});

test('during slow motion one can look back and return to the newest step, and the weights are the same', async ({
  page,
}) => {
  await open(page, `${SMALL}&length=40`);
  await start(page);
  await waitForEnd(page, 'finished');
  const { digest } = (await saveRecord(page)).end;

  await page.getByRole('button', { name: 'Slow motion: Full speed' }).click();
  await page.getByRole('menuitemradio', { name: '5 steps/s', exact: true }).click();
  await page.getByRole('button', { name: 'Start again' }).click();
  await expect.poll(() => shown(page).catch(() => -1)).toBeGreaterThan(2);
  await press(page, 'First step');
  await expect(chart(page, 'conv3x3')).toContainText('Step 0');
  const live = bar(page).getByRole('button', { name: 'Live' });
  await expect(live).toHaveAttribute('aria-pressed', 'false');
  // Training continues meanwhile.
  await expect(bar(page)).toContainText(/^0 \/ (?:[6-9]|[1-3]\d)/);
  await live.click();
  await expect.poll(() => shown(page)).toBeGreaterThan(6);
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();

  await page.getByRole('button', { name: 'Slow motion: 5 steps/s' }).click();
  await page.getByRole('menuitemradio', { name: 'Full speed' }).click();
  await waitForEnd(page, 'finished');
  expect((await saveRecord(page)).end.digest).toBe(digest);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
});

test('a run from the history has a time bar, and a pair of runs shows the same step of both', async ({
  page,
}) => {
  await open(page, `${SMALL}&length=30&vs=factor:1`);
  await start(page);
  await waitForEnd(page, 'finished');
  await press(page, 'First step');
  await expect(chart(page, 'norm')).toContainText('Step 0');
  await page.getByRole('radiogroup', { name: 'Run shown below' }).getByText('Factor k 1').click();
  await expect(bar(page)).toContainText('0 / 30');
  await page.reload();
  await page.getByRole('radiogroup', { name: 'View' }).getByText('Runs', { exact: true }).click();
  await page
    .getByRole('button', { name: /^Details of/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Open in the lab' }).click();
  await expect(bar(page)).toContainText('30 / 30');
  await press(page, 'Previous step');
  await expect(chart(page, 'norm')).toContainText('Step 29');
});

for (const [screen, viewport] of Object.entries({
  phone: { width: 360, height: 740 },
  projector: { width: 1920, height: 1080 },
})) {
  test(`the time bar fits a ${screen}, and axe finds no violation`, async ({ page }) => {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: 'dark' });
    await open(page, `${SMALL}&length=30`);
    await start(page);
    await waitForEnd(page, 'finished');
    await press(page, 'Previous step');
    await expectBarFits(page, bar(page));
  });
}
