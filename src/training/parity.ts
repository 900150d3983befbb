/**
 * Runs a case of the numerical reference (PyTorch, float64) through the trainer and says how far off it is. A case is
 * a configuration and a safetensors file with initial values, batches and everything the reference got from them.
 */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { DEFAULT_EXPERIMENT, type Experiment } from '../experiment/settings';
import { planNetwork } from '../network/plan-network';
import type { NamedTensors } from './pass';
import { readSafetensors, type NamedArray } from './safetensors';
import { Trainer } from './trainer';

export const MEASURES = ['logits', 'gradients', 'parameters', 'runningStatistics', 'evalLogits'] as const;

export interface CaseReport {
  status: 'compared' | 'not built';
  /** Why it is not built. */
  reason?: string;
  /** Largest relative error of each kind and the tensor in which it was found. */
  errors: Record<(typeof MEASURES)[number], { error: number; where: string }>;
}

const transform = z.enum(['none', 'scale', 'bn']);
const repvggCase = z.object({
  network: z.object({
    family: z.literal('repvgg'),
    depths: z.array(z.number()),
    widths: z.array(z.number()),
    strides: z.array(z.number()),
    classes: z.number(),
  }),
  block: z.object({
    branches: z.object({
      conv3x3: transform.optional(),
      conv1x1: transform.optional(),
      identity: transform.optional(),
      scaleInit: z.enum(['one', 'repopt']).optional(),
    }),
    norm: z.enum(['post', 'none']),
    factor: z.number(),
    factorAt: z.enum(['output', 'sum']),
  }),
  size: z.number(),
  optim: z.object({
    lr: z.number(),
    momentum: z.number(),
    nesterov: z.boolean().optional(),
    weightDecay: z.number(),
    decayScales: z.enum(['none', 'identity', 'all']).optional(),
    biasLr: z.number().optional(),
    scaleLr: z.number().optional(),
    labelSmoothing: z.number().optional(),
  }),
});

/** Gradients smaller than this share of the case's largest are compared on its scale: some are exactly zero, and their float32 value is noise. */
const GRADIENT_FLOOR = 1e-3;

/** Compares one case on the current backend. `config` is its config.json, `file` its tensors.safetensors. Throws where they are malformed. */
export async function compareCase(config: unknown, file: ArrayBuffer): Promise<CaseReport> {
  const errors = Object.fromEntries(
    MEASURES.map((measure) => [measure, { error: 0, where: '' }]),
  ) as CaseReport['errors'];
  const family = (config as { network?: { family?: unknown } }).network?.family;
  if (family !== 'repvgg')
    return { status: 'not built', reason: `the family ${String(family)} is not built yet`, errors };
  const { network, block, optim, size } = repvggCase.parse(config);
  const experiment: Experiment = {
    ...DEFAULT_EXPERIMENT,
    ...network,
    family: 'repvgg',
    conv3x3: block.branches.conv3x3 ?? 'off',
    conv1x1: block.branches.conv1x1 ?? 'off',
    identity: block.branches.identity ?? 'off',
    scaleInit: block.branches.scaleInit ?? 'one',
    norm: block.norm,
    factor: block.factor,
    factorAt: block.factorAt,
    momentum: optim.momentum,
    nesterov: optim.nesterov ?? false,
    wd: optim.weightDecay,
    decayScales: optim.decayScales ?? 'all',
    biasLr: optim.biasLr ?? 1,
    scaleLr: optim.scaleLr ?? 1,
    smoothing: optim.labelSmoothing ?? 0,
  };
  const tensors = readSafetensors(file);
  const golden = (name: string): NamedArray => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`The case has no tensor ${name}.`);
    return tensor;
  };
  const plan = planNetwork(experiment, network.classes, size);
  const trainer = new Trainer(plan, experiment, startingValues(tensors));

  const note = (measure: (typeof MEASURES)[number], where: string, error: number) => {
    if (!(error <= errors[measure].error)) errors[measure] = { error, where };
  };
  const [steps, batch] = golden('x').shape as [number, number];
  const largestGradient = Math.max(
    ...plan.parameters.map(({ name }) => largest(golden(`grad.${name}`).data)),
  );
  const images = (t: number) =>
    tf.tidy(() =>
      tf.transpose(tf.tensor4d(part(golden('x'), t, steps), [batch, 3, size, size]), [0, 2, 3, 1]),
    );

  for (let t = 0; t < steps; t++) {
    const x = images(t);
    const kept: [string, tf.Tensor][] = [];
    const keepFirst = (gradients: NamedTensors) =>
      gradients.forEach((gradient, name) => kept.push([name, gradient.clone()]));
    const result = trainer.step(x, part(golden('y'), t, steps), optim.lr, t === 0 ? keepFirst : undefined);
    if (t === 0) {
      note('logits', 'logits', relativeError(await result.logits.data<'float32'>(), golden('logits').data));
      for (const [name, gradient] of kept) {
        const expected = golden(`grad.${name}`).data;
        note(
          'gradients',
          name,
          relativeError(await inTorchLayout(gradient), expected, GRADIENT_FLOOR * largestGradient),
        );
      }
    }
    result.release();
    tf.dispose([x, ...kept.map(([, gradient]) => gradient)]);
  }
  const parameters = new Set(plan.parameters.map(({ name }) => name));
  for (const [name, tensor] of trainer.state) {
    const measure = parameters.has(name) ? 'parameters' : 'runningStatistics';
    note(measure, name, relativeError(await inTorchLayout(tensor), golden(`final.${name}`).data));
  }
  const x = images(0);
  const logits = trainer.evaluate(x);
  note(
    'evalLogits',
    'eval.logits',
    relativeError(await logits.data<'float32'>(), golden('eval.logits').data),
  );
  tf.dispose([x, logits]);
  trainer.dispose();
  return { status: 'compared', errors };
}

