/**
 * Reduces a series to the points that a chart of some hundred pixels can show. Every column of pixels keeps its minimum and
 * its maximum, because a dip is a minimum; the first steps are all kept, because the dip is there. Nothing is smoothed.
 */
import { firstFinite } from '../instruments/finite-range';

/** Number of steps from the first finite value on that are all kept. */
export const KEPT_ONE_BY_ONE = 100;

export interface DecimateOptions {
  /** Number of columns after the steps that are all kept; each has at most two points. */
  columns: number;
  /** Space the columns logarithmically, for a log x axis; step 0 is then left out. */
  logX?: boolean;
  /** First and last index, both included; the whole series if left out. */
  from?: number;
  to?: number;
}

export interface Points {
  /** Steps, ascending. */
  x: Float64Array;
  y: Float64Array;
}

/**
 * At most KEPT_ONE_BY_ONE + 2 · columns + 2 points of `values` (one value per step, from step 0), in order, from the first
 * finite value on; none if there is no finite value. The first and last point are always kept. A column without a finite
 * value keeps its first point, so that the line has a gap there.
 */
export function decimate(
  values: ArrayLike<number>,
  { columns, logX = false, from = 0, to = values.length - 1 }: DecimateOptions,
): Points {
  const begin = firstFinite(values);
  const first = Math.max(from, begin, logX ? 1 : 0);
  const last = Math.min(to, values.length - 1);
  if (first > last) return { x: new Float64Array(0), y: new Float64Array(0) };
  const kept: number[] = [];
  const start = Math.max(first, Math.min(begin + KEPT_ONE_BY_ONE, last + 1));
  for (let i = first; i < start; i++) kept.push(i);

  const rest = last - start + 1;
  if (rest <= 2 * columns) {
    for (let i = start; i <= last; i++) kept.push(i);
  } else {
    kept.push(start);
    // Column c holds the indices from edge(c) up to edge(c + 1).
    const edge = (c: number) =>
      logX
        ? Math.ceil(start * ((last + 1) / start) ** (c / columns))
        : Math.ceil(start + (rest * c) / columns);
    for (let c = 0, low = start; c < columns; c++) {
      const high = c === columns - 1 ? last + 1 : Math.min(last + 1, edge(c + 1));
      if (high <= low) continue;
      keepExtremes(values, low, high, kept);
      low = high;
    }
    if (kept.at(-1)! < last) kept.push(last);
  }

  const x = Float64Array.from(kept);
  const y = x.map((i) => values[i]!);
  return { x, y };
}

/** Appends the indices of the lowest and the highest of values[low … high − 1], in order, without repeating the last index kept. */
function keepExtremes(values: ArrayLike<number>, low: number, high: number, kept: number[]): void {
  let lowest = -1;
  let highest = -1;
  for (let i = low; i < high; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (lowest < 0 || value < values[lowest]!) lowest = i;
    if (highest < 0 || value > values[highest]!) highest = i;
  }
  if (lowest < 0) lowest = highest = low;
  for (const i of [Math.min(lowest, highest), Math.max(lowest, highest)])
    if (i > (kept.at(-1) ?? -1)) kept.push(i);
}
