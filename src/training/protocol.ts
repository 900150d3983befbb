/**
 * The only contract between the page and the training worker. The page sends requests, the worker sends reports;
 * typed arrays are transferred, not copied.
 */
import type { DataSource, DatasetId } from '../data/dataset';
import type { BackendName } from '../experiment/backends';
import type { Experiment } from '../experiment/settings';
import type { Answers } from '../instruments/answers';
import type { InstrumentColumn, Measurement } from '../instruments/measurement';
import type { Scalar } from '../instruments/scalars';
import type { Message } from '../language/message';
import type { Curve } from '../network/curves';
import type { NetworkPlan } from '../network/plan';
import type { Checkpoint, StartingPoint } from './checkpoint';

/** Requests without an answer of their own. */
export type Command =
  /** Loads a data set before somebody presses Start, so that the start does not wait for it. */
  | { type: 'prepare'; source: DataSource }
  /**
   * Builds the experiments and trains them alternately, one step at a time; with `paused` they wait before their first
   * step. Ends runs that are going on.
   */
  | { type: 'start'; runs: StartedRun[]; paused: boolean }
  /** This and the next four go to every run of the last start that has not ended. */
  | { type: 'pause' }
  | { type: 'resume' }
  /** One step, then pause. */
  | { type: 'step' }
  /**
   * Slow motion: the most steps per second that each run makes, those that start later included; null for full speed.
   * What is computed stays the same.
   */
  | { type: 'pace'; stepsPerSecond: number | null }
  /** Ends the runs; what is recorded stays. */
  | { type: 'stop' }
  /** Every run that is going on reports a checkpoint as soon as its present step is done. */
  | { type: 'checkpoint' };

/**
 * Requests with an answer: what is asked, and the result. The network of a run is taken as it is between two steps, or
 * after the end; a run may be going on, paused or ended.
 */
export interface Queries {
  /** Fuses the network and compares both forms. */
  fuse: { asked: { runId: string }; result: FuseReport };
  /** The weights in one of the two forms. */
  weights: { asked: { runId: string; form: NetworkForm }; result: WeightsReport };
  /** Tests the network on every test image. */
  answers: { asked: { runId: string }; result: AnswersReport };
  /** Classifies one image: IMAGE_BYTES bytes, as in a data set. */
  recognise: { asked: { runId: string; pixels: Uint8Array }; result: RecognitionReport };
  /** RMS by depth of an untrained network on noise. */
  probe: { asked: { experiment: Experiment }; result: ProbeReport };
}

export type QueryType = keyof Queries;

/** A query of one type, or of any. */
export type Query<T extends QueryType = QueryType> = { [K in T]: { type: K } & Queries[K]['asked'] }[T];

export type ResultOf<Q extends Query> = Queries[Q['type']]['result'];

/** The result of a query, or why there is none. */
export type Reply<Result> = { result: Result; reason?: never } | { result: null; reason: Message };

/** What the page sends. A query's reply carries its `requestId`. */
export type Request = Command | (Query & { requestId: number });

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
  adapter: Message;
  /** Why this backend was chosen, and none before it in the order. */
  reason: Message;
}

/** The data set as trained on. */
export interface DatasetSummary {
  id: DatasetId;
  label: Message;
  digest: string;
  /** Number of images in the set. */
  train: number;
  test: number;
  /** Number of images that the experiment uses. */
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

/** Loss and accuracy on the test images in evaluation mode (running statistics), after `step` updates. */
export interface Evaluation {
  step: number;
  images: number;
  loss: number;
  /** Shares, 0 … 1. */
  top1: number;
  top5: number;
}

/** Both forms of a network, compared on the same test images in evaluation mode. */
export interface FuseReport {
  /** Updates made when the network was fused. */
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
  /** Indices into `answers` of the mistakes with the highest probability, and the bytes of their images. */
  mistakes: Uint32Array;
  pixels: Uint8Array;
}

/** A network's most probable classes of one image, in falling order, after `step` updates. */
export interface RecognitionReport {
  step: number;
  names: string[];
  probabilities: Float32Array;
}

/** The weights of one form of a network, after `step` updates. */
export interface WeightsReport {
  step: number;
  tensors: WeightTensor[];
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
  /** Number of noise images in the batch. */
  images: number;
  milliseconds: number;
}

export interface RunEnd {
  how: 'finished' | 'stopped' | 'diverged' | 'failed';
  /** Updates made. */
  step: number;
  /** For people; says what to do where something went wrong. */
  reason: Message;
  /** SHA-256 of the weights, see ./formats/digest; null if there is no network. */
  digest: string | null;
}

/** What a run reports of itself. */
export type RunReport =
  | { type: 'environment'; environment: Environment }
  /** A part of the set-up is in progress, for the status line. */
  | { type: 'preparing'; what: Message }
  | {
      type: 'ready';
      plan: NetworkPlan;
      curves: readonly Curve[];
      columns: readonly InstrumentColumn[];
      dataset: DatasetSummary;
      totalSteps: number;
      stepsPerEpoch: number;
      batch: number;
      /** The first step that this run makes itself; above 0 where it begins from a checkpoint. */
      firstStep: number;
      /** Tensors that the checkpoint did not have: these begin at their initial values. */
      fresh: readonly string[];
    }
  | { type: 'state'; state: 'running' | 'paused' }
  | { type: 'progress'; chunk: SeriesChunk; measurements: Measurement[]; imagesPerSecond: number }
  | { type: 'evaluation'; evaluation: Evaluation }
  /** Comes after the progress up to its step: at the start, periodically, before a pause, on request and at the end. */
  | { type: 'checkpoint'; checkpoint: Checkpoint }
  | { type: 'ended'; end: RunEnd };

/** What the worker sends. Every query is answered by exactly one `reply`, also where its run has failed or is gone. */
export type Report =
  (RunReport & { runId: string }) | { type: 'reply'; requestId: number; reply: Reply<ResultOf<Query>> };
