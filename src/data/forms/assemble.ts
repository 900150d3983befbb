/**
 * Assembles a CIFAR-100 data set from what the readers find in files of any form: two parts of images and, if the files
 * have them, the names of the classes.
 */
import { sentences } from '../../language/join';
import { phrase, t } from '../../language/language';
import { message } from '../../language/message';
import { CIFAR100_COARSE_NAMES, CIFAR100_FINE_NAMES, correctedName } from '../cifar100-names';
import { DataError, grouped } from '../data-error';
import { IMAGE_BYTES, type Dataset, type ImageSet } from '../dataset';
import { Sha256 } from '../sha256';

export type PartName = 'train' | 'test';

/** Per channel over the training pixels in 0 … 1. */
export const CIFAR100_MEAN: Dataset['mean'] = [0.507075159, 0.486548873, 0.440917843];
export const CIFAR100_STD: Dataset['std'] = [0.267334286, 0.256438463, 0.276150471];
/** Images of the complete set. */
export const FULL: Readonly<Record<PartName, number>> = { train: 50000, test: 10000 };

const HINT = phrase(
  'Choose CIFAR-100 in one of its forms: cifar-100-binary.tar.gz or cifar-100-python.tar.gz (www.cs.toronto.edu/~kriz/cifar.html), ' +
    'the two parquet files of huggingface.co/datasets/uoft-cs/cifar100, train.bin and test.bin, or train/CLASS/*.png.',
);

/** An error that says what is wrong, and which forms CIFAR-100 has. */
export const notCifar100 = (...wrong: readonly string[]): DataError =>
  new DataError(sentences(...wrong, t(HINT)));

/** Throws DataError if there are more images than CIFAR-100 has. `where` names the file. */
export function requireCount(where: string, part: PartName, count: number): void {
  if (count <= FULL[part]) return;
  const values = { where, found: grouped(count), limit: grouped(FULL[part]) };
  throw notCifar100(
    part === 'train'
      ? t('{{where}} has {{found}} images; CIFAR-100 has {{limit}} for training.', values)
      : t('{{where}} has {{found}} images; CIFAR-100 has {{limit}} for testing.', values),
  );
}

/** The label of a file's record number `record`. Throws DataError if it is out of range. */
export function checkedLabel(where: string, record: number, kind: 'fine' | 'coarse', value: unknown): number {
  const limit = kind === 'fine' ? 100 : 20;
  const label = typeof value === 'bigint' ? Number(value) : value;
  if (typeof label === 'number' && Number.isInteger(label) && label >= 0 && label < limit) return label;
  throw notCifar100(
    t(
      '{{where}}, record {{record}} (counted from 0): {{kind}} label {{found}}, expected 0 to {{last}}. The file is damaged or not CIFAR-100.',
      { where, record: grouped(record), kind, found: String(value), last: limit - 1 },
    ),
  );
}

export const emptySet = (count: number): ImageSet => ({
  count,
  images: new Uint8Array(count * IMAGE_BYTES),
  fine: new Uint8Array(count),
  coarse: new Uint8Array(count),
});

/** Images that are added one by one, up to the size of the complete set. */
export class GrowingSet {
  private set: ImageSet;
  count = 0;

  /** capacity: expected number of images; the set grows beyond it if needed. */
  constructor(
    private readonly part: PartName,
    capacity: number,
  ) {
    this.set = emptySet(Math.min(Math.max(1, capacity), FULL[part]));
  }

  /** Adds an image and returns its IMAGE_BYTES to be filled before the next call. Throws DataError beyond the complete set. */
  add(fine: number, coarse: number): Uint8Array {
    const { count, set } = this;
    if (count === FULL[this.part]) requireCount(t('The data'), this.part, count + 1);
    if (count === set.count) this.set = resized(set, Math.min(2 * count, FULL[this.part]));
    this.set.fine[count] = fine;
    this.set.coarse[count] = coarse;
    this.count++;
    return this.set.images.subarray(count * IMAGE_BYTES, this.count * IMAGE_BYTES);
  }

  finish(): ImageSet {
    return this.count === this.set.count ? this.set : resized(this.set, this.count);
  }
}

function resized(set: ImageSet, count: number): ImageSet {
  const copy = emptySet(count);
  const kept = Math.min(count, set.count);
  copy.images.set(set.images.subarray(0, kept * IMAGE_BYTES));
  copy.fine.set(set.fine.subarray(0, kept));
  copy.coarse.set(set.coarse.subarray(0, kept));
  return copy;
}

/** Collects the parts of one data set. */
export class Assembly {
  private readonly parts: Partial<Record<PartName, ImageSet>> = {};
  private fineNames: readonly string[] = CIFAR100_FINE_NAMES;
  private coarseNames: readonly string[] = CIFAR100_COARSE_NAMES;

  has(part: PartName): boolean {
    return this.parts[part] !== undefined;
  }

  /** Adds a part. Throws DataError if that part exists already, or has no images. */
  take(where: string, part: PartName, set: ImageSet): void {
    if (this.parts[part])
      throw notCifar100(
        part === 'train'
          ? t('{{where}} is a second set of training images (it comes twice).', { where })
          : t('{{where}} is a second set of test images (it comes twice).', { where }),
      );
    if (set.count === 0) throw notCifar100(t('{{where}} has no images (0 bytes).', { where }));
    this.parts[part] = set;
  }

  /** Adds the names of classes or superclasses. Throws DataError if their number is wrong. */
  takeNames(where: string, kind: 'fine' | 'coarse', names: readonly string[]): void {
    const expected = kind === 'fine' ? 100 : 20;
    if (names.length !== expected)
      throw notCifar100(
        t('{{where}} has {{found}} names; {{expected}} were expected.', {
          where,
          found: names.length,
          expected,
        }),
      );
    const corrected = names.map(correctedName);
    if (kind === 'fine') this.fineNames = corrected;
    else this.coarseNames = corrected;
  }

  /** The data set. Throws the error of `missing` if a part is missing, and the signal's reason if it is aborted. */
  async dataset(missing: (parts: PartName[]) => DataError, signal?: AbortSignal): Promise<Dataset> {
    const { train, test } = this.parts;
    if (!train || !test)
      throw missing((['train', 'test'] as const).filter((part) => this.parts[part] === undefined));
    const complete = train.count === FULL.train && test.count === FULL.test;
    return {
      id: 'cifar100',
      label: complete
        ? message('data.cifar100')
        : message('data.cifar100Part', { images: grouped(train.count) }),
      fineNames: this.fineNames,
      coarseNames: this.coarseNames,
      train,
      test,
      mean: CIFAR100_MEAN,
      std: CIFAR100_STD,
      digest: await digestOf([train, test], signal),
    };
  }
}

/** SHA-256 of images and labels, set by set. Works in pieces, so that it stops soon after a cancellation. */
async function digestOf(sets: readonly ImageSet[], signal?: AbortSignal): Promise<string> {
  const hash = new Sha256();
  const piece = 4 << 20;
  for (const { images, fine, coarse } of sets) {
    for (let at = 0; at < images.length; at += piece) {
      hash.update(images.subarray(at, at + piece));
      if (images.length > piece) await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
    }
    hash.update(fine).update(coarse);
  }
  return hash.hex();
}
