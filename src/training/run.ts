/**
 * One run: prepares backend, data set and network, then trains step by step, reporting as it goes. Between steps it
 * listens: it can be paused, stepped and stopped at any of them.
 */
import * as tf from '@tensorflow/tfjs-core';
import { epochOrder, fillBatch, type Augmentation } from '../data/batch';
import { builtinDataset } from '../data/builtin';
import {
  balancedSubset,
  IMAGE_BYTES,
  IMAGE_PIXELS,
  IMAGE_SIDE,
  type DataSource,
  type Dataset,
  type ImageSet,
} from '../data/dataset';
import { loadStored } from '../data/store';
import type { Experiment } from '../experiment/settings';
import { curvesOf, type Curve } from '../network/curves';
import { initialValues } from '../network/initial-values';
import type { NetworkPlan } from '../network/plan';
import { planNetwork } from '../network/plan-network';
import { activateBackend } from './backend';
import { buffersOf, ChunkBuilder } from './chunks';
import { meanCrossEntropy, meanRowNorm, standardDeviation, topK } from './metrics';
import type { DistributiveOmit, Evaluation, Report, RunEnd } from './protocol';
import { learningRate, totalSteps } from './schedule';
import { activationRms, Trainer, type StepResult } from './trainer';

/** Time between two reports of progress, in milliseconds. */
const REPORT_INTERVAL = 150;
/** Images in one forward pass of an evaluation. */
const EVALUATION_BATCH = 100;
/** Steps whose numbers may still be on their way back from the GPU; elsewhere they are there at once. */
const STEPS_IN_FLIGHT = 3;
/** The speed shown is that of the last so many milliseconds. */
const SPEED_WINDOW = 3000;

type Send = (report: Report, transfer?: Transferable[]) => void;

/** A step whose numbers are being read back. */
interface Pending {
  step: number;
  lr: number;
  classes: Uint8Array;
  result: StepResult;
  values: Promise<Float32Array>;
}

export class TrainingRun {
  private trainer: Trainer | null = null;
  private plan!: NetworkPlan;
  private curves: Curve[] = [];
  private dataset!: Dataset;
  private trainIndices!: Uint32Array;
  private testIndices!: Uint32Array;
  private batch = 0;
  private stepsPerEpoch = 0;
  private total = 0;
  private step = 0;
  private inFlight = 1;
  private readonly pending: Pending[] = [];
  private chunks!: ChunkBuilder;
  private order: { epoch: number; indices: Uint32Array } | null = null;

  private stopped = false;
  private paused: boolean;
  private stepsAllowed = 0;
  private wake: (() => void) | null = null;

  private lastReport = 0;
  private trainingTime = 0;
  private speedMarks: { time: number; step: number }[] = [{ time: 0, step: 0 }];

  constructor(
    private readonly runId: string,
    private readonly experiment: Experiment,
    private readonly source: DataSource,
    paused: boolean,
    private readonly send: Send,
  ) {
    this.paused = paused;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.wake?.();
  }

  /** Makes one step, then waits. */
  single(): void {
    this.paused = true;
    this.stepsAllowed++;
    this.wake?.();
  }

  stop(): void {
    this.stopped = true;
    this.wake?.();
  }

  /** Runs to its end, whatever that is, and frees everything. Never throws. */
  async run(): Promise<void> {
    let end: RunEnd;
    try {
      if (!this.stopped) await this.prepare();
      end = this.stopped ? this.stoppedEnd() : await this.train();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      end = {
        how: 'failed',
        step: this.step,
        reason: `Training failed: ${reason} What is recorded is kept; try another backend or a smaller network.`,
      };
    }
    this.pending.forEach(({ result, values }) => {
      values.catch(() => undefined);
      result.release();
    });
    this.trainer?.dispose();
    if (this.chunks) this.reportProgress(true);
    this.report({ type: 'ended', end });
  }

  private report(report: DistributiveOmit<Report, 'runId'>, transfer?: Transferable[]): void {
    this.send({ ...report, runId: this.runId } as Report, transfer);
  }

