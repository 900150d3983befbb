/**
 * npm run parity -- DIR: runs every reference case under DIR in the browser, with the lab's own training code, and prints
 * the relative errors against PyTorch's numbers. A case is a folder with config.json and tensors.safetensors.
 */
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { messageOf, refuse as refuseWith } from './command-line.mjs';
import { startDevServer } from './dev-server.mjs';
import { loadModule } from './load-module.mjs';
import { setUp } from './setup.mjs';

const USAGE =
  'Usage: npm run parity -- DIR [--backends webgpu,wasm,cpu] [--precision single|half] [--tolerance T] [--case NAME]\n' +
  'T is the largest relative error allowed. The default is 1e-4 in single precision and one value per measure in half.\n' +
  'DIR contains one folder per case, each with config.json and tensors.safetensors.';
const PRECISIONS = /** @type {const} */ (['single', 'half']);
const FILES = ['config.json', 'tensors.safetensors'];
/** Column titles of the measures. */
const MEASURES = /** @type {const} */ ({
  logits: 'logits',
  gradients: 'gradients',
  wholeGradient: 'whole gradient',
  parameters: 'parameters',
  runningStatistics: 'statistics',
  evalLogits: 'eval logits',
  fusedLogits: 'fused logits',
});

/** @typedef {keyof typeof MEASURES} Measure */
/** @typedef {import('../src/training/checks/parity').CaseReport | { failed: string }} Result */
const MEASURE_NAMES = /** @type {Measure[]} */ (Object.keys(MEASURES));

/** @type {(problem: string) => never} */
const refuse = (problem) => refuseWith(problem, USAGE);

function readOptions() {
  const options = /** @type {const} */ ({
    backends: { type: 'string', default: 'webgpu,wasm,cpu' },
    precision: { type: 'string', default: 'single' },
    tolerance: { type: 'string' },
    case: { type: 'string' },
  });
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [directory] = positionals;
    if (!directory || positionals.length > 1) refuse('Expected one folder of reference cases.');
    if (!existsSync(directory)) refuse(`There is no folder ${directory}.`);
    const precision =
      PRECISIONS.find((one) => one === values.precision) ??
      refuse(`The precision is one of ${PRECISIONS.join(', ')}, not "${values.precision}".`);
    if (precision === 'half' && values.backends !== 'webgpu')
      refuse('Only WebGPU has half precision: add --backends webgpu.');
    const tolerance = values.tolerance === undefined ? null : Number(values.tolerance);
    if (tolerance !== null && !(tolerance > 0))
      refuse(`The tolerance is a number above 0, not "${values.tolerance}".`);
    const cases = readdirSync(directory)
      .filter((name) => FILES.every((file) => existsSync(join(directory, name, file))))
      .filter((name) => values.case === undefined || name === values.case)
      .toSorted();
    if (cases.length === 0)
      refuse(
        values.case
          ? `There is no case "${values.case}" in ${directory}.`
          : `There are no cases in ${directory}.`,
      );
    return {
      directory: resolve(directory),
      backends: values.backends.split(','),
      precision,
      tolerance,
      cases,
    };
  } catch (error) {
    return refuse(messageOf(error));
  }
}

/**
 * The development server, with the cases under /reference-cases/.
 * @param {string} directory
 * @param {string[]} cases
 */
const startServer = (directory, cases) =>
  startDevServer({
    name: 'parity',
    entries: ['tools/parity/index.html'],
    plugins: [
      {
        name: 'reference-cases',
        configureServer({ middlewares }) {
          middlewares.use('/reference-cases/', (request, response, next) => {
            const [name = '', file = ''] = decodeURIComponent(request.url ?? '')
              .split('/')
              .slice(1);
            if (!cases.includes(name) || !FILES.includes(file)) return next();
            createReadStream(join(directory, name, file)).pipe(response);
          });
        },
      },
    ],
  });

/** The first line of an error's message, without what Playwright puts before it. */
const firstLineOf = (/** @type {unknown} */ error) =>
  messageOf(error)
    .replace(/^page\.\w+: (Error: )?/, '')
    .split('\n')[0] ?? '';

/** The text of a measure's cell in the table. @returns {string} */
function cellOf(/** @type {Result} */ result, /** @type {Measure} */ measure) {
  if ('failed' in result) return '–';
  return measure === 'fusedLogits' && result.notFused !== null
    ? 'cannot fuse'
    : result.errors[measure].error.toExponential(1);
}

