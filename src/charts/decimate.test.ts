import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimate, KEPT_ONE_BY_ONE } from './decimate';

const series = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
  minLength: 2,
  maxLength: 3000,
});
const options = fc.record({ columns: fc.integer({ min: 1, max: 400 }), logX: fc.boolean() });

describe('decimate', () => {
  it('keeps the lowest and the highest value, the first and the last point, and the order, within its bound on the number of points', () => {
    fc.assert(
      fc.property(series, options, (values, { columns, logX }) => {
        const { x, y } = decimate(values, { columns, logX });
        const from = logX ? 1 : 0;
        const drawn = values.slice(from);
        expect(Math.min(...y)).toBe(Math.min(...drawn));
        expect(Math.max(...y)).toBe(Math.max(...drawn));
        expect([x[0], x.at(-1)]).toEqual([from, values.length - 1]);
        expect(x.every((step, i) => i === 0 || step > x[i - 1]!)).toBe(true);
        expect(x.every((step, i) => Object.is(y[i], values[step]))).toBe(true);
        expect(x.length).toBeLessThanOrEqual(KEPT_ONE_BY_ONE + 2 * columns + 2);
      }),
    );
  });

  it('keeps the extremes of every column', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 50 }), (values, columns) => {
        const { y } = decimate(values, { columns });
        const kept = new Set(y);
        const rest = values.length - KEPT_ONE_BY_ONE;
        if (rest <= 2 * columns) return;
        for (let c = 0; c < columns; c++) {
          const edge = (k: number) => Math.ceil(KEPT_ONE_BY_ONE + (rest * k) / columns);
          const column = values.slice(edge(c), edge(c + 1));
          expect(kept.has(Math.min(...column)) && kept.has(Math.max(...column))).toBe(true);
        }
      }),
    );
  });

  it('keeps all of the first hundred steps', () => {
    const { x } = decimate(new Float32Array(10_000).map(Math.sin), { columns: 10 });
    expect(Array.from(x.slice(0, 100))).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('shows every step of a short window of a long series', () => {
    const { x } = decimate(new Float32Array(10_000), { columns: 100, from: 5000, to: 5150 });
    expect([x[0], x.at(-1), x.length]).toEqual([5000, 5150, 151]);
  });

  it('spaces columns evenly in the logarithm of the step on a log axis', () => {
    const values = new Float32Array(100_000).map((_, i) => i % 7);
    const { x } = decimate(values, { columns: 90, logX: true });
    const between = (a: number, b: number) => x.filter((step) => step >= a && step < b).length;
    expect(Math.abs(between(1000, 10_000) - between(10_000, 100_000))).toBeLessThanOrEqual(6);
  });

  it('leaves a gap where a run has diverged', () => {
    const values = new Float32Array(2000).map((_, i) => (i < 1000 ? 1 : NaN));
    const { x, y } = decimate(values, { columns: 20 });
    expect(y.slice(x.findIndex((step) => step >= 1100)).every(Number.isNaN)).toBe(true);
  });

  it('begins at the first value of a run from a checkpoint, and keeps all of the hundred steps from there', () => {
    const values = new Float32Array(10_000).map((_, i) => (i < 3000 ? NaN : Math.sin(i)));
    for (const logX of [false, true]) {
      const { x, y } = decimate(values, { columns: 20, logX });
      expect(Array.from(x.slice(0, 100))).toEqual(Array.from({ length: 100 }, (_, i) => 3000 + i));
      expect(y.every(Number.isFinite)).toBe(true);
    }
    expect(decimate(new Float32Array(500).fill(NaN), { columns: 20 }).x).toHaveLength(0);
    expect(decimate(values, { columns: 20, from: 0, to: 2000 }).x).toHaveLength(0);
  });
});
