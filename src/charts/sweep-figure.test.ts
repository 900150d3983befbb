import type { ScatterData } from 'plotly.js';
import { describe, expect, it } from 'vitest';
import { concluded } from '../runs/outcomes';
import { exampleState } from '../runs/example-state';
import { planSweep, resultsOf, type Sweep } from '../runs/sweep';
import { sweepFigure, sweepHeatMap, sweepSummary } from './sweep-figure';

const sweep = (axes: Sweep['axes'], seeds = [1, 2, 3]): Sweep => ({
  format: 'branch-lab-sweep',
  version: 1,
  name: '',
  base: '',
  axes,
  seeds,
});
/** The results of a whole sweep: top-1 grows with the learning rate and the seed. */
const results = (of: Sweep) =>
  resultsOf(
    of,
    planSweep(of).runs.map(({ experiment }, i) =>
      concluded(
        exampleState({
          id: String(i),
          experiment,
          steps: 2,
          top1: experiment.lr / 10 + experiment.seed / 100,
        }),
      ),
    ),
    'top1',
  );
const RATES = { key: 'lr', values: ['0.5', '0.1', '0.3', '0.2'] } as const;
const rates = { ...RATES, values: [...RATES.values] } satisfies Sweep['axes'][number];
const view = { dark: false, bars: 'interval' } as const;

describe('a sweep of one setting', () => {
  it('has numbers along x, means with bars, and single seeds as dots', () => {
    const { data, layout } = sweepFigure(results(sweep([rates])), view);
    const [means, singles] = data as ScatterData[];
    expect(means!.x).toEqual([0.1, 0.2, 0.3, 0.5]);
    expect(means!.y).toEqual([3, 4, 5, 7].map((y) => expect.closeTo(y, 4)));
    // t(0.975, 2) · 1/√3.
    expect((means!.error_y as { array: number[] }).array[0]).toBeCloseTo(2.4841, 3);
    expect(singles!.x).toHaveLength(12);
    expect(layout.xaxis).toMatchObject({ type: 'linear', title: { text: 'Learning rate' } });
    expect(layout.yaxis).toMatchObject({ title: { text: 'Test top-1 (%)' } });
    const [deviations] = sweepFigure(results(sweep([rates])), { ...view, bars: 'deviation' })
      .data as ScatterData[];
    expect((deviations!.error_y as { array: number[] }).array[0]).toBeCloseTo(1, 4);
  });

  it('has a log axis if its values are positive and span more than a factor of 30', () => {
    const wide = sweepFigure(results(sweep([{ key: 'lr', values: ['0.01', '0.1', '1'] }])), view);
    expect(wide.layout.xaxis!.type).toBe('log');
  });

  it('has categories in the sweep’s order if the setting is a choice, without a line between them', () => {
    const { data, layout } = sweepFigure(results(sweep([{ key: 'conv1x1', values: ['scale', 'bn'] }])), view);
    expect((data[0] as ScatterData).x).toEqual(['Scale', 'Batch norm']);
    expect((data[0] as ScatterData).mode).toBe('markers');
    expect(layout.xaxis).toMatchObject({ type: 'category', categoryarray: ['Scale', 'Batch norm'] });
  });

  it('leaves out experiments without a result, and names them in the summary', () => {
    const found = resultsOf(sweep([rates]), [], 'top1');
    expect((sweepFigure(found, view).data[0] as ScatterData).x).toEqual([]);
    expect(sweepSummary(found)).toContain('Learning rate 0.5: –, 3 not run.');
    expect(sweepSummary(results(sweep([rates])))).toContain('Learning rate 0.1: 3.00 ± 1.00 (3).');
  });
});

describe('a sweep of two settings', () => {
  const both = sweep([rates, { key: 'momentum', values: ['0', '0.5', '0.9', '0.95'] }]);

  it('has one line per value of the second setting', () => {
    const { data, layout } = sweepFigure(results(both), view);
    const named = (data as ScatterData[]).filter(({ showlegend }) => showlegend !== false);
    expect(named.map(({ name }) => name)).toEqual([
      'Momentum 0',
      'Momentum 0.5',
      'Momentum 0.9',
      'Momentum 0.95',
    ]);
    expect(layout.showlegend).toBe(true);
  });

  it('also has a heat map if both settings have at least four values, in numerical order', () => {
    const map = sweepHeatMap(results(both), view)!.data[0] as unknown as {
      x: string[];
      y: string[];
      z: number[][];
    };
    expect(map.x).toEqual(['0.1', '0.2', '0.3', '0.5']);
    expect(map.z).toHaveLength(4);
    expect(map.z[0]).toEqual([3, 4, 5, 7].map((z) => expect.closeTo(z, 4)));
    expect(sweepHeatMap(results(sweep([rates])), view)).toBeNull();
    expect(
      sweepHeatMap(results(sweep([rates, { key: 'nesterov', values: ['on', 'off'] }])), view),
    ).toBeNull();
  });
});
