/** The checkpoint that the next run begins from, where it does not begin at step 0. */
import { create } from 'zustand';
import type { HistoryEntry } from '../../runs/history/entry';

export interface StartingPointChoice {
  id: string;
  name: string;
  step: number;
  /** Digest of the data set that it was trained on. */
  dataset: string;
}

export const useStartingPoint = create<{ point: StartingPointChoice | null }>(() => ({ point: null }));

/** Has the next run begin where a run was last kept; at step 0 where it has no checkpoint. */
export function beginFrom({ id, name, checkpoint, dataset }: HistoryEntry): void {
  const point = checkpoint === null ? null : { id, name, step: checkpoint, dataset: dataset.digest };
  useStartingPoint.setState({ point });
}

export const beginAnew = (): void => useStartingPoint.setState({ point: null });
