/** The images of a run: which of a data set it trains and tests on, in which order, normalised. */
import { epochOrder, fillBatch, type Augmentation } from '../data/batch';
import { balancedSubset, IMAGE_BYTES, type Dataset, type ImageSet } from '../data/dataset';
import type { Experiment } from '../experiment/settings';
import type { DatasetSummary } from './protocol';

/** Images in one forward pass of an evaluation. */
export const EVALUATION_BATCH = 100;

export interface Batch {
  /** Normalised images [n, side, side, 3]. */
  images: Float32Array;
  classes: Uint8Array;
}

export class Images {
  private readonly trainIndices: Uint32Array;
  private readonly testIndices: Uint32Array;
  /** Images in a step: the experiment's, or all there are where these are fewer. */
  readonly batch: number;
  readonly stepsPerEpoch: number;
  private order: { epoch: number; indices: Uint32Array } | null = null;

  constructor(
    private readonly dataset: Dataset,
    private readonly experiment: Experiment,
  ) {
    this.trainIndices = balancedSubset(dataset.train, experiment.train);
    this.testIndices = balancedSubset(dataset.test, experiment.test);
    this.batch = Math.min(experiment.batch, this.trainIndices.length);
    this.stepsPerEpoch = Math.floor(this.trainIndices.length / this.batch);
  }

  get classes(): number {
    return this.dataset.fineNames.length;
  }

  get testCount(): number {
    return this.testIndices.length;
  }

  get summary(): DatasetSummary {
    const { id, label, digest, train, test } = this.dataset;
    return {
      id,
      label,
      digest,
      train: train.count,
      test: test.count,
      trainUsed: this.trainIndices.length,
      testUsed: this.testIndices.length,
    };
  }

  /** The augmented batch of a training step, in the order of its epoch. */
  trainingBatch(step: number): Batch {
    const { crop, flip, seed } = this.experiment;
    const epoch = Math.floor(step / this.stepsPerEpoch);
    if (this.order?.epoch !== epoch)
      this.order = { epoch, indices: epochOrder(seed, epoch, this.trainIndices.length) };
    const first = (step % this.stepsPerEpoch) * this.batch;
    const indices = this.order.indices
      .subarray(first, first + this.batch)
      .map((position) => this.trainIndices[position]!);
    return this.batchOf(this.dataset.train, indices, { crop, flip, seed, step });
  }

  /** The test images, as they are, in batches; at most `limit` of them. */
  *testBatches(limit = Infinity): Generator<Batch> {
    const count = Math.min(limit, this.testCount);
    for (let first = 0; first < count; first += EVALUATION_BATCH) {
      const indices = this.testIndices.subarray(first, Math.min(count, first + EVALUATION_BATCH));
      yield this.batchOf(this.dataset.test, indices, null);
    }
  }

  private batchOf(set: ImageSet, indices: Uint32Array, augment: Augmentation | null): Batch {
    const images = new Float32Array(indices.length * IMAGE_BYTES);
    fillBatch(set, indices, augment, this.dataset.mean, this.dataset.std, images);
    return { images, classes: Uint8Array.from(indices, (i) => set.fine[i]!) };
  }
}
