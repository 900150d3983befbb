/** Groups of runs that repeat one experiment. */
import { repetitionKey } from '../experiment/same-training';
import type { Origin, RunState } from './record';

type Repeated = Pick<RunState, 'experiment'> & { origin?: Pick<Origin, 'id' | 'step'> | null };

export interface RunGroup<R> {
  /** What its runs have in common, see `repetitionKey`. */
  key: string;
  /** In the order given; at least one. */
  runs: R[];
}

/** Runs with the same `repetitionKey` that began at step 0, or at the same checkpoint; groups in the order of their first runs. */
export function groupRuns<R extends Repeated>(runs: Iterable<R>): RunGroup<R>[] {
  const groups = new Map<string, RunGroup<R>>();
  for (const run of runs) {
    const { origin } = run;
    const begun = origin ? ` @${origin.step} ${origin.id}` : '';
    const key = repetitionKey(run.experiment) + begun;
    const group = groups.get(key);
    if (group) group.runs.push(run);
    else groups.set(key, { key, runs: [run] });
  }
  return [...groups.values()];
}

/** The last run of every seed: a second run with the same seed is no repetition and would make the spread look smaller. */
export const oncePerSeed = <R extends Repeated>(runs: Iterable<R>): R[] => [
  ...new Map(Array.from(runs, (run) => [run.experiment.seed, run])).values(),
];
