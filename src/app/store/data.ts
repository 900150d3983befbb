/** Which CIFAR-100 there is: kept by the browser, held in memory until the page closes, or offered by the server. */
import { create } from 'zustand';
import type { Dataset, DataSource } from '../../data/dataset';
import type { ServedArchive } from '../../data/served';
import type { StoredSummary } from '../../data/store';
import type { Experiment } from '../../experiment/settings';

export interface DataState {
  /** Whether the browser's store has been asked. */
  checked: boolean;
  stored: StoredSummary | null;
  /** A set that could not be stored. */
  memory: Dataset | null;
  served: ServedArchive | null;
  /** What is being read, if anything; share is 0 … 1, null where it cannot be known. */
  loading: { what: string; share: number | null } | null;
}

export const useData = create<DataState>(() => ({
  checked: false,
  stored: null,
  memory: null,
  served: null,
  loading: null,
}));

/** Where the trainer gets the experiment's data set, or why it cannot. */
export function sourceFor(
  experiment: Pick<Experiment, 'data' | 'difficulty'>,
  data: Pick<DataState, 'checked' | 'stored' | 'memory' | 'loading'>,
): { source: DataSource; missing: null } | { source: null; missing: string } {
  if (experiment.data === 'builtin')
    return { source: { kind: 'builtin', difficulty: experiment.difficulty }, missing: null };
  if (data.memory) return { source: { kind: 'memory', dataset: data.memory }, missing: null };
  if (data.stored)
    return { source: { kind: 'stored', id: 'cifar100', digest: data.stored.digest }, missing: null };
  if (data.loading) return { source: null, missing: 'CIFAR-100 is being read.' };
  if (!data.checked) return { source: null, missing: 'Looking for a stored CIFAR-100.' };
  return { source: null, missing: 'This experiment trains on CIFAR-100, and there is none here yet.' };
}
