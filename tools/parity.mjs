/**
 * npm run parity -- DIR: carries out every reference case under DIR in the browser, with the lab's own training code,
 * and prints how far its numbers are from PyTorch's. A case is a folder with config.json and tensors.safetensors.
 */
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { ensureKernels } from './kernels.mjs';
import { ensureDependencies, ROOT } from './setup.mjs';

const USAGE =
  'Usage: npm run parity -- DIR [--backends webgpu,wasm,cpu] [--precision single|half] [--tolerance T] [--case NAME]\n' +
  'T is the largest relative error; left out, 1e-4 for single precision and an allowance a measure for half.\n' +
  'DIR holds one folder a case, each with config.json and tensors.safetensors.';
const BACKENDS = ['webgpu', 'wasm', 'webgl', 'cpu'];
const PRECISIONS = ['single', 'half'];
const FILES = ['config.json', 'tensors.safetensors'];
const MEASURES = /** @type {const} */ ({
  logits: 'logits',
  gradients: 'gradients',
  wholeGradient: 'whole gradient',
  parameters: 'parameters',
  runningStatistics: 'statistics',
  evalLogits: 'eval logits',
  fusedLogits: 'fused logits',
});

/** @typedef {{ errors: Record<string, { error: number; where: string }>; notFused: string | null } | { failed: string }} Result */

/** Ends the process with what is wrong and how the command is used. @returns {never} */
function refuse(/** @type {string} */ problem) {
  console.error(`${problem}\n${USAGE}`);
  process.exit(2);
}

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
    const backends = values.backends.split(',');
    const unknown = backends.find((name) => !BACKENDS.includes(name));
    if (unknown !== undefined) refuse(`There is no backend "${unknown}"; there are ${BACKENDS.join(', ')}.`);
    const { precision } = values;
    if (!PRECISIONS.includes(precision))
      refuse(`The precision is one of ${PRECISIONS.join(', ')}, not "${precision}".`);
    if (precision === 'half' && values.backends !== 'webgpu')
      refuse('Half precision is WebGPU’s: say --backends webgpu with it.');
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
    return { directory: resolve(directory), backends, precision, tolerance, cases };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** Vite's dev server over the repository, with the cases under /reference-cases/. It watches nothing. */
async function startServer(/** @type {string} */ directory, /** @type {string[]} */ cases) {
  const { createServer } = await import('vite');
  const server = await createServer({
    root: ROOT,
    logLevel: 'error',
    cacheDir: join(ROOT, 'node_modules', '.vite-parity'),
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
    // All dependencies are found before the page loads: finding one later would reload it in the middle of a case.
    optimizeDeps: { entries: ['tools/parity/index.html'] },
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
  await server.listen();
  const address = server.httpServer?.address();
  if (!address || typeof address === 'string') throw new Error('The server has no port.');
  return { url: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}

const messageOf = (/** @type {unknown} */ error) =>
  (error instanceof Error ? error.message : String(error))
    .replace(/^page\.\w+: (Error: )?/, '')
    .split('\n')[0] ?? '';

/** An error as it stands in the table. @returns {string} */
function numberOf(/** @type {Result} */ result, /** @type {string} */ measure) {
  if (!('errors' in result)) return '–';
  return measure === 'fusedLogits' && result.notFused !== null
    ? 'cannot fuse'
    : (result.errors[measure]?.error.toExponential(1) ?? '–');
}

/** Judges a case by what each measure may be off by. @returns {{ verdict: 'PASS' | 'FAIL'; note: string }} */
function judge(/** @type {Result} */ result, /** @type {Record<string, number>} */ allowed) {
  if ('failed' in result) return { verdict: 'FAIL', note: result.failed };
  // A NaN is the worst there is.
  const excess = (/** @type {[string, { error: number }]} */ [measure, { error }]) =>
    Number.isNaN(error) ? Infinity : error / (allowed[measure] ?? 0);
  const entries = Object.entries(result.errors);
  const most = entries.reduce((a, b) => (excess(b) > excess(a) ? b : a));
  if (excess(most) <= 1) return { verdict: 'PASS', note: '' };
  const [measure, worst] = most;
  return {
    verdict: 'FAIL',
    note: `${MEASURES[/** @type {keyof MEASURES} */ (measure)] ?? measure} at ${worst.where}`,
  };
}

/** One number where all measures have the same, else one each. */
function allowedInWords() {
  const values = Object.entries(allowed);
  if (new Set(Object.values(allowed)).size === 1) return `${values[0]?.[1]}`;
  return values.map(([key, value]) => `${MEASURES[/** @type {keyof MEASURES} */ (key)]} ${value}`).join(', ');
}

const { directory, backends, precision, tolerance, cases } = readOptions();
ensureDependencies();
ensureKernels();
const { chromium } = await import('@playwright/test');
const { BROWSER_FLAGS, ensureBrowser } = await import('./browser.mjs');

const server = await startServer(directory, cases);
const browser = await chromium.launch({ executablePath: ensureBrowser(), args: BROWSER_FLAGS });
const counts = { PASS: 0, FAIL: 0 };
let backendsFailed = 0;
/** What each measure may be off by. @type {Record<string, number>} */
let allowed = {};
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
      ([name, kept]) => window.parity.activate(name, kept),
      /** @type {any} */ ([backend, precision]),
    );
    // The lab falls back to the next backend in order; here that would check one backend under another's name.
    if (environment.backend !== backend) throw new Error(environment.reason);
    const usual = await page.evaluate((kept) => window.parity.allowed[kept], /** @type {any} */ (precision));
    allowed = Object.fromEntries(Object.keys(MEASURES).map((key) => [key, tolerance ?? usual[key]]));
    console.log(`\n${backend}: ${environment.adapter}\n${row(['case', ...Object.values(MEASURES)])}`);
    for (const name of cases) {
      /** @type {Result} */
      const result = await page
        .evaluate((url) => window.parity.compare(url), `/reference-cases/${encodeURIComponent(name)}`)
        .catch((error) => ({ failed: messageOf(error) }));
      const { verdict, note } = judge(result, allowed);
      counts[verdict] += 1;
      const cells = Object.keys(MEASURES).map((key) => numberOf(result, key));
      console.log(`${row([name, ...cells])}   ${verdict}${note && `: ${note}`}`);
    }
  } catch (error) {
    backendsFailed += 1;
    console.log(`\n${backend}: could not start: ${messageOf(error)}`);
  }
  await page.close();
}
await browser.close();
await server.close();

console.log(
  `\n${counts.PASS} passed, ${counts.FAIL} failed` +
    `${backendsFailed > 0 ? `, ${backendsFailed} of ${backends.length} backends did not start` : ''}; ` +
    `largest relative error allowed: ${allowedInWords()}`,
);
process.exit(counts.FAIL > 0 || backendsFailed > 0 ? 1 : 0);
