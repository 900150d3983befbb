/** The curve that a person picked in the table of dips; it stands out in the charts. */
import { create } from 'zustand';

export interface Picked {
  runId: string | null;
  /** Number of the curve in its run; null where none is picked. */
  curve: number | null;
}

export const usePicked = create<Picked>(() => ({ runId: null, curve: null }));

/** Picks a curve, or lets it go where it is picked already. Returns whether it is picked now. */
export function togglePicked(runId: string, curve: number): boolean {
  const before = usePicked.getState();
  const same = before.runId === runId && before.curve === curve;
  usePicked.setState(same ? { runId: null, curve: null } : { runId, curve });
  return !same;
}
