/** Store of the curve picked in the table of dips; the charts highlight it. */
import { create } from 'zustand';

export interface Picked {
  runId: string | null;
  /** Index of the curve in its run; null if none is picked. */
  curve: number | null;
}

export const usePicked = create<Picked>(() => ({ runId: null, curve: null }));

/** Picks a curve, or clears the pick if it is already picked. Returns whether it is now picked. */
export function togglePicked(runId: string, curve: number): boolean {
  const before = usePicked.getState();
  const same = before.runId === runId && before.curve === curve;
  usePicked.setState(same ? { runId: null, curve: null } : { runId, curve });
  return !same;
}
