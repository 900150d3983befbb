/**
 * npm run bench: times training steps of the lab side by side with TensorFlow.js' own kernels and, where asked for, with
 * PyTorch, taking turns, so that a busy machine slows all of them alike. Prints medians, their spread, and with WebGPU the
 * rate of a plain matrix product on its adapter, which bounds what a step can reach.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import process from 'node:process';
import { readOptions } from './bench/options.mjs';
import { startPytorch } from './bench/pytorch-process.mjs';
import { messageOf } from './command-line.mjs';
import { startDevServer } from './dev-server.mjs';
import { setUp } from './setup.mjs';

/** @typedef {import('../src/training/checks/bench-worker').Implementation} Implementation */
/** @typedef {import('../src/training/checks/bench').BenchNetwork} BenchNetwork */
/** @typedef {import('../src/kernels/step-profile').StepProfile} StepProfile */
/** @typedef {import('./bench/options.mjs').WayName} WayName */

const options = readOptions();
setUp();

const median = (/** @type {number[]} */ values) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

/** A ratio to three figures. */
const precise = (/** @type {number} */ ratio) => ratio.toFixed(ratio < 10 ? 2 : ratio < 100 ? 1 : 0);

/** Longest time of an implementation in one round; slower ones make fewer steps, but at least one. */
const ROUND_MILLISECONDS = 5000;
const WARM_UP_STEPS = 4;

/**
 * @typedef {object} Way
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
  (/** @type {Implementation} */ implementation) =>
  async (/** @type {BenchNetwork} */ network, /** @type {number} */ batch, /** @type {number} */ steps) => {
    const { times, macs } = await askPage({ type: 'steps', implementation, network, batch, steps });
    macsOf.set(network, macs);
    return times;
  };

/** Multiply-adds a second in units of 10⁹: a step has three times those of a forward pass. */
const rateOf = (
  /** @type {number} */ macs,
  /** @type {number} */ batch,
  /** @type {number} */ milliseconds,
) => (3 * macs * batch) / milliseconds / 1e6;

/**
 * The lab's WebGPU kernels: with the algorithms measured fastest, in half precision, or with one algorithm for all convolutions.
 * @type {Partial<Record<WayName, Implementation>>}
 */
const WEBGPU_WAYS = {
  webgpu: { engine: 'webgpu' },
  'webgpu-half': { engine: 'webgpu', precision: 'half' },
  'webgpu-tiled': { engine: 'webgpu', convolutions: 'tiled' },
  'webgpu-direct': { engine: 'webgpu', convolutions: 'direct' },
  'webgpu-winograd': { engine: 'webgpu', convolutions: 'winograd' },
};

/** The lab's wasm kernels. @returns {Implementation} */
const wasmWay = (/** @type {'wasm' | 'wasm-fastest'} */ name, /** @type {number} */ threads) => ({
  engine: 'wasm',
  threads,
  arithmetic: name === 'wasm' ? 'reproducible' : 'fastest',
});

/** @returns {Way} */
function wayOf(/** @type {WayName} */ name, /** @type {number} */ threads) {
  if (name === 'wasm' || name === 'wasm-fastest')
    return { label: `lab, ${name.replace('-', ', ')}`, threads, steps: inPage(wasmWay(name, threads)) };
  const webgpu = WEBGPU_WAYS[name];
  if (webgpu) return { label: `lab, ${name.replace('-', ', ')}`, threads: 0, steps: inPage(webgpu) };
  const [engine, backend] =
    /** @type {['tfjs' | 'stock', import('../src/training/engines/tfjs/backend').TfjsBackend]} */ (
      name.split('-')
    );
  const kind = engine === 'stock' ? 'stock' : 'the lab’s formulas';
  return { label: `TensorFlow.js, ${backend}, ${kind}`, threads: 0, steps: inPage({ engine, backend }) };
}

/** Every implementation, for one number of threads. @returns {Way[]} */
const waysOf = (/** @type {number} */ threads) => [
  ...options.ways.flatMap((name) =>
    name.startsWith('wasm') || threads === options.threads[0] ? [wayOf(name, threads)] : [],
  ),
  ...pytorch.map(({ label, steps }) => ({
    label,
    threads,
    steps: (/** @type {BenchNetwork} */ network, /** @type {number} */ batch, /** @type {number} */ count) =>
      steps({ network, batch, threads, steps: count }),
  })),
];

