/**
 * npm run bench: times training steps of the lab side by side with TensorFlow.js' own kernels and, where asked for, with
 * PyTorch, taking turns, so that a busy machine slows all of them alike. Prints medians, their spread, and with WebGPU the
 * rate of a plain matrix product on its adapter, which bounds what a step can reach.
 */
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { ensureKernels } from './kernels.mjs';
import { ensureDependencies, ROOT } from './setup.mjs';

const NETWORKS = [
  'resnet-20',
  'resnet-110',
  'wrn-16-2',
  'repvgg-11',
  'simplified-11',
  'plain-11',
  'repvgg-9-m16',
  'simplified-9-m16',
];
const WAYS = [
  'wasm',
  'wasm-fastest',
  'webgpu',
  'webgpu-tiled',
  'webgpu-direct',
  'webgpu-winograd',
  'webgpu-half',
  'tfjs-webgpu',
  'tfjs-webgl',
  'tfjs-wasm',
  'tfjs-cpu',
  'stock-webgpu',
  'stock-webgl',
  'stock-wasm',
  'stock-cpu',
];
const USAGE =
  'Usage: npm run bench [-- [--only NETWORK,…] [--ways wasm,…] [--threads 1,2] [--batch 32]\n' +
  '                         [--rounds 4] [--steps 12] [--parts] [--growth] [--pytorch PYTHON] [--avx2]\n' +
  '                         [--json FILE]]\n' +
  `Networks: ${NETWORKS.join(', ')}\nWays: ${WAYS.join(', ')}\n` +
  '--parts    also where the time of a step goes, on the lab’s kernels\n' +
  '--growth   also how the time grows with batch, width, depth and image size, on the lab’s kernels\n' +
  '--pytorch  a Python that has torch; PyTorch then takes its turns in the same run\n' +
  '--avx2     PyTorch a second time, held to AVX2, which is what most laptops have';

/** Ends the process with what is wrong and how the command is used. @returns {never} */
function refuse(/** @type {string} */ problem) {
  console.error(`${problem}\n${USAGE}`);
  process.exit(2);
}

