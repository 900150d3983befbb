/**
 * Presentations: legible from the last row; controlled by keys, a clicker or a second window. Also runs and charts on
 * phones.
 */
import jsQR from 'jsqr';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { waitForEnd, open, start, violations } from './lab';
import { pixelsOf } from './pixels';
import { visibleItems, unreadable } from './projector-legibility';

const NETWORK = '?v=1&depths=1,2,2&widths=4,8,8&strides=2,2,2&batch=16&test=100&backend=wasm';
const SHORT = `${NETWORK}&length=60&evalEvery=20`;
const LONG = `${NETWORK}&length=20000&evalEvery=5000`;
const WALL = { width: 1920, height: 1080 };
const LEAST = { text: 24, line: 3, contrast: 7 };

const status = (page: Page): Locator => page.locator('[data-status]');
const stage = (page: Page, shown: string): Locator => page.locator(`[data-shown="${shown}"]`);
const step = (page: Page, n: number) =>
  expect(page.getByRole('heading', { level: 1 })).toHaveText(new RegExp(`, step ${n} of `));

/** Opens a presentation and waits until it reacts to keys. */
async function presented(page: Page, query: string): Promise<void> {
  await page.goto(`./${query}`);
  await expect(status(page)).toBeVisible();
}

test('every text and line on the projector is large enough and has enough contrast, in light and dark mode', async ({
  page,
}) => {
  await page.setViewportSize(WALL);
  await presented(page, `${SHORT}&vs=factor:1&present=1`);
  await page.keyboard.press('Space');
  await expect(status(page)).toContainText('finished', { timeout: 60_000 });
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [shown, drawn] of [
      ['chart.identity', '.js-line'],
      ['chart.accuracy', '.js-line'],
      ['two-runs', '.js-line'],
      ['diagram', '[data-part="block"] svg'],
    ] as const) {
      await page.getByRole('combobox', { name: 'Shown' }).selectOption(shown);
      await expect(stage(page, shown).locator(drawn).first()).toBeVisible();
      // Plotly draws its texts together with its lines, and applies new colours with the next redraw.
      const find = async () => unreadable(await visibleItems(page), LEAST);
      await expect.poll(find, { message: `${shown}, ${scheme}` }).toEqual([]);
      const seen = await visibleItems(page);
      expect(unreadable(seen, { text: 40, line: 3, contrast: 7 }).length, shown).toBeGreaterThan(10);
      expect(seen.filter(({ what }) => what === 'line').length, shown).toBeGreaterThan(2);
      expect(seen.filter(({ what }) => what === 'text').length, shown).toBeGreaterThan(15);
    }
    await page.keyboard.press('?');
    await expect(page.getByRole('region', { name: 'Keys' })).toBeVisible();
    expect(unreadable(await visibleItems(page), LEAST)).toEqual([]);
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('?');
  }
});

test('a presentation can be given with the keyboard alone: start, pause, switch a branch, go through the charts, and leave', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await open(page, LONG);
  await page.keyboard.press('p');
  await expect(page).toHaveURL(/&present=1&show=chart\.identity$/);
  await expect(status(page)).toHaveText('Not started');
  await page.keyboard.press('Space');
  await expect(status(page)).toContainText('Loss');
  await expect(stage(page, 'chart.identity').locator('.js-line').first()).toBeVisible();
  await page.keyboard.press('b');
  await expect(status(page)).toContainText('paused');
  await page.keyboard.press('.');
  await expect(status(page)).not.toContainText('paused');
  await page.keyboard.press('Space');
  await expect(status(page)).toContainText('paused');

  const identity = page.getByRole('button', { name: /^3 identity/ });
  await expect(identity).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('3');
  await expect(identity).toHaveAttribute('aria-pressed', 'false');
  await expect(page).toHaveURL(/identity=off/);
  await expect(page.getByText(/The settings have changed since this run started/)).toBeVisible();
  await page.keyboard.press('3');
  await expect(page).not.toHaveURL(/identity=off/);

  // Keys that are typed into a field do not control the presentation.
  await page.getByRole('combobox', { name: 'Shown' }).focus();
  await page.keyboard.press('b');
  await expect(status(page)).toContainText('paused');
  await page.getByRole('combobox', { name: 'Shown' }).blur();

  await page.keyboard.press('PageDown');
  await expect(stage(page, 'chart.conv1x1')).toBeVisible();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(stage(page, 'diagram')).toBeVisible();

  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible();
  await expect(page).not.toHaveURL(/present/);
});

