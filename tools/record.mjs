/**
 * npm run record -- "QUERY" …: opens the built lab in a headless browser, trains the experiments of the given links by
 * pressing the buttons of the page, and saves the run records that the page offers for download. For several runs it
 * keeps the browser’s profile in the folder of records, so that --resume can continue an interrupted run.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { messageOf } from './command-line.mjs';
import { loadModule } from './load-module.mjs';
import { readOptions, refuse } from './record/options.mjs';
import {
  button,
  carryOut,
  giveData,
  keptRuns,
  resume,
  saveArchive,
  saveCharts,
  saveRecord,
  say,
  TEXTS,
} from './record/page.mjs';
import { setUp } from './setup.mjs';

/** @typedef {import('./record/jobs').Job} Job */
/** @typedef {import('../src/runs/record-schema').RunRecord} RunRecord */

/** A summary of a run in a few lines. */
function summary(/** @type {RunRecord} */ record) {
  const { end, series, evaluations, environment, imagesPerSecond, dataset } = record;
  const last = evaluations.at(-1);
  const test = last ? `${(100 * last.top1).toFixed(2)} % of ${last.images} test images` : 'not evaluated';
  return [
    `ended       ${end.how} after ${end.step} of ${record.totalSteps} steps: ${end.reason.text}`,
    `data set    ${dataset.label.text}`,
    `last loss   ${series.loss.at(-1)?.toFixed(4) ?? 'not a number'}`,
    `top-1       ${test}`,
    `speed       ${imagesPerSecond.toFixed(1)} images/s`,
    `backend     ${environment.backend}, ${environment.adapter.text}`,
  ].join('\n');
}

const options = readOptions();
const { links, sweep, seeds, many, out, data, png, timeout } = options;
setUp();
const { chromium } = await import('@playwright/test');
const { BROWSER_FLAGS, ensureBrowser } = await import('./browser.mjs');
const { buildIfStale, serveSite } = await import('./site.mjs');
const lab = /** @type {typeof import('./record/jobs')} */ (await loadModule('tools/record/jobs.ts'));

/** @returns {Job[]} */
function plannedJobs() {
  try {
    const { jobs, notes } = lab.jobsOf(links, seeds, sweep);
    notes.forEach(say);
    if (jobs.length === 0) refuse('There is nothing to record.');
    return jobs;
  } catch (error) {
    return refuse(messageOf(error));
  }
}

const profile = join(out, '.profile');
/** The file with the name of each saved record: `{ [query]: file }`. */
const index = join(profile, 'records.json');

/** @returns {Record<string, string>} */
const written = () => (existsSync(index) ? JSON.parse(readFileSync(index, 'utf8')) : {});
const recordOf = (/** @type {string} */ file) => lab.recordIn(readFileSync(join(out, file), 'utf8'));

/** The record of a job if it has finished already, else null. */
function finished(/** @type {Job} */ { query }) {
  const file = written()[query];
  if (file === undefined || !existsSync(join(out, file))) return null;
  const record = recordOf(file);
  return ['finished', 'diverged'].includes(record.end.how) ? record : null;
}

/**
 * The port to serve the lab on: that of the existing profile, because the browser stores runs by address, else a free
 * one.
 * @returns {Promise<number>}
 */
async function portFor() {
  const file = join(profile, 'port');
  if (existsSync(file)) return Number(readFileSync(file, 'utf8'));
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(null)));
  const address = server.address();
  await new Promise((done) => server.close(done));
  const port = address && typeof address === 'object' ? address.port : 0;
  writeFileSync(file, String(port));
  return port;
}

let failed = false;
/** @param {string} text */
const fail = (text) => {
  failed = true;
  say(text);
};

/**
 * Trains a job, or resumes it, and saves its record.
 * @returns {Promise<RunRecord>} the record
 */
async function recordJob(
  /** @type {import('@playwright/test').Page} */ page,
  /** @type {string} */ site,
  /** @type {Job} */ { query },
  /** @type {boolean} */ first,
) {
  await page.goto(site + query);
  await button(page, TEXTS.start).waitFor();
  // The browser stores the data set when the first run loads it; later runs use the stored one.
  await giveData(page, first ? data : undefined, timeout);
  const begun = options.resume
    ? (await keptRuns(page)).find((kept) => kept.query === query && kept.interrupted)
    : undefined;
  if (begun) {
    say(`Resuming ${begun.name}`);
    await resume(page, begun.name);
  } else await button(page, TEXTS.start).click();
  await carryOut(page, query, timeout);
  if (!many) return saveRecord(page, out);
  const fresh = join(out, 'record.json');
  const saved = await saveRecord(page, fresh);
  const stem = lab.stemOf(saved);
  renameSync(fresh, join(out, `${stem}.json`));
  if (options.zip) await saveArchive(page, saved.name, join(out, `${stem}.zip`));
  writeFileSync(index, `${JSON.stringify({ ...written(), [query]: `${stem}.json` }, null, 2)}\n`);
  say(`Wrote ${join(out, `${stem}.json`)}`);
  return saved;
}

/** A page in a new browser; for several runs with the profile in their folder. */
async function openPage() {
  const launch = { executablePath: ensureBrowser(), args: BROWSER_FLAGS };
  const look = { viewport: { width: 1440, height: 1000 }, acceptDownloads: true };
  if (many) {
    const context = await chromium.launchPersistentContext(profile, { ...launch, ...look });
    return { page: context.pages()[0] ?? (await context.newPage()), close: () => context.close() };
  }
  const browser = await chromium.launch(launch);
  return { page: await browser.newPage(look), close: () => browser.close() };
}

const jobs = plannedJobs();
try {
  buildIfStale();
  if (many) {
    if (existsSync(profile) && !options.resume)
      refuse(
        `${out} already contains records. Add --resume to continue with them, or choose another folder.`,
      );
    mkdirSync(profile, { recursive: true });
  }
  const site = await serveSite(many ? await portFor() : 0);
  const { page, close } = await openPage();
  try {
    page.on('pageerror', (error) => fail(`Page error: ${error.stack ?? error.message}`));
    page.on('console', (message) => message.type() === 'error' && fail(`Console error: ${message.text()}`));
    const records = [];
    let first = true;
    for (const [i, job] of jobs.entries()) {
      const done = options.resume ? finished(job) : null;
      if (many) say(`${i + 1} of ${jobs.length}: ${job.query}${done ? ' is finished already' : ''}`);
      const one = done ?? (await recordJob(page, site.url, job, first));
      if (!done) first = false;
      records.push(one);
      if (one.end.how === 'failed') failed = true;
    }
    if (png !== undefined) await saveCharts(page, png);
    if (many) console.log(`${lab.summaryOf(records)}\nrecords     ${out}`);
    else for (const record of records) console.log(`${summary(record)}\nrecord      ${out}`);
  } finally {
    await close();
    await site.close();
  }
} catch (error) {
  fail(messageOf(error));
}
process.exit(failed ? 1 : 0);
