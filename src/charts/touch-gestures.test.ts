import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gestured, withoutGestures, type Gesture } from './touch-gestures';

const whole = { range: [0, 400], limits: [0, 400], xScale: 'linear' } as const;
const zoomed = { ...whole, range: [100, 200] } as const;
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('touch gestures on a chart', () => {
  test('two fingers that move apart zoom in, and the steps under them stay under them', () => {
    const found = gestured({ ...whole, from: [0.4, 0.6] }, [0.3, 0.7])!;
    expect(found[0]).toBeCloseTo(100);
    expect(found[1]).toBeCloseTo(300);
  });

  test('two fingers that move together zoom out, up to all steps', () => {
    const found = gestured({ ...zoomed, from: [0.2, 0.8] }, [0.4, 0.6])!;
    expect(found[0]).toBeCloseTo(0);
    expect(found[1]).toBeCloseTo(300);
    expect(gestured({ ...zoomed, from: [0.1, 0.9] }, [0.49, 0.51])).toBeNull();
  });

  test('one finger pans a zoomed chart, within its limits', () => {
    const moved = gestured({ ...zoomed, from: [0.5] }, [0.25])!;
    expect(moved[0]).toBeCloseTo(125);
    expect(moved[1]).toBeCloseTo(225);
    expect(gestured({ ...zoomed, range: [20, 120], from: [0.1] }, [0.9])).toEqual([0, 100]);
  });

  test('a log axis is zoomed by ratios', () => {
    const log: Gesture = { range: [1, 1000], limits: [1, 1000], xScale: 'log', from: [1 / 3, 2 / 3] };
    const found = gestured(log, [0, 1])!;
    expect(found[0]).toBeCloseTo(10);
    expect(found[1]).toBeCloseTo(100);
  });

  test('the steps in view are always within the limits', () => {
    const fingers = fc.array(share, { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(fingers, fingers, share, share, fc.boolean(), (from, to, a, b, log) => {
        const limits = [1, 401] as const;
        const begins = 1 + Math.min(a, b) * 395;
        const range = [begins, Math.min(401, begins + 5 + Math.abs(a - b) * 390)] as const;
        const found = gestured({ range, limits, from, xScale: log ? 'log' : 'linear' }, to);
        if (!found) return;
        expect(found[0]).toBeGreaterThanOrEqual(limits[0] - 1e-6);
        expect(found[1]).toBeLessThanOrEqual(limits[1] + 1e-6);
        expect(found[1]).toBeGreaterThan(found[0]);
      }),
    );
  });

  test('plotly’s own gestures are switched off for every axis', () => {
    const layout = withoutGestures({ dragmode: 'zoom', xaxis: { nticks: 3 }, yaxis2: { nticks: 4 } });
    expect(layout).toEqual({
      dragmode: false,
      xaxis: { nticks: 3, fixedrange: true },
      yaxis2: { nticks: 4, fixedrange: true },
    });
  });
});
