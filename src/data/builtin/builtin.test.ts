/** The built-in set: the same bytes everywhere, balanced, and not solvable without looking at shapes. */
import { describe, expect, it } from 'vitest';
import { builtinDataset, channelStatistics } from './builtin';
import { distanceMap, MAP_SIDE } from './geometry';
import { FAMILIES } from './shapes';
import { IMAGE_BYTES, type ImageSet } from '../dataset';

const LEVELS = ['easy', 'medium', 'hard'] as const;
const sets = {
  easy: await builtinDataset('easy'),
  medium: await builtinDataset('medium'),
  hard: await builtinDataset('hard'),
};
/** Results of a nearest-class-mean classifier. */
const guessed = { easy: guesses(sets.easy), medium: guesses(sets.medium), hard: guesses(sets.hard) };

describe('the built-in set', () => {
  it.each([
    ['easy', 'f017296430ceb1c61496fd1b5f248e50448a8a68b7006d5c5db9f737be41f259'],
    ['medium', '80b1a5eb1775b04b0ccbf941b75fe789faedc9892580c083a011800ed6370950'],
    ['hard', '96a653c95e40b4dbdf0ccac4582fcb8c767b02494bd94faad19ee0f209f21224'],
  ] as const)('is these bytes on every machine: %s', (level, digest) => {
    expect(sets[level].digest).toBe(digest);
  });

  it('has 100 training and 20 test images of each of 100 classes, five classes per superclass', () => {
    const tally = (labels: Uint8Array, classes: number) =>
      Array.from({ length: classes }, (_, c) => labels.filter((l) => l === c).length);
    for (const { train, test, fineNames, coarseNames } of Object.values(sets)) {
      expect(new Set(tally(train.fine, 100))).toEqual(new Set([100]));
      expect(new Set(tally(test.fine, 100))).toEqual(new Set([20]));
      expect(new Set(tally(train.coarse, 20))).toEqual(new Set([500]));
      expect(train.fine.every((fine, i) => train.coarse[i] === Math.floor(fine / 5))).toBe(true);
      expect([new Set(fineNames).size, new Set(coarseNames).size]).toEqual([100, 20]);
    }
  });

  it('has the same classes at every level, drawn differently', () => {
    const names = LEVELS.map((level) => sets[level].fineNames.join());
    expect(new Set(names).size).toBe(1);
    expect(new Set(LEVELS.map((level) => sets[level].digest)).size).toBe(3);
  });

  it('is normalised by its own training images', () => {
    const { train, mean, std } = sets.medium;
    expect(channelStatistics(train)).toEqual({ mean, std });
  });

  it('gives a nearest-class-mean classifier almost nothing from medium on, and less at harder levels', () => {
    const right = LEVELS.map((level) => guessed[level].fine);
    expect(right[1]).toBeLessThan(0.08);
    expect(right[2]).toBeLessThan(0.03);
    expect(right.toSorted((a, b) => b - a)).toEqual(right);
  });

  it('has meaningful families: a figure overlaps more with its own family than with the others', () => {
    const maps = FAMILIES.map(({ shapes }) => shapes.map(({ figure }) => filled(distanceMap(figure))));
    let own = 0;
    let others = 0;
    for (const [f, family] of maps.entries()) {
      for (const [g, other] of maps.entries()) {
        for (const a of family) {
          for (const b of other) {
            if (a === b) continue;
            if (f === g) own += overlap(a, b) / (100 * 4);
            else others += overlap(a, b) / (100 * 95);
          }
        }
      }
    }
    expect(own).toBeGreaterThan(1.2 * others);
  });

  it('is confused more often within a superclass than across, by a classifier on pixels', () => {
    const { fine, coarse } = guessed.medium;
    // Of the other 99 classes 4 are of the same superclass.
    expect((coarse - fine) / (1 - fine)).toBeGreaterThan(2 * (4 / 99));
  });
});

/** Cells inside the figure. */
const filled = (map: Float32Array) => map.map((distance) => (distance < 0 ? 1 : 0));

/** Cells inside both ÷ cells inside either. */
function overlap(a: Float32Array, b: Float32Array): number {
  let both = 0;
  let either = 0;
  for (let i = 0; i < MAP_SIDE * MAP_SIDE; i++) {
    both += a[i]! * b[i]!;
    either += Math.max(a[i]!, b[i]!);
  }
  return both / either;
}

/** Accuracy by class and by superclass of a nearest-class-mean classifier on the test images. */
function guesses({ train, test }: { train: ImageSet; test: ImageSet }) {
  const means = classMeans(train);
  let fine = 0;
  let coarse = 0;
  for (let i = 0; i < test.count; i++) {
    const guess = nearest(means, test, i);
    if (guess === test.fine[i]) fine++;
    if (Math.floor(guess / 5) === test.coarse[i]) coarse++;
  }
  return { fine: fine / test.count, coarse: coarse / test.count };
}

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