  private async prepare(): Promise<void> {
    const { experiment } = this;
    this.report({ type: 'preparing', what: 'Starting the backend' });
    const environment = await activateBackend(experiment.backend);
    this.report({ type: 'environment', environment });
    this.inFlight = environment.backend === 'webgpu' ? STEPS_IN_FLIGHT : 1;

    this.report({
      type: 'preparing',
      what: this.source.kind === 'builtin' ? 'Drawing the built-in data set' : 'Loading the data set',
    });
    this.dataset = await loadDataset(this.source);
    this.trainIndices = balancedSubset(this.dataset.train, experiment.train);
    this.testIndices = balancedSubset(this.dataset.test, experiment.test);
    this.batch = Math.min(experiment.batch, this.trainIndices.length);
    this.stepsPerEpoch = Math.floor(this.trainIndices.length / this.batch);
    this.total = totalSteps(experiment, this.stepsPerEpoch);

    this.plan = planNetwork(experiment, this.dataset.fineNames.length, IMAGE_SIDE);
    this.curves = curvesOf(this.plan);
    this.chunks = new ChunkBuilder(this.curves.length);
    this.trainer = new Trainer(this.plan, experiment, initialValues(this.plan, experiment.seed));
    const { id, label, digest, train, test } = this.dataset;
    this.report({
      type: 'ready',
      plan: this.plan,
      curves: this.curves,
      dataset: {
        id,
        label,
        digest,
        train: train.count,
        test: test.count,
        trainUsed: this.trainIndices.length,
        testUsed: this.testIndices.length,
      },
      totalSteps: this.total,
      stepsPerEpoch: this.stepsPerEpoch,
      batch: this.batch,
    });
  }

  private async train(): Promise<RunEnd> {
    const { evalEvery } = this.experiment;
    if (!this.paused) this.report({ type: 'state', state: 'running' });
    while (this.step < this.total) {
      if (this.paused && this.stepsAllowed === 0) {
        const diverged = await this.readBack(0);
        if (diverged) return diverged;
        await this.waitWhilePaused();
      }
      if (this.stopped) break;
      if (this.stepsAllowed > 0) this.stepsAllowed--;

      const start = performance.now();
      this.launchStep();
      const diverged = await this.readBack(this.inFlight - 1);
      if (diverged) return diverged;
      this.trainingTime += performance.now() - start;
      this.reportProgress(false);

      if (evalEvery > 0 && this.step % evalEvery === 0 && this.step < this.total) {
        const divergedBefore = await this.readBack(0);
        if (divergedBefore) return divergedBefore;
        await this.evaluate();
      }
      await nextTask();
    }
    const diverged = await this.readBack(0);
    if (diverged) return diverged;
    if (this.stopped) return this.stoppedEnd();
    await this.evaluate();
    return { how: 'finished', step: this.step, reason: `All ${this.total} steps are done.` };
  }

  private stoppedEnd(): RunEnd {
    return { how: 'stopped', step: this.step, reason: `Stopped after ${this.step} steps.` };
  }

  private async waitWhilePaused(): Promise<void> {
    this.reportProgress(true);
    this.report({ type: 'state', state: 'paused' });
    while (this.paused && this.stepsAllowed === 0 && !this.stopped)
      await new Promise<void>((resolve) => (this.wake = resolve));
    this.wake = null;
    this.speedMarks = [{ time: this.trainingTime, step: this.step }];
    if (!this.paused && !this.stopped) this.report({ type: 'state', state: 'running' });
  }

  /** Indices of a step's images among the training images, in the order of its epoch. */
  private batchIndices(step: number): Uint32Array {
    const epoch = Math.floor(step / this.stepsPerEpoch);
    if (this.order?.epoch !== epoch)
      this.order = { epoch, indices: epochOrder(this.experiment.seed, epoch, this.trainIndices.length) };
    const first = (step % this.stepsPerEpoch) * this.batch;
    return this.order.indices
      .subarray(first, first + this.batch)
      .map((position) => this.trainIndices[position]!);
  }

  /** Normalised, augmented images of a step. */
  private batchImages(step: number, indices: Uint32Array): tf.Tensor4D {
    const { crop, flip, seed } = this.experiment;
    return this.imagesOf(this.dataset.train, indices, { crop, flip, seed, step });
  }

  /** Normalised images [n, side, side, 3]. */
  private imagesOf(set: ImageSet, indices: Uint32Array, augment: Augmentation | null): tf.Tensor4D {
    const images = new Float32Array(indices.length * IMAGE_BYTES);
    fillBatch(set, indices, augment, this.dataset.mean, this.dataset.std, images);
    return tf.tensor4d(images, [indices.length, IMAGE_SIDE, IMAGE_SIDE, IMAGE_BYTES / IMAGE_PIXELS]);
  }

  private launchStep(): void {
    const { step } = this;
    const lr = learningRate(this.experiment, step, this.total);
    const indices = this.batchIndices(step);
    const x = this.batchImages(step, indices);
    const classes = Uint8Array.from(indices, (i) => this.dataset.train.fine[i]!);
    const result = this.trainer!.step(x, classes, lr);
    x.dispose();
    // One vector comes back per step: the loss, the logits and every curve's channels.
    const vector = tf.tidy(() =>
      tf.concat1d([
        tf.reshape(result.loss, [1]),
        tf.reshape(result.logits, [-1]),
        ...this.curves.map(({ parameter }) => result.before.get(parameter) as tf.Tensor1D),
      ]),
    );
    const values = vector.data<'float32'>().finally(() => vector.dispose());
    this.pending.push({ step, lr, classes, result, values });
    this.step++;
  }

