/** Runs as files: exported from one browser and imported into another. */
import { readFileSync } from 'node:fs';
import { strFromU8, unzipSync } from 'fflate';
import type { Page } from '@playwright/test';
import { parseRecord } from '../src/runs/record-schema';
import { readSafetensors } from '../src/training/formats/safetensors';
import { expect, test } from './fixtures';
import { drop, dropFiles, waitForEnd, open, saveRecord, start, violations } from './lab';

const SHORT =
  '?v=1&depths=1,2&widths=4,8&strides=2,2&batch=16&test=100&backend=wasm&length=12&evalEvery=6&factor=1';
const FIXTURE = new URL('../src/runs/fixtures/record-v1.json', import.meta.url);

const view = (page: Page, name: string) =>
  page.getByRole('radiogroup', { name: 'View' }).getByText(name, { exact: true }).click();
const details = (page: Page) => page.getByRole('region', { name: /^Details of/ });
const openDetails = (page: Page) =>
  page
    .getByRole('region', { name: 'Table of runs' })
    .getByRole('button', { name: /^Details of/ })
    .first()
    .click();

/** Trains a short run, gives it a name and a note, and opens its details in the table. */
async function trained(page: Page): Promise<void> {
  await open(page, SHORT);
  await start(page);
  await waitForEnd(page, 'finished');
  await view(page, 'Runs');
  await page
    .getByRole('button', { name: /^Rename / })
    .first()
    .click();
  await page.getByLabel(/^New name of/).fill('Ünlike <b>others</b>');
  await page.keyboard.press('Enter');
  await openDetails(page);
  await details(page)
    .getByLabel(/^Note on/)
    .fill('Dips early.');
  await details(page)
    .getByLabel(/^Note on/)
    .blur();
}

/** Chooses an entry of the menu “Export” and returns the downloaded file. */
async function exported(page: Page, item: RegExp): Promise<{ name: string; file: Buffer }> {
  await details(page).getByRole('button', { name: 'Export', exact: true }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: item }).click();
  const download = await downloading;
  return { name: download.suggestedFilename(), file: readFileSync(await download.path()) };
}

const bytes = (file: Uint8Array) => new Uint8Array(file).buffer;

test('a run is exported as record, table, weights and archive, and the archive restores it in another browser', async ({
  page,
  browser,
  site,
}) => {
  test.setTimeout(240_000);
  await trained(page);
  const record = await exported(page, /^Run record/);
  expect(record.name).toBe('branch-lab-Ünlike-b-others-b.json');
  const kept = parseRecord(record.file.toString());
  expect(kept.note).toBe('Dips early.');
  const table = (await exported(page, /^Series/)).file.toString().split('\r\n');
  expect(table[0]).toBe('run,step,layer,branch,statistic,value');
  expect(table[1]).toMatch(/^Ünlike <b>others<\/b>,0,,,loss,[\d.]+$/);
  const weights = await exported(page, /^Weights as trained/);
  const { metadata, tensors } = readSafetensors(bytes(weights.file));
  expect(Object.fromEntries(metadata)).toMatchObject({ format: 'branch-lab', form: 'trained', step: '12' });
  expect(tensors.get('blocks.1.conv.conv3x3.weight')!.shape).toEqual([8, 4, 3, 3]);
  const zip = await exported(page, /^Everything/);
  const files = unzipSync(new Uint8Array(zip.file));
  const folder = 'Ünlike-b-others-b';
  const charts = ['identity', 'conv1x1', 'conv3x3', 'loss', 'accuracy', 'logitStd'];
  expect(Object.keys(files).toSorted()).toEqual(
    [
      'report.md',
      ...['record.json', 'series.csv', 'weights.safetensors', 'weights-fused.safetensors'].map(
        (name) => `${folder}/${name}`,
      ),
      `${folder}/checkpoint.safetensors`,
      ...charts.map((chart) => `${folder}/charts/${chart}.svg`),
    ].toSorted(),
  );
  expect(strFromU8(files[`${folder}/weights.safetensors`]!)).toBe(strFromU8(new Uint8Array(weights.file)));
  const svg = strFromU8(files[`${folder}/charts/loss.svg`]!);
  expect(svg).toMatch(/<dc:relation>http[^<]*depths=1,2[^<]*factor=1[^<]*<\/dc:relation>/);
  expect(svg).toContain('&lt;b&gt;others');
  expect(strFromU8(files['report.md']!)).toContain(`charts/loss.svg)`);

  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(`${site}?v=1&lr=0.3#runs`);
  await expect(other.getByText('Nothing has been trained in this browser yet.')).toBeVisible();
  await drop(other, zip.name, zip.file);
  await expect(other.getByText('1 run came in', { exact: true })).toBeVisible();
  await view(other, 'Lab');
  await other.getByRole('button', { name: 'Show the runs' }).click();
  await openDetails(other);
  await expect(details(other).getByLabel(/^Note on/)).toHaveValue('Dips early.');
  await expect(details(other)).toContainText('Ünlike <b>others</b>');
  await drop(other, zip.name, zip.file);
  await expect(other.getByText('1 already here', { exact: true })).toBeVisible();
  // Wait until the message has faded in.
  await expect(other.getByRole('alert').filter({ hasText: 'already here' })).toHaveCSS('opacity', '1');
  expect(await violations(other)).toEqual([]);
  await details(other).getByRole('button', { name: 'Open in the lab' }).click();
  const there = await saveRecord(other);
  expect(there.series.loss).toEqual(kept.series.loss);
  expect(there.evaluations).toEqual(kept.evaluations);
  expect(there.end).toEqual(kept.end);
  // The table has scales with seven digits.
  there.series.curves.forEach(({ mean }, k) =>
    mean.forEach((value, step) => expect(value).toBeCloseTo(kept.series.curves[k]!.mean[step]!, 5)),
  );
  await view(other, 'Runs');
  await details(other).getByRole('button', { name: 'Branch from here' }).click();
  await expect(other).toHaveURL(/length=12/);
  await other.evaluate(() => {
    history.replaceState(null, '', location.search.replace('length=12', 'length=20'));
    dispatchEvent(new PopStateEvent('popstate'));
  });
  await other
    .getByRole('button', { name: /^Start/ })
    .first()
    .click();
  await expect(other.getByText(/^20 \/ 20 · finished/).first()).toBeVisible();
  const branched = await saveRecord(other);
  expect(branched.origin).toMatchObject({ step: 12, fresh: [] });
  expect(branched.series.loss.slice(12).every((loss) => loss !== null)).toBe(true);
  await context.close();
});

test('an old record opens, a damaged one is rejected by name, and the file button accepts both together', async ({
  page,
}) => {
  await open(page);
  const old = readFileSync(FIXTURE);
  await dropFiles(page, [
    { name: 'old.json', content: old },
    { name: 'damaged.json', content: old.subarray(0, 700) },
  ]);
  await expect(page.getByText('1 run came in, 1 file refused', { exact: true })).toBeVisible();
  await expect(page.getByText(/damaged\.json: This is not a run record: expected JSON/)).toBeVisible();
  await page.getByRole('button', { name: 'Show the runs' }).click();
  await openDetails(page);
  await details(page).getByRole('button', { name: 'Open in the lab' }).click();
  await expect(page.getByRole('img', { name: /^Loss/ })).toBeVisible();
  await view(page, 'Runs');
  await page.getByLabel('Files of runs').setInputFiles({ name: 'again.json', mimeType: '', buffer: old });
  await expect(page.getByText('1 already here', { exact: true })).toBeVisible();
});
