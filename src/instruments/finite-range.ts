/**
 * Gaps of a series by step. A run that goes on from another run's checkpoint has NaN before its first step; a diverged
 * one ends in values that are not finite. Nothing is drawn or found there.
 */

/** Index of the first finite value among the first `count`; `count` where there is none. */
export function firstFinite(values: ArrayLike<number>, count = values.length): number {
  let i = 0;
  while (i < count && !Number.isFinite(values[i])) i++;
  return i;
}

/** Index of the last finite value; −1 where there is none. */
export function lastFinite(values: ArrayLike<number>): number {
  let i = values.length - 1;
  while (i >= 0 && !Number.isFinite(values[i])) i--;
  return i;
}
