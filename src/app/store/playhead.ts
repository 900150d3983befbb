/** The playhead: the step of the run that the lab shows, and playing through the steps. */
import { create } from 'zustand';
import { stepsOf } from '../../runs/at-step';
import type { RunState } from '../../runs/record';
import { isGoingOn, useRun } from './run';

/** Speeds of playing, in steps per second. */
export const SPEEDS = [1, 2, 5, 10, 20, 50, 100, 200] as const;
export type Speed = (typeof SPEEDS)[number];

/** Number of steps that the loop plays, from the first step. */
export const LOOP_STEPS = 100;

export interface Playhead {
  /** The run that the playhead belongs to; for a pair it applies to both runs. */
  runId: string | null;
  /** Null for the newest step, which it then follows. */
  step: number | null;
  /** The step that charts draw; while playing it is updated less often than `step`. */
  charted: number | null;
  playing: boolean;
  speed: Speed;
  /** Whether playing repeats the first LOOP_STEPS steps. */
  loop: boolean;
}

export const usePlayhead = create<Playhead>(() => ({
  runId: null,
  step: null,
  charted: null,
  playing: false,
  speed: 20,
  loop: false,
}));

/** The fractional position after playing for `seconds`; null at the end, which stands for the newest step. */
export function movedOn(
  position: number,
  seconds: number,
  { speed, loop }: Pick<Playhead, 'speed' | 'loop'>,
  { first, last }: { first: number; last: number },
): number | null {
  const moved = position + speed * seconds;
  const end = loop ? Math.min(last, first + LOOP_STEPS - 1) : last;
  if (moved < end + 1) return moved;
  return loop ? first : null;
}

const shown = (): RunState | null => useRun.getState().run;

/** Moves the playhead to the nearest recorded step; null means the newest. Stops playing. */
export function goTo(step: number | null): void {
  const run = shown();
  if (!run) return;
  const { first, last } = stepsOf(run);
  // The last step of an ended run is the newest step.
  const newest = step === null || (step >= last && !isGoingOn(useRun.getState()));
  const at = newest ? null : Math.max(first, Math.min(last, Math.round(step)));
  usePlayhead.setState({ runId: run.id, step: at, charted: at, playing: false });
}

/** The shown step: the playhead's, else the newest. */
export function shownStep(run: RunState, { step }: Pick<Playhead, 'step'>): number {
  const { first, last } = stepsOf(run);
  return Math.max(first, Math.min(step ?? last, last));
}

/** Moves the playhead by a number of steps, backwards if negative. */
export function moveBy(steps: number): void {
  const run = shown();
  if (run) goTo(shownStep(run, usePlayhead.getState()) + steps);
}

/** While playing: time of the last frame, and the fractional position. */
let before: number | null = null;
let position = 0;
let frame = 0;
let chartedAt = 0;

/** Least time between two updates of `charted`, in ms. */
const CHART_PACE = 50;

function tick(now: number): void {
  const run = shown();
  const playhead = usePlayhead.getState();
  if (!run || !playhead.playing) return;
  // A page in the background gets no frames: playing continues where it was.
  const seconds = before === null ? 0 : Math.min(0.25, (now - before) / 1000);
  before = now;
  const moved = movedOn(position, seconds, playhead, stepsOf(run));
  if (moved === null) return goTo(null);
  position = moved;
  const step = Math.floor(moved);
  const due = now - chartedAt >= CHART_PACE && step !== playhead.charted;
  if (due) chartedAt = now;
  if (due || step !== playhead.step) usePlayhead.setState(due ? { step, charted: step } : { step });
  frame = requestAnimationFrame(tick);
}

/** Plays from the shown step; from the first if that is the newest or beyond the loop. */
export function play(): void {
  const run = shown();
  if (!run) return;
  const { first, last } = stepsOf(run);
  if (last < first) return;
  const { step, loop } = usePlayhead.getState();
  const past = step === null || step >= last || (loop && step >= first + LOOP_STEPS);
  position = past ? first : step;
  before = null;
  const from = Math.floor(position);
  usePlayhead.setState({ runId: run.id, step: from, charted: from, playing: true });
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(tick);
}

export const pausePlaying = (): void =>
  usePlayhead.setState(({ step }) => ({ playing: false, charted: step }));

/** Moves the playhead to the first step of a run that will be shown. */
export const playFromStart = ({ id, series }: Pick<RunState, 'id' | 'series'>): void =>
  usePlayhead.setState({ runId: id, step: series.first, charted: series.first, playing: false });

export const playOrPause = (): void => (usePlayhead.getState().playing ? pausePlaying() : play());

/**
 * Resets the playhead when another run is shown; keeps it for the other run of a pair. Returns a function that stops
 * it.
 */
export const followRun = (): (() => void) =>
  useRun.subscribe(({ run, pair }) => {
    const { runId } = usePlayhead.getState();
    if (run === null || runId === null || run.id === runId) return;
    if (pair?.includes(run.id) && pair.includes(runId)) usePlayhead.setState({ runId: run.id });
    else usePlayhead.setState({ runId: null, step: null, charted: null, playing: false });
  });
