/**
 * npm run bench: times training steps of the lab, of TensorFlow.js and, on request, of PyTorch. The implementations
 * take turns, so that other load on the machine slows all of them alike. Prints medians and their range, and for
 * WebGPU also the speed of a plain matrix product on the adapter, which is an upper bound for a training step.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import process from 'node:process';
import { readOptions } from './bench/options.mjs';
import { startPytorch } from './bench/pytorch-process.mjs';
import { messageOf } from './command-line.mjs';
import { startDevServer } from './dev-server.mjs';
import { setUp } from './setup.mjs';

/** @typedef {import('../src/training/checks/bench-worker').Implementation} InBrowser */
/** @typedef {import('../src/training/checks/bench').BenchNetwork} BenchNetwork */
/** @typedef {import('../src/kernels/step-profile').StepProfile} StepProfile */
/** @typedef {import('./bench/options.mjs').ImplementationName} ImplementationName */

const options = readOptions();
setUp();

const median = (/** @type {number[]} */ values) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

/** A ratio with three significant digits. */
const precise = (/** @type {number} */ ratio) => ratio.toFixed(ratio < 10 ? 2 : ratio < 100 ? 1 : 0);

/** If a round would take longer than this, an implementation runs fewer steps per round, but at least one. */
const ROUND_MILLISECONDS = 5000;
const WARM_UP_STEPS = 4;

/**
 * @typedef {object} Implementation
 * @property {string} label
 * @property {number} threads
 * @property {(network: BenchNetwork, batch: number, steps: number) => Promise<number[]>} steps milliseconds of each step
 */

const { chromium } = await import('@playwright/test');
const { BROWSER_FLAGS, ensureBrowser } = await import('./browser.mjs');
const server = await startDevServer({
  name: 'bench',
  entries: ['tools/bench/index.html', 'src/training/checks/bench-worker.ts'],
});
const browser = await chromium.launch({ executablePath: ensureBrowser(), args: BROWSER_FLAGS });
const page = await browser.newPage();
page.on('pageerror', (error) => console.error(`  page: ${error.message}`));
await page.goto(`${server.url}/tools/bench/index.html`);
await page.waitForFunction(() => 'bench' in window);

const pytorch = options.pytorch ? [await startPytorch(options.pytorch, {})] : [];
if (options.pytorch && options.avx2)
  pytorch.push(
    await startPytorch(options.pytorch, { ONEDNN_MAX_CPU_ISA: 'AVX2', ATEN_CPU_CAPABILITY: 'avx2' }),
  );

/**
 * Sends a request to the page's worker. Throws if the worker fails.
 * @param {import('../src/training/checks/bench-worker').BenchQuery} request
 */
async function askPage(request) {
  const reply = await page.evaluate((asked) => window.bench.ask(asked), request);
  if ('failed' in reply) throw new Error(reply.failed);
  return reply;
}

/** Multiply-adds of a forward pass on one image, by network. @type {Map<BenchNetwork, number>} */
const macsOf = new Map();

const inPage =
  (/** @type {InBrowser} */ implementation) =>
  async (/** @type {BenchNetwork} */ network, /** @type {number} */ batch, /** @type {number} */ steps) => {
    const { times, macs } = await askPage({ type: 'steps', implementation, network, batch, steps });
    macsOf.set(network, macs);
    return times;
  };

/** Multiply-adds per second in units of 10⁹. A training step has three times as many as a forward pass. */
const rateOf = (
  /** @type {number} */ macs,
  /** @type {number} */ batch,
  /** @type {number} */ milliseconds,
) => (3 * macs * batch) / milliseconds / 1e6;

/**
 * The lab's WebGPU kernels: with the algorithms measured fastest, in half precision, or with one algorithm for all convolutions.
 * @type {Partial<Record<ImplementationName, InBrowser>>}
 */
const WEBGPU_VARIANTS = {
  webgpu: { engine: 'webgpu' },
  'webgpu-half': { engine: 'webgpu', precision: 'half' },
  'webgpu-tiled': { engine: 'webgpu', convolutions: 'tiled' },
  'webgpu-direct': { engine: 'webgpu', convolutions: 'direct' },
  'webgpu-winograd': { engine: 'webgpu', convolutions: 'winograd' },
};

/** The lab's wasm kernels. @returns {InBrowser} */
const wasmVariant = (/** @type {'wasm' | 'wasm-fastest'} */ name, /** @type {number} */ threads) => ({
  engine: 'wasm',
  threads,
  arithmetic: name === 'wasm' ? 'reproducible' : 'fastest',
});

