/** Columns come back within the tolerance of their range, exact where dips are measured; bytes that are none are refused. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findDip } from '../instruments/dips';
import { ColumnsError, quantise, readQuantised, TOLERANCE } from './quantised';

const value = fc.oneof(
  { weight: 8, arbitrary: fc.float({ min: -2, max: 2, noNaN: true }) },
  { weight: 2, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity, 0, 1e-45, 3e38, -3e38) },
);
const columns = fc
  .record({ columns: fc.integer({ min: 0, max: 5 }), count: fc.integer({ min: 0, max: 60 }) })
  .chain(({ columns: many, count }) =>
    fc.array(fc.array(value, { minLength: count, maxLength: count }), { minLength: many, maxLength: many }),
  );

const readBack = (written: readonly number[][]) => {
  const count = written[0]?.length ?? 0;
  const all = readQuantised(quantise(written), written.length, count);
  return written.map((_, k) => all.subarray(k * count, (k + 1) * count));
};

describe('quantised columns', () => {
  test('every value is within the tolerance of its range; the lowest and the first are exact, and stay where they are', () => {
    fc.assert(
      fc.property(columns, (written) => {
        readBack(written).forEach((read, k) => {
          const own = Float32Array.from(written[k]!);
          const finite = own.filter((one) => Number.isFinite(one));
          const low = Math.min(...finite);
          const range = Math.max(...finite) - low;
          own.forEach((one, i) => {
            if (!Number.isFinite(one)) return expect(read[i]).toBeNaN();
            const slack = Math.abs(one) * 1.2e-7 + 1.5e-45;
            expect(Math.abs(read[i]! - one)).toBeLessThanOrEqual(TOLERANCE * range + slack);
          });
          if (finite.length === 0) return;
          expect(read.indexOf(low)).toBe(own.indexOf(low));
          expect(read[own.indexOf(finite[0]!)]).toBe(finite[0]);
        });
      }),
      { numRuns: 500 },
    );
  });

  test('a dip is where it was, and as deep', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: 0.25, max: 2, noNaN: true }), { minLength: 2 }), (written) => {
        const [before, after] = [Float32Array.from(written), readBack([written])[0]!].map((one) =>
          findDip(one),
        );
        expect(after?.step).toBe(before?.step);
        expect(after?.depth).toBe(before?.depth);
      }),
    );
  });

  test('any other bytes are refused, or are columns of that size', () => {
    const sizes = [fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 9 })] as const;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), ...sizes, (bytes, many, count) => {
        try {
          expect(readQuantised(bytes, many, count)).toHaveLength(many * count);
        } catch (error) {
          expect(error).toBeInstanceOf(ColumnsError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['too short', new Uint8Array(3), 1, 4, /at least 16 bytes/],
    ['too long', new Uint8Array(20), 1, 4, /expected 16 bytes/],
    ['out of its range', Uint8Array.of(...new Uint8Array(12), 1, 1, 0, 0), 1, 4, /in its range/],
    ['without end', Uint8Array.of(...new Uint8Array(12), 255, 0), 1, 2, /found the end/],
  ])('%s: says so', (_, bytes, many, count, message) => {
    expect(() => readQuantised(bytes, many, count)).toThrow(message);
  });
});
