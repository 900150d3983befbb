/** A link with a second run; and fusing a trained network, with the files of both forms. */
import { readFileSync } from 'node:fs';
import { readSafetensors } from '../src/training/formats/safetensors';
import { expect, test } from './fixtures';
import { waitForEnd, open, saveRecord, start } from './lab';

const NET = 'depths=1,2&widths=4,8&strides=2,2&batch=16&test=100&length=12&evalEvery=0&backend=wasm';

test('a link with a second run trains both alternately and draws them side by side', async ({ page }) => {
  await open(page, `?v=1&${NET}&vs=factor:1`);
  await expect(page.getByText('Factor k = 1', { exact: true })).toBeVisible();
  await start(page);
  const figure = page.getByRole('img', { name: /Factor k 2: last block.*Factor k 1: last block/ });
  await expect(figure).toBeVisible({ timeout: 120_000 });
  await waitForEnd(page, 'finished');
  expect((await saveRecord(page)).settings).toMatchObject({ factor: 2 });
  await page.getByRole('radiogroup', { name: 'Run shown below' }).getByText('Factor k 1').click();
  expect((await saveRecord(page)).settings).toMatchObject({ factor: 1 });
  await expect(page.getByText('Settings changed since this run started')).toHaveCount(0);

  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save or reset: Two runs side by side' }).click();
  await page.getByRole('menuitem', { name: 'Save as PNG' }).click();
  expect(
    readFileSync(await (await saving).path())
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');

  await page.getByRole('button', { name: 'Leave Factor k as in the first run' }).click();
  await expect(page).toHaveURL(/^(?!.*vs=)/);
});

test('a fused network computes the same function, and both forms can be saved', async ({ page }) => {
  await open(page, `?v=1&${NET}`);
  await start(page);
  await waitForEnd(page, 'finished');
  await page.getByRole('button', { name: 'Fuse and compare' }).click();
  await expect(page.getByText(/On 100 test images .* the same function up to rounding/)).toBeVisible();

  const save = async (name: string) => {
    const downloads: string[] = [];
    page.on('download', (download) => downloads.push(download.suggestedFilename()));
    const first = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save the network' }).click();
    await page.getByRole('menuitem', { name }).click();
    return { file: readFileSync(await (await first).path()), downloads };
  };
  const bytes = (file: Buffer) => new Uint8Array(file).buffer;
  const { tensors: trained, metadata } = readSafetensors(bytes((await save('As trained, safetensors')).file));
  expect(metadata.get('format')).toBe('branch-lab');
  expect(metadata.get('form')).toBe('trained');
  expect(trained.get('blocks.1.conv.conv3x3.weight')!.shape).toEqual([8, 4, 3, 3]);
  expect(trained.get('blocks.2.conv.identity_t.running_var')!.shape).toEqual([8]);
  const fused = readSafetensors(bytes((await save('Fused, safetensors')).file)).tensors;
  expect([...fused.keys()].toSorted()).toEqual([
    'blocks.0.bias',
    'blocks.0.weight',
    'blocks.1.bias',
    'blocks.1.weight',
    'blocks.2.bias',
    'blocks.2.weight',
    'head.bias',
    'head.weight',
  ]);
  const graph = await save('Fused, TensorFlow.js graph model');
  expect(JSON.parse(graph.file.toString())).toMatchObject({ format: 'graph-model' });
  await expect.poll(() => graph.downloads).toEqual(['model.json', 'weights.bin']);
});

test('a network with ReLUs in its branches says why it cannot be fused', async ({ page }) => {
  await open(page, `?v=1&preset=relu-in-branches&${NET}`);
  await start(page);
  await waitForEnd(page, 'finished');
  await expect(page.getByText(/This network cannot be fused.*no longer linear/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Fuse and compare' })).toBeDisabled();
});
