import type { ScatterData } from 'plotly.js';
import { describe, expect, it } from 'vitest';
import { readingsAt, summary } from './captions';
import { exampleRun } from './example-run';
import { figureOf, MAX_LAYERS, panelFigure, type FigureOptions } from './figures';
import { DARK, LIGHT } from './theme';
import { CHARTS, isPanel } from './chart-specs';
import { panelCurves } from './run-view';

const options: FigureOptions = { statistic: 'mean', xScale: 'linear', dark: false, width: 400, xRange: null };
const lines = (figure: { data: unknown[] }) => figure.data as ScatterData[];

describe('a panel', () => {
  it('has one line per layer, and the mean over layers on top, thick and dashed', () => {
    const drawn = lines(panelFigure(exampleRun(11, 300), 'identity', options));
    expect(drawn.map(({ name }) => name)).toEqual([
      ...Array.from({ length: 11 }, (_, i) => `Layer ${i + 1}`),
      'Mean over layers',
    ]);
    expect(drawn.at(-1)!.line).toMatchObject({ dash: 'dash', color: LIGHT.mean });
    expect(drawn.at(-1)!.line.width).toBeGreaterThan(drawn[0]!.line.width!);
  });

  it('draws the last block in the accent colour, thicker than the others', () => {
    for (const dark of [false, true]) {
      const drawn = lines(panelFigure(exampleRun(11, 300), 'conv3x3', { ...options, dark }));
      const accent = (dark ? DARK : LIGHT).accent;
      expect(drawn.filter(({ line }) => line.color === accent).map(({ name }) => name)).toEqual(['Layer 11']);
      expect(drawn[10]!.line.width).toBeGreaterThan(drawn[0]!.line.width!);
    }
  });

  it('highlights a picked layer and its dip instead of the last layer, and fades the others', () => {
    const run = exampleRun(60, 60);
    const fourth = panelCurves(run, 'identity')[3]!;
    const figure = panelFigure(run, 'identity', { ...options, highlight: fourth });
    const drawn = lines(figure);
    const accented = drawn.filter(({ line }) => line.color === LIGHT.accent);
    expect(accented.map(({ name }) => name)).toEqual(['Layer 4']);
    expect(accented[0]!.opacity ?? 1).toBe(1);
    expect(drawn[0]!.opacity).toBeLessThan(0.5);
    const elsewhere = panelFigure(run, 'conv3x3', { ...options, highlight: fourth });
    expect(elsewhere).toEqual(panelFigure(run, 'conv3x3', options));
  });

  it('draws at most a fixed number of layers, including the first and the last', () => {
    const drawn = lines(panelFigure(exampleRun(60, 20), 'identity', options));
    expect(drawn.length).toBe(MAX_LAYERS + 1);
    expect([drawn[0]!.name, drawn.at(-2)!.name]).toEqual(['Layer 1', 'Layer 60']);
  });

  it("marks the last block's dip, also on a log axis, and not when it is out of view", () => {
    const run = exampleRun(11, 300);
    expect(panelFigure(run, 'identity', options).layout.annotations).toMatchObject([
      { x: 37, text: '−28 % at 37' },
    ]);
    const log = panelFigure(run, 'identity', { ...options, xScale: 'log' });
    expect(log.layout.annotations![0]!.x).toBeCloseTo(Math.log10(37));
    expect(panelFigure(run, 'identity', { ...options, xRange: [100, 200] }).layout.annotations).toEqual([]);
  });

  it('shows exact values on hovering', () => {
    expect(lines(panelFigure(exampleRun(11, 300), 'identity', options))[10]!.hovertemplate).toBe(
      'Layer 11, step %{x:,d}: %{y:.4f}<extra></extra>',
    );
  });

  it('averages all layers, at full resolution', () => {
    const mean = lines(panelFigure(exampleRun(2, 300), 'identity', options)).at(-1)!;
    expect((mean.y as Float64Array)[37]).toBeCloseTo((1 + 0.72) / 2, 5);
  });
});

describe('every figure', () => {
  const run = exampleRun(11, 300);

  it('names both axes, and the unit if there is one', () => {
    const titles = CHARTS.filter((chart) => !isPanel(chart) || panelCurves(run, chart).length > 0).map(
      (chart) => figureOf(run, chart, options).layout,
    );
    expect(titles.map(({ xaxis }) => (xaxis!.title as { text: string }).text)).toEqual(
      titles.map(() => 'Step'),
    );
    expect(titles.map(({ yaxis }) => (yaxis!.title as { text: string }).text)).toEqual([
      'Mean scale',
      'Mean scale',
      'Mean scale',
      'Loss (nats)',
      'Accuracy (%)',
      'Accuracy (%)',
      'Standard deviation',
    ]);
  });

  it('leaves step 0 out of a log axis', () => {
    for (const chart of CHARTS) {
      const figure = figureOf(run, chart, { ...options, xScale: 'log' });
      for (const { x } of lines(figure)) expect(Math.min(...(x as Float64Array))).toBeGreaterThan(0);
      expect(figure.layout.xaxis!.range![0]).toBe(0);
    }
  });

  it('shows test results beside the training ones, in per cent', () => {
    const [train, top1, top5] = lines(figureOf(run, 'accuracy', options));
    expect([train!.name, top1!.name, top5!.name]).toEqual(['Train top-1', 'Test top-1', 'Test top-5']);
    expect([...(top1!.y as Float64Array)]).toEqual([1, 25]);
    expect(lines(figureOf(run, 'loss', options)).map(({ mode }) => mode)).toEqual(['lines', 'lines+markers']);
  });

  it('shows only the requested range', () => {
    const figure = figureOf(run, 'loss', { ...options, xRange: [50.4, 80] });
    const { x } = lines(figure)[0]!;
    expect([figure.layout.xaxis!.range, (x as Float64Array)[0], (x as Float64Array).at(-1)]).toEqual([
      [50.4, 80],
      49,
      81,
    ]);
  });
});

describe('captions', () => {
  const run = exampleRun(11, 300);

  it('give the exact values at a step, and the latest ones otherwise', () => {
    expect(readingsAt(run, 'identity', 'mean', 37)).toEqual({
      step: 37,
      readings: [
        { name: 'mean', value: '0.9745' },
        { name: 'layer 11', value: '0.7200' },
      ],
    });
    expect(readingsAt(run, 'loss', 'mean', null).readings[1]).toEqual({ name: 'test', value: '3.1000' });
  });

  it('summarise a chart for screen readers', () => {
    expect(summary(run, 'identity', 'Identity', 'mean')).toMatch(
      /^Identity at step 299: mean .*Layer 11 was lowest at step 37: 28 % below its start\.$/,
    );
  });
});