/** The case's initial values in our layout. */
function startingValues(tensors: ReadonlyMap<string, NamedArray>): Map<string, Float32Array> {
  const values = new Map<string, Float32Array>();
  for (const [name, { shape, data }] of tensors) {
    if (!name.startsWith('init.')) continue;
    values.set(name.slice('init.'.length), inOurLayout(shape, data as Float32Array));
  }
  return values;
}

/** PyTorch's [out, in, kh, kw] as our [kh, kw, in, out], and [out, in] as [in, out]; anything else as it is. */
function inOurLayout(shape: readonly number[], data: Float32Array): Float32Array {
  if (shape.length < 2) return data;
  const [out, cin, kh, kw] = [shape[0]!, shape[1]!, shape[2] ?? 1, shape[3] ?? 1];
  const turned = new Float32Array(data.length);
  for (let o = 0; o < out; o++) {
    for (let i = 0; i < cin; i++) {
      for (let tap = 0; tap < kh * kw; tap++)
        turned[(tap * cin + i) * out + o] = data[(o * cin + i) * kh * kw + tap]!;
    }
  }
  return turned;
}

/** Kernels [out, in, kh, kw] and the head's weight [out, in], as PyTorch lays them out. */
async function inTorchLayout(tensor: tf.Tensor): Promise<Float32Array> {
  const turned = tf.tidy(() =>
    tensor.rank === 4
      ? tf.transpose(tensor, [3, 2, 0, 1])
      : tensor.rank === 2
        ? tf.transpose(tensor)
        : tensor.clone(),
  );
  const data = await turned.data<'float32'>();
  turned.dispose();
  return data;
}

/** Part `index` of `parts` equal parts of a tensor's values. */
function part({ data }: NamedArray, index: number, parts: number): Float32Array {
  const length = data.length / parts;
  return data.subarray(index * length, (index + 1) * length) as Float32Array;
}

const largest = (values: ArrayLike<number>) => {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
};

/** Largest |a − b| over the largest |b|, or over `floor` where that is more. NaN where a value is. */
function relativeError(a: ArrayLike<number>, b: ArrayLike<number>, floor = Number.MIN_VALUE): number {
  if (a.length !== b.length) throw new Error(`Expected ${b.length} values, got ${a.length}.`);
  let error = 0;
  for (let i = 0; i < b.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= error)) error = difference;
  }
  return error / Math.max(largest(b), floor);
}
