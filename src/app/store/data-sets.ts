/** Store of the available CIFAR-100 sets and the one that experiments train on. */
import { create } from 'zustand';
import type { Dataset, DataSource } from '../../data/dataset';
import type { Progress } from '../../data/progress';
import type { ServedArchive } from '../../data/download/served';
import type { StoredSummary } from '../../data/store/store';
import type { Experiment } from '../../experiment/settings';
import { message, type Message } from '../../language/message';
import { messageText } from '../../language/message-text';
import { useExperiment } from './experiment';

export interface DataState {
  /** Whether the browser's storage has been read. */
  checked: boolean;
  /** All sets stored in the browser, newest first. */
  sets: readonly StoredSummary[];
  /** Used and allowed storage of this page in bytes; null if the browser does not report it. */
  storage: { usage: number; quota: number } | null;
  /** The stored set that experiments train on. */
  stored: StoredSummary | null;
  /** A set that could not be stored and is kept in memory. It takes precedence over a stored one. */
  memory: Dataset | null;
  /** The set in memory, after the user chose a stored one instead. */
  spare: Dataset | null;
  served: ServedArchive | null;
  /** What is being read; progress is null if it is unknown. */
  loading: { what: Message; progress: Progress | null } | null;
}

export const useData = create<DataState>(() => ({
  checked: false,
  sets: [],
  storage: null,
  stored: null,
  memory: null,
  spare: null,
  served: null,
  loading: null,
}));

const CHOSEN_KEY = 'branch-lab:data-set';

/** Digest of the set chosen at an earlier visit; null if none was or it cannot be read. */
function remembered(): string | null {
  try {
    return localStorage.getItem(CHOSEN_KEY);
  } catch {
    return null;
  }
}

/** The chosen set if it exists, else the most complete set, the newest of several. */
export function chosenAmong(sets: readonly StoredSummary[], digest: string | null): StoredSummary | null {
  const chosen = sets.find((set) => set.digest === digest);
  return chosen ?? sets.toSorted((a, b) => b.train - a.train || b.savedAt - a.savedAt)[0] ?? null;
}

/** Updates the list of stored sets. */
export const showSets = (sets: readonly StoredSummary[], storage: DataState['storage']): void =>
  useData.setState({ sets, storage, stored: chosenAmong(sets, remembered()) });

/** Selects the stored set that experiments train on, now and at later visits. */
export function chooseSet(digest: string): void {
  try {
    localStorage.setItem(CHOSEN_KEY, digest);
  } catch {
    // Without local storage the choice applies to this visit only.
  }
  useData.setState(({ sets, memory, spare }) => ({
    stored: chosenAmong(sets, digest),
    memory: null,
    spare: memory ?? spare,
  }));
}

/** Selects the set in memory again. */
export const chooseMemory = (): void =>
  useData.setState(({ memory, spare }) => ({ memory: memory ?? spare, spare: null }));

/** Source of the experiment's data set for the trainer, or the reason why there is none. */
export function sourceFor(
  experiment: Pick<Experiment, 'data' | 'difficulty'>,
  data: Pick<DataState, 'checked' | 'stored' | 'memory' | 'loading'>,
): { source: DataSource; missing: null } | { source: null; missing: Message } {
  if (experiment.data === 'builtin')
    return { source: { kind: 'builtin', difficulty: experiment.difficulty }, missing: null };
  if (data.memory) return { source: { kind: 'memory', dataset: data.memory }, missing: null };
  if (data.stored)
    return { source: { kind: 'stored', id: 'cifar100', digest: data.stored.digest }, missing: null };
  if (data.loading) return { source: null, missing: message('data.beingRead') };
  if (!data.checked) return { source: null, missing: message('data.looking') };
  return { source: null, missing: message('data.none') };
}

/** Why no run can start, such as a missing data set; null if it can. */
export function useStartProblem(): string | null {
  const experiment = useExperiment((state) => state.experiment);
  const data = useData();
  const { missing } = sourceFor(experiment, data);
  return missing && messageText(missing);
}
