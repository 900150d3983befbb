/** The moment: which step of the run the lab shows, and how it moves on by itself. */
import { create } from 'zustand';
import { stepsOf } from '../../runs/at-step';
import type { RunState } from '../../runs/record';
import { isGoingOn, useRun } from './run';

/** Steps a second that a run can be played at. */
export const SPEEDS = [1, 2, 5, 10, 20, 50, 100, 200] as const;
export type Speed = (typeof SPEEDS)[number];

/** Steps that are played over and over, from the first. */
export const LOOP_STEPS = 100;

export interface Moment {
  /** Whose moment it is; of a pair, both runs'. */
  runId: string | null;
  /** Null for the newest step, also while more come. */
  step: number | null;
  /** The step that charts are given: while it plays they follow at their own pace. */
  charted: number | null;
  playing: boolean;
  speed: Speed;
  /** Whether playing goes over the first LOOP_STEPS steps again and again. */
  loop: boolean;
}

export const useMoment = create<Moment>(() => ({
  runId: null,
  step: null,
  charted: null,
  playing: false,
  speed: 20,
  loop: false,
}));

/** Where playing is: a step and a part of the way to the next. Where it stops, null stands for the newest step. */
export function movedOn(
  position: number,
  seconds: number,
  { speed, loop }: Pick<Moment, 'speed' | 'loop'>,
  { first, last }: { first: number; last: number },
): number | null {
  const moved = position + speed * seconds;
  const end = loop ? Math.min(last, first + LOOP_STEPS - 1) : last;
  if (moved < end + 1) return moved;
  return loop ? first : null;
}

const shown = (): RunState | null => useRun.getState().run;

/** Shows a step of the run: the nearest there is; null for the newest. Playing ends. */
export function goTo(step: number | null): void {
  const run = shown();
  if (!run) return;
  const { first, last } = stepsOf(run);
  // The last step of a run that has ended is the newest for good.
  const newest = step === null || (step >= last && !isGoingOn(useRun.getState()));
  const at = newest ? null : Math.max(first, Math.min(last, Math.round(step)));
  useMoment.setState({ runId: run.id, step: at, charted: at, playing: false });
}

/** The step that is shown: that of the moment, else the newest. */
export function shownStep(run: RunState, { step }: Pick<Moment, 'step'>): number {
  const { first, last } = stepsOf(run);
  return Math.max(first, Math.min(step ?? last, last));
}

/** Shows the step so many steps later, or earlier where it is negative. */
export function moveBy(steps: number): void {
  const run = shown();
  if (run) goTo(shownStep(run, useMoment.getState()) + steps);
}

/** The time of the last frame, and the position between two steps, while it is played. */
let before: number | null = null;
let position = 0;
let frame = 0;
let chartedAt = 0;

/** Least time between two steps that charts are given, in ms. */
const CHART_PACE = 50;

function tick(now: number): void {
  const run = shown();
  const moment = useMoment.getState();
  if (!run || !moment.playing) return;
  // A page in the background has no frames: it goes on where it was.
  const seconds = before === null ? 0 : Math.min(0.25, (now - before) / 1000);
  before = now;
  const moved = movedOn(position, seconds, moment, stepsOf(run));
  if (moved === null) return goTo(null);
  position = moved;
  const step = Math.floor(moved);
  const due = now - chartedAt >= CHART_PACE && step !== moment.charted;
  if (due) chartedAt = now;
  if (due || step !== moment.step) useMoment.setState(due ? { step, charted: step } : { step });
  frame = requestAnimationFrame(tick);
}

/** Plays from the step that is shown on; from the first one where that is the newest, or past the loop. */
export function play(): void {
  const run = shown();
  if (!run) return;
  const { first, last } = stepsOf(run);
  if (last < first) return;
  const { step, loop } = useMoment.getState();
  const past = step === null || step >= last || (loop && step >= first + LOOP_STEPS);
  position = past ? first : step;
  before = null;
  const from = Math.floor(position);
  useMoment.setState({ runId: run.id, step: from, charted: from, playing: true });
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(tick);
}

export const pausePlaying = (): void => useMoment.setState(({ step }) => ({ playing: false, charted: step }));

/** A run that is about to be shown begins at its first step, and is played from there. */
export const playFromStart = ({ id, series }: Pick<RunState, 'id' | 'series'>): void =>
  useMoment.setState({ runId: id, step: series.first, charted: series.first, playing: false });

export const playOrPause = (): void => (useMoment.getState().playing ? pausePlaying() : play());

/** Another run has its newest step shown; the other one of a pair the step that is shown. Returns how to stop. */
export const followRun = (): (() => void) =>
  useRun.subscribe(({ run, pair }) => {
    const { runId } = useMoment.getState();
    if (run === null || runId === null || run.id === runId) return;
    if (pair?.includes(run.id) && pair.includes(runId)) useMoment.setState({ runId: run.id });
    else useMoment.setState({ runId: null, step: null, charted: null, playing: false });
  });