/** @returns {Implementation} */
function implementationOf(/** @type {ImplementationName} */ name, /** @type {number} */ threads) {
  if (name === 'wasm' || name === 'wasm-fastest')
    return { label: `lab, ${name.replace('-', ', ')}`, threads, steps: inPage(wasmVariant(name, threads)) };
  const webgpu = WEBGPU_VARIANTS[name];
  if (webgpu) return { label: `lab, ${name.replace('-', ', ')}`, threads: 0, steps: inPage(webgpu) };
  const [engine, backend] =
    /** @type {['tfjs' | 'stock', import('../src/training/engines/tfjs/backend').TfjsBackend]} */ (
      name.split('-')
    );
  const kind = engine === 'stock' ? 'stock' : 'the lab’s formulation';
  return { label: `TensorFlow.js, ${backend}, ${kind}`, threads: 0, steps: inPage({ engine, backend }) };
}

/**
 * All implementations for one number of threads. Those without threads are measured only with the first number.
 * @returns {Implementation[]}
 */
const implementationsOf = (/** @type {number} */ threads) => [
  ...options.implementations.flatMap((name) =>
    name.startsWith('wasm') || threads === options.threads[0] ? [implementationOf(name, threads)] : [],
  ),
  ...pytorch.map(({ label, steps }) => ({
    label,
    threads,
    steps: (/** @type {BenchNetwork} */ network, /** @type {number} */ batch, /** @type {number} */ count) =>
      steps({ network, batch, threads, steps: count }),
  })),
];

/** Runs warm-up steps, fewer if they are slow. Returns the milliseconds of the last step. */
async function warmUp(
  /** @type {Implementation} */ implementation,
  /** @type {BenchNetwork} */ network,
  /** @type {number} */ batch,
) {
  let last = 0;
  for (let step = 0, all = 0; step < WARM_UP_STEPS && all < ROUND_MILLISECONDS; step++, all += last)
    [last = NaN] = await implementation.steps(network, batch, 1);
  return last;
}

/** @type {object[]} */
const results = [];
console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores; Chromium ${browser.version()}`,
);
for (const network of options.networks) {
  for (const batch of options.batches) {
    for (const threads of options.threads) {
      const measured = implementationsOf(threads).map((implementation) => ({
        implementation,
        rounds: /** @type {number[]} */ ([]),
        steps: options.steps,
        failed: '',
      }));
      for (let round = 0; round <= options.rounds; round++) {
        for (const entry of measured) {
          if (entry.failed) continue;
          try {
            if (round > 0) {
              entry.rounds.push(median(await entry.implementation.steps(network, batch, entry.steps)));
              continue;
            }
            const last = await warmUp(entry.implementation, network, batch);
            entry.steps = Math.max(1, Math.min(options.steps, Math.floor(ROUND_MILLISECONDS / last)));
          } catch (error) {
            entry.failed = messageOf(error);
          }
        }
      }
      await page.evaluate(() => window.bench.ask({ type: 'forget' }));
      console.log(`\n${network}, batch ${batch}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`);
      for (const { implementation, rounds, steps, failed } of measured) {
        const milliseconds = median(rounds);
        const speed = (1000 * batch) / milliseconds;
        const rate = rateOf(macsOf.get(network) ?? NaN, batch, milliseconds);
        console.log(
          failed
            ? `  ${implementation.label.padEnd(44)} ${failed}`
            : `  ${implementation.label.padEnd(44)} ${milliseconds.toFixed(1).padStart(8)} ms [${Math.min(...rounds).toFixed(1)}..${Math.max(...rounds).toFixed(1)}]` +
                ` ${speed.toFixed(0).padStart(7)} images/s ${rate.toFixed(1).padStart(7)} G multiply-adds/s${steps < options.steps ? `, ${options.rounds} x ${steps} steps` : ''}`,
        );
        results.push({
          network,
          batch,
          threads: implementation.threads,
          way: implementation.label,
          milliseconds,
          rounds,
          imagesPerSecond: speed,
          rate,
          failed,
        });
      }
      // Speed of the lab relative to TensorFlow.js and PyTorch, or to its own last implementation: the ratio of the
      // medians, and the range of the ratios per round, because one round is measured under one load.
      const succeeded = measured.filter(({ failed }) => !failed);
      const others = succeeded.filter(({ implementation }) => !implementation.label.startsWith('lab'));
      const peers = others.length > 0 ? others : succeeded.slice(-1);
      for (const { implementation, rounds } of succeeded.filter((entry) => !peers.includes(entry)))
        for (const peer of peers) {
          const ratios = peer.rounds.map((milliseconds, round) => milliseconds / (rounds[round] ?? NaN));
          console.log(
            `  ${implementation.label} is ${precise(median(peer.rounds) / median(rounds))} x ${peer.implementation.label} ` +
              `[${precise(Math.min(...ratios))}..${precise(Math.max(...ratios))}]`,
          );
        }
    }
  }
}
/** The selected implementations that use the lab's own kernels, which --parts and --growth can measure. */
const labImplementations = () =>
  options.implementations.flatMap((name) => {
    if (name === 'wasm' || name === 'wasm-fastest')
      return options.threads.map((threads) => ({
        label: `${name}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
        implementation: wasmVariant(name, threads),
      }));
    const implementation = WEBGPU_VARIANTS[name];
    return implementation ? [{ label: name, implementation }] : [];
  });

