/** Store of the study board: results of runs, and custom rows. Saved in the browser. */
import { z } from 'zod';
import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import type { Experiment } from '../../experiment/settings';
import { rowMessage, STUDY_ROWS, type StudyRow } from '../../experiment/study';
import { experimentFromQuery, experimentToQuery } from '../../experiment/url';
import { repetitionKey } from '../../experiment/same-training';
import { boardResultSchema, type BoardResult } from '../../runs/study-board';
import type { RunState } from '../../runs/record';
import { keptMessage, verbatim, type Message } from '../../language/message';
import { readKept } from './persisted-store';
import { enqueueRuns, useQueue } from './run-queue';
import { useRun } from './run';

export const ownRowSchema = z.object({ id: z.string(), label: z.string(), query: z.string() });
export type OwnRow = z.infer<typeof ownRowSchema>;

const keptSchema = z.object({
  results: z.array(boardResultSchema),
  rows: z.array(ownRowSchema),
});

export const BOARD_KEY = 'branch-lab-board';
export interface BoardState {
  results: readonly BoardResult[];
  rows: readonly OwnRow[];
  /** Notice about a saved board that could not be read. */
  notice: Message | null;
}

const EMPTY = { results: [], rows: [] };

export const useBoard = create<BoardState>()(
  persist((): BoardState => ({ results: [], rows: [], notice: null }), {
    name: BOARD_KEY,
    version: 1,
    storage: createJSONStorage(() => localStorage),
    partialize: ({ results, rows }) => ({ results, rows }),
    merge: (kept, state) =>
      kept === undefined
        ? state
        : {
            ...state,
            ...readKept(kept, { key: BOARD_KEY, notice: 'notice.board', schema: keptSchema, empty: EMPTY }),
          },
  }),
);

/** The experiment of a row: the panel's experiment with the row's values. */
export const experimentOf = (row: Pick<StudyRow, 'values'>, base: Experiment): Experiment => ({
  ...base,
  ...row.values,
});

/** The first `count` seeds, from 1, that have no result and are not in the queue. */
export function freshSeeds(experiment: Experiment, count: number): number[] {
  const key = repetitionKey(experiment);
  const waiting = useQueue.getState().items.map(({ query }) => experimentFromQuery(query).experiment);
  const taken = new Set([
    ...useBoard
      .getState()
      .results.filter(({ query }) => query === key)
      .map(({ seed }) => seed),
    ...waiting.filter((other) => repetitionKey(other) === key).map(({ seed }) => seed),
  ]);
  const seeds: number[] = [];
  for (let seed = 1; seeds.length < count; seed++) if (!taken.has(seed)) seeds.push(seed);
  return seeds;
}

/** Appends runs of an experiment, with seeds not used yet, to the queue. */
export const enqueue = (label: Message, experiment: Experiment, count: number): void =>
  enqueueRuns(
    freshSeeds(experiment, count).map((seed) => ({
      label,
      query: experimentToQuery({ ...experiment, seed }),
      sweep: null,
    })),
  );

/**
 * The result of an ended run for the board; null if it says nothing about its settings (stopped, failed, or branched).
 */
export function resultOf(run: RunState): BoardResult | null {
  const { end, dataset, environment, experiment, origin } = run;
  const evaluation = run.evaluations.at(-1);
  // A branched run was partly trained with other settings.
  if (!end || !dataset || !environment || origin) return null;
  const finished = end.how === 'finished' && evaluation?.step === run.totalSteps;
  if (!finished && end.how !== 'diverged') return null;
  return {
    query: repetitionKey(experiment),
    seed: experiment.seed,
    top1: finished ? evaluation.top1 : null,
    steps: run.totalSteps,
    images: evaluation?.images ?? dataset.testUsed,
    dataset: keptMessage(dataset.label),
    digest: dataset.digest,
    backend: environment.backend,
    finishedAt: new Date().toISOString(),
  };
}

/** Adds the result of every run that ends. Returns a function that stops it. */
export function followBoard(): () => void {
  return useRun.subscribe(({ kept }, before) => {
    const ended = kept === before.kept ? undefined : kept.at(-1);
    const result = ended && resultOf(ended);
    if (result) useBoard.setState(({ results }) => ({ results: [...results, result] }));
  });
}

export function addOwnRow(label: string, experiment: Experiment): void {
  const row = { id: `own-${Date.now().toString(36)}`, label, query: experimentToQuery(experiment) };
  useBoard.setState(({ rows }) => ({ rows: [...rows, row] }));
}

/** Removes a custom row. Returns a function that restores it. */
export function removeOwnRow(id: string): () => void {
  const before = useBoard.getState().rows;
  useBoard.setState({ rows: before.filter((row) => row.id !== id) });
  return () => useBoard.setState({ rows: before });
}

/**
 * Queues `seeds` runs of every row; published rows are applied to the panel's experiment. Rows with the same experiment
 * share their runs.
 */
export function enqueueAll(base: Experiment, seeds: number): void {
  const rows = [
    ...STUDY_ROWS.map((row) => ({ label: rowMessage(row.id), experiment: experimentOf(row, base) })),
    ...useBoard.getState().rows.map(({ label, query }) => ({
      label: verbatim(label),
      experiment: experimentFromQuery(query).experiment,
    })),
  ];
  const seen = new Set<string>();
  for (const { label, experiment } of rows) {
    const key = repetitionKey(experiment);
    if (!seen.has(key)) enqueue(label, experiment, seeds);
    seen.add(key);
  }
}
