/** What a data set is, independent of its source: images as bytes, labels, names. No tensors. */
import type { Experiment } from '../experiment/settings';
import type { Message } from '../language/message';

/** Height and width of every image. */
export const IMAGE_SIDE = 32;
export const IMAGE_PIXELS = IMAGE_SIDE * IMAGE_SIDE;
/** Bytes of an image: 1,024 red, 1,024 green, 1,024 blue, each row by row. */
export const IMAGE_BYTES = 3 * IMAGE_PIXELS;

export interface ImageSet {
  count: number;
  /** count × IMAGE_BYTES. */
  images: Uint8Array;
  /** Class of each image, 0 … 99. */
  fine: Uint8Array;
  /** Superclass of each image, 0 … 19. */
  coarse: Uint8Array;
}

export type DatasetId = 'builtin' | 'cifar100';

export interface Dataset {
  id: DatasetId;
  /** For people: "CIFAR-100, 10,000 of 50,000 training images". */
  label: Message;
  fineNames: readonly string[];
  coarseNames: readonly string[];
  train: ImageSet;
  test: ImageSet;
  /** Mean per channel, of pixels in 0 … 1; images are normalised with mean and std. */
  mean: readonly [number, number, number];
  std: readonly [number, number, number];
  /** SHA-256 of both sets' bytes, lower-case hexadecimal. */
  digest: string;
}

/** Where the trainer gets its data set: drawn in the worker, read from the browser's storage, or passed in memory. */
export type DataSource =
  | { kind: 'builtin'; difficulty: Experiment['difficulty'] }
  | { kind: 'stored'; id: 'cifar100'; digest: string }
  | { kind: 'memory'; dataset: Dataset };

/**
 * Indices of the first `size` images, one class after the other, so that every class has the same share. All images if
 * `size` is 0 or larger than the set. Independent of the seed.
 */
export function balancedSubset(set: ImageSet, size: number): Uint32Array {
  if (size === 0 || size >= set.count) return Uint32Array.from({ length: set.count }, (_, i) => i);
  const byClass: number[][] = [];
  for (let i = 0; i < set.count; i++) (byClass[set.fine[i]!] ??= []).push(i);
  const classes = byClass.filter((indices) => indices !== undefined);
  const chosen: number[] = [];
  for (let round = 0; chosen.length < size; round++) {
    for (const indices of classes) {
      if (round < indices.length && chosen.length < size) chosen.push(indices[round]!);
    }
  }
  return Uint32Array.from(chosen).sort();
}
