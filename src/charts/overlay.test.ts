import fc from 'fast-check';
import type { ScatterData } from 'plotly.js';
import { describe, expect, it } from 'vitest';
import { exampleState, type Example } from '../runs/example-state';
import type { RunState } from '../runs/record';
import { figureOf } from './figures';
import { CHARTS, isPanel } from './chart-specs';
import type { Overlaid, OverlaidGroup } from './overlaid';
import { overlayFigure, type OverlayOptions } from './overlay';
import { overlayCsv } from './overlay-csv';
import { overlaySummary, readingsAllAt } from './overlay-readings';
import type { OverlaidRun } from './run-view';

const options: OverlayOptions = {
  statistic: 'mean',
  layer: 'last',
  band: 'range',
  singles: false,
  legend: true,
  xScale: 'linear',
  dark: false,
  width: 400,
  xRange: null,
};
const COLOURS = ['#1971c2', '#d9480f', '#2f9e44'];
const one = (name: string, example: Example, i = 0): OverlaidRun & { run: RunState } => ({
  id: name,
  name,
  colour: COLOURS[i]!,
  run: exampleState(example),
});
const seeds = (examples: readonly Example[]): OverlaidGroup => ({
  id: 'g',
  name: 'G',
  colour: '#2f9e44',
  runs: examples.map((example, i) => exampleState({ ...example, experiment: { seed: i + 1 } })),
});
const traces = (lines: readonly Overlaid[], chart: (typeof CHARTS)[number], more = {}) =>
  overlayFigure(lines, chart, { ...options, ...more }).data as ScatterData[];

describe('runs in one chart', () => {
  const lines = [one('A', { steps: 300 }), one('B', { steps: 200, depth: 0.1 }, 1)];

  it('are in their colours, the first in front, thicker, and first in the legend', () => {
    for (const chart of ['identity', 'logitStd', 'testAccuracy'] as const) {
      const drawn = traces(lines, chart).filter(({ mode }) => mode?.startsWith('lines'));
      expect(drawn.map(({ name }) => name)).toEqual(['B', 'A']);
      expect(drawn.map(({ line }) => line.color)).toEqual([COLOURS[1], COLOURS[0]]);
      expect(drawn[1]!.line.width).toBeGreaterThan(drawn[0]!.line.width!);
      expect(overlayFigure(lines, chart, options).layout.legend!.traceorder).toBe('reversed');
    }
  });

  it('have one legend entry each and a fixed number of traces in every chart', () => {
    for (const chart of CHARTS) {
      const drawn = traces(lines, chart);
      expect(drawn.filter(({ showlegend }) => showlegend).map(({ name }) => name)).toEqual(['B', 'A']);
      const each = chart === 'loss' || chart === 'accuracy' || isPanel(chart) ? 2 : 1;
      expect(drawn, chart).toHaveLength(2 * each);
    }
  });

  it('are in the legend by their training line where nothing was tested yet', () => {
    const untested = { ...lines[0]!, run: { ...lines[0]!.run, evaluations: [] } };
    for (const chart of ['loss', 'accuracy'] as const)
      expect(traces([untested], chart).map(({ showlegend }) => showlegend)).toEqual([true, false]);
  });

  it('have a ring at their lowest points, and a label at the first run’s', () => {
    const drawn = traces(lines, 'identity');
    const marks = drawn.filter(({ mode }) => mode === 'markers');
    expect(marks.map(({ x }) => x)).toEqual([[37], [37]]);
    const { annotations } = overlayFigure(lines, 'identity', options).layout;
    expect(annotations).toMatchObject([{ x: 37, text: '−28 % at 37', bordercolor: COLOURS[0] }]);
  });

  it('show the requested layer, or the mean over layers', () => {
    const at37 = (layer: OverlayOptions['layer']) =>
      (traces([lines[0]!], 'identity', { layer })[0]!.y as Float64Array)[37];
    expect(at37('last')).toBeCloseTo(0.72, 5);
    expect(at37(0)).toBe(1);
    expect(at37('mean')).toBeCloseTo((2 + 0.72) / 3, 5);
    expect(traces([lines[0]!], 'identity', { layer: 9 })[0]!.x).toHaveLength(0);
  });

  it('show a run from a checkpoint beside its parent at absolute steps, up to the longest run', () => {
    const pair = [one('A', { steps: 100 }), one('C', { steps: 400, from: 50 }, 1)];
    const figure = overlayFigure(pair, 'conv3x3', options);
    expect((figure.data[0] as ScatterData).x[0]).toBe(50);
    expect(figure.xRange).toEqual([0, 400]);
  });

  it('may be an empty list', () => {
    for (const chart of CHARTS) expect(overlayFigure([], chart, options).data).toEqual([]);
    expect(overlaySummary([], 'loss', 'Loss', options)).toBe('Loss of 0 lines.');
  });
});

