/**
 * The only contract between the page and the training worker. The page sends requests, the worker sends reports;
 * typed arrays are transferred, not copied.
 */
import type { DataSource, DatasetId } from '../data/dataset';
import type { Experiment } from '../experiment/settings';
import type { Answers } from '../instruments/answers';
import type { InstrumentColumn, Measurement } from '../instruments/measurement';
import type { Scalar } from '../instruments/scalars';
import type { Curve } from '../network/curves';
import type { NetworkPlan } from '../network/plan';
import type { Checkpoint, StartingPoint } from './checkpoint';

export type BackendName = 'webgpu' | 'wasm' | 'webgl' | 'cpu';

export type Request =
  /** Get a data set ready, and the trainer awake, before somebody presses Start. */
  | { type: 'prepare'; source: DataSource }
  /**
   * Builds the experiments and trains them side by side, a step each in turns; with `paused` they wait before the first
   * step. Ends runs that are going on.
   */
  | { type: 'start'; runs: StartedRun[]; paused: boolean }
  /** This and the next four go to every run of the last start that has not ended. */
  | { type: 'pause' }
  | { type: 'resume' }
  /** One step, then pause. */
  | { type: 'step' }
  /** Slow motion: every run makes so many steps a second at most, also those that start later; null for full speed. What is computed stays the same. */
  | { type: 'pace'; stepsPerSecond: number | null }
  /** Ends the runs; what is recorded stays. */
  | { type: 'stop' }
  /** Every run that is going on reports a checkpoint as soon as its present step is done. */
  | { type: 'checkpoint' }
  /** Fuses the network as it is now (the run may be going on, paused or ended) and compares both forms. */
  | { type: 'fuse'; runId: string }
  /** Sends the weights as they are now, in one of the two forms. */
  | { type: 'weights'; runId: string; form: NetworkForm }
  /** Tests the network as it is now on every test image and sends what it answered. */
  | { type: 'answers'; runId: string }
  /** Asks the network as it is now what an image shows: IMAGE_BYTES bytes, as in a data set. */
  | { type: 'recognise'; runId: string; pixels: Uint8Array }
  /** RMS by depth of an untrained network on noise; answered by `probed`, between two steps where a run is going on. */
  | { type: 'probe'; probeId: string; experiment: Experiment };

export interface StartedRun {
  runId: string;
  experiment: Experiment;
  source: DataSource;
  /** Where it begins if not at step 0. */
  from?: StartingPoint;
}

export type NetworkForm = 'trained' | 'fused';

/** What computes, and why it was chosen. */
export interface Environment {
  backend: BackendName;
  /** The adapter, or the instruction set and number of threads, for people: "SwiftShader (software)", "SIMD, 2 threads". */
  adapter: string;
  /** Why this backend and not one before it in the order, in a sentence. */
  reason: string;
}

/** The data set as trained on. */
export interface DatasetSummary {
  id: DatasetId;
  label: string;
  digest: string;
  /** Images there are. */
  train: number;
  test: number;
  /** Images used by the experiment. */
  trainUsed: number;
  testUsed: number;
}

/**
 * Recorded values of consecutive steps, `count` of every scalar. Step t is measured before its update, so step 0 shows the
 * initial values.
 */
export interface SeriesChunk extends Record<Scalar, Float32Array> {
  firstStep: number;
  count: number;
  /** [count][curves][statistics], in the order of the curves and of STATISTICS. */
  curves: Float32Array;
}

/** Test images in eval mode (running statistics), after `step` updates. */
export interface Evaluation {
  step: number;
  images: number;
  loss: number;
  /** Shares, 0 … 1. */
  top1: number;
  top5: number;
}

/** Both forms of a network side by side, on the same test images, in evaluation mode. */
export interface FuseReport {
  /** Updates made when it was fused. */
  step: number;
  images: number;
  /** Largest |difference| of a logit between the two forms, and the largest |logit| of the trained form. */
  largestDifference: number;
  largestLogit: number;
  trained: FormReport;
  fused: FormReport;
}

export interface FormReport {
  /** Share of the test images, 0 … 1. */
  top1: number;
  parameters: number;
  /** Multiply-adds of one image's forward pass. */
  macs: number;
  imagesPerSecond: number;
}

/** What a network answered on the run's test images, after `step` updates. */
export interface AnswersReport {
  step: number;
  answers: Answers;
  fineNames: readonly string[];
  coarseNames: readonly string[];
  /** The superclass of each class. */
  coarseOf: Uint8Array;
  /** Places of the surest mistakes among the answers, and the bytes of their images. */
  mistakes: Uint32Array;
  pixels: Uint8Array;
}

/** The classes that one image looks like to a network, the likeliest first, after `step` updates. */
export interface RecognitionReport {
  step: number;
  names: string[];
  probabilities: Float32Array;
}

/** A tensor in PyTorch's layout under the reference's name. */
export interface WeightTensor {
  name: string;
  shape: number[];
  data: Float32Array;
}

/** RMS of every layer's output before the first step. */
export interface ProbeReport {
  rms: number[];
  /** Standard deviation over all logits. */
  logitStd: number;
  /** Images of noise that went through. */
  images: number;
  milliseconds: number;
}

export interface RunEnd {
  how: 'finished' | 'stopped' | 'diverged' | 'failed';
  /** Updates made. */
  step: number;
  /** For people; says what to do where something went wrong. In English, as all reasons here: see ./reasons. */
  reason: string;
  /** SHA-256 of the weights, see ./formats/digest; null where there is no network. */
  digest: string | null;
}

export type Report =
  | { type: 'environment'; runId: string; environment: Environment }
  /** A part of the set-up is under way, for the status line. */
  | { type: 'preparing'; runId: string; what: string }
  | {
      type: 'ready';
      runId: string;
      plan: NetworkPlan;
      curves: Curve[];
      columns: InstrumentColumn[];
      dataset: DatasetSummary;
      totalSteps: number;
      stepsPerEpoch: number;
      batch: number;
      /** The first step of this run's own; above 0 where it begins from a checkpoint. */
      firstStep: number;
      /** Tensors that the checkpoint did not have: these begin at their initial values. */
      fresh: string[];
    }
  | { type: 'state'; runId: string; state: 'running' | 'paused' }
  | {
      type: 'progress';
      runId: string;
      chunk: SeriesChunk;
      measurements: Measurement[];
      imagesPerSecond: number;
    }
  | { type: 'evaluation'; runId: string; evaluation: Evaluation }
  /** Comes after the progress up to its step: at the start, every so many steps, before a pause, on demand, at the end. */
  | { type: 'checkpoint'; runId: string; checkpoint: Checkpoint }
  | { type: 'ended'; runId: string; end: RunEnd }
  /** Answers `fuse`; `reason` says why it cannot be done. */
  | { type: 'fused'; runId: string; report: FuseReport | null; reason: string }
  /** Answers `weights`, after `step` updates; `tensors` is null where `reason` says why there are none. */
  | {
      type: 'weights';
      runId: string;
      form: NetworkForm;
      step: number;
      tensors: WeightTensor[] | null;
      reason: string;
    }
  /** Answers `answers`; `reason` says why there are none. */
  | { type: 'answered'; runId: string; report: AnswersReport | null; reason: string }
  /** Answers `recognise`; `reason` says why it cannot be done. */
  | { type: 'recognised'; runId: string; report: RecognitionReport | null; reason: string }
  /** Answers `probe`. */
  | { type: 'probed'; probeId: string; report: ProbeReport | null; reason: string };

/** Omit that keeps a union a union. */
export type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
