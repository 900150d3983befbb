/** Thins a series to few points joined by straight lines, for links. The lowest point is always kept. */

/** Values at ascending steps; finite, at least one. */
export interface Samples {
  steps: ArrayLike<number>;
  values: ArrayLike<number>;
}

/** The finite values of a series by step. */
export function samplesOf(values: ArrayLike<number>): Samples {
  const steps: number[] = [];
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) steps.push(i);
  return { steps, values: Float32Array.from(steps, (i) => values[i]!) };
}

/** Index of the lowest value, of several the first. */
export function lowest(values: ArrayLike<number>): number {
  let at = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! < values[at]!) at = i;
  return at;
}

/** The least and the greatest value. */
export function rangeOfValues(values: ArrayLike<number>): { min: number; max: number } {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    min = Math.min(min, values[i]!);
    max = Math.max(max, values[i]!);
  }
  return { min, max };
}

/**
 * Indices of the samples to keep, so that straight lines between them stay within `tolerance` of every sample. From each
 * kept one the farthest is taken that a line through all tolerances before it can reach.
 */
export function withinTolerance({ steps, values }: Samples, tolerance: number): number[] {
  const last = values.length - 1;
  const bottom = lowest(values);
  const kept = [0];
  for (const goal of [bottom, last]) {
    let anchor = kept.at(-1)!;
    while (anchor < goal) {
      let reached = anchor + 1;
      let low = -Infinity;
      let high = Infinity;
      for (let i = anchor + 1; i <= goal; i++) {
        const run = steps[i]! - steps[anchor]!;
        const slope = (values[i]! - values[anchor]!) / run;
        if (slope >= low && slope <= high) reached = i;
        low = Math.max(low, slope - tolerance / run);
        high = Math.min(high, slope + tolerance / run);
        if (low > high) break;
      }
      kept.push(reached);
      anchor = reached;
    }
  }
  return kept;
}

/** Indices of the lowest and highest sample in each of `columns` equal intervals, and of the first and last sample. */
export function extremesByColumn({ values }: Samples, columns: number): number[] {
  const kept = new Set([0]);
  for (let c = 0; c < columns; c++) {
    const from = Math.floor((values.length * c) / columns);
    const to = Math.floor((values.length * (c + 1)) / columns);
    if (from >= to) continue;
    let least = from;
    let most = from;
    for (let i = from + 1; i < to; i++) {
      if (values[i]! < values[least]!) least = i;
      if (values[i]! > values[most]!) most = i;
    }
    kept.add(least).add(most);
  }
  kept.add(values.length - 1);
  return [...kept].toSorted((a, b) => a - b);
}

/** Straight lines through points with ascending steps: the values at every step up to `count`, NaN before the first and after the last point. */
export function joined(
  points: { steps: ArrayLike<number>; values: ArrayLike<number> },
  count: number,
): Float32Array {
  const joinedValues = new Float32Array(count).fill(NaN);
  const { steps, values } = points;
  for (let k = 0; k < steps.length; k++) {
    const from = steps[k]!;
    if (from >= count) break;
    joinedValues[from] = values[k]!;
    if (k + 1 === steps.length) break;
    const to = steps[k + 1]!;
    for (let i = from + 1; i < to && i < count; i++)
      joinedValues[i] = values[k]! + ((values[k + 1]! - values[k]!) * (i - from)) / (to - from);
  }
  return joinedValues;
}

/** The greatest distance of a sample from the lines through the points. */
export function worstError(
  samples: Samples,
  points: { steps: ArrayLike<number>; values: ArrayLike<number> },
): number {
  let worst = 0;
  let k = 0;
  for (let i = 0; i < samples.steps.length; i++) {
    const step = samples.steps[i]!;
    while (k + 2 < points.steps.length && points.steps[k + 1]! <= step) k++;
    const from = points.steps[k]!;
    const to = points.steps[k + 1] ?? from;
    const share = to > from ? (step - from) / (to - from) : 0;
    const value =
      points.values[k]! + ((points.values[k + 1] ?? points.values[k]!) - points.values[k]!) * share;
    worst = Math.max(worst, Math.abs(value - samples.values[i]!));
  }
  return worst;
}
