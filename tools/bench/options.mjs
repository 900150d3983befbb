/** The options of `npm run bench`: read, checked, and explained if they are wrong. */
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { messageOf, refuse as refuseWith } from '../command-line.mjs';

/** @type {readonly import('../../src/training/checks/bench').BenchNetwork[]} */
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
const IMPLEMENTATIONS = /** @type {const} */ ([
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
]);
/** @typedef {typeof IMPLEMENTATIONS[number]} ImplementationName */

const USAGE =
  'Usage: npm run bench [-- [--only NETWORK,…] [--implementations wasm,…] [--threads 1,2]\n' +
  '                         [--batch 32] [--rounds 4] [--steps 12] [--parts] [--growth] [--pytorch PYTHON] [--avx2]\n' +
  '                         [--json FILE]]\n' +
  `Networks: ${NETWORKS.join(', ')}\nImplementations: ${IMPLEMENTATIONS.join(', ')}\n` +
  '--parts    also the time of each part of a step, on the lab’s kernels\n' +
  '--growth   also how the time grows with batch, width, depth and image size, on the lab’s kernels\n' +
  '--pytorch  a Python that has torch: PyTorch is then measured in the same rounds\n' +
  '--avx2     PyTorch a second time, limited to AVX2, which is what most laptops have';

/** @type {(problem: string) => never} */
const refuse = (problem) => refuseWith(problem, USAGE);

/**
 * The names in a comma-separated list.
 * @template {string} T
 * @param {string} list
 * @param {readonly T[]} known
 * @param {string} kind what the names stand for, for the message about an unknown one
 * @returns {T[]}
 */
const namesIn = (list, known, kind) =>
  list
    .split(',')
    .map((name) => known.find((one) => one === name) ?? refuse(`There is no ${kind} "${name}".`));

/** The positive whole numbers in a comma-separated list. */
function numbersIn(/** @type {string} */ list, /** @type {string} */ option) {
  const numbers = list.split(',').map(Number);
  if (numbers.some((value) => !Number.isInteger(value) || value < 1))
    refuse(`--${option} takes whole numbers above 0, not "${list}".`);
  return numbers;
}

export function readOptions() {
  const options = /** @type {const} */ ({
    only: { type: 'string', default: 'resnet-20,repvgg-11,simplified-11,plain-11' },
    implementations: { type: 'string', default: 'wasm,wasm-fastest' },
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
    if (values.pytorch !== undefined && !existsSync(values.pytorch))
      refuse(`There is no file ${values.pytorch}.`);
    return {
      networks: namesIn(values.only, NETWORKS, 'network'),
      implementations: namesIn(values.implementations, IMPLEMENTATIONS, 'implementation'),
      threads: numbersIn(values.threads, 'threads'),
      batches: numbersIn(values.batch, 'batch'),
      rounds: numbersIn(values.rounds, 'rounds')[0] ?? 4,
      steps: numbersIn(values.steps, 'steps')[0] ?? 12,
      pytorch: values.pytorch,
      avx2: values.avx2,
      parts: values.parts,
      growth: values.growth,
      json: values.json,
    };
  } catch (error) {
    return refuse(messageOf(error));
  }
}
