/** Summaries of one layer's per-channel values. */
import { phrase } from '../language/language';

export const STATISTICS = ['mean', 'meanAbs', 'rms', 'min', 'max', 'p10', 'p50', 'p90'] as const;
export type Statistic = (typeof STATISTICS)[number];

export const STATISTIC_LABELS: Record<Statistic, string> = {
  mean: phrase('Mean'),
  meanAbs: phrase('Mean of |·|'),
  rms: 'RMS',
  min: phrase('Minimum'),
  max: phrase('Maximum'),
  p10: phrase('10th percentile'),
  p50: phrase('Median'),
  p90: phrase('90th percentile'),
};

/** Writes the statistics of `values` (any order, at least one) to out[offset …], in the order of STATISTICS. Percentiles interpolate linearly. */
export function summarise(values: Float32Array, out: Float32Array, offset: number): void {
  let sum = 0;
  let absolute = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    absolute += Math.abs(value);
    squares += value * value;
  }
  const n = values.length;
  const sorted = Float32Array.from(values).sort();
  const percentile = (p: number) => {
    const at = p * (n - 1);
    const low = Math.floor(at);
    const a = sorted[low]!;
    return a + (at - low) * (sorted[Math.min(low + 1, n - 1)]! - a);
  };
  out[offset] = sum / n;
  out[offset + 1] = absolute / n;
  out[offset + 2] = Math.sqrt(squares / n);
  out[offset + 3] = sorted[0]!;
  out[offset + 4] = sorted[n - 1]!;
  out[offset + 5] = percentile(0.1);
  out[offset + 6] = percentile(0.5);
  out[offset + 7] = percentile(0.9);
}