test('the QR code on the projected page opens what is shown', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await presented(page, `${SHORT}&lr=0.125&present=1&show=diagram`);
  await page.keyboard.press('q');
  const code = page.getByRole('img', { name: 'QR code that opens what is shown' });
  await expect(code).toBeVisible();
  const box = (await code.boundingBox())!;
  expect(box.height).toBeGreaterThan(720 / 2);
  const { data, width, height } = await pixelsOf(page, await page.screenshot());
  const read = jsQR(data, width, height);
  const link = await page.getByRole('region', { name: 'QR code of what is shown' }).locator('p').innerText();
  expect(read?.data).toBe(link);
  expect(read?.data).toMatch(/\?v=1&.*lr=0\.125/);
  expect(read?.data).not.toContain('present');
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(code).toBeHidden();
  await expect(stage(page, 'diagram')).toBeVisible();
});

test('a lesson is presented with a clicker: its steps, its run, and the answer after the audience has answered', async ({
  page,
}) => {
  test.setTimeout(300_000);
  await page.setViewportSize(WALL);
  await presented(page, '?v=1&lesson=early-dip&step=1&present=1');
  await step(page, 1);
  await expect(stage(page, 'diagram')).toBeVisible();
  await expect(page.locator('.katex').first()).toBeVisible();
  expect(unreadable(await visibleItems(page), LEAST)).toEqual([]);
  await page.keyboard.press('PageDown');
  await step(page, 2);
  await expect(stage(page, 'chart.identity')).toBeVisible();
  const answer = page.getByRole('region', { name: 'The answer' });
  await page.keyboard.press('Enter');
  await expect(answer).toBeHidden();
  await page.keyboard.press('b');
  await expect(status(page)).toContainText('finished', { timeout: 240_000 });
  await page.keyboard.press('Enter');
  await expect(answer).toContainText('Depth of the dip');
  await expect(answer).toContainText(/\d+\.\d %/);
  expect(unreadable(await visibleItems(page), LEAST)).toEqual([]);
  // The first press scrolls to the part that does not fit.
  for (let press = 0; press < 4; press++) {
    if (/step 3/.test(await page.getByRole('heading', { level: 1 }).innerText())) break;
    await page.keyboard.press('PageDown');
  }
  await step(page, 3);
  await expect(page).toHaveURL(/lesson=early-dip&step=3&present=1/);
  await page.keyboard.press('PageUp');
  await step(page, 2);
  await expect(answer).toBeVisible();
});

test('a lesson step that probes networks works in a presentation, and its answer follows', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await presented(page, '?v=1&lesson=growth&step=2&present=1&backend=wasm');
  await page.keyboard.press('b');
  const reveal = page.getByRole('button', { name: 'Reveal' });
  await expect(reveal).not.toHaveAttribute('aria-disabled', { timeout: 100_000 });
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'The answer' })).toContainText('The answer: ');
  await expect(page.getByText('✓ right')).toBeVisible();
});

