/** Finds the dip of a scale curve: its lowest step, its depth, and the step of half recovery. */
import { firstFinite } from './finite-range';

export interface Dip {
  /** Step of the lowest value. */
  step: number;
  value: number;
  /** Fall below the first finite value, as a share of it: 0.2 is 20 %. */
  depth: number;
  /** First step after the lowest at which half of the fall is recovered; null if there is none yet. */
  halfRecoveryStep: number | null;
}

/**
 * Dip of the first `count` values of a curve (one per step, from step 0), or null where it never falls by more than 1 %.
 * Values that are not finite are skipped: a run that starts from a checkpoint is measured against its own first value.
 */
export function findDip(values: ArrayLike<number>, count = values.length): Dip | null {
  const first = firstFinite(values, count);
  const start = values[first];
  if (first === count || start === undefined || !(start > 0)) return null;
  let step = first;
  for (let i = first + 1; i < count; i++)
    if (Number.isFinite(values[i]) && values[i]! < values[step]!) step = i;
  const value = values[step]!;
  const depth = (start - value) / start;
  if (depth <= 0.01) return null;
  const half = (start + value) / 2;
  let halfRecoveryStep: number | null = null;
  for (let i = step + 1; i < count; i++) {
    if (Number.isFinite(values[i]) && values[i]! >= half) {
      halfRecoveryStep = i;
      break;
    }
  }
  return { step, value, depth, halfRecoveryStep };
}