  /** Records steps until at most `leave` are on their way; resolves to how the run ended where a loss was not finite. */
  private async readBack(leave: number): Promise<RunEnd | null> {
    while (this.pending.length > leave) {
      const { step, lr, classes, result, values } = this.pending[0]!;
      const vector = await values;
      this.pending.shift();
      const loss = vector[0]!;
      const logits = vector.subarray(1, 1 + classes.length * this.plan.classes);
      let at = 1 + logits.length;
      const channels = this.curves.map((curve) => vector.slice(at, (at += curve.channels)));
      this.chunks.add({
        loss,
        lr,
        accuracy: topK(logits, classes, 1),
        logitStd: standardDeviation(logits),
        logitNorm: meanRowNorm(logits, classes.length),
        channels,
      });
      const end = Number.isFinite(loss) ? null : await this.diagnose(step, result);
      result.release();
      if (end) return end;
    }
    return null;
  }

  /** Says where a step whose loss is not finite grew: its batch goes once more through the parameters it started from. */
  private async diagnose(step: number, { before }: StepResult): Promise<RunEnd> {
    const x = this.batchImages(step, this.batchIndices(step));
    const rms = await activationRms(this.plan, before, this.trainer!.state, x);
    x.dispose();
    return { how: 'diverged', step, reason: describeGrowth(step, rms) };
  }

  private async evaluate(): Promise<void> {
    const { test } = this.dataset;
    let loss = 0;
    let top1 = 0;
    let top5 = 0;
    const images = this.testIndices.length;
    for (let first = 0; first < images && !this.stopped; first += EVALUATION_BATCH) {
      const indices = this.testIndices.subarray(first, first + EVALUATION_BATCH);
      const x = this.imagesOf(test, indices, null);
      const output = this.trainer!.evaluate(x);
      const logits = await output.data<'float32'>();
      tf.dispose([x, output]);
      const classes = Uint8Array.from(indices, (i) => test.fine[i]!);
      const share = indices.length / images;
      loss += share * meanCrossEntropy(logits, classes);
      top1 += share * topK(logits, classes, 1);
      top5 += share * topK(logits, classes, 5);
      await nextTask();
    }
    if (this.stopped) return;
    const evaluation: Evaluation = { step: this.step, images, loss, top1, top5 };
    this.report({ type: 'evaluation', evaluation });
  }

  private reportProgress(now: boolean): void {
    const time = performance.now();
    if (!now && time - this.lastReport < REPORT_INTERVAL) return;
    this.lastReport = time;
    const chunk = this.chunks.take();
    if (chunk) this.report({ type: 'progress', chunk, imagesPerSecond: this.speed() }, buffersOf(chunk));
  }

  /** Images a second of training (evaluations and pauses left out) over the last few seconds. */
  private speed(): number {
    this.speedMarks.push({ time: this.trainingTime, step: this.step });
    while (this.speedMarks.length > 2 && this.trainingTime - this.speedMarks[1]!.time > SPEED_WINDOW)
      this.speedMarks.shift();
    const first = this.speedMarks[0]!;
    const elapsed = this.trainingTime - first.time;
    return elapsed > 0 ? ((this.step - first.step) * this.batch * 1000) / elapsed : 0;
  }
}

let drawn: Dataset | null = null;

async function loadDataset(source: DataSource): Promise<Dataset> {
  switch (source.kind) {
    case 'builtin':
      return (drawn ??= builtinDataset());
    case 'stored':
      return loadStored(source.id);
    case 'memory':
      return source.dataset;
  }
}

/** Which layer's output grew most, in a sentence. `rms` is each layer's root mean square, first layer first. */
export function describeGrowth(step: number, rms: readonly number[]): string {
  const shown = (value: number) => (Number.isFinite(value) ? value.toPrecision(3) : 'not finite');
  const advice = 'Lower the learning rate or the factor, or use a norm.';
  const broken = rms.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) {
    const before = broken === 0 ? 'the image' : `layer ${broken}, whose RMS is ${shown(rms[broken - 1]!)}`;
    return `The loss stopped being finite at step ${step}: the activations of layer ${broken + 1} are not finite, after ${before}. ${advice}`;
  }
  let grew = 0;
  for (let i = 1; i < rms.length; i++) {
    if (rms[i]! / rms[i - 1]! > (grew === 0 ? rms[0]! : rms[grew]! / rms[grew - 1]!)) grew = i;
  }
  const from = grew === 0 ? '1 in the image' : `${shown(rms[grew - 1]!)} in layer ${grew}`;
  return `The loss stopped being finite at step ${step}. The activations grew most in layer ${grew + 1}: RMS ${shown(rms[grew]!)}, from ${from}; the last layer’s is ${shown(rms.at(-1)!)}. ${advice}`;
}

/** Lets waiting messages in. A message channel, because timers are held back to 4 ms. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
