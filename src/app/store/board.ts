/**
 * The study board: results of runs, rows of the user's own, and a queue of runs that goes through them one by one. Kept
 * in the browser; after a reload the queue waits for "Continue".
 */
import { z } from 'zod';
import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import type { Experiment } from '../../experiment/settings';
import { STUDY_ROWS, type StudyRow } from '../../experiment/study';
import { experimentFromQuery, experimentToQuery } from '../../experiment/url';
import { boardResultSchema, repetitionKey, type BoardResult } from '../../runs/board';
import type { RunState } from '../../runs/record';
import { sourceFor, useData } from './data';
import { useRun } from './run';

export const queueItemSchema = z.object({
  id: z.string(),
  /** What the row is called, for the status line. */
  label: z.string(),
  /** The whole experiment, seed included. */
  query: z.string(),
});
export type QueueItem = z.infer<typeof queueItemSchema>;

export const ownRowSchema = z.object({ id: z.string(), label: z.string(), query: z.string() });
export type OwnRow = z.infer<typeof ownRowSchema>;

const keptSchema = z.object({
  results: z.array(boardResultSchema),
  rows: z.array(ownRowSchema),
  queue: z.array(queueItemSchema),
});

export const BOARD_KEY = 'branch-lab-board';
/** Where an unreadable board is set aside. */
export const ASIDE_KEY = `${BOARD_KEY}-unreadable`;

export interface BoardState {
  results: readonly BoardResult[];
  rows: readonly OwnRow[];
  /** Runs to come; the first is the one that is going on while `active` says so. */
  queue: readonly QueueItem[];
  running: boolean;
  /** The queue's own run. */
  active: { item: string; runId: string } | null;
  /** The last run that the queue started: its settings are a row's, not the panel's. */
  lastRun: string | null;
  /** Why the queue stopped, or what became of a kept board that could not be read. */
  notice: string | null;
}

/** A kept board, checked; what is not one is set aside under another key, and a notice says so. */
function readKept(kept: unknown): Pick<BoardState, 'results' | 'rows' | 'queue' | 'notice'> {
  const parsed = keptSchema.safeParse(kept);
  if (parsed.success) return { ...parsed.data, notice: null };
  localStorage.setItem(ASIDE_KEY, JSON.stringify(kept));
  const place = parsed.error.issues[0]?.path.join('.') || 'its top level';
  return {
    results: [],
    rows: [],
    queue: [],
    notice: `The board kept in this browser could not be read (at ${place}). It is set aside under “${ASIDE_KEY}” in the browser’s storage, and a new one is begun.`,
  };
}

export const useBoard = create<BoardState>()(
  persist(
    (): BoardState => ({
      results: [],
      rows: [],
      queue: [],
      running: false,
      active: null,
      lastRun: null,
      notice: null,
    }),
    {
      name: BOARD_KEY,
      version: 1,
      storage: createJSONStorage(() => localStorage),
      partialize: ({ results, rows, queue }) => ({ results, rows, queue }),
      merge: (kept, state) => (kept === undefined ? state : { ...state, ...readKept(kept) }),
    },
  ),
);

/** What a row runs: its values over those of the panel. */
export const experimentOf = (row: Pick<StudyRow, 'values'>, base: Experiment): Experiment => ({
  ...base,
  ...row.values,
});

/** The first `count` seeds from 1 on that neither have a result nor wait in the queue. */
export function freshSeeds(
  { results, queue }: Pick<BoardState, 'results' | 'queue'>,
  experiment: Experiment,
  count: number,
): number[] {
  const key = repetitionKey(experiment);
  const waiting = queue.map(({ query }) => experimentFromQuery(query).experiment);
  const taken = new Set([
    ...results.filter(({ query }) => query === key).map(({ seed }) => seed),
    ...waiting.filter((other) => repetitionKey(other) === key).map(({ seed }) => seed),
  ]);
  const seeds: number[] = [];
  for (let seed = 1; seeds.length < count; seed++) if (!taken.has(seed)) seeds.push(seed);
  return seeds;
}

let items = 0;

/** Puts runs of an experiment with fresh seeds at the end of the queue. */
export function enqueue(label: string, experiment: Experiment, count: number): void {
  const seeds = freshSeeds(useBoard.getState(), experiment, count);
  const added = seeds.map((seed) => ({
    id: `${Date.now().toString(36)}-${items++}`,
    label,
    query: experimentToQuery({ ...experiment, seed }),
  }));
  useBoard.setState(({ queue }) => ({ queue: [...queue, ...added] }));
}

