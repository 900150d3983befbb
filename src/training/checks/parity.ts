/**
 * Runs a case of the numerical reference (PyTorch, float64) through the trainer and measures the errors. A case is a
 * configuration, and a safetensors file with initial values, batches and the reference's results.
 */
import type { Experiment } from '../../experiment/settings';
import { messageInEnglish } from '../../language/message';
import { fuseNetwork, whyNotFusable } from '../../network/fuse';
import { planNetwork } from '../../network/plan-network';
import { readCase } from './reference-case';
import { readSafetensors, type NamedArray } from '../formats/safetensors';
import { shapesOf, type Engine, type Values } from '../trainer';
import { fromTorchLayout, toTorchLayout } from '../formats/torch-layout';

export const MEASURES = [
  'logits',
  'gradients',
  'wholeGradient',
  'parameters',
  'runningStatistics',
  'evalLogits',
  'fusedLogits',
] as const;
type Measure = (typeof MEASURES)[number];

/** A record with the same value for every measure. */
const forEveryMeasure = <T>(value: T) =>
  Object.fromEntries(MEASURES.map((measure) => [measure, value])) as Record<Measure, T>;

/**
 * Largest allowed error of each measure. In half precision, rounding may move an output from just above zero to just below,
 * where the ReLU drops it: with a few images of 8x8 pixels that changes a large part of some small gradients. PyTorch's
 * half precision has errors of the same size (docs/benchmarks.md).
 */
export const ALLOWED: Record<Experiment['precision'], Record<Measure, number>> = {
  single: forEveryMeasure(1e-4),
  half: {
    logits: 5e-3,
    gradients: 0.5,
    wholeGradient: 0.1,
    parameters: 0.15,
    runningStatistics: 0.05,
    evalLogits: 0.05,
    fusedLogits: 0.05,
  },
};

export interface CaseReport {
  /** Largest relative error of each measure, and its tensor; for wholeGradient ‖∇ − ∇*‖₂/‖∇*‖₂ over all tensors together. */
  errors: Record<Measure, { error: number; where: string }>;
  /** Why there are no fused logits to compare; null if there are. */
  notFused: string | null;
}

/**
 * Errors of a gradient tensor are relative to its largest value, but at least to this share of the case's largest gradient:
 * some gradients are exactly zero, and their float32 value is noise. A tolerance of 1e-4 then is four float32 epsilons of
 * the largest gradient.
 */
const GRADIENT_FLOOR = 5e-3;

/** Compares one case on an engine. `config` is its config.json, `file` its tensors.safetensors. Throws where they are malformed. */
export async function compareCase(engine: Engine, config: unknown, file: ArrayBuffer): Promise<CaseReport> {
  const errors: CaseReport['errors'] = forEveryMeasure({ error: 0, where: '' });
  const { experiment, classes, size } = readCase(config);
  const { tensors } = readSafetensors(file);
  const golden = (name: string): NamedArray => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`The case has no tensor ${name}.`);
    return tensor;
  };
  const plan = planNetwork(experiment, classes, size);
  const note = (measure: Measure, where: string, error: number) => {
    if (!(error <= errors[measure].error)) errors[measure] = { error, where };
  };
  const [steps, batch] = golden('x').shape as [number, number];
  const shape = { batch, side: size };
  const trainer = engine.trainer(plan, shape, experiment, startingValues(tensors));
  const largestGradient = Math.max(
    ...plan.parameters.map(({ name }) => largest(golden(`grad.${name}`).data)),
  );
  const shapes = new Map(shapesOf(plan));
  const torch = (name: string, values: Float32Array) => toTorchLayout(shapes.get(name)!, values).data;
  const images = (t: number) => channelsLast(part(golden('x'), t, steps), batch, size);
  const observe = { gradients: true, statistics: false, squares: false, after: false };

  for (let t = 0; t < steps; t++) {
    const labels = part(golden('y'), t, steps);
    const step = trainer.step(images(t), labels, experiment.lr, [], t === 0 ? observe : undefined);
    const { logits } = await step.numbers;
    if (t === 0) {
      note('logits', 'logits', relativeError(logits, golden('logits').data));
      let [distance, length] = [0, 0];
      for (const [name, values] of (await step.observed)!.gradients) {
        const [gradient, expected] = [torch(name, values), golden(`grad.${name}`).data];
        note('gradients', name, relativeError(gradient, expected, GRADIENT_FLOOR * largestGradient));
        distance += squared(gradient.map((value, i) => value - expected[i]!));
        length += squared(expected);
      }
      note('wholeGradient', 'gradient', Math.sqrt(distance / length));
    }
    step.release();
  }
  const parameters = new Set(plan.parameters.map(({ name }) => name));
  const values = await trainer.values();
  for (const [name, value] of values) {
    const measure = parameters.has(name) ? 'parameters' : 'runningStatistics';
    note(measure, name, relativeError(torch(name, value), golden(`final.${name}`).data));
  }
  const logits = await trainer.evaluate(images(0));
  note('evalLogits', 'eval.logits', relativeError(logits, golden('eval.logits').data));
  const notFused = whyNotFusable(plan);
  if (notFused === null) {
    const fused = fuseNetwork(plan, values);
    const evaluator = engine.evaluator(fused.plan, shape, fused.values);
    const fusedLogits = await evaluator.evaluate(images(0));
    evaluator.dispose();
    note('fusedLogits', 'eval.logits', relativeError(fusedLogits, golden('eval.logits').data));
  }
  trainer.dispose();
  return { errors, notFused: notFused && messageInEnglish(notFused) };
}

/** The case's initial values in the plan's layout. */
function startingValues(tensors: ReadonlyMap<string, NamedArray>): Values {
  const values = new Map<string, Float32Array>();
  for (const [name, { shape, data }] of tensors) {
    if (!name.startsWith('init.')) continue;
    values.set(name.slice('init.'.length), fromTorchLayout(shape, data as Float32Array));
  }
  return values;
}

/** Images [n, 3, size, size] as [n, size, size, 3]. */
function channelsLast(images: Float32Array, n: number, size: number): Float32Array {
  const pixels = size * size;
  const transposed = new Float32Array(images.length);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < 3; c++) {
      for (let p = 0; p < pixels; p++)
        transposed[(i * pixels + p) * 3 + c] = images[(i * 3 + c) * pixels + p]!;
    }
  }
  return transposed;
}

/** Part `index` of `parts` equal parts of a tensor's values. */
function part({ data }: NamedArray, index: number, parts: number): Float32Array {
  const length = data.length / parts;
  return data.subarray(index * length, (index + 1) * length) as Float32Array;
}

function squared(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return sum;
}

const largest = (values: ArrayLike<number>) => {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
};

/** Largest |a − b| divided by the largest |b|, or by `floor` where that is larger. NaN where a value is NaN. */
function relativeError(a: ArrayLike<number>, b: ArrayLike<number>, floor = Number.MIN_VALUE): number {
  if (a.length !== b.length) throw new Error(`Expected ${b.length} values, got ${a.length}.`);
  let error = 0;
  for (let i = 0; i < b.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= error)) error = difference;
  }
  return error / Math.max(largest(b), floor);
}
