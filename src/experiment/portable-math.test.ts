import fc from 'fast-check';
import { expect, test } from 'vitest';
import { portableCos, portableLog } from './portable-math';

test('the logarithm has an absolute or relative error below 2e-15', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-12, max: 1e12, noNaN: true }), (x) => {
      const expected = Math.log(x);
      expect(Math.abs(portableLog(x) - expected)).toBeLessThanOrEqual(
        2e-15 * Math.max(1, Math.abs(expected)),
      );
    }),
  );
  expect(portableLog(1)).toBe(0);
});

test('the cosine has an error below 2e-15', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 2 * Math.PI, noNaN: true }), (x) => {
      expect(Math.abs(portableCos(x) - Math.cos(x))).toBeLessThanOrEqual(2e-15);
    }),
  );
  expect(portableCos(0)).toBe(1);
});
