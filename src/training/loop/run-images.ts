/** The images of a run: the part of a data set that it trains and tests on, in order, normalised and augmented. */
import {
  drawWindows,
  epochOrder,
  fillBatch,
  normalisation,
  type Augmentation,
  type Window,
} from '../../data/batch';
import { CIFAR100_COARSE_OF_FINE } from '../../data/cifar100-names';
import { balancedSubset, IMAGE_BYTES, type Dataset, type ImageSet } from '../../data/dataset';
import type { Experiment } from '../../experiment/settings';
import type { DatasetSummary } from '../protocol';
import type { BatchImages, Trainer } from '../trainer';

/** Images in one forward pass of an evaluation. */
export const EVALUATION_BATCH = 100;

export interface Batch {
  /** Normalised images [n, side, side, 3]. */
  readonly images: Float32Array;
  /** The same images in the form that the run's trainer takes: windows where the data set is resident in it. */
  readonly input: BatchImages;
  classes: Uint8Array;
}

export class RunImages {
  private readonly trainIndices: Uint32Array;
  private readonly testIndices: Uint32Array;
  /** Images per step: the experiment's batch, or every training image if there are fewer. */
  readonly batch: number;
  readonly stepsPerEpoch: number;
  /** Whether the data set is resident in the run's trainer. */
  private resident = false;
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

  get fineNames(): readonly string[] {
    return this.dataset.fineNames;
  }

  get coarseNames(): readonly string[] {
    return this.dataset.coarseNames;
  }

  /** The superclass of each class: as the images are labelled, or as in CIFAR-100 where a class has no image. */
  get coarseOf(): Uint8Array {
    const coarseOf = Uint8Array.from(CIFAR100_COARSE_OF_FINE);
    for (const { fine, coarse } of [this.dataset.train, this.dataset.test])
      fine.forEach((label, i) => (coarseOf[label] = coarse[i]!));
    return coarseOf;
  }

  get testCount(): number {
    return this.testIndices.length;
  }

  /** Bytes of test images, IMAGE_BYTES each, by their indices in the order of `testBatches`. */
  testPixels(indices: Uint32Array): Uint8Array {
    const pixels = new Uint8Array(indices.length * IMAGE_BYTES);
    const { images } = this.dataset.test;
    indices.forEach((index, i) => {
      const from = this.testIndices[index]! * IMAGE_BYTES;
      pixels.set(images.subarray(from, from + IMAGE_BYTES), i * IMAGE_BYTES);
    });
    return pixels;
  }

  /** An image's bytes as network input [1, side, side, 3], normalised with the mean and standard deviation of the set. */
  normalised(pixels: Uint8Array): Float32Array {
    const { mean, std } = this.dataset;
    const image = new Float32Array(IMAGE_BYTES);
    const set = { count: 1, images: pixels, fine: new Uint8Array(1), coarse: new Uint8Array(1) };
    fillBatch(set, drawWindows([0], null), mean, std, image);
    return image;
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

  /** Makes the data set resident in a trainer that supports it; training images come first. */
  makeResident(trainer: Trainer): void {
    const { train, test, mean, std } = this.dataset;
    const pixels = { pieces: [train.images, test.images], normalisation: normalisation(mean, std) };
    this.resident = trainer.keepResident?.(pixels) ?? false;
  }

  /** The augmented batch of training step `step`. Order and augmentation follow from the seed. */
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

  /** The test images without augmentation, in batches of EVALUATION_BATCH; at most `limit` images. */
  *testBatches(limit = Infinity): Generator<Batch> {
    const count = Math.min(limit, this.testCount);
    for (let first = 0; first < count; first += EVALUATION_BATCH) {
      const indices = this.testIndices.subarray(first, Math.min(count, first + EVALUATION_BATCH));
      yield this.batchOf(this.dataset.test, indices, null);
    }
  }

  private batchOf(set: ImageSet, indices: Uint32Array, augment: Augmentation | null): Batch {
    const { train, mean, std } = this.dataset;
    const windows = drawWindows(indices, augment);
    const before = set === train ? 0 : train.count;
    const fill = () => {
      const images = new Float32Array(indices.length * IMAGE_BYTES);
      fillBatch(set, windows, mean, std, images);
      return images;
    };
    const { resident } = this;
    return {
      get images() {
        return fill();
      },
      get input(): BatchImages {
        return resident
          ? windows.map((window): Window => ({ ...window, index: before + window.index }))
          : fill();
      },
      classes: Uint8Array.from(indices, (i) => set.fine[i]!),
    };
  }
}
