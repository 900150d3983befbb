/** What the page shows of a data set: counts by class, statistics, and the images. */
import type { Message } from '../../language/message';
import { channelStatistics } from '../builtin/builtin';
import { drawWindows, fillBatch, type Augmentation } from '../batch';
import { IMAGE_BYTES, IMAGE_PIXELS, type Dataset } from '../dataset';

export type Part = 'train' | 'test';

export interface SetFacts {
  label: Message;
  digest: string;
  fineNames: readonly string[];
  coarseNames: readonly string[];
  /** Superclass of each class. */
  coarseOf: readonly number[];
  /** Images of each class. */
  counts: Readonly<Record<Part, readonly number[]>>;
  /** Over the training images of this set, per channel, of pixels in 0 … 1. */
  measured: Pick<Dataset, 'mean' | 'std'>;
}

/** Counts and measures a set; about a second for 50,000 images. */
export function factsOf({ label, digest, fineNames, coarseNames, train, test }: Dataset): SetFacts {
  const coarseOf = fineNames.map(() => 0);
  const counts = { train: fineNames.map(() => 0), test: fineNames.map(() => 0) };
  for (const part of ['train', 'test'] as const) {
    const { fine, coarse } = part === 'train' ? train : test;
    for (const [i, of] of fine.entries()) {
      counts[part][of]!++;
      coarseOf[of] = coarse[i]!;
    }
  }
  return { label, digest, fineNames, coarseNames, coarseOf, counts, measured: channelStatistics(train) };
}

/** The first `limit` images of a class, by their indices. */
export function imagesOf(fine: Uint8Array, label: number, limit: number): number[] {
  const found: number[] = [];
  for (let i = fine.indexOf(label); i >= 0 && found.length < limit; i = fine.indexOf(label, i + 1))
    found.push(i);
  return found;
}

/**
 * Images as RGBA, one after the other, 32x32 pixels each; augmented like the batch of a training step if `augment` is given.
 * Throws RangeError if an index is outside the set.
 */
export function pixelsOf(
  dataset: Dataset,
  part: Part,
  indices: readonly number[],
  augment: Augmentation | null,
): Uint8ClampedArray<ArrayBuffer> {
  const values = new Float32Array(indices.length * IMAGE_BYTES);
  // Without normalisation: the page shows pixels.
  fillBatch(dataset[part], drawWindows(indices, augment), [0, 0, 0], [1, 1, 1], values);
  const rgba = new Uint8ClampedArray(4 * IMAGE_PIXELS * indices.length).fill(255);
  for (let from = 0, to = 0; from < values.length; from += 3, to += 4) {
    rgba[to] = 255 * values[from]!;
    rgba[to + 1] = 255 * values[from + 1]!;
    rgba[to + 2] = 255 * values[from + 2]!;
  }
  return rgba;
}
