/** Store of the checkpoint from which the next run starts; null to start at step 0. */
import { create } from 'zustand';
import type { HistoryEntry } from '../../runs/history/entry';

export interface StartingPointChoice {
  id: string;
  name: string;
  step: number;
  /** Digest of the data set of that run. */
  dataset: string;
}

export const useStartingPoint = create<{ point: StartingPointChoice | null }>(() => ({ point: null }));

/** Makes the next run start at a run's last checkpoint; at step 0 if it has none. */
export function beginFrom({ id, name, checkpoint, dataset }: HistoryEntry): void {
  const point = checkpoint === null ? null : { id, name, step: checkpoint, dataset: dataset.digest };
  useStartingPoint.setState({ point });
}

export const beginAnew = (): void => useStartingPoint.setState({ point: null });
