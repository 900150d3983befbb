/** Actions of the recording command on the lab's page, by the page's own buttons. */
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @typedef {import('@playwright/test').Page} Page */

const PROGRESS_INTERVAL = 3000;

/** Texts of the page by which the command finds its parts; a test checks that the page has them. */
export const TEXTS = /** @type {const} */ ({
  missing: 'CIFAR-100 is not loaded yet',
  loaded: 'CIFAR-100 is loaded',
  notRead: 'This file was not read',
  servedNotRead: 'The served archive was not read',
  chooseFile: 'CIFAR-100 archive',
  loadServed: 'Load the served archive',
  stepsDone: 'Steps done',
  start: 'Start',
  startAgain: 'Start again',
  pause: 'Pause',
  resume: 'Resume',
  saveRecord: 'Save record',
  chartMenu: 'Save or reset: {{title}}',
  view: 'View',
  lab: 'Lab',
  runs: 'Runs',
  details: 'Details of {{run}}',
  export: 'Export',
  everything: 'Everything (zip)',
});

export const say = (/** @type {string} */ text) => console.error(text);
export const button = (/** @type {Page} */ page, /** @type {string | RegExp} */ name) =>
  page.getByRole('button', { name, exact: true });

/**
 * Loads CIFAR-100 into the page: from the given file, or with the page's own button if the experiment needs it and the
 * server offers it. Throws with the page's message if it cannot be read.
 */
export async function giveData(
  /** @type {Page} */ page,
  /** @type {string | undefined} */ file,
  /** @type {number} */ timeout,
) {
  if (file !== undefined) {
    say(`Reading ${file} …`);
    await page.getByLabel(TEXTS.chooseFile).first().setInputFiles(file);
  } else {
    const missing = page.getByRole('alert').filter({ hasText: TEXTS.missing });
    const offered = missing.getByRole('button', { name: TEXTS.loadServed });
    const startable = page.getByRole('button', { name: TEXTS.start, exact: true, disabled: false });
    await offered
      .or(startable)
      .first()
      .waitFor({ timeout: 20_000 })
      .catch(() => {
        throw new Error(
          'This experiment needs CIFAR-100, which is missing. Name its file with --data, or run npm run data.',
        );
      });
    if (!(await offered.isVisible())) return;
    say('Reading the served CIFAR-100 …');
    await offered.click();
  }
  const failures = [TEXTS.notRead, TEXTS.servedNotRead];
  const notice = page
    .getByRole('alert')
    .filter({ hasText: new RegExp([TEXTS.loaded, ...failures].join('|')) });
  await notice.first().waitFor({ timeout });
  const text = (await notice.first().innerText()).replaceAll('\n', ': ');
  if (failures.some((failure) => text.includes(failure))) throw new Error(text);
  say(text);
}

/**
 * The progress of the run in one line: the text of the page's header, and the step from which --resume would continue
 * if the run were interrupted now.
 */
async function progressOf(/** @type {Page} */ page, /** @type {string} */ query) {
  const text = page
    .getByLabel(TEXTS.stepsDone)
    .locator('xpath=ancestor-or-self::*[preceding-sibling::*][1]/preceding-sibling::*[1]');
  const done = (await text.innerText()).replaceAll('\n', ' · ');
  const going = (await keptRuns(page)).filter((run) => run.query === query && run.interrupted);
  const kept = Math.max(0, ...going.map(({ checkpoint }) => checkpoint));
  return kept > 0 ? `${done} · saved up to step ${kept.toLocaleString('en')}` : done;
}

/** Waits until the run of an experiment has ended and prints its progress. Throws after `timeout` milliseconds. */
export async function carryOut(
  /** @type {Page} */ page,
  /** @type {string} */ query,
  /** @type {number} */ timeout,
) {
  const deadline = Date.now() + timeout;
  const ended = button(page, TEXTS.startAgain);
  while (!(await ended.isVisible())) {
    if (Date.now() > deadline) {
      throw new Error(`The run had not ended after ${timeout / 60_000} minutes. Allow more with --timeout.`);
    }
    say(await progressOf(page, query));
    await ended.waitFor({ timeout: PROGRESS_INTERVAL }).catch(() => {});
  }
  say(await progressOf(page, query));
}

