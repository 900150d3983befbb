/**
 * npm run record -- "QUERY": opens the built lab in a headless browser, trains what the link asks for by pressing the
 * page's own buttons, and writes the run record that the page offers for download, and with --png its charts.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { ensureKernels } from './kernels.mjs';
import { ensureDependencies, ROOT } from './setup.mjs';

const USAGE =
  'Usage: npm run record -- "QUERY" [--data FILE] [--out FILE] [--png DIR] [--timeout MINUTES]\n' +
  '  QUERY      a link\'s settings, e.g. "?v=1&preset=repvgg&length=100", or a whole link\n' +
  '  --data     CIFAR-100 as the page takes it, e.g. cifar-100-python.tar.gz\n' +
  '  --out      where the run record goes (out/record.json)\n' +
  '  --png      a folder for the charts and a picture of the page\n' +
  '  --timeout  longest time the run may take, in minutes (60)';

/** Ends the process with what is wrong and how the command is used. @returns {never} */
function refuse(/** @type {string} */ problem) {
  console.error(`${problem}\n${USAGE}`);
  process.exit(2);
}

/** The query of the link's first run: a record is of one run. */
function oneRun(/** @type {string} */ link) {
  const parts = link
    .slice(link.indexOf('?') + 1)
    .split('&')
    .filter((part) => part !== '');
  const own = parts.filter((part) => !part.startsWith('vs='));
  if (own.length < parts.length)
    console.error('A record is of one run: the one beside it (vs=…) is left out.');
  return `?${own.length > 0 ? own.join('&') : 'v=1'}`;
}