/** Steps that do not count, fewer where they are slow. Returns how long the last took. */
async function warmUp(
  /** @type {Way} */ way,
  /** @type {BenchNetwork} */ network,
  /** @type {number} */ batch,
) {
  let last = 0;
  for (let step = 0, all = 0; step < WARM_UP_STEPS && all < ROUND_MILLISECONDS; step++, all += last)
    [last = NaN] = await way.steps(network, batch, 1);
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
      const ways = waysOf(threads).map((way) => ({
        way,
        rounds: /** @type {number[]} */ ([]),
        steps: options.steps,
        failed: '',
      }));
      for (let round = 0; round <= options.rounds; round++) {
        for (const entry of ways) {
          if (entry.failed) continue;
          try {
            if (round > 0) {
              entry.rounds.push(median(await entry.way.steps(network, batch, entry.steps)));
              continue;
            }
            const last = await warmUp(entry.way, network, batch);
            entry.steps = Math.max(1, Math.min(options.steps, Math.floor(ROUND_MILLISECONDS / last)));
          } catch (error) {
            entry.failed = messageOf(error);
          }
        }
      }
      await page.evaluate(() => window.bench.ask({ type: 'forget' }));
      console.log(`\n${network}, batch ${batch}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`);
      for (const { way, rounds, steps, failed } of ways) {
        const milliseconds = median(rounds);
        const speed = (1000 * batch) / milliseconds;
        const rate = rateOf(macsOf.get(network) ?? NaN, batch, milliseconds);
        console.log(
          failed
            ? `  ${way.label.padEnd(44)} ${failed}`
            : `  ${way.label.padEnd(44)} ${milliseconds.toFixed(1).padStart(8)} ms [${Math.min(...rounds).toFixed(1)}..${Math.max(...rounds).toFixed(1)}]` +
                ` ${speed.toFixed(0).padStart(7)} images/s ${rate.toFixed(1).padStart(7)} G multiply-adds/s${steps < options.steps ? `, ${options.rounds} x ${steps} steps` : ''}`,
        );
        results.push({
          network,
          batch,
          threads: way.threads,
          way: way.label,
          milliseconds,
          rounds,
          imagesPerSecond: speed,
          rate,
          failed,
        });
      }
      // How many times as fast the lab is as each peer, or as its last way; also round by round, whose ways meet the same machine.
      const measured = ways.filter(({ failed }) => !failed);
      const others = measured.filter(({ way }) => !way.label.startsWith('lab'));
      const peers = others.length > 0 ? others : measured.slice(-1);
      for (const { way, rounds } of measured.filter((entry) => !peers.includes(entry)))
        for (const peer of peers) {
          const ratios = peer.rounds.map((milliseconds, round) => milliseconds / (rounds[round] ?? NaN));
          console.log(
            `  ${way.label} is ${precise(median(peer.rounds) / median(rounds))} x ${peer.way.label} ` +
              `[${precise(Math.min(...ratios))}..${precise(Math.max(...ratios))}]`,
          );
        }
    }
  }
}
/** The lab's own kernels among the ways: what can tell its parts and grow. */
const ownWays = () =>
  options.ways.flatMap((name) => {
    if (name === 'wasm' || name === 'wasm-fastest')
      return options.threads.map((threads) => ({
        label: `${name}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
        implementation: wasmWay(name, threads),
      }));
    const implementation = WEBGPU_WAYS[name];
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
    for (const { label, implementation } of ownWays()) {
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

if (options.ways.includes('webgpu')) {
  const { adapter, limit } = await askPage({ type: 'limit', implementation: { engine: 'webgpu' } });
  if (limit == null) throw new Error('The speed of a matrix product could not be measured.');
  console.log(`\nA plain f32 matrix product on ${adapter}: ${(limit / 1e9).toFixed(1)} G multiply-adds/s`);
  results.push({ adapter, matrixProduct: limit });
}

/** What grows, one at a time. */
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
  for (const { label, implementation } of ownWays()) {
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
