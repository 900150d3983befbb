import type { ScatterData } from 'plotly.js';
import { describe, expect, it } from 'vitest';
import { exampleState } from '../runs/example-state';
import { hasPoints, readingsAt, summary } from './captions';
import { chartCsv } from './csv';
import { figureOf, type FigureOptions } from './figures';
import { decayLine, heatMap } from './instrument-figures';
import { sixPanels, sixPanelsSummary } from './six-panels';
import { CHARTS } from './chart-specs';

const branched = exampleState({ steps: 400, from: 120 });
const options: FigureOptions = { statistic: 'mean', xScale: 'linear', dark: false, width: 400, xRange: null };

describe('a run from the checkpoint at step 120', () => {
  it('has no point before step 120 in any chart, and its dip at the absolute step', () => {
    for (const chart of CHARTS) {
      for (const trace of figureOf(branched, chart, options).data as ScatterData[]) {
        if (trace.x.length > 0) expect(trace.x[0], chart).toBeGreaterThanOrEqual(120);
        expect(Array.from(trace.y as Float64Array).every(Number.isFinite), chart).toBe(true);
      }
    }
    const { annotations } = figureOf(branched, 'identity', options).layout;
    expect(annotations).toMatchObject([{ x: 157, text: '−28 % at 157' }]);
  });

  it('is drawn in the six panels and named in their summary', () => {
    const runs = [{ name: 'Branched', run: branched }];
    const figure = sixPanels(runs, { statistic: 'mean', width: 900, dark: false });
    expect(figure.layout.yaxis!.range!.every(Number.isFinite)).toBe(true);
    expect((figure.data as ScatterData[]).every(({ x }) => (x[0] as number) >= 120)).toBe(true);
    expect(sixPanelsSummary(runs, 'mean')).toContain('Identity falls by 28 % to step 157');
  });

  it('gives its first values for an earlier step', () => {
    expect(readingsAt(branched, 'identity', 'mean', 5)).toMatchObject({
      step: 120,
      readings: [{ value: '1.0000' }, { value: '1.0000' }],
    });
    expect(readingsAt(branched, 'loss', 'mean', 5).step).toBe(120);
    expect(summary(branched, 'identity', 'Identity', 'mean')).toMatch(/lowest at step 157/);
  });

  it('begins its CSV there', () => {
    for (const chart of ['identity', 'loss'] as const)
      expect(chartCsv(branched, chart, 'mean').split('\r\n')[1]).toMatch(/^120,/);
  });

  it('is drawn by the instruments from its first step on', () => {
    const decayed = { ...branched, experiment: { ...branched.experiment, wd: 0.1, norm: 'post' as const } };
    expect(decayLine(decayed)!.values[120]).toBe(1);
    const [map] = heatMap(branched, 'identity', false).data as unknown as { z: number[][]; zmax: number }[];
    expect(map!.zmax).toBeCloseTo(0.28, 2);
  });

  it('has nothing to draw before its first step', () => {
    expect(hasPoints(branched)).toBe(true);
    expect(hasPoints(exampleState({ steps: 120, from: 120 }))).toBe(false);
  });
});
