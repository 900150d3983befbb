/** Two runs, one after the other: the experiment's own, and the one beside it as soon as the first has come to its end. */
import { create } from 'zustand';
import type { DataSource } from '../../data/dataset';
import type { Experiment } from '../../experiment/settings';
import { besideOf, type Beside } from '../../experiment/url';
import { useRun } from './run';

export interface PairState {
  /** What the panel said when the pair was started. */
  experiment: Experiment | null;
  first: string | null;
  second: string | null;
  /** What starts when the first run ends. */
  waiting: { experiment: Experiment; source: DataSource } | null;
}

const NONE: PairState = { experiment: null, first: null, second: null, waiting: null };

export const usePair = create<PairState>(() => NONE);

const runId = () => useRun.getState().run?.id ?? null;

/** Starts the experiment, and after it the one beside it where there is one. */
export function startWithBeside(experiment: Experiment, beside: Beside, source: DataSource): void {
  useRun.getState().start(experiment, source);
  const other = besideOf(experiment, beside);
  usePair.setState(
    other ? { experiment, first: runId(), second: null, waiting: { experiment: other, source } } : NONE,
  );
}

/** What the panel said when the present run was started: for the second of a pair, the first one's settings. */
export function panelAtStart(
  pair: PairState,
  run: { id: string; experiment: Experiment } | null,
): Experiment | null {
  if (!run) return null;
  return run.id === pair.second && pair.experiment ? pair.experiment : run.experiment;
}

/** Watches the runs: the second of a pair starts when the first has finished or diverged; a stop or another run calls it off. */
export function followPairs(): () => void {
  return useRun.subscribe(({ run, status }, before) => {
    const { waiting, first } = usePair.getState();
    if (!waiting) return;
    if (run?.id !== first) {
      usePair.setState({ waiting: null });
      return;
    }
    if (status !== 'ended' || before.status === 'ended') return;
    usePair.setState({ waiting: null });
    const how = run?.end?.how;
    if (how !== 'finished' && how !== 'diverged') return;
    // After every listener has seen the end of the first run.
    queueMicrotask(() => {
      if (runId() !== first) return;
      useRun.getState().start(waiting.experiment, waiting.source);
      usePair.setState({ second: runId() });
    });
  });
}