/** Starts the queue, or goes on with it. */
export function startQueue(): void {
  useBoard.setState({ running: true, notice: null });
  next();
}

/** Stops after nothing more has begun; the run that is going on is paused. */
export function pauseQueue(): void {
  useBoard.setState({ running: false });
  const { active } = useBoard.getState();
  if (active && useRun.getState().run?.id === active.runId) useRun.getState().pause();
}

export function clearQueue(): void {
  const { active } = useBoard.getState();
  useBoard.setState({ queue: [], running: false, active: null });
  if (active && useRun.getState().run?.id === active.runId) useRun.getState().stop();
}

/** Begins the next run of the queue, or goes on with its present one. */
function next(): void {
  const { queue, running, active } = useBoard.getState();
  const { run, status, start, resume } = useRun.getState();
  if (!running) return;
  if (active && run?.id === active.runId && status !== 'ended') {
    resume();
    return;
  }
  const item = queue[0];
  if (!item) {
    useBoard.setState({ running: false, active: null });
    return;
  }
  const { experiment } = experimentFromQuery(item.query);
  const { source, missing } = sourceFor(experiment, useData.getState());
  if (!source) {
    useBoard.setState({ running: false, active: null, notice: `The queue waits. ${missing}` });
    return;
  }
  start({ experiment, source });
  const runId = useRun.getState().run!.id;
  useBoard.setState({ active: { item: item.id, runId }, lastRun: runId });
}

/** What a run that came to its end contributes to the board; null where it says nothing about its settings. */
export function resultOf(run: RunState): BoardResult | null {
  const { end, dataset, environment, experiment } = run;
  const evaluation = run.evaluations.at(-1);
  if (!end || !dataset || !environment) return null;
  const finished = end.how === 'finished' && evaluation?.step === run.totalSteps;
  if (!finished && end.how !== 'diverged') return null;
  return {
    query: repetitionKey(experiment),
    seed: experiment.seed,
    top1: finished ? evaluation.top1 : null,
    steps: run.totalSteps,
    images: evaluation?.images ?? dataset.testUsed,
    dataset: dataset.label,
    digest: dataset.digest,
    backend: environment.backend,
    finishedAt: new Date().toISOString(),
  };
}

/** Watches the runs: every one that comes to its end is a result; the queue goes on after its own. Returns how to stop. */
export function followBoard(): () => void {
  return useRun.subscribe(({ run, kept }, before) => {
    const { active } = useBoard.getState();
    if (active && run?.id !== active.runId) {
      // Someone started or dropped a run by hand.
      useBoard.setState({
        active: null,
        running: false,
        notice: 'The queue is paused, because another run was started or this one reset.',
      });
    }
    const ended = kept === before.kept ? undefined : kept.at(-1);
    const result = ended && resultOf(ended);
    if (result) useBoard.setState(({ results }) => ({ results: [...results, result] }));
    if (!active || active.runId !== run?.id || !run.end || before.run?.end) return;
    if (result) {
      useBoard.setState(({ queue }) => ({
        queue: queue.filter(({ id }) => id !== active.item),
        active: null,
      }));
      // After every listener has seen this end.
      queueMicrotask(next);
    } else {
      const notice =
        run.end.how === 'stopped' ? null : `The queue is paused: ${run.end.reason || 'its run ended early.'}`;
      useBoard.setState({ active: null, running: false, notice });
    }
  });
}

export function addOwnRow(label: string, experiment: Experiment): void {
  const row = { id: `own-${Date.now().toString(36)}`, label, query: experimentToQuery(experiment) };
  useBoard.setState(({ rows }) => ({ rows: [...rows, row] }));
}

/** Takes a row of the user's own away and returns how to put it back. */
export function removeOwnRow(id: string): () => void {
  const before = useBoard.getState().rows;
  useBoard.setState({ rows: before.filter((row) => row.id !== id) });
  return () => useBoard.setState({ rows: before });
}

/** Queues `seeds` runs of every row, the published ones over the panel's experiment; rows that are the same experiment there share their runs. */
export function enqueueAll(base: Experiment, seeds: number): void {
  const rows = [
    ...STUDY_ROWS.map((row) => ({ label: row.label, experiment: experimentOf(row, base) })),
    ...useBoard
      .getState()
      .rows.map(({ label, query }) => ({ label, experiment: experimentFromQuery(query).experiment })),
  ];
  const seen = new Set<string>();
  for (const { label, experiment } of rows) {
    const key = repetitionKey(experiment);
    if (!seen.has(key)) enqueue(label, experiment, seeds);
    seen.add(key);
  }
}
