import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactCos, exactLog } from './portable-math';

test('the logarithm has an absolute or relative error below 2e-15', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-12, max: 1e12, noNaN: true }), (x) => {
      const expected = Math.log(x);
      expect(Math.abs(exactLog(x) - expected)).toBeLessThanOrEqual(2e-15 * Math.max(1, Math.abs(expected)));
    }),
  );
  expect(exactLog(1)).toBe(0);
});

test('the cosine has an error below 2e-15', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 2 * Math.PI, noNaN: true }), (x) => {
      expect(Math.abs(exactCos(x) - Math.cos(x))).toBeLessThanOrEqual(2e-15);
    }),
  );
  expect(exactCos(0)).toBe(1);
});
