/**
 * Testing a trained network: accuracy by class, the confusion matrix, its mistakes, and its answer for a custom
 * picture.
 */
import { deflateSync } from 'node:zlib';
import { expect, test } from './fixtures';
import { drop, waitForEnd, open, start, violations } from './lab';

const NET = 'depths=1,2&widths=4,8&strides=2,2&batch=16&test=200&length=12&backend=wasm';

/** A PNG of 48 by 40 pixels whose left and right halves have different colours. */
function png(): Buffer {
  const [width, height] = [48, 40];
  const row = Buffer.from([
    0,
    ...Array.from({ length: width }, (_, x) => (x < 24 ? [200, 40, 30] : [20, 60, 220])).flat(),
  ]);
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(Array<Buffer>(height).fill(row)))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

test('a trained network is tested by class, and classifies a picture that the user chooses', async ({
  page,
}) => {
  await open(page, `?v=1&${NET}`);
  const panel = page.getByRole('region', { name: 'What the network gets right' });
  await expect(panel.getByRole('button', { name: 'Test by class' })).toBeDisabled();
  await expect(panel.getByText(/will appear here once a run has made a step/)).toBeVisible();
  await start(page);
  await waitForEnd(page, 'finished');

  await panel.getByRole('button', { name: 'Test by class' }).click();
  await expect(panel.getByText(/After 12 steps, on 200 test images/)).toBeVisible();
  const table = panel.getByRole('region', { name: 'Accuracy by superclass' }).getByRole('table');
  await expect(table.getByRole('row')).toHaveCount(21);
  await expect(table.getByText(/of 10$/)).toHaveCount(20);
  await panel.getByText('100 classes', { exact: true }).click();
  const byClass = panel.getByRole('region', { name: 'Accuracy by class' }).getByRole('table');
  await expect(byClass.getByRole('row')).toHaveCount(101);
  await byClass.getByRole('button', { name: 'Class', exact: true }).click();
  await expect(byClass.getByRole('columnheader', { name: 'Class', exact: true })).toHaveAttribute(
    'aria-sort',
    'ascending',
  );
  const names = await byClass.getByRole('rowheader').allTextContents();
  expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b)));
  expect(await violations(page)).toEqual([]);

  await panel.getByRole('tab', { name: 'Confusion' }).click();
  const matrix = panel.getByRole('img', { name: /Confusion by superclass/ });
  await expect(matrix.locator('.heatmaplayer image')).toBeVisible();
  await panel.getByText('100 classes', { exact: true }).click();
  await expect(panel.getByRole('img', { name: /Confusion by class/ })).toBeVisible();
  await expect(panel.getByText(/Most often mixed up: .* → .* of 2/)).toBeVisible();

  await panel.getByRole('tab', { name: 'Mistakes' }).click();
  await expect(panel.getByRole('listitem')).toHaveCount(24);
  await expect(panel.getByText(/^probability [\d.]+ %$/).first()).toBeVisible();

  await panel.getByRole('tab', { name: 'Your own picture' }).click();
  await panel
    .getByLabel('Picture of your own')
    .setInputFiles({ name: 'halves.png', mimeType: 'image/png', buffer: png() });
  const guesses = panel.getByRole('list', { name: 'The five likeliest classes' }).getByRole('listitem');
  await expect(guesses).toHaveCount(5);
  const probabilities = (await guesses.allTextContents()).map((text) => Number(/([\d.]+) %$/.exec(text)![1]));
  expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a));
  const seen = await panel.getByRole('img', { name: /halves.png/ }).evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, 32, 32);
    return [...data.slice(0, 3), ...data.slice(-4, -1)];
  });
  expect(seen).toEqual([200, 40, 30, 20, 60, 220]);
  expect(await violations(page)).toEqual([]);

  await panel
    .getByLabel('Picture of your own')
    .setInputFiles({ name: 'broken.png', mimeType: 'image/png', buffer: png().subarray(0, 30) });
  await expect(panel.getByText(/broken.png could not be decoded/)).toBeVisible();
});

test('a picture that is dropped before training is classified once there is a network', async ({ page }) => {
  await open(page, `?v=1&${NET}`);
  const panel = page.getByRole('region', { name: 'What the network gets right' });
  await drop(page, 'dropped.png', png(), 'image/png');
  await expect(panel.getByText('dropped.png')).toBeVisible();
  const askNow = panel.getByRole('button', { name: 'Ask the network as it is now' });
  await expect(askNow).toBeDisabled();
  await start(page);
  await waitForEnd(page, 'finished');
  await askNow.click();
  await expect(panel.getByText('After 12 steps.')).toBeVisible();
});