test('the second window shows the notes and controls the first; either can be closed', async ({
  page,
  context,
}) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await presented(page, '?v=1&lesson=one-convolution&step=1&present=1&length=60');
  const opening = context.waitForEvent('page');
  await page.keyboard.press('n');
  let notes = await opening;
  await expect(notes.getByText('Three branches, one convolution, step 1 of')).toBeVisible();
  await expect(notes.getByRole('timer')).toHaveText(/^\d+:\d\d$/);
  await expect(notes.getByText('Not started')).toBeVisible();
  const upNext = (await notes.getByText(/^Next: /).innerText()).slice('Next: '.length);
  await notes.getByRole('button', { name: 'Next' }).click();
  await expect(notes.getByRole('heading', { level: 1 })).toHaveText(upNext);
  await step(page, 2);
  await expect(notes.getByRole('heading', { level: 2, name: 'Notes', exact: true })).toBeVisible();
  await notes.getByRole('button', { name: 'Back' }).click();
  await step(page, 1);
  for (const colorScheme of ['light', 'dark'] as const) {
    await notes.emulateMedia({ colorScheme });
    expect(await violations(notes)).toEqual([]);
  }

  const notesButton = page.getByRole('button', { name: 'Notes' });
  await expect(notesButton).toHaveAttribute('aria-pressed', 'true');
  await notes.close();
  await expect(notesButton).toHaveAttribute('aria-pressed', 'false');
  const again = context.waitForEvent('page');
  await page.keyboard.press('n');
  notes = await again;
  await expect(notes.getByText(/step 1 of/)).toBeVisible();

  // After a reload the presentation still uses the same second window.
  await page.reload();
  await expect(status(page)).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await step(page, 2);
  await expect(notes.getByText(/step 2 of/)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(notes.getByText(/^The presentation has ended/)).toBeVisible();
  await page.keyboard.press('p');
  await expect(notes.getByText(/step 2 of/)).toBeVisible();
  // A clicker also works if its keys go to the second window.
  await notes.keyboard.press('PageUp');
  await step(page, 1);
});

