/**
 * The mean over the runs of a group and its band. Each seed counts once. At a step that not all runs have, the mean is over
 * those that have it; the band covers only the steps from the latest first to the earliest last step of the runs, because
 * elsewhere a missing run would look like a narrower spread.
 */
import { firstFinite, lastFinite } from '../instruments/finite-range';
import { intervalOf } from '../runs/statistics';
import type { Evaluation } from '../training/protocol';
import type { OverlaySeries } from './overlaid';
import type { RunView } from './run-view';

/** Mean over runs and its band, at every index; NaN if there is none. */
export interface Combined {
  mean: Float64Array;
  low: Float64Array;
  high: Float64Array;
  /** Number of runs that the mean is over. */
  of: Uint16Array;
}

export function combine(series: readonly ArrayLike<number>[], band: OverlaySeries['band']): Combined {
  const length = Math.max(0, ...series.map((values) => values.length));
  // A run that has recorded nothing yet is ignored.
  const begun = series.filter((values) => lastFinite(values) >= 0);
  const from = Math.max(...begun.map((values) => firstFinite(values)));
  const to = Math.min(...begun.map(lastFinite));
  const mean = new Float64Array(length).fill(NaN);
  const low = mean.slice();
  const high = mean.slice();
  const of = new Uint16Array(length);
  for (let i = 0; i < length; i++) {
    let n = 0;
    let sum = 0;
    let least = Infinity;
    let most = -Infinity;
    for (const values of series) {
      const value = values[i]!;
      if (!Number.isFinite(value)) continue;
      n++;
      sum += value;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    of[i] = n;
    if (n === 0) continue;
    mean[i] = sum / n;
    if (n < 2 || i < from || i > to) continue;
    if (band !== 'range') {
      let squares = 0;
      for (const values of series) if (Number.isFinite(values[i])) squares += (values[i]! - mean[i]!) ** 2;
      const deviation = Math.sqrt(squares / (n - 1));
      const interval =
        band === 'interval'
          ? intervalOf({ n, mean: mean[i]!, deviation })!
          : { low: mean[i]! - deviation, high: mean[i]! + deviation };
      low[i] = interval.low;
      high[i] = interval.high;
    } else {
      low[i] = least;
      high[i] = most;
    }
  }
  return { mean, low, high, of };
}

/**
 * Evaluations of several runs: each run's values at the common steps, NaN before its first and after its last evaluation. A step
 * between those at which a run was not evaluated is left out, because a mean over the other runs would jump there.
 */
export function evaluationsOf(
  runs: readonly RunView[],
  value: (evaluation: Evaluation) => number,
): { steps: number[]; series: number[][] } {
  const each = runs.map(
    (run) => new Map(run.evaluations.map((evaluation) => [evaluation.step, value(evaluation)])),
  );
  const bounds = runs.map(({ evaluations }) => [
    evaluations[0]?.step ?? Infinity,
    evaluations.at(-1)?.step ?? -1,
  ]);
  const steps = [...new Set(each.flatMap((values) => [...values.keys()]))]
    .filter((step) =>
      each.every((values, r) => values.has(step) || step < bounds[r]![0]! || step > bounds[r]![1]!),
    )
    .toSorted((a, b) => a - b);
  return { steps, series: each.map((values) => steps.map((step) => values.get(step) ?? NaN)) };
}