function readOptions() {
  const options = /** @type {const} */ ({
    data: { type: 'string' },
    out: { type: 'string', default: join(ROOT, 'out', 'record.json') },
    png: { type: 'string' },
    timeout: { type: 'string', default: '60' },
  });
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [link] = positionals;
    if (link === undefined || positionals.length > 1) refuse('Expected one query, in quotes.');
    const minutes = Number(values.timeout);
    if (!(minutes > 0)) refuse(`The timeout is a number of minutes above 0, not "${values.timeout}".`);
    if (values.data !== undefined && !existsSync(values.data)) refuse(`There is no file ${values.data}.`);
    return {
      query: oneRun(link),
      data: values.data,
      out: resolve(values.out),
      png: values.png === undefined ? undefined : resolve(values.png),
      timeout: minutes * 60_000,
    };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** @typedef {import('@playwright/test').Page} Page */

const PROGRESS_INTERVAL = 5000;

const say = (/** @type {string} */ text) => console.error(text);
const button = (/** @type {Page} */ page, /** @type {string | RegExp} */ name) =>
  page.getByRole('button', { name, exact: true });

/**
 * Gets CIFAR-100 into the page: from the file named, or by the page's own button where the experiment needs it and the
 * server offers it. Throws with what the page says where it could not be read.
 */
async function giveData(
  /** @type {Page} */ page,
  /** @type {string | undefined} */ file,
  /** @type {number} */ timeout,
) {
  if (file !== undefined) {
    say(`Reading ${file} …`);
    await page.getByLabel('CIFAR-100 archive').first().setInputFiles(file);
  } else {
    const missing = page.getByRole('alert').filter({ hasText: 'CIFAR-100 is not here yet' });
    const offered = missing.getByRole('button', { name: 'Load the served archive' });
    const startable = page.getByRole('button', { name: 'Start', exact: true, disabled: false });
    await offered
      .or(startable)
      .first()
      .waitFor({ timeout: 20_000 })
      .catch(() => {
        throw new Error(
          'This experiment trains on CIFAR-100, and it is not here. Give the file with --data, or run npm run data.',
        );
      });
    if (!(await offered.isVisible())) return;
    say('Reading the served CIFAR-100 …');
    await offered.click();
  }
  const notice = page.getByRole('alert').filter({ hasText: /CIFAR-100 is here|was not (read|fetched)/ });
  await notice.first().waitFor({ timeout });
  const text = (await notice.first().innerText()).replaceAll('\n', ': ');
  if (/was not (read|fetched)/.test(text)) throw new Error(text);
  say(text);
}

/** What the page's header says about the run, in one line: the text beside the bar. */
async function progressOf(/** @type {Page} */ page) {
  const text = page
    .getByLabel('Steps done')
    .locator('xpath=ancestor-or-self::*[preceding-sibling::*][1]/preceding-sibling::*[1]');
  return (await text.innerText()).replaceAll('\n', ' · ');
}

/** Presses Start and waits for the run to end, saying how it goes. Throws where it takes longer than `timeout` ms. */
async function carryOut(/** @type {Page} */ page, /** @type {number} */ timeout) {
  await button(page, 'Start').click();
  const deadline = Date.now() + timeout;
  const ended = button(page, 'Start again');
  while (!(await ended.isVisible())) {
    if (Date.now() > deadline) {
      throw new Error(
        `The run had not ended after ${timeout / 60_000} minutes. Give it more with --timeout.`,
      );
    }
    say(await progressOf(page));
    await ended.waitFor({ timeout: PROGRESS_INTERVAL }).catch(() => {});
  }
  say(await progressOf(page));
}

/** Presses each chart's PNG export; where a page has none, takes pictures of the charts. */
async function saveCharts(/** @type {Page} */ page, /** @type {string} */ directory) {
  mkdirSync(directory, { recursive: true });
  await page.screenshot({ path: join(directory, 'page.png'), fullPage: true });
  const menus = page.getByRole('button', { name: /^(Export|Save or reset:) / });
  for (const menu of await menus.all()) {
    if (await menu.isDisabled()) continue;
    const title = ((await menu.getAttribute('aria-label')) ?? 'chart').replace(
      /^(Export|Save or reset:) /,
      '',
    );
    const path = join(directory, `${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.png`);
    await menu.click();
    const [download] = await Promise.all([
      page.waitForEvent('download', { timeout: 60_000 }),
      page.getByRole('menuitem', { name: /PNG/ }).click(),
    ]);
    await download.saveAs(path);
    say(`Wrote ${path}`);
  }
  if ((await menus.count()) > 0) return;
  for (const [k, chart] of (await page.locator('.js-plotly-plot').all()).entries()) {
    await chart.screenshot({ path: join(directory, `chart-${k + 1}.png`) });
  }
  say(`Took pictures of the charts in ${directory}`);
}

/** Downloads the record to `path` and reads it. Throws where it is none. */
async function saveRecord(/** @type {Page} */ page, /** @type {string} */ path) {
  const save = button(page, 'Save record');
  if ((await save.getAttribute('aria-disabled')) === 'true') {
    const why = await page.getByRole('status').allInnerTexts();
    throw new Error(`The run recorded nothing. ${why.join(' ').trim()}`);
  }
  const [download] = await Promise.all([page.waitForEvent('download', { timeout: 60_000 }), save.click()]);
  mkdirSync(dirname(path), { recursive: true });
  await download.saveAs(path);
  const record = JSON.parse(readFileSync(path, 'utf8'));
  if (record.format !== 'branch-lab-run')
    throw new Error(`${path} is not a run record: its format is ${record.format}.`);
  return record;
}

/** The run in a few lines. */
function summary(/** @type {any} */ record) {
  const { end, series, evaluations, environment, imagesPerSecond, dataset } = record;
  const last = evaluations.at(-1);
  const test = last ? `${(100 * last.top1).toFixed(2)} % of ${last.images} test images` : 'not evaluated';
  return [
    `ended       ${end.how} after ${end.step} of ${record.totalSteps} steps: ${end.reason}`,
    `data set    ${dataset.label}`,
    `last loss   ${series.loss.at(-1)?.toFixed(4) ?? 'not a number'}`,
    `top-1       ${test}`,
    `speed       ${imagesPerSecond.toFixed(1)} images/s`,
    `backend     ${environment.backend}, ${environment.adapter}`,
  ].join('\n');
}

const { query, data, out, png, timeout } = readOptions();
ensureDependencies();
ensureKernels();
const { chromium } = await import('@playwright/test');
const { BROWSER_FLAGS, ensureBrowser } = await import('./browser.mjs');
const { buildIfStale, serveSite } = await import('./site.mjs');

let failed = false;
/** @param {string} text */
const fail = (text) => {
  failed = true;
  say(text);
};

try {
  buildIfStale();
  const site = await serveSite();
  const browser = await chromium.launch({ executablePath: ensureBrowser(), args: BROWSER_FLAGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 1000 }, acceptDownloads: true });
    page.on('pageerror', (error) => fail(`Page error: ${error.stack ?? error.message}`));
    page.on('console', (message) => message.type() === 'error' && fail(`Console error: ${message.text()}`));
    await page.goto(site.url + query);
    await button(page, 'Start').waitFor();
    await giveData(page, data, timeout);
    await carryOut(page, timeout);
    const record = await saveRecord(page, out);
    if (png !== undefined) await saveCharts(page, png);
    console.log(`${summary(record)}\nrecord      ${out}`);
    if (record.end.how === 'failed') failed = true;
  } finally {
    await browser.close();
    await site.close();
  }
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
process.exit(failed ? 1 : 0);
