/** The playhead advances at its speed, loops, stops at the newest step, and belongs to one run or one pair of runs. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { verbatim } from '../../language/message';
import { exampleState } from '../../runs/example-state';
import { followRun, goTo, movedOn, play, playOrPause, shownStep, usePlayhead } from './playhead';
import { useRun } from './run';

const steps = { first: 0, last: 400 };
const run = exampleState({
  steps: 60,
  end: { how: 'finished', step: 60, reason: verbatim(''), digest: null },
});
let frames: ((now: number) => void)[] = [];
const elapse = (now: number) => frames.splice(0).forEach((frame) => frame(now));

beforeEach(() => {
  frames = [];
  vi.stubGlobal('requestAnimationFrame', (frame: (now: number) => void) => frames.push(frame));
  vi.stubGlobal('cancelAnimationFrame', () => (frames = []));
  usePlayhead.setState({ runId: null, step: null, charted: null, playing: false, speed: 20, loop: false });
  useRun.getState().show(run);
});
afterEach(() => vi.unstubAllGlobals());

test('it moves so many steps a second, up to the end', () => {
  expect(movedOn(10, 0.5, { speed: 20, loop: false }, steps)).toBe(20);
  expect(movedOn(399.5, 0.05, { speed: 20, loop: false }, steps)).toBe(400.5);
  expect(movedOn(400.5, 0.1, { speed: 20, loop: false }, steps)).toBeNull();
});

test('a loop goes over the first hundred steps', () => {
  expect(movedOn(98, 0.05, { speed: 20, loop: true }, steps)).toBe(99);
  expect(movedOn(99, 0.1, { speed: 20, loop: true }, steps)).toBe(0);
  expect(movedOn(39, 0.1, { speed: 20, loop: true }, { first: 5, last: 39 })).toBe(5);
});

test('playing begins at the first step, goes on by time, and ends at the newest', () => {
  play();
  expect(usePlayhead.getState()).toMatchObject({ step: 0, playing: true });
  elapse(1000);
  elapse(1200);
  expect(usePlayhead.getState().step).toBe(4);
  // However long a frame took, no more than a quarter of a second passes.
  elapse(9000);
  expect(usePlayhead.getState().step).toBe(9);
  playOrPause();
  expect(usePlayhead.getState()).toMatchObject({ step: 9, charted: 9, playing: false });
  play();
  for (let now = 0; usePlayhead.getState().playing && now < 100_000; now += 200) elapse(now);
  expect(usePlayhead.getState()).toMatchObject({ step: null, playing: false });
});

test('a step beyond the ends is the nearest there is; the last one of an ended run is the newest', () => {
  goTo(-5);
  expect(usePlayhead.getState().step).toBe(0);
  goTo(17.4);
  expect(shownStep(run, usePlayhead.getState())).toBe(17);
  goTo(1e6);
  expect(usePlayhead.getState().step).toBeNull();
});

test('another run has its newest step shown; the other one of a pair the same step', () => {
  const stop = followRun();
  const other = { ...exampleState({ id: 'b', steps: 60 }), end: run.end };
  useRun.setState({ beside: other, pair: [run.id, other.id] });
  goTo(12);
  useRun.getState().swap();
  expect(usePlayhead.getState()).toMatchObject({ runId: 'b', step: 12 });
  useRun.getState().show({ ...run, id: 'c' });
  expect(usePlayhead.getState()).toMatchObject({ runId: null, step: null });
  stop();
});
