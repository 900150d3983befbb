/**
 * npm test: sets up what is missing and runs every check, also after one has failed. The last line sums them up.
 * Option: --only lint|unit|browser|build|e2e.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { ensureKernels } from './kernels.mjs';
import { commandOf, ensureDependencies, ROOT } from './setup.mjs';

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
    console.error(
      `${error instanceof Error ? error.message : error}\nUsage: npm test -- [--only ${GROUPS.join('|')}]`,
    );
    return process.exit(2);
  }
}

const only = readOnly();
ensureDependencies();
ensureKernels();

/** JSON reports of the test runners, by stage. */
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
 * Each runs one command; without `counts` it is one check.
 * @type {{ name: string; groups: string[]; browser?: boolean; args: string[]; counts?: (json: any) => Counts }[]}
 */
const STAGES = [
  { name: 'format', groups: ['lint'], args: [commandOf('prettier'), '--check', '.'] },
  { name: 'lint', groups: ['lint'], args: [commandOf('oxlint'), '--deny-warnings'] },
  { name: 'types', groups: ['lint'], args: [commandOf('typescript', 'tsc')] },
  { name: 'unit', groups: ['unit'], args: vitest('unit'), counts: vitestCounts },
  { name: 'browser', groups: ['browser'], browser: true, args: vitest('browser'), counts: vitestCounts },
  { name: 'build', groups: ['build', 'e2e'], args: [commandOf('vite'), 'build'] },
  {
    name: 'e2e',
    groups: ['e2e'],
    browser: true,
    args: [
      commandOf('@playwright/test', 'playwright'),
      'test',
      '--reporter=list,json',
      '--pass-with-no-tests',
    ],
    counts: playwrightCounts,
  },
];

/** Runs a command in the repository, its output as it comes. @returns {Promise<boolean>} whether it succeeded */
const succeeds = (/** @type {string[]} */ args, /** @type {NodeJS.ProcessEnv} */ env) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });

/** The counts of a stage. A runner that failed without a failed test (a crash, a bad import) is one failure. */
function countsOf(/** @type {typeof STAGES[number]} */ stage, /** @type {boolean} */ ok) {
  const one = { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  if (!stage.counts) return one;
  try {
    const counts = stage.counts(JSON.parse(readFileSync(reportOf(stage.name), 'utf8')));
    return ok || counts.failed > 0 ? counts : { ...counts, failed: 1 };
  } catch {
    // No tests, no report: nothing passed and, where the runner is content, nothing failed.
    return { ...one, passed: 0 };
  }
}

const total = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const failedStages = [];

for (const stage of STAGES.filter(({ groups }) => !only || groups.includes(only))) {
  console.log(`\n── ${stage.name} ${'─'.repeat(70 - stage.name.length)}`);
  let ok = true;
  if (stage.browser) {
    try {
      const { ensureBrowser } = await import('./browser.mjs');
      process.env['CHROMIUM_PATH'] = ensureBrowser();
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      ok = false;
    }
  }
  ok &&= await succeeds(stage.args, { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: reportOf(stage.name) });
  const counts = countsOf(stage, ok);
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  if (!ok) failedStages.push(stage.name);
}

rmSync(reports, { recursive: true, force: true });
if (failedStages.length > 0) console.log(`\nFailed: ${failedStages.join(', ')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
