/** A run at an earlier step contains what was recorded up to then, and its charts keep the axes of the whole run. */
import { expect, test } from 'vitest';
import { figureOf } from './figures';
import { cutOff, valueRange } from './fixed-axes';
import { lastStep } from './run-view';
import { findDip } from '../instruments/dips';
import { runAt, stepsOf } from '../runs/at-step';
import { exampleState } from '../runs/example-state';

const VIEWING = { statistic: 'mean', xScale: 'linear', dark: false, width: 600, xRange: null } as const;

test('a run at a step ends there: series, measurements, evaluations, and the dip so far', () => {
  const run = exampleState({ steps: 60 });
  const at = runAt(run, 20);
  expect(at.series.count).toBe(21);
  expect(at.series.scalar('loss')).toEqual(run.series.scalar('loss').subarray(0, 21));
  expect(at.series.curve(0, 'mean').buffer).toBe(run.series.curve(0, 'mean').buffer);
  expect(at.evaluations.every(({ step }) => step <= 20)).toBe(true);
  expect(at.instruments.steps).toEqual(run.instruments.steps.filter((step) => step <= 20));
  expect(at.whole).toBe(run);
  const last = run.curves.length - 1;
  expect(findDip(run.series.curve(last, 'mean'))!.step).toBe(37);
  expect(findDip(at.series.curve(last, 'mean'))!.step).toBe(20);
});

test('a run at a step cannot be changed, and does not go beyond what is recorded', () => {
  const run = exampleState({ steps: 60 });
  expect(runAt(run, 1000).series.count).toBe(60);
  expect(() => runAt(run, 20).series.truncate(3)).toThrow(TypeError);
});

test('a run at a step stays the same while the run grows', () => {
  const run = exampleState({ steps: 250 });
  const { series } = runAt(run, 100);
  const before = [...series.curve(1, 'rms')];
  const more = exampleState({ steps: 600 }).series;
  run.series.appendColumns(more.columns(250, 600));
  expect(series.count).toBe(101);
  expect([...series.curve(1, 'rms')]).toEqual(before);
});

test('a run that started from a checkpoint has nothing before its first step', () => {
  const run = exampleState({ steps: 60, from: 0 });
  expect(stepsOf(run).first).toBe(0);
  expect(stepsOf(run).last).toBe(lastStep(run));
  expect(stepsOf({ ...run, series: run.series.upTo(0), evaluations: [] })).toEqual({ first: 0, last: -1 });
});

test('a chart keeps the lines and axes of the whole run while the step moves; only its marks follow', () => {
  const run = exampleState({ steps: 60 });
  const [early, late] = [20, 50].map((step) => figureOf(runAt(run, step), 'identity', VIEWING));
  const whole = figureOf(run, 'identity', VIEWING);
  expect(early!.until).toBe(20);
  expect(early!.data).toBe(late!.data);
  expect(early!.xRange).toEqual(whole.xRange);
  expect(early!.layout.yaxis!.range).toEqual(late!.layout.yaxis!.range);
  const [low, high] = valueRange(whole)!;
  expect(low).toBeLessThan(0.72);
  expect(high).toBeGreaterThan(1);
  const marked = ({ layout }: typeof whole) => layout.annotations![0]!.x;
  expect([marked(early!), marked(late!), marked(whole)]).toEqual([20, 37, 37]);
});

test('a saved chart ends at the step shown', () => {
  const run = exampleState({ steps: 60 });
  const figure = figureOf(runAt(run, 20), 'loss', VIEWING);
  for (const trace of cutOff(figure.data, 20) as { x: number[]; y: number[] }[]) {
    expect(trace.x.every((step) => step <= 20)).toBe(true);
    expect(trace.y).toHaveLength(trace.x.length);
  }
});