function readOptions() {
  const options = /** @type {const} */ ({
    only: { type: 'string', default: 'resnet-20,repvgg-11,simplified-11,plain-11' },
    ways: { type: 'string', default: 'wasm,wasm-fastest' },
    threads: { type: 'string', default: [...new Set([1, cpus().length])].join(',') },
    batch: { type: 'string', default: '32' },
    rounds: { type: 'string', default: '4' },
    steps: { type: 'string', default: '12' },
    pytorch: { type: 'string' },
    avx2: { type: 'boolean', default: false },
    parts: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
    json: { type: 'string' },
  });
  try {
    const { values } = parseArgs({ options });
    const numbers = (/** @type {'threads' | 'batch' | 'rounds' | 'steps'} */ name) => {
      const list = values[name].split(',').map(Number);
      if (list.some((value) => !Number.isInteger(value) || value < 1))
        refuse(`--${name} takes whole numbers above 0, not "${values[name]}".`);
      return list;
    };
    const networks = values.only.split(',');
    const unknown = networks.find((name) => !NETWORKS.includes(name));
    if (unknown !== undefined) refuse(`There is no network "${unknown}".`);
    const ways = values.ways.split(',');
    const strange = ways.find((name) => !WAYS.includes(name));
    if (strange !== undefined) refuse(`There is no way "${strange}".`);
    if (values.pytorch !== undefined && !existsSync(values.pytorch))
      refuse(`There is no file ${values.pytorch}.`);
    return {
      networks,
      ways,
      threads: numbers('threads'),
      batches: numbers('batch'),
      rounds: numbers('rounds')[0] ?? 4,
      steps: numbers('steps')[0] ?? 12,
      pytorch: values.pytorch,
      avx2: values.avx2,
      parts: values.parts,
      growth: values.growth,
      json: values.json,
    };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const options = readOptions();
ensureDependencies();
ensureKernels();

/** Vite's dev server over the repository, isolated as the lab is. */
async function startServer() {
  const { createServer } = await import('vite');
  const server = await createServer({
    root: ROOT,
    logLevel: 'error',
    cacheDir: join(ROOT, 'node_modules', '.vite-bench'),
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
    optimizeDeps: { entries: ['tools/bench/index.html', 'src/training/checks/bench-worker.ts'] },
  });
  await server.listen();
  const address = server.httpServer?.address();
  if (!address || typeof address === 'string') throw new Error('The server has no port.');
  return { url: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}

/** A PyTorch process that answers one request at a time. */
async function startPytorch(/** @type {string} */ python, /** @type {NodeJS.ProcessEnv} */ env) {
  const child = spawn(python, [join(ROOT, 'tools', 'bench', 'pytorch.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('PyTorch stopped; the lines above say why.');
    return JSON.parse(value);
  };
  return {
    label: /** @type {string} */ (await read()),
    steps: (/** @type {object} */ request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return /** @type {Promise<number[]>} */ (read());
    },
    close: () => child.stdin.end(),
  };
}

const median = (/** @type {number[]} */ values) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

/** A ratio to three figures. */
const precise = (/** @type {number} */ ratio) => ratio.toFixed(ratio < 10 ? 2 : ratio < 100 ? 1 : 0);

/** A way takes fewer steps where a round of them would last longer than this, but always one. */
const ROUND_MILLISECONDS = 5000;
const WARM_UP_STEPS = 4;

/** @typedef {{ label: string; threads: number; steps: (network: string, batch: number, steps: number) => Promise<number[]> }} Way */

const { chromium } = await import('@playwright/test');
const { BROWSER_FLAGS, ensureBrowser } = await import('./browser.mjs');
const server = await startServer();
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

/** What the page's worker answers. */
async function askPage(/** @type {any} */ request) {
  const reply = await page.evaluate((asked) => window.bench.ask(asked), request);
  if ('failed' in reply) throw new Error(reply.failed);
  return reply;
}

/** Multiply-adds of a forward pass on one image, by network. @type {Map<string, number>} */
const macsOf = new Map();

const inPage =
  (/** @type {any} */ way) =>
  async (/** @type {string} */ network, /** @type {number} */ batch, /** @type {number} */ steps) => {
    const { times, macs } = await askPage({ type: 'steps', way, network, batch, steps });
    macsOf.set(network, macs);
    return times;
  };

/** Multiply-adds a second in units of 10⁹: a step has three times those of a forward pass. */
const rateOf = (
  /** @type {number} */ macs,
  /** @type {number} */ batch,
  /** @type {number} */ milliseconds,
) => (3 * macs * batch) / milliseconds / 1e6;

/** The lab's WebGPU kernels as measured fastest, in half precision, or convolving in one way. */
function webgpuWay(/** @type {string} */ name) {
  const [, kind] = name.split('-');
  return {
    engine: 'webgpu',
    ...(kind === 'half' ? { precision: kind } : kind && { convolutions: kind }),
  };
}

/** @returns {Way} */
function wayOf(/** @type {string} */ name, /** @type {number} */ threads) {
  switch (name) {
    case 'wasm':
      return {
        label: 'lab, wasm',
        threads,
        steps: inPage({ engine: 'wasm', threads, arithmetic: 'reproducible' }),
      };
    case 'wasm-fastest':
      return {
        label: 'lab, wasm, fastest',
        threads,
        steps: inPage({ engine: 'wasm', threads, arithmetic: 'fastest' }),
      };
    case 'webgpu':
    case 'webgpu-half':
    case 'webgpu-tiled':
    case 'webgpu-direct':
    case 'webgpu-winograd':
      return { label: `lab, ${name.replace('-', ', ')}`, threads: 0, steps: inPage(webgpuWay(name)) };
    default: {
      const [engine, backend] = name.split('-');
      const kind = engine === 'stock' ? 'stock' : 'the lab’s formulas';
      return {
        label: `TensorFlow.js, ${backend}, ${kind}`,
        threads: 0,
        steps: inPage({ engine, backend }),
      };
    }
  }
}

/** Every way to compute, for one number of threads. @returns {Way[]} */
const waysOf = (/** @type {number} */ threads) => [
  ...options.ways.flatMap((name) =>
    name.startsWith('wasm') || threads === options.threads[0] ? [wayOf(name, threads)] : [],
  ),
  ...pytorch.map(({ label, steps }) => ({
    label,
    threads,
    steps: (/** @type {string} */ network, /** @type {number} */ batch, /** @type {number} */ count) =>
      steps({ network, batch, threads, steps: count }),
  })),
];

/** Steps that do not count, fewer where they are slow. Returns how long the last took. */
async function warmUp(/** @type {Way} */ way, /** @type {string} */ network, /** @type {number} */ batch) {
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
            entry.failed = error instanceof Error ? error.message : String(error);
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
    if (name.startsWith('wasm'))
      return options.threads.map((threads) => ({
        label: `${name}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
        way: { engine: 'wasm', threads, arithmetic: name === 'wasm' ? 'reproducible' : 'fastest' },
      }));
    if (!name.startsWith('webgpu')) return [];
    return [{ label: name, way: webgpuWay(name) }];
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
    for (const { label, way } of ownWays()) {
      await askPage({ type: 'steps', way, network, batch, steps: 3 });
      const profiles = [];
      for (let i = 0; i < options.steps; i++)
        profiles.push((await askPage({ type: 'profile', way, network, batch })).profile);
      // Kernels are timed where the adapter has a clock.
      const parts = Object.fromEntries(
        PARTS.map((part) => [part, profiles[0][part] === null ? null : median(profiles.map((p) => p[part]))]),
      );
      const cells = PARTS.map((part) => (parts[part]?.toFixed(2) ?? '–').padStart(10));
      console.log(`  ${`${network}, ${label}`.padEnd(40)}${cells.join('')}`);
      results.push({ network, batch, way: label, parts });
    }
    await askPage({ type: 'forget' });
  }
}

if (options.ways.includes('webgpu')) {
  const { adapter, limit } = await askPage({ type: 'limit', way: { engine: 'webgpu' } });
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
  const network = 'repvgg-11';
  console.log(
    `\nHow a step of ${network} grows (batch 32, widths 8,16,32, depths 3,4,4, side 32, one of them changed)`,
  );
  for (const { label, way } of ownWays()) {
    console.log(`  ${label.padEnd(24)}         ms   G multiply-adds/s`);
    for (const { what, value, batch, growth } of GROWTHS) {
      const asked = { way, network, batch, growth: { width: 1, depth: 1, side: 32, ...growth } };
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
