/** A run as it was at one of its steps, which charts, instruments and readings show at the playhead. */
import type { RunState } from './record';

/** The first and the last recorded step; `last` is below `first` where nothing is recorded yet. */
export function stepsOf({ series, evaluations }: Pick<RunState, 'series' | 'evaluations'>): {
  first: number;
  last: number;
} {
  const last = Math.max(series.count - 1, evaluations.at(-1)?.step ?? -1);
  return { first: series.first, last: series.count > series.first ? last : -1 };
}

/**
 * The run with what was known at a step: the series up to it and with it, evaluations and measurements at or before it;
 * `whole` is the run itself. Series are shared, not copied.
 */
export function runAt(run: RunState, step: number): RunState {
  return {
    ...run,
    series: run.series.upTo(step + 1),
    instruments: run.instruments.upTo(step),
    evaluations: run.evaluations.filter((evaluation) => evaluation.step <= step),
    whole: run,
  };
}
