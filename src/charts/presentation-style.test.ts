import fc from 'fast-check';
import type { Layout } from 'plotly.js';
import { describe, expect, test } from 'vitest';
import { contrast, standingOut } from './contrast';
import { exampleRun } from './example-run';
import { figureOf } from './figures';
import { LEAST_CONTRAST, LEAST_LINE, magnified } from './presentation-style';
import { sixPanels } from './six-panels';
import { CHARTS } from './chart-specs';

const channel = fc.integer({ min: 0, max: 255 });
const colours = fc.tuple(channel, channel, channel).map((parts) => `rgb(${parts.join(', ')})`);
const GROUNDS = ['#ffffff', '#1f1f1f'];

describe('colours that stand out', () => {
  test('black on white is 21 to 1, a colour on itself 1 to 1', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#1971c2', 'rgb(25, 113, 194)')).toBe(1);
  });

  test('every colour can be changed to a contrast of 7 to 1 on a light and on a dark page, and stays the same if it has that already', () => {
    fc.assert(
      fc.property(colours, fc.constantFrom(...GROUNDS), (colour, ground) => {
        const found = standingOut(colour, ground, LEAST_CONTRAST);
        expect(contrast(found, ground)).toBeGreaterThanOrEqual(LEAST_CONTRAST);
        if (contrast(colour, ground) >= LEAST_CONTRAST) expect(found).toBe(colour);
      }),
    );
  });

  test('an unknown notation is refused', () => {
    expect(() => contrast('orange', '#ffffff')).toThrow('expected #rrggbb, rgb(…) or rgba(…), found orange');
  });
});

/** Every size of a text in a layout. */
function fontSizes(value: unknown, key = ''): number[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = /font$/i.test(key) && 'size' in value ? [value.size as number] : [];
  return [...own, ...Object.entries(value).flatMap(([name, inner]) => fontSizes(inner, name))];
}

const SCALE = 2.1;
const looks = { statistic: 'mean', xScale: 'linear', dark: false, width: 600, xRange: null } as const;

describe('the presentation style', () => {
  const run = exampleRun(4, 120);
  const named = { name: 'factor 2', run };

  test.each([true, false])('dark %s: texts have at least 24 px, lines 3 px, contrasts 7 to 1', (dark) => {
    const figures = [
      ...CHARTS.map((chart) => figureOf(run, chart, { ...looks, dark })),
      sixPanels([named, named], { statistic: 'mean', width: 800, height: 400, dark }),
    ];
    for (const figure of figures) {
      const { data, layout } = magnified(figure, SCALE);
      const ground = layout.paper_bgcolor as string;
      for (const size of fontSizes(layout)) expect(size).toBeGreaterThanOrEqual(24);
      for (const trace of data as { line?: { width: number; color: string }; opacity?: number }[]) {
        expect(trace.opacity ?? 1).toBe(1);
        if (!trace.line) continue;
        expect(trace.line.width).toBeGreaterThanOrEqual(LEAST_LINE);
        expect(contrast(trace.line.color, ground)).toBeGreaterThanOrEqual(LEAST_CONTRAST);
      }
      for (const { font, bordercolor } of layout.annotations ?? [])
        for (const colour of [font?.color as string | undefined, bordercolor])
          if (colour !== undefined) expect(contrast(colour, ground)).toBeGreaterThanOrEqual(LEAST_CONTRAST);
      expect(contrast(layout.font!.color as string, ground)).toBeGreaterThanOrEqual(LEAST_CONTRAST);
    }
  });

  test('thick lines stay thicker than thin ones, and the original figure is not changed', () => {
    const figure = figureOf(run, 'identity', looks);
    const before = structuredClone(figure);
    const { data } = magnified(figure, SCALE);
    const widths = (data as { line: { width: number } }[]).map(({ line }) => line.width);
    expect(Math.max(...widths)).toBeGreaterThan(1.5 * Math.min(...widths));
    expect((data[0] as { y: unknown }).y).toBe((figure.data[0] as { y: unknown }).y);
    expect(figure).toEqual(before);
  });

  test('a grid of panels fills the given height', () => {
    const { layout, height } = sixPanels([named, named], {
      statistic: 'mean',
      width: 800,
      height: 500,
      dark: true,
    });
    expect(height).toBe(500);
    const domain = (axis: string) => (layout as Record<string, Partial<Layout['yaxis']>>)[axis]!.domain!;
    expect(domain('yaxis')[1]).toBe(1);
    expect(domain('yaxis4')[0]).toBeCloseTo(0, 6);
  });
});
