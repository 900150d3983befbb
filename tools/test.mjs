/**
 * npm test: sets up what is missing and runs every check, also after one has failed; the last line has the totals.
 * Checks without a browser run next to the tests in the browser, which leave half a core idle; the end-to-end tests
 * run alone. Option: --only lint|unit|browser|build|e2e.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { messageOf, refuse } from './command-line.mjs';
import { commandOf, ROOT } from './root.mjs';
import { setUp } from './setup.mjs';

/** @typedef {{ passed: number; failed: number; skipped: number }} Counts */

const GROUPS = ['lint', 'unit', 'browser', 'build', 'e2e'];

/** @returns {string | undefined} the group that --only names */
function readOnly() {
  try {
    const { only } = parseArgs({ options: { only: { type: 'string' } } }).values;
    if (only !== undefined && !GROUPS.includes(only))
      throw new Error(`There are no checks called "${only}".`);
    return only;
  } catch (error) {
    return refuse(messageOf(error), `Usage: npm test -- [--only ${GROUPS.join('|')}]`);
  }
}

const only = readOnly();
setUp();

/** Folder for the JSON reports of the test runners, one per stage. */
const reports = mkdtempSync(join(tmpdir(), 'branch-lab-test-'));
const reportOf = (/** @type {string} */ stage) => join(reports, `${stage}.json`);

/** @returns {Counts} */
const vitestCounts = (/** @type {any} */ json) => ({
  passed: json.numPassedTests,
  failed: json.numFailedTests,
  skipped: json.numPendingTests + (json.numTodoTests ?? 0),
});

/** @returns {Counts} */
const playwrightCounts = (/** @type {any} */ { stats }) => ({
  passed: stats.expected,
  failed: stats.unexpected + stats.flaky,
  skipped: stats.skipped,
});

const vitest = (/** @type {string} */ project) => [
  commandOf('vitest'),
  'run',
  `--project=${project}`,
  '--passWithNoTests',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${reportOf(project)}`,
];

/**
 * The stages. Each runs one command; a stage without `counts` counts as one check. Stages of one lane run one after the
 * other, and the lanes `node` and `browser` in parallel. The lane `after` waits for both: the end-to-end tests need the
 * build, and some of them are sensitive to timing.
 * @type {{ name: string; groups: string[]; lane: 'node' | 'browser' | 'after'; args: string[]; counts?: (json: any) => Counts }[]}
 */
const STAGES = [
  { name: 'format', groups: ['lint'], lane: 'node', args: [commandOf('prettier'), '--check', '.'] },
  { name: 'lint', groups: ['lint'], lane: 'node', args: [commandOf('oxlint'), '--deny-warnings'] },
  { name: 'types', groups: ['lint'], lane: 'node', args: [commandOf('typescript', 'tsc')] },
  { name: 'recipes', groups: ['lint'], lane: 'node', args: [join(ROOT, 'tools', 'recipes.mjs'), '--quick'] },
  { name: 'build', groups: ['build', 'e2e'], lane: 'node', args: [commandOf('vite'), 'build'] },
  { name: 'unit', groups: ['unit'], lane: 'node', args: vitest('unit'), counts: vitestCounts },
  { name: 'browser', groups: ['browser'], lane: 'browser', args: vitest('browser'), counts: vitestCounts },
  {
    name: 'e2e',
    groups: ['e2e'],
    lane: 'after',
    args: [
      commandOf('@playwright/test', 'playwright'),
      'test',
      '--reporter=list,json',
      '--pass-with-no-tests',
    ],
    counts: playwrightCounts,
  },
];

const heading = (/** @type {string} */ name) => `\n── ${name} ${'─'.repeat(70 - name.length)}`;

/**
 * Runs a stage's command in the repository. A stage that runs alone prints its output as it comes; otherwise the
 * output is printed at the end, so that stages do not mix.
 * @returns {Promise<boolean>} whether it succeeded
 */
function succeeds(/** @type {typeof STAGES[number]} */ { name, args }, /** @type {boolean} */ alone) {
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: reportOf(name) };
  if (alone) console.log(heading(name));
  return new Promise((resolve) => {
    const out = alone ? 'inherit' : 'pipe';
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', out, out], env });
    /** @type {Buffer[]} */
    const output = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part) => output.push(part));
    const end = (/** @type {boolean} */ ok) => {
      if (!alone) console.log(`${heading(name)}\n${Buffer.concat(output)}`);
      resolve(ok);
    };
    child.on('error', () => end(false));
    child.on('close', (code) => end(code === 0));
  });
}

/** The counts of a stage. A runner that fails without a failed test (a crash, a bad import) counts as one failure. */
function countsOf(/** @type {typeof STAGES[number]} */ stage, /** @type {boolean} */ ok) {
  const one = { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  if (!stage.counts) return one;
  try {
    const counts = stage.counts(JSON.parse(readFileSync(reportOf(stage.name), 'utf8')));
    return ok || counts.failed > 0 ? counts : { ...counts, failed: 1 };
  } catch {
    // A runner without tests writes no report: nothing passed, and nothing failed if the runner succeeded.
    return { ...one, passed: 0 };
  }
}

const total = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const failedStages = [];

const stages = STAGES.filter(({ groups }) => !only || groups.includes(only));
let hasBrowser = true;
if (stages.some(({ lane }) => lane !== 'node')) {
  try {
    const { ensureBrowser } = await import('./browser.mjs');
    process.env['CHROMIUM_PATH'] = ensureBrowser();
  } catch (error) {
    console.error(messageOf(error));
    hasBrowser = false;
  }
}

/** Runs the stages of a lane one after the other and adds their counts to the total. */
async function runLane(/** @type {string} */ lane, /** @type {boolean} */ alone) {
  for (const stage of stages.filter((one) => one.lane === lane)) {
    const ok = (hasBrowser || lane === 'node') && (await succeeds(stage, alone));
    const counts = countsOf(stage, ok);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
    if (!ok) failedStages.push(stage.name);
  }
}

const parallel = new Set(stages.map(({ lane }) => lane).filter((lane) => lane !== 'after'));
if (parallel.size > 1)
  console.log(
    `\nRunning in parallel: ${stages
      .filter(({ lane }) => lane !== 'after')
      .map(({ name }) => name)
      .join(', ')} …`,
  );
await Promise.all([...parallel].map((lane) => runLane(lane, parallel.size === 1)));
await runLane('after', true);

rmSync(reports, { recursive: true, force: true });
if (failedStages.length > 0) console.log(`\nFailed: ${failedStages.join(', ')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
