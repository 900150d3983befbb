/** The built-in set: the same bytes everywhere, balanced, and not to be had without looking at shapes. */
import { describe, expect, it } from 'vitest';
import { builtinDataset, channelStatistics } from './builtin';
import { IMAGE_BYTES, type ImageSet } from './dataset';

const set = builtinDataset();

describe('the built-in set', () => {
  it('is these bytes on every machine', () => {
    expect(set.digest).toBe('27e050c72264ef191451e1035a62d8f31edf8b33a1870408a600a34c57a69964');
  });

  it('has 50 training and 10 test images of each of 100 classes, five classes a superclass', () => {
    const tally = (labels: Uint8Array, classes: number) =>
      Array.from({ length: classes }, (_, c) => labels.filter((l) => l === c).length);
    expect(new Set(tally(set.train.fine, 100))).toEqual(new Set([50]));
    expect(new Set(tally(set.test.fine, 100))).toEqual(new Set([10]));
    expect(new Set(tally(set.train.coarse, 20))).toEqual(new Set([250]));
    expect(set.train.fine.every((fine, i) => set.train.coarse[i] === Math.floor(fine / 5))).toBe(true);
    expect([new Set(set.fineNames).size, new Set(set.coarseNames).size]).toEqual([100, 20]);
  });

  it('is normalised by its own training images', () => {
    expect(channelStatistics(set.train)).toEqual({ mean: set.mean, std: set.std });
  });

  it('tells a classifier by class means next to nothing', () => {
    const means = classMeans(set.train);
    let right = 0;
    for (let i = 0; i < set.test.count; i++) if (nearest(means, set.test, i) === set.test.fine[i]) right++;
    expect(right / set.test.count).toBeLessThan(0.08);
  });
});

function classMeans({ count, images, fine }: ImageSet): Float32Array[] {
  const means = Array.from({ length: 100 }, () => new Float32Array(IMAGE_BYTES));
  for (let i = 0; i < count; i++) {
    const mean = means[fine[i]!]!;
    for (let p = 0; p < mean.length; p++) mean[p]! += (images[i * mean.length + p]! * 100) / count;
  }
  return means;
}

function nearest(means: readonly Float32Array[], { images }: ImageSet, index: number): number {
  let best = 0;
  let least = Infinity;
  for (const [label, mean] of means.entries()) {
    let distance = 0;
    for (let p = 0; p < mean.length && distance < least; p++)
      distance += (images[index * mean.length + p]! - mean[p]!) ** 2;
    if (distance < least) [best, least] = [label, distance];
  }
  return best;
}
