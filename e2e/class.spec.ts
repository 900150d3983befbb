/**
 * The view "Class": results are added as text, files, photographs and camera images, and become one table and one
 * figure.
 */
import { encodeQR } from 'qr';
import type { Page } from '@playwright/test';
import { exampleState, type Example } from '../src/runs/example-state';
import { toRecord } from '../src/runs/record';
import { resultLink, smallResultLink } from '../src/runs/result-link';
import { planNetwork } from '../src/network/plan-network';
import { expect, test } from './fixtures';
import { dropFiles, open, violations } from './lab';

/** Student's t quantile for 0.975 and nine degrees of freedom, from a table. */
const T9 = 2.262157;

const BASE = 'https://example.org/lab/';
const run = (example: Example) => exampleState({ steps: 80, ...example });
const link = (example: Example) => `${BASE}#r=${resultLink(run(example), '0.1.0')}`;

/** Three experiments with ten seeds each. */
const CLASS = [1, 2, 4].flatMap((factor, e) =>
  Array.from({ length: 10 }, (_, i) => ({
    factor,
    seed: i + 1,
    top1: 0.2 + 0.05 * e + 0.004 * ((i * 7) % 10),
    depth: 0.1 + 0.08 * e + 0.006 * ((i * 3) % 10),
  })),
);

const table = (page: Page) => page.getByRole('region', { name: 'Table of results' });
const rows = (page: Page) => table(page).locator('tr[data-counted]');

async function paste(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Paste result links' }).fill(text);
  await page.getByRole('button', { name: 'Add results' }).click();
}

test('thirty result links of three experiments become groups with means and 95 % intervals, which survive a reload', async ({
  page,
}) => {
  await open(page, '?view=class');
  const links = CLASS.map(({ factor, seed, top1, depth }) =>
    link({ id: `${factor} ${seed}`, experiment: { factor, seed }, top1, depth }),
  );
  await paste(page, `Here they are:\n${links.join('\n')}\n(and [one](${links[0]}) twice)`);
  await expect(page.getByText('30 results came in, 1 here already.')).toBeVisible();
  await expect(rows(page)).toHaveCount(30);
  for (const [e, factor] of [1, 2, 4].entries()) {
    const group = table(page)
      .getByRole('row')
      .filter({ hasText: `Factor k ${factor}` });
    await expect(group).toContainText('10 results');
    await expect(group).toContainText('WebAssembly 10');
    const own = CLASS.slice(e * 10, e * 10 + 10).map(({ top1 }) => top1 * 100);
    const mean = own.reduce((a, b) => a + b) / 10;
    const deviation = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 9);
    const reach = (T9 * deviation) / Math.sqrt(10);
    await expect(group.getByRole('cell').first()).toContainText(
      `${mean.toFixed(2)}${(mean - reach).toFixed(2)} to ${(mean + reach).toFixed(2)}`,
    );
    if (e > 0) await expect(group.getByRole('cell').first()).toContainText('higher than first');
  }
  const figure = page.getByRole('region', { name: 'Identity, the class' });
  await expect(figure.getByRole('img', { name: /^Identity, the class of 3 lines/ })).toBeVisible();
  await expect(figure.locator('.scatterlayer .trace')).not.toHaveCount(0);
  await expect(figure.getByText('Factor k 4')).toBeVisible();
  await page.getByRole('combobox', { name: 'Chart of the class' }).selectOption('Loss');
  await expect(page.getByRole('region', { name: 'Loss, the class' })).toBeVisible();
  expect(await violations(page)).toEqual([]);

  await page.reload();
  await expect(rows(page)).toHaveCount(30);
  await page.getByRole('button', { name: 'Take 2 3 away' }).click();
  await expect(rows(page)).toHaveCount(29);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(rows(page)).toHaveCount(30);
  await page.getByRole('button', { name: 'Clear all' }).click();
  await expect(table(page)).toBeHidden();
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await expect(rows(page)).toHaveCount(30);
  await page.reload();
  await expect(rows(page)).toHaveCount(30);
});