describe('a group', () => {
  it('is the mean over its seeds with a band from the least to the greatest', () => {
    const [low, high, mean] = traces([seeds([{ depth: 0.1 }, { depth: 0.2 }, { depth: 0.3 }])], 'identity');
    const at = (trace: ScatterData | undefined) => (trace!.y as Float64Array)[37];
    expect([at(low), at(mean), at(high)]).toEqual([0.7, 0.8, 0.9].map((y) => expect.closeTo(y, 5)));
    expect(high).toMatchObject({ fill: 'tonexty', fillcolor: 'rgba(47, 158, 68, 0.2)' });
  });

  it('can have the mean ± the sample standard deviation as its band', () => {
    const group = seeds([{ depth: 0.1 }, { depth: 0.2 }, { depth: 0.3 }]);
    const [low] = traces([group], 'identity', { band: 'deviation' });
    expect((low!.y as Float64Array)[37]).toBeCloseTo(0.7, 5);
  });

  it('has a mean at every step that a run has a value for, and a band only at steps of all runs', () => {
    const group = seeds([{ steps: 200 }, { steps: 120, depth: 0.1 }, { steps: 200, from: 20 }]);
    const [low, high, mean] = traces([group], 'identity');
    for (const edge of [low!, high!]) expect([edge.x[0], edge.x.at(-1)]).toEqual([20, 119]);
    expect([mean!.x[0], mean!.x.at(-1)]).toEqual([0, 199]);
    const counts = mean!.customdata as unknown as number[];
    expect([counts[0], counts[50], counts.at(-1)]).toEqual([2, 3, 2]);
  });

  it('ignores runs without a value in its band', () => {
    const [low] = traces([seeds([{}, { depth: 0.1 }, { steps: 0 }])], 'identity');
    expect(low!.x).toHaveLength(60);
    expect(readingsAllAt([seeds([{}, { steps: 0 }])], 'identity', options, null)[0]!.step).toBe(59);
  });

  it('counts a seed once, by its latest run', () => {
    const runs = [0.1, 0.5, 0.2].map((depth, i) =>
      exampleState({ depth, experiment: { seed: i < 2 ? 1 : 2 } }),
    );
    const mean = traces([{ ...seeds([]), runs }], 'identity')[2]!;
    expect((mean.y as Float64Array)[37]).toBeCloseTo(0.65, 5);
  });

  it('leaves out steps at which one of its runs was not evaluated but went on', () => {
    const group = seeds([{ steps: 400 }, { steps: 250 }, { steps: 400 }]);
    const mean = traces([group], 'testAccuracy').find(({ customdata }) => customdata)!;
    expect([Array.from(mean.x as Float64Array), mean.customdata]).toEqual([
      [0, 400],
      [3, 2],
    ]);
  });

  it('has its band around test results in accuracy charts, and single runs if requested', () => {
    const group = seeds([{ top1: 0.2 }, { top1: 0.4 }]);
    const [low, high, mean] = traces([group], 'testAccuracy');
    expect([low, mean, high].map((trace) => (trace!.y as Float64Array).at(-1))).toEqual(
      [20, 30, 40].map((y) => expect.closeTo(y, 5)),
    );
    const names = traces([group], 'testAccuracy', { singles: true }).map(({ name }) => name);
    expect(names.slice(2, 4)).toEqual(['G, seed 1', 'G, seed 2']);
  });

  it('has its mean inside its band, for any runs', () => {
    const run = fc.record({
      steps: fc.integer({ min: 1, max: 300 }),
      from: fc.nat(80),
      depth: fc.float({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.array(run, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...CHARTS),
        (runs, chart) => {
          const drawn = traces([seeds(runs)], chart, { band: 'range' });
          const edges = drawn.filter(({ line }) => line?.width === 0);
          for (const { x, y } of edges) {
            expect(Array.from(y as Float64Array).every(Number.isFinite)).toBe(true);
            expect(x).toHaveLength((y as Float64Array).length);
          }
          const mean = drawn.find(({ customdata }) => customdata);
          if (edges.length !== 2 || !mean || chart === 'accuracy') return;
          const at = (trace: ScatterData) =>
            new Map(Array.from(trace.x as Float64Array, (step, i) => [step, (trace.y as Float64Array)[i]!]));
          const [low, high, middle] = [at(edges[0]!), at(edges[1]!), at(mean)];
          for (const [step, value] of middle) {
            if (low.has(step)) expect(value).toBeGreaterThanOrEqual(low.get(step)! - 1e-6);
            if (high.has(step)) expect(value).toBeLessThanOrEqual(high.get(step)! + 1e-6);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the readings of all lines', () => {
  const lines = [
    one('A', { steps: 300 }),
    one('B', { steps: 60 }, 1),
    seeds([{ depth: 0.1 }, { depth: 0.3, top1: 0.35 }]),
  ];
  const values = (...about: [(typeof CHARTS)[number], number | null, object?]) =>
    readingsAllAt(lines, about[0], { ...options, ...about[2] }, about[1]).map(({ step, readings }) => [
      step,
      ...readings.map(({ value }) => value),
    ]);

  it('are at the step, with a dash for a line without a value there', () => {
    expect(values('identity', 37)).toEqual([
      [37, '0.7200'],
      [37, '0.7200'],
      [37, '0.8000, 0.7000 to 0.9000 (2)'],
    ]);
    expect(values('identity', 100, { band: 'deviation' }).map((row) => row[1])).toEqual(['0.8621', '–', '–']);
    expect(readingsAllAt(lines, 'identity', options, 37)[0]!.readings[0]!.name).toBe('last block');
  });

  it('are each line’s latest values if no step is given', () => {
    expect(values('testAccuracy', null, { band: 'deviation' })).toEqual([
      [300, '25.00 %'],
      [60, '25.00 %'],
      [60, '30.00 ± 7.07 % (2)'],
    ]);
    expect(values('loss', null)[0]).toEqual([300, '3.4112', '3.1000']);
  });

  it('are in the summary for screen readers', () => {
    expect(overlaySummary(lines.slice(0, 2), 'identity', 'Identity', options)).toMatch(
      /^Identity of 2 lines\. A at step 299: last block 0\.\d+, lowest at step 37, 28 % below its start\. B at step 59/,
    );
  });

  it('are in the CSV for every step', () => {
    const rows = overlayCsv(lines, 'identity', options).trimEnd().split('\r\n');
    expect(rows[0]).toBe('Step,A,B,G,G low,G high');
    expect(rows[38]).toBe('37,0.72,0.72,0.8,0.7,0.9');
    expect(rows.at(-1)).toMatch(/^299,[\d.]+,,,,$/);
    const tests = overlayCsv([lines[0]!], 'testAccuracy', options).trimEnd().split('\r\n');
    expect(tests).toEqual(['Step,A test', '0,1', '300,25']);
  });
});

describe('runs behind another', () => {
  const behind = [one('Other', { steps: 500 }, 2)];
  const single = { ...options, highlight: null };

  it('are drawn before its lines, thin, in their colours, without legend entries', () => {
    const run = exampleState({ steps: 100 });
    for (const chart of CHARTS) {
      const alone = figureOf(run, chart, single).data as ScatterData[];
      const figure = figureOf(run, chart, { ...single, behind });
      const drawn = figure.data as ScatterData[];
      const added = drawn.length - alone.length;
      const isDrawn = !isPanel(chart) || ['identity', 'conv1x1', 'conv3x3'].includes(chart);
      expect(added > 0, chart).toBe(isDrawn);
      const others = drawn.slice(0, added);
      expect(others.every(({ line }) => line.color === COLOURS[2] && line.width! <= 1.5)).toBe(true);
      expect(others.every(({ showlegend }) => showlegend === false)).toBe(true);
      expect(figure.xRange[1]).toBeGreaterThanOrEqual(499);
    }
  });

  it('show the highlighted layer in a panel', () => {
    const run = exampleState({ steps: 100 });
    const [other] = figureOf(run, 'identity', { ...single, behind, highlight: 0 }).data as ScatterData[];
    expect((other!.y as Float64Array)[37]).toBe(1);
    const [last] = figureOf(run, 'identity', { ...single, behind }).data as ScatterData[];
    expect((last!.y as Float64Array)[37]).toBeCloseTo(0.72, 5);
  });
});
