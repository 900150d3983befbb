import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import { answersOn } from './test-answers';
import type { Images } from './run-images';
import { meanCrossEntropy, rank, standardDeviation, topK } from '../metrics';
import { groupOf } from '../optimiser';
import { learningRate, totalSteps } from '../schedule';
import type { Trainer } from '../trainer';

describe('the learning rate', () => {
  const at = (step: number, changes: object) =>
    learningRate({ ...DEFAULT_EXPERIMENT, lr: 0.4, ...changes }, step, 100);

  test('follows half a cosine to 0', () => {
    expect(at(0, {})).toBeCloseTo(0.4);
    expect(at(50, {})).toBeCloseTo(0.2);
    expect(at(99, {})).toBeGreaterThan(0);
    expect(at(99, {})).toBeLessThan(0.0002);
  });

  test('is divided by 10 at half and at three quarters', () => {
    expect([0, 49, 50, 74, 75, 99].map((step) => at(step, { schedule: 'step' }))).toEqual([
      0.4, 0.4, 0.04, 0.04, 0.004, 0.004,
    ]);
  });

  test('rises in a straight line through the warm-up', () => {
    expect([0, 4, 9, 10].map((step) => at(step, { schedule: 'constant', warmup: 10 }))).toEqual([
      0.04, 0.2, 0.4, 0.4,
    ]);
  });

  test('is finite and within its peak for any warm-up', () => {
    fc.assert(
      fc.property(
        fc.nat(300),
        fc.nat(99),
        fc.constantFrom('cosine', 'step', 'constant'),
        (warmup, step, schedule) => {
          const lr = at(step, { warmup, schedule });
          expect(lr).toBeGreaterThanOrEqual(0);
          expect(lr).toBeLessThanOrEqual(0.4 + 1e-12);
        },
      ),
    );
  });

  test('steps and epochs make a length', () => {
    expect(totalSteps({ length: 20, lengthUnit: 'steps' }, 78)).toBe(20);
    expect(totalSteps({ length: 20, lengthUnit: 'epochs' }, 78)).toBe(1560);
  });
});

test('parameter groups are the reference’s', () => {
  const group = (
    role: 'kernel' | 'scale' | 'gamma' | 'beta' | 'headWeight' | 'headBias',
    onIdentity: boolean,
    decayScales: 'none' | 'identity' | 'all' = 'all',
  ) =>
    groupOf(
      { name: '', shape: [1], role, onIdentity, init: { kind: 'constant', value: 1 } },
      { ...DEFAULT_EXPERIMENT, wd: 0.5, biasLr: 6, scaleLr: 3, decayScales },
    );
  expect(group('kernel', false)).toEqual({ lr: 1, weightDecay: 0.5 });
  expect(group('headWeight', false)).toEqual({ lr: 1, weightDecay: 0.5 });
  expect(group('gamma', false)).toEqual({ lr: 1, weightDecay: 0 });
  expect(group('gamma', true)).toEqual({ lr: 1, weightDecay: 0.5 });
  expect(group('beta', true)).toEqual({ lr: 6, weightDecay: 0 });
  expect(group('headBias', false)).toEqual({ lr: 6, weightDecay: 0 });
  expect(group('scale', false)).toEqual({ lr: 3, weightDecay: 0.5 });
  expect(group('scale', false, 'identity')).toEqual({ lr: 3, weightDecay: 0 });
  expect(group('scale', true, 'identity')).toEqual({ lr: 3, weightDecay: 0.5 });
  expect(group('scale', true, 'none')).toEqual({ lr: 3, weightDecay: 0 });
});

describe('metrics', () => {
  test('top-k counts the right class among the k largest; ties and NaN count against it', () => {
    const logits = Float32Array.of(3, 2, 1, 0, 1, 1, 1, 1, NaN, NaN, NaN, NaN);
    expect(topK(logits, [1, 0, 0], 1)).toBe(0);
    expect(topK(logits, [1, 0, 0], 2)).toBeCloseTo(1 / 3);
    expect(topK(logits, [0, 0, 0], 4)).toBeCloseTo(1);
  });

  test('cross-entropy of equal logits is the log of their number, however large they are', () => {
    expect(meanCrossEntropy(new Float32Array(100).fill(1000), [3])).toBeCloseTo(Math.log(100), 6);
  });

  test('standard deviation is the population’s', () => {
    expect(standardDeviation(Float32Array.of(1, 3))).toBe(1);
  });
});

test('ranks agree with top k, ties too; probabilities fall and are those of the softmax', () => {
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

describe('a test image by image', () => {
  const images = {
    testCount: 2,
    *testBatches() {
      yield { input: new Float32Array(), classes: Uint8Array.of(0, 1) };
    },
  } as unknown as Images;
  const trainerOf = (...logits: number[]) =>
    ({ evaluate: () => Promise.resolve(Float32Array.from(logits)) }) as unknown as Trainer;

  test('of a network that has diverged says so', async () => {
    const reply = await answersOn(trainerOf(0, 1, NaN, 1), images, 3, () => false);
    expect(reply).toEqual({ result: null, reason: expect.stringMatching(/diverged/) });
  });

  test('that is stopped on the way says so', async () => {
    const reply = await answersOn(trainerOf(0, 1, 2, 3), images, 3, () => true);
    expect(reply).toEqual({ result: null, reason: expect.stringMatching(/Test again/) });
  });

  test('without test images says so', async () => {
    const none = { testCount: 0 } as unknown as Images;
    const reply = await answersOn(trainerOf(), none, 3, () => false);
    expect(reply).toEqual({ result: null, reason: expect.stringMatching(/no test images/) });
  });
});