const PARTS = /** @type {const} */ ([
  'input',
  'forward',
  'backward',
  'update',
  'readBack',
  'encode',
  'kernels',
]);
if (options.parts) {
  const batch = options.batches[0] ?? 32;
  console.log(`\nWhere the time of a step goes, batch ${batch}, medians of ${options.steps} steps, ms`);
  console.log(`  ${''.padEnd(40)}${PARTS.map((part) => part.padStart(10)).join('')}`);
  for (const network of options.networks) {
    for (const { label, implementation } of labImplementations()) {
      await askPage({ type: 'steps', implementation, network, batch, steps: 3 });
      /** @type {StepProfile[]} */
      const profiles = [];
      for (let i = 0; i < options.steps; i++) {
        const { profile } = await askPage({ type: 'profile', implementation, network, batch });
        if (!profile) throw new Error(`The parts of a step cannot be measured on ${label}.`);
        profiles.push(profile);
      }
      /** @type {Partial<Record<keyof StepProfile, number | null>>} */
      const parts = {};
      for (const part of PARTS) {
        // `kernels` is null where the adapter has no clock.
        const times = profiles.map((profile) => profile[part]).filter((time) => time !== null);
        parts[part] = times.length === 0 ? null : median(times);
      }
      const cells = PARTS.map((part) => (parts[part]?.toFixed(2) ?? '–').padStart(10));
      console.log(`  ${`${network}, ${label}`.padEnd(40)}${cells.join('')}`);
      results.push({ network, batch, way: label, parts });
    }
    await askPage({ type: 'forget' });
  }
}

if (options.implementations.includes('webgpu')) {
  const { adapter, limit } = await askPage({ type: 'limit', implementation: { engine: 'webgpu' } });
  if (limit == null) throw new Error('The speed of a matrix product could not be measured.');
  console.log(`\nA plain f32 matrix product on ${adapter}: ${(limit / 1e9).toFixed(1)} G multiply-adds/s`);
  results.push({ adapter, matrixProduct: limit });
}

/** Networks in which one size is changed at a time. */
const GROWTHS = [
  ...[8, 16, 32, 64, 128].map((batch) => ({ what: 'batch', value: batch, batch, growth: {} })),
  ...[1, 2, 4].map((width) => ({ what: 'width', value: width, batch: 32, growth: { width } })),
  ...[1, 2, 4].map((depth) => ({ what: 'depth', value: depth, batch: 32, growth: { depth } })),
  ...[16, 32, 64].map((side) => ({ what: 'image side', value: side, batch: 32, growth: { side } })),
];
if (options.growth) {
  const network = /** @type {const} */ ('repvgg-11');
  console.log(
    `\nHow a step of ${network} grows (batch 32, widths 8,16,32, depths 3,4,4, side 32, one of them changed)`,
  );
  for (const { label, implementation } of labImplementations()) {
    console.log(`  ${label.padEnd(24)}         ms   G multiply-adds/s`);
    for (const { what, value, batch, growth } of GROWTHS) {
      const asked = { implementation, network, batch, scaling: { width: 1, depth: 1, side: 32, ...growth } };
      await askPage({ type: 'steps', steps: 2, ...asked });
      const { times, macs } = await askPage({ type: 'steps', steps: options.steps, ...asked });
      await askPage({ type: 'forget' });
      const milliseconds = median(times);
      const rate = rateOf(macs, batch, milliseconds);
      console.log(
        `  ${`${what} ${value}`.padEnd(24)} ${milliseconds.toFixed(1).padStart(10)} ${rate.toFixed(1).padStart(10)}`,
      );
      results.push({ network, way: label, what, value, batch, milliseconds, rate });
    }
  }
}

for (const { close } of pytorch) close();
await browser.close();
await server.close();
if (options.json) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
process.exit(0);