test('without a lesson the notes describe the chart; start and pause work from the second window', async ({
  page,
  context,
}) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await presented(page, `${LONG}&lr=0.05&present=1`);
  const opening = context.waitForEvent('page');
  await page.keyboard.press('n');
  const notes = await opening;
  await expect(notes.getByText(/One line per layer: the identity branch's scale/)).toBeVisible();
  await expect(notes.getByText(/Learning rate 0\.05 \(not 0\.3\)/)).toBeVisible();
  await notes.getByRole('button', { name: 'Start' }).click();
  await expect(status(page)).toContainText('Loss');
  await expect(notes.getByText(/Loss \d/)).toBeVisible();
  await notes.getByRole('button', { name: 'Pause' }).click();
  await expect(status(page)).toContainText('paused');
});

test('if the browser blocks the second window, a link opens it', async ({ page, context }) => {
  await page.addInitScript(() => {
    window.open = () => null;
  });
  await presented(page, `${SHORT}&present=1`);
  await page.getByRole('button', { name: 'Notes' }).click();
  const message = page.getByRole('alert').filter({ hasText: 'did not open the second window' });
  await expect(message).toBeVisible();
  const opening = context.waitForEvent('page');
  await message.getByRole('link').click();
  const notes = await opening;
  await expect(notes.getByRole('heading', { level: 1, name: 'Identity' })).toBeVisible();
  await expect(message).toBeHidden();
});

test('a recording plays in a presentation, and keys pause it and step through it', async ({ page }) => {
  await page.goto('./?v=1&replay=early-dip&present=1&show=chart.identity');
  const at = async () => {
    const said = await page.getByText(/^Step \d+ of 400$/).innerText();
    return Number(said.split(' ')[1]);
  };
  await expect.poll(at).toBeGreaterThan(3);
  await page.keyboard.press('t');
  const paused = await at();
  expect(paused).toBeLessThan(400);
  await page.keyboard.press(']');
  await expect.poll(at).toBe(paused + 1);
  await page.keyboard.press('[');
  await page.keyboard.press('[');
  await expect.poll(at).toBe(paused - 1);
  // The line of the last block ends at the step shown.
  const drawn = () =>
    page.evaluate(() => {
      const plot = document.querySelector('.js-plotly-plot') as unknown as { data: { x: number[] }[] };
      return Math.max(...plot.data.map(({ x }) => x.at(-1) ?? 0));
    });
  await expect.poll(drawn).toBe(paused - 2);
  await page.keyboard.press('t');
  await expect.poll(at).toBeGreaterThan(paused + 2);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  /** As if the screen were locked or another app were opened. */
  const setHidden = (page: Page, hidden: boolean) =>
    page.evaluate((isHidden) => {
      const state = () => (isHidden ? 'hidden' : 'visible');
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: state });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);

  test('a run pauses while the page is hidden, says so and resumes; the screen is kept on only during a run', async ({
    page,
  }) => {
    await page.addInitScript(() => {
      const held = { count: 0 };
      Object.assign(window, { held });
      Object.defineProperty(navigator, 'wakeLock', {
        value: {
          request: async () => {
            held.count++;
            return { release: async () => void held.count-- };
          },
        },
      });
    });
    const locks = () => page.evaluate(() => (window as unknown as { held: { count: number } }).held.count);
    await open(page, LONG);
    await start(page);
    await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
    await expect.poll(locks).toBe(1);
    await setHidden(page, true);
    await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible();
    expect(await locks()).toBe(0);
    await setHidden(page, false);
    const bar = page.getByRole('alert').filter({ hasText: 'The run was paused while the page was hidden' });
    await bar.getByRole('button', { name: 'Continue' }).tap();
    await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
    await expect(bar).toBeHidden();
    await expect.poll(locks).toBe(1);
    await page.getByRole('button', { name: 'Stop' }).tap();
    await expect.poll(locks).toBe(0);
  });

  test('charts zoom and pan by touch, and a vertical swipe scrolls the page', async ({ page }) => {
    await open(page, SHORT);
    await start(page);
    await waitForEnd(page, 'finished');
    const identity = page.getByRole('region', { name: 'Identity', exact: true });
    const plot = identity.locator('[role="img"]');
    await expect(plot.locator('.js-line').first()).toBeVisible();
    await plot.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await plot.boundingBox())!;
    const session = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...shares: number[]) =>
      session.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: shares.map((share, id) => ({ x: x + 58 + share * (width - 72), y: y + height / 2, id })),
      });
    const ticks = async () => (await plot.locator('.xtick text').allTextContents()).map(Number);

    await touch('touchStart', 0.1, 0.3);
    for (const far of [0.4, 0.6, 0.8]) await touch('touchMove', 0.1, far);
    await touch('touchEnd');
    await expect(page.getByRole('button', { name: 'Reset zoom' }).first()).toBeEnabled();
    await expect.poll(async () => Math.max(...(await ticks()))).toBeLessThan(30);
    const before = Math.min(...(await ticks()));
    await touch('touchStart', 0.9);
    for (const far of [0.6, 0.3, 0.05]) await touch('touchMove', far);
    await touch('touchEnd');
    await expect.poll(async () => Math.min(...(await ticks()))).toBeGreaterThan(before);

    const top = () => page.evaluate(() => window.scrollY);
    const was = await top();
    const finger = (type: 'touchStart' | 'touchMove' | 'touchEnd', up?: number) =>
      session.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: up === undefined ? [] : [{ x: x + width / 2, y: y + height / 2 - up, id: 0 }],
      });
    await finger('touchStart', 0);
    for (let up = 10; up <= 200; up += 10) {
      await finger('touchMove', up);
      await page.evaluate(() => new Promise(requestAnimationFrame));
    }
    await finger('touchEnd');
    await expect.poll(top).toBeGreaterThan(was + 100);
  });

  test('a presentation needs no horizontal scrolling', async ({ page }) => {
    await presented(page, `${SHORT}&present=1`);
    await page.getByRole('button', { name: 'Start' }).tap();
    await expect(status(page)).toContainText('finished', { timeout: 60_000 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
    expect(await violations(page)).toEqual([]);
  });
});
