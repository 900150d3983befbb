/**
 * The interface of a trainer, whichever backend computes: one step at a time, plain arrays in and out. Implemented on
 * TensorFlow.js (./engines/tfjs/trainer) and on the lab's own kernels (./engines/wasm-trainer, ./engines/webgpu-trainer).
 * Knows nothing of workers, data sets or schedules.
 */
import type { StepProfile } from '../kernels/step-profile';
import type { NetworkPlan, ParameterPlan } from '../network/plan';
import type { Window } from '../data/batch';
import type { OptimiserSettings } from './optimiser';

/** Values by the plan's names, in its layout. */
export type Values = ReadonlyMap<string, Float32Array>;

export type TrainerSettings = OptimiserSettings & { smoothing: number };

/**
 * A batch: packed, normalised images [n, side, side, 3]; or, where the data set is resident in the trainer, windows on it.
 */
export type BatchImages = Float32Array | readonly Window[];

/** A data set that a trainer keeps resident: [count, 3, side, side] bytes in pieces, and each byte's value per channel. */
export interface ResidentPixels {
  pieces: readonly Uint8Array[];
  normalisation: readonly [Float32Array, Float32Array, Float32Array];
}

/** What a step returns besides its loss and logits. */
export interface Observe {
  gradients: boolean;
  /** Mean and variance of the batch, by the names of the running statistics. */
  statistics: boolean;
  /** RMS of every layer's output. */
  squares: boolean;
  /** Parameters after the update. */
  after: boolean;
}

export interface Observed {
  /** Parameters that the step started from. */
  before: Values;
  after: Values;
  /** ∂L/∂parameter, without weight decay. */
  gradients: Values;
  statistics: Values;
  /** RMS of every layer's output, first layer first; empty where it was not asked for. */
  rms: Float32Array;
}

export interface StepNumbers {
  /** Mean cross-entropy of the batch before the update, in nats. */
  loss: number;
  /** [n, classes], before the update. */
  logits: Float32Array;
  /** The parameters asked for, as they were before the update. */
  vectors: Float32Array[];
}

/** A step in flight. Call `release` when it is no longer needed. */
export interface Step {
  numbers: Promise<StepNumbers>;
  observed: Promise<Observed> | null;
  /** RMS of every layer's output in this step. Call it before the next step. */
  outputRms(): Promise<number[]>;
  release(): void;
}

export interface Trainer {
  readonly plan: NetworkPlan;
  /** Keeps a data set in the memory of its device; images may be windows on it from then on. Returns false where it cannot. */
  keepResident?(pixels: ResidentPixels): boolean;
  /** One SGD step on images and their classes. */
  step(
    images: BatchImages,
    classes: ArrayLike<number>,
    lr: number,
    vectors?: readonly string[],
    observe?: Observe,
  ): Step;
  /** Time of each part of a step, for the benchmark. Makes training steps. */
  profile?(images: Float32Array, classes: ArrayLike<number>, lr: number): StepProfile | Promise<StepProfile>;
  /** Logits [n, classes] in evaluation mode (running statistics). */
  evaluate(images: BatchImages): Promise<Float32Array>;
  /** RMS of every layer's output, and the logits [n, classes], for a batch in training mode. Updates nothing. */
  forwardTraining(images: Float32Array): Promise<{ rms: number[]; logits: Float32Array }>;
  /** Parameters and running statistics as they are now. */
  values(): Promise<Map<string, Float32Array>>;
  /** SGD's velocities as they are now, by the parameters' names. */
  velocities(): Promise<Map<string, Float32Array>>;
  /** Sets velocities; parameters that are not among them keep theirs (0 at the start). */
  setVelocities(velocities: Values): void;
  dispose(): void;
}

/** A network that can only be evaluated. */
export interface Evaluator extends Pick<Trainer, 'dispose'> {
  /** As Trainer's, on whole images. */
  evaluate(images: Float32Array): Promise<Float32Array>;
}

/** Makes trainers on one backend. */
export interface Engine {
  /** Call it before using the engine where another engine may have been used meanwhile. */
  use(): Promise<void>;
  /**
   * A trainer of steps of `batch` images [side, side, 3]. Running statistics without a value start at mean 0, variance 1.
   * Throws Error where a parameter has no value.
   */
  trainer(plan: NetworkPlan, batch: BatchShape, settings: TrainerSettings, values: Values): Trainer;
  /** A network for batches of at most `batch` images. Throws as `trainer` does. */
  evaluator(plan: NetworkPlan, batch: BatchShape, values: Values): Evaluator;
  /** Number of steps that may be in flight before the first is read back. */
  stepsInFlight: number;
}

export interface BatchShape {
  batch: number;
  side: number;
}

/** Shapes of parameters and running statistics, by name, in the plan's layout. */
export const shapesOf = ({ parameters, batchNorms }: NetworkPlan): [string, readonly number[]][] => [
  ...parameters.map(({ name, shape }): [string, readonly number[]] => [name, shape]),
  ...batchNorms.flatMap(({ runningMean, runningVar, channels }): [string, readonly number[]][] => [
    [runningMean, [channels]],
    [runningVar, [channels]],
  ]),
];

/** Every parameter and running statistic before the first step. Throws Error where a parameter has no value. */
export function startValues(
  { parameters, batchNorms }: NetworkPlan,
  values: Values,
): Map<string, Float32Array> {
  const start = new Map<string, Float32Array>();
  for (const { name } of parameters) {
    const value = values.get(name);
    if (!value) throw new Error(`There is no initial value for ${name}.`);
    start.set(name, value);
  }
  for (const { runningMean, runningVar, channels } of batchNorms) {
    start.set(runningMean, values.get(runningMean) ?? new Float32Array(channels));
    start.set(runningVar, values.get(runningVar) ?? new Float32Array(channels).fill(1));
  }
  return start;
}

/** GradMult's factors of a 3x3 kernel's gradient, [3, 3, cin, cout]; null for every other parameter. */
export function gradientFactors({ gradientFactor, shape }: ParameterPlan): Float32Array | null {
  if (!gradientFactor) return null;
  const { everywhere, centre, diagonal } = gradientFactor;
  const [, , cin = 0, cout = 0] = shape;
  const values = new Float32Array(9 * cin * cout).fill(everywhere);
  for (let i = 0; i < cin; i++) {
    for (let o = 0; o < cout; o++) values[(4 * cin + i) * cout + o]! += centre + (i === o ? diagonal : 0);
  }
  return values;
}

/** A network that was planned for at most `batch` images at a time. */
export interface PlannedNetwork {
  readonly batch: number;
  /** Number of values of one image. */
  readonly imageLength: number;
  evaluate(images: BatchImages): Float32Array | Promise<Float32Array>;
}

/** Logits [n, classes] of any number of images, in batches of the size that the network was planned for. */
export async function evaluateInBatches(
  network: PlannedNetwork,
  images: BatchImages,
  classes: number,
): Promise<Float32Array> {
  const { imageLength, batch } = network;
  const count = images instanceof Float32Array ? images.length / imageLength : images.length;
  const logits = new Float32Array(count * classes);
  for (let first = 0; first < count; first += batch) {
    const part =
      images instanceof Float32Array
        ? images.subarray(first * imageLength, (first + batch) * imageLength)
        : images.slice(first, first + batch);
    logits.set(await network.evaluate(part), first * classes);
  }
  return logits;
}