/**
 * Judges a case by the largest error allowed of each measure.
 * @param {Result} result
 * @param {Record<Measure, number>} allowed
 * @returns {{ verdict: 'PASS' | 'FAIL'; note: string }}
 */
function judge(result, allowed) {
  if ('failed' in result) return { verdict: 'FAIL', note: result.failed };
  // NaN is worse than any error.
  const excess = (/** @type {Measure} */ measure) => {
    const { error } = result.errors[measure];
    return Number.isNaN(error) ? Infinity : error / allowed[measure];
  };
  const worst = MEASURE_NAMES.reduce((a, b) => (excess(b) > excess(a) ? b : a));
  if (excess(worst) <= 1) return { verdict: 'PASS', note: '' };
  return { verdict: 'FAIL', note: `${MEASURES[worst]} at ${result.errors[worst].where}` };
}

/** The errors allowed as text: one number if all measures have the same, else one per measure. */
function textOfAllowed(/** @type {Record<Measure, number>} */ allowed) {
  const values = new Set(MEASURE_NAMES.map((measure) => allowed[measure]));
  return values.size === 1
    ? [...values].join()
    : MEASURE_NAMES.map((measure) => `${MEASURES[measure]} ${allowed[measure]}`).join(', ');
}

const { directory, backends: wanted, precision, tolerance, cases } = readOptions();
setUp();
const { BACKEND_NAMES } = /** @type {typeof import('../src/experiment/backends')} */ (
  await loadModule('src/experiment/backends.ts')
);
const backends = wanted.map(
  (name) =>
    BACKEND_NAMES.find((backend) => backend === name) ??
    refuse(`There is no backend "${name}"; there are ${BACKEND_NAMES.join(', ')}.`),
);
const { chromium } = await import('@playwright/test');
const { BROWSER_FLAGS, ensureBrowser } = await import('./browser.mjs');

const server = await startServer(directory, cases);
const browser = await chromium.launch({ executablePath: ensureBrowser(), args: BROWSER_FLAGS });
const counts = { PASS: 0, FAIL: 0 };
let backendsFailed = 0;
/** The largest error allowed of each measure; null until the first backend has started. @type {Record<Measure, number> | null} */
let allowed = null;
const width = Math.max(4, ...cases.map((name) => name.length));
const row = (/** @type {string[]} */ [name = '', ...cells]) =>
  `${name.padEnd(width)}  ${cells.map((cell) => cell.padStart(15)).join('')}`;

for (const backend of backends) {
  const page = await browser.newPage();
  page.setDefaultTimeout(180_000);
  page.on('pageerror', (error) => console.error(`  page: ${error.message}`));
  try {
    await page.goto(`${server.url}/tools/parity/index.html`);
    await page.waitForFunction(() => 'parity' in window, undefined, { timeout: 180_000 });
    const environment = await page.evaluate(
      (asked) => window.parity.activate(asked.backend, asked.precision),
      { backend, precision },
    );
    // The lab falls back to the next backend in order; here that would check one backend under another's name.
    if (environment.backend !== backend) throw new Error(environment.reason);
    const limits = await page.evaluate((name) => window.parity.allowed[name], precision);
    if (tolerance !== null) for (const measure of MEASURE_NAMES) limits[measure] = tolerance;
    allowed = limits;
    console.log(`\n${backend}: ${environment.adapter}\n${row(['case', ...Object.values(MEASURES)])}`);
    for (const name of cases) {
      /** @type {Result} */
      const result = await page
        .evaluate((url) => window.parity.compare(url), `/reference-cases/${encodeURIComponent(name)}`)
        .catch((error) => ({ failed: firstLineOf(error) }));
      const { verdict, note } = judge(result, limits);
      counts[verdict] += 1;
      const cells = MEASURE_NAMES.map((measure) => cellOf(result, measure));
      console.log(`${row([name, ...cells])}   ${verdict}${note && `: ${note}`}`);
    }
  } catch (error) {
    backendsFailed += 1;
    console.log(`\n${backend}: could not start: ${firstLineOf(error)}`);
  }
  await page.close();
}
await browser.close();
await server.close();

console.log(
  `\n${counts.PASS} passed, ${counts.FAIL} failed` +
    `${backendsFailed > 0 ? `, ${backendsFailed} of ${backends.length} backends did not start` : ''}` +
    (allowed === null ? '' : `; largest relative error allowed: ${textOfAllowed(allowed)}`),
);
process.exit(counts.FAIL > 0 || backendsFailed > 0 ? 1 : 0);