/**
 * Saves every chart with its PNG export, and a screenshot of the page. Takes screenshots of the charts if there are no
 * export menus.
 */
export async function saveCharts(/** @type {Page} */ page, /** @type {string} */ directory) {
  mkdirSync(directory, { recursive: true });
  await page.screenshot({ path: join(directory, 'page.png'), fullPage: true });
  const [prefix = ''] = TEXTS.chartMenu.split('{{title}}');
  const menus = page.getByRole('button', { name: prefix });
  for (const menu of await menus.all()) {
    if (await menu.isDisabled()) continue;
    const title = ((await menu.getAttribute('aria-label')) ?? 'chart').replace(prefix, '');
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
  say(`Saved screenshots of the charts in ${directory}`);
}

/**
 * Downloads the record to `path` and returns it. Throws if the file is no run record.
 * @param {Page} page
 * @param {string} path
 * @returns {Promise<import('../../src/runs/record-schema').RunRecord>}
 */
export async function saveRecord(page, path) {
  const save = button(page, TEXTS.saveRecord);
  if ((await save.getAttribute('aria-disabled')) === 'true') {
    const why = await page.getByRole('status').allInnerTexts();
    throw new Error(`The run has no record. ${why.join(' ').trim()}`);
  }
  const [download] = await Promise.all([page.waitForEvent('download', { timeout: 60_000 }), save.click()]);
  mkdirSync(dirname(path), { recursive: true });
  await download.saveAs(path);
  const record = JSON.parse(readFileSync(path, 'utf8'));
  if (record.format !== 'branch-lab-run')
    throw new Error(`${path} is not a run record: its format is ${record.format}.`);
  return record;
}

/**
 * Runs in the history of this browser.
 * @returns {Promise<{ id: string; name: string; query: string; checkpoint: number; interrupted: boolean }[]>}
 */
export function keptRuns(/** @type {Page} */ page) {
  return page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('branch-lab-runs');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const reading = opening.result.transaction('entries').objectStore('entries').getAll();
          reading.onerror = () => reject(reading.error);
          reading.onsuccess = () => {
            opening.result.close();
            const kept = reading.result.filter(({ deletedAt }) => deletedAt === null);
            resolve(
              kept.map(({ id, name, query, end, checkpoint }) => {
                return {
                  id,
                  name,
                  query,
                  checkpoint: checkpoint ?? 0,
                  interrupted: end === null && checkpoint !== null,
                };
              }),
            );
          };
        };
      }),
  );
}

const view = (/** @type {Page} */ page, /** @type {string} */ name) =>
  page.getByRole('radiogroup', { name: TEXTS.view }).getByText(name, { exact: true }).click();

/** Opens the details of the newest run of a name in the table of runs. */
async function openDetails(/** @type {Page} */ page, /** @type {string} */ name) {
  const title = TEXTS.details.replace('{{run}}', name);
  await view(page, TEXTS.runs);
  const details = page.getByRole('region', { name: title, exact: true });
  if (!(await details.isVisible())) await button(page, title).first().click();
  return details;
}

/** Resumes an interrupted run. */
export async function resume(/** @type {Page} */ page, /** @type {string} */ name) {
  await (await openDetails(page, name)).getByRole('button', { name: TEXTS.resume, exact: true }).click();
  await button(page, TEXTS.pause).or(button(page, TEXTS.startAgain)).first().waitFor();
}

/** Saves the archive of a run, which contains everything about it. */
export async function saveArchive(
  /** @type {Page} */ page,
  /** @type {string} */ name,
  /** @type {string} */ path,
) {
  await (await openDetails(page, name)).getByRole('button', { name: TEXTS.export, exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: 300_000 }),
    page.getByRole('menuitem', { name: TEXTS.everything }).click(),
  ]);
  await download.saveAs(path);
  await view(page, TEXTS.lab);
}
