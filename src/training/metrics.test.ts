import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meanCrossEntropy, rank, standardDeviation, topK } from './metrics';

describe('metrics', () => {
  test('top-k counts rows whose right class is among the k largest; ties and NaN count as wrong', () => {
    const logits = Float32Array.of(3, 2, 1, 0, 1, 1, 1, 1, NaN, NaN, NaN, NaN);
    expect(topK(logits, [1, 0, 0], 1)).toBe(0);
    expect(topK(logits, [1, 0, 0], 2)).toBeCloseTo(1 / 3);
    expect(topK(logits, [0, 0, 0], 4)).toBeCloseTo(1);
  });

  test('cross-entropy of n equal logits is log n, however large they are', () => {
    expect(meanCrossEntropy(new Float32Array(100).fill(1000), [3])).toBeCloseTo(Math.log(100), 6);
  });

  test('the standard deviation is that of the population, not of a sample', () => {
    expect(standardDeviation(Float32Array.of(1, 3))).toBe(1);
  });
});

test('rank agrees with topK, ties included; probabilities are those of the softmax, in falling order', () => {
  const rows = fc.integer({ min: 1, max: 6 }).chain((count) =>
    fc.record({
      // Few distinct values, so that there are ties.
      logits: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 7 * count, maxLength: 7 * count }),
      classes: fc.array(fc.nat(6), { minLength: count, maxLength: count }),
    }),
  );
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 7 }), (given, k) => {
      const logits = Float32Array.from(given.logits);
      const { indices, probabilities } = rank(logits, given.classes.length, k, given.classes);
      const found = given.classes.filter((truth, i) => indices.subarray(i * k, (i + 1) * k).includes(truth));
      expect(found.length / given.classes.length).toBeCloseTo(topK(logits, given.classes, k), 9);
      given.classes.forEach((_, i) => {
        const row = [...logits.subarray(7 * i, 7 * (i + 1))].map(Math.exp);
        const sum = row.reduce((a, b) => a + b, 0);
        for (let place = 0; place < k; place++) {
          const probability = probabilities[i * k + place]!;
          expect(probability).toBeCloseTo(row[indices[i * k + place]!]! / sum, 5);
          if (place > 0) expect(probability).toBeLessThanOrEqual(probabilities[i * k + place - 1]!);
        }
      });
    }),
  );
});
