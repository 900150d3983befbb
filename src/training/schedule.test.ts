import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_EXPERIMENT } from '../experiment/settings';
import { learningRate, totalSteps } from './schedule';

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

  test('is finite and never above its peak, for any warm-up', () => {
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

  test('a length in epochs is converted to steps', () => {
    expect(totalSteps({ length: 20, lengthUnit: 'steps' }, 78)).toBe(20);
    expect(totalSteps({ length: 20, lengthUnit: 'epochs' }, 78)).toBe(1560);
  });
});
