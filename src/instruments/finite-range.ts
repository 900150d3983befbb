/**
 * The finite part of a series by step. A run that starts from another run's checkpoint has NaN before its first step, and a
 * diverged run ends in values that are not finite; neither part is drawn or searched.
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
