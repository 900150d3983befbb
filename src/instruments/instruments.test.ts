import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findDip } from './dips';
import { STATISTICS, summarise } from './statistics';

describe('statistics', () => {
  test('match known values', () => {
    const out = new Float32Array(STATISTICS.length);
    summarise(Float32Array.of(4, -2, 1, 1), out, 0);
    const expected = {
      mean: 1,
      meanAbs: 2,
      rms: Math.sqrt(22 / 4),
      min: -2,
      max: 4,
      p10: -1.1,
      p50: 1,
      p90: 3.1,
    };
    STATISTICS.forEach((name, i) => expect(out[i], name).toBeCloseTo(expected[name], 5));
  });

  test('are ordered: min ≤ p10 ≤ p50 ≤ p90 ≤ max, |mean| ≤ mean of |·| ≤ RMS', () => {
    const value = fc.float({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), (values) => {
        const out = new Float32Array(STATISTICS.length);
        summarise(Float32Array.from(values), out, 0);
        const [mean, meanAbs, rms, min, max, p10, p50, p90] = out as unknown as number[];
        const slack = 1e-4 * (1 + Math.abs(rms!));
        for (const [a, b] of [
          [min, p10],
          [p10, p50],
          [p50, p90],
          [p90, max],
          [Math.abs(mean!), meanAbs],
          [meanAbs, rms],
        ]) {
          expect(a!).toBeLessThanOrEqual(b! + slack);
        }
      }),
    );
  });
});

describe('a dip', () => {
  test('has its lowest step, its depth as a share of the start, and the step of half recovery', () => {
    expect(findDip([1, 0.9, 0.6, 0.7, 0.85, 1])).toEqual({
      step: 2,
      value: 0.6,
      depth: 0.4,
      halfRecoveryStep: 4,
    });
  });

  test('without recovery has no step of half recovery', () => {
    expect(findDip([1, 0.5, 0.6])).toMatchObject({ step: 1, halfRecoveryStep: null });
  });

  test('needs a fall of more than 1 %', () => {
    expect(findDip([1, 1.1, 0.995])).toBeNull();
    expect(findDip([])).toBeNull();
  });

  test('of a run that starts from a checkpoint is measured from its first value, at absolute steps', () => {
    const whole = [1, 0.9, 0.6, 0.7, 0.85, 1];
    const gap = [NaN, NaN, NaN];
    expect(findDip([...gap, ...whole])).toEqual({ step: 5, value: 0.6, depth: 0.4, halfRecoveryStep: 7 });
    expect(findDip(gap)).toBeNull();
    expect(findDip([...gap, ...whole], 3)).toBeNull();
  });

  test('shifts with the length of a gap before it', () => {
    const values = fc.array(fc.float({ min: Math.fround(0.01), max: 10, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.nat(50), (curve, gap) => {
        const dip = findDip(curve);
        const moved = findDip([...Array.from({ length: gap }, () => NaN), ...curve]);
        expect(moved).toEqual(
          dip && {
            ...dip,
            step: dip.step + gap,
            halfRecoveryStep: dip.halfRecoveryStep === null ? null : dip.halfRecoveryStep + gap,
          },
        );
      }),
    );
  });

  test('ignores values that are not finite', () => {
    expect(findDip([1, -Infinity, 0.5, NaN])).toMatchObject({ step: 2, depth: 0.5 });
  });
});
