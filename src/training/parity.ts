/**
 * Runs a case of the numerical reference (PyTorch, float64) through the trainer and says how far off it is. A case is
 * a configuration and a safetensors file with initial values, batches and everything the reference got from them.
 */
import * as tf from '@tensorflow/tfjs-core';
import { fuseNetwork, whyNotFusable } from '../network/fuse';
import type { NetworkPlan } from '../network/plan';
import { planNetwork } from '../network/plan-network';
import { forward } from './model';
import { readAll, toTensors } from './readback';
import { readCase } from './reference-case';
import { readSafetensors, type NamedArray } from './safetensors';
import { Trainer } from './trainer';
import { fromTorchLayout, toTorchLayout } from './weights';

export const MEASURES = [
  'logits',
  'gradients',
  'parameters',
  'runningStatistics',
  'evalLogits',
  'fusedLogits',
] as const;
type Measure = (typeof MEASURES)[number];

export interface CaseReport {
  /** Largest relative error of each kind and the tensor in which it was found. */
  errors: Record<Measure, { error: number; where: string }>;
  /** Why there are no fused logits to compare; null where there are. */
  notFused: string | null;
}

/**
 * Gradients smaller than this share of the case's largest are compared on its scale: some are exactly zero, and their
 * float32 value is noise. A tolerance of 1e-4 then is four float32 epsilons of the largest gradient.
 */
const GRADIENT_FLOOR = 5e-3;

/** Compares one case on the current backend. `config` is its config.json, `file` its tensors.safetensors. Throws where they are malformed. */
export async function compareCase(config: unknown, file: ArrayBuffer): Promise<CaseReport> {
  const errors = Object.fromEntries(
    MEASURES.map((measure) => [measure, { error: 0, where: '' }]),
  ) as CaseReport['errors'];
  const { experiment, classes, size } = readCase(config);
  const tensors = readSafetensors(file);
  const golden = (name: string): NamedArray => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`The case has no tensor ${name}.`);
    return tensor;
  };
  const plan = planNetwork(experiment, classes, size);
  const trainer = new Trainer(plan, experiment, startingValues(tensors));

  const note = (measure: Measure, where: string, error: number) => {
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
    const observe = { gradients: t === 0, statistics: false, squares: false };
    const result = trainer.step(x, part(golden('y'), t, steps), experiment.lr, observe);
    if (t === 0) {
      note('logits', 'logits', relativeError(await result.logits.data<'float32'>(), golden('logits').data));
      for (const [name, gradient] of result.observed.gradients) {
        const expected = golden(`grad.${name}`).data;
        note(
          'gradients',
          name,
          relativeError(await inTorchLayout(gradient), expected, GRADIENT_FLOOR * largestGradient),
        );
      }
    }
    result.release();
    x.dispose();
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
  const notFused = whyNotFusable(plan);
  if (notFused === null) {
    const fused = await fusedLogits(plan, await readAll(trainer.state), x);
    note('fusedLogits', 'eval.logits', relativeError(fused, golden('eval.logits').data));
  }
  tf.dispose([x, logits]);
  trainer.dispose();
  return { errors, notFused };
}

/** Logits of the fused network. */
async function fusedLogits(
  plan: NetworkPlan,
  values: ReadonlyMap<string, Float32Array>,
  x: tf.Tensor4D,
): Promise<Float32Array> {
  const fused = fuseNetwork(plan, values);
  const logits = tf.tidy(() => {
    const tensors = toTensors(fused.plan, fused.values);
    return forward(fused.plan, tensors, x, { kind: 'evaluation', running: tensors });
  });
  const data = await logits.data<'float32'>();
  logits.dispose();
  return data;
}

/** The case's initial values in our layout. */
function startingValues(tensors: ReadonlyMap<string, NamedArray>): Map<string, Float32Array> {
  const values = new Map<string, Float32Array>();
  for (const [name, { shape, data }] of tensors) {
    if (!name.startsWith('init.')) continue;
    values.set(name.slice('init.'.length), fromTorchLayout(shape, data as Float32Array));
  }
  return values;
}

/** A tensor's values as PyTorch lays them out. */
const inTorchLayout = async (tensor: tf.Tensor): Promise<Float32Array> =>
  toTorchLayout(tensor.shape, await tensor.data<'float32'>()).data;

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