/** A photograph of a QR code as a JPEG: rotated, shaded and slightly out of focus. */
async function photograph(page: Page, text: string): Promise<Buffer> {
  const svg = encodeQR(text, 'svg', { ecc: 'low', border: 4 });
  const base64 = await page.evaluate(async (code) => {
    const image = new Image();
    image.src = `data:image/svg+xml;base64,${btoa(code)}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = 1600;
    canvas.height = 1200;
    const context = canvas.getContext('2d')!;
    context.fillStyle = '#7a6f63';
    context.fillRect(0, 0, 1600, 1200);
    context.translate(800, 600);
    context.rotate(0.12);
    context.filter = 'blur(0.8px)';
    context.imageSmoothingEnabled = true;
    context.drawImage(image, -480, -480, 960, 960);
    context.filter = 'none';
    const shade = context.createLinearGradient(-500, 0, 500, 0);
    shade.addColorStop(0, 'rgba(0, 0, 0, 0.05)');
    shade.addColorStop(1, 'rgba(0, 0, 0, 0.4)');
    context.fillStyle = shade;
    context.fillRect(-800, -800, 1600, 1600);
    return canvas.toDataURL('image/jpeg', 0.85).split(',')[1]!;
  }, svg);
  return Buffer.from(base64, 'base64');
}

test('records, photographs and lists can be dropped together; anything else is rejected with the reason', async ({
  page,
}) => {
  await open(page, '?view=class');
  const other = run({ id: 'shy orchid', experiment: { seed: 2 } });
  const record = toRecord(
    { ...other, plan: planNetwork(other.experiment) },
    { version: '0.1.0', userAgent: 'test' },
  );
  const code = `${BASE}#r=${smallResultLink(run({ id: 'quiet otter', experiment: { seed: 3 } }), '0.1.0')}`;
  const blank = await page.screenshot({ clip: { x: 0, y: 0, width: 200, height: 50 } });
  await dropFiles(page, [
    { name: 'record.json', content: Buffer.from(JSON.stringify(record)), type: 'application/json' },
    { name: 'photo.jpg', content: await photograph(page, code), type: 'image/jpeg' },
    { name: 'list.txt', content: Buffer.from(`a\n${link({ id: 'wise maple' })}\n`), type: 'text/plain' },
    { name: 'blank.png', content: blank, type: 'image/png' },
    { name: 'notes.txt', content: Buffer.from('nothing here'), type: 'text/plain' },
    { name: 'cut.txt', content: Buffer.from(link({ id: 'x' }).slice(0, -9)), type: 'text/plain' },
  ]);
  await expect(page.getByText('3 results came in, 3 refused.')).toBeVisible();
  for (const name of ['shy orchid', 'quiet otter', 'wise maple'])
    await expect(table(page).getByText(name, { exact: true })).toBeVisible();
  const report = page.getByRole('status').filter({ hasText: 'came in' });
  await expect(report).toContainText('blank.png: expected a QR code, found none that can be read');
  await expect(report).toContainText('notes.txt: expected a result link');
  await expect(report).toContainText(/cut\.txt: .*(checksum is wrong|cut short)/);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  expect(await violations(page)).toEqual([]);
});

test('the camera reads several codes in a row, and is released afterwards', async ({ page }) => {
  const texts = ['quiet otter', 'shy orchid'].map(
    (id, i) => `${BASE}#r=${smallResultLink(run({ id, experiment: { seed: i + 1 } }), '0.1.0')}`,
  );
  const codes = texts.map((text) => btoa(encodeQR(text, 'svg', { ecc: 'low', border: 4 })));
  await page.addInitScript((svgs) => {
    const canvas = document.createElement('canvas');
    canvas.width = 1280;
    canvas.height = 960;
    let shown = 0;
    const images = svgs.map((svg) => {
      const image = new Image();
      image.src = `data:image/svg+xml;base64,${svg}`;
      return image;
    });
    const draw = () => {
      const context = canvas.getContext('2d')!;
      context.fillStyle = '#888';
      context.fillRect(0, 0, 1280, 960);
      context.drawImage(images[shown]!, 200, 40, 880, 880);
    };
    Object.assign(window, { showCode: (i: number) => (shown = i) });
    navigator.mediaDevices.getUserMedia = async () => {
      setInterval(draw, 50);
      const stream = canvas.captureStream(20);
      Object.assign(window, { cameraStream: stream });
      return stream;
    };
  }, codes);
  await open(page, '?view=class');
  await page.getByRole('button', { name: 'Use the camera' }).click();
  await expect(table(page).getByText('quiet otter', { exact: true })).toBeVisible();
  await page.evaluate(() => (window as unknown as { showCode: (i: number) => void }).showCode(1));
  await expect(table(page).getByText('shy orchid', { exact: true })).toBeVisible();
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole('button', { name: 'Stop the camera' }).click();
  const states = await page.evaluate(() =>
    (window as unknown as { cameraStream: MediaStream }).cameraStream
      .getTracks()
      .map(({ readyState }) => readyState),
  );
  expect(states).toEqual(['ended']);
});

test('without a camera, the page says what to do instead', async ({ page }) => {
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  });
  await open(page, '?view=class');
  await page.getByRole('button', { name: 'Use the camera' }).click();
  await expect(page.getByRole('alert')).toContainText('Allow it beside the address, or take photographs');
  await expect(page.getByRole('button', { name: 'Use the camera' })).toBeVisible();
});
