/** Which sets of CIFAR-100 there are, and which of them experiments train on. */
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
  /** Whether the browser's store has been asked. */
  checked: boolean;
  /** All that the browser keeps, newest first. */
  sets: readonly StoredSummary[];
  /** Bytes that this page's storage holds and may hold; null where the browser does not tell. */
  storage: { usage: number; quota: number } | null;
  /** The one among the sets that experiments train on. */
  stored: StoredSummary | null;
  /** A set that could not be stored; it is trained on rather than a stored one. */
  memory: Dataset | null;
  /** Such a set after a stored one was chosen instead. */
  spare: Dataset | null;
  served: ServedArchive | null;
  /** What is being read, if anything; progress is null where it cannot be known. */
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

/** The digest of the set that was chosen at an earlier visit; null where none was, or where it cannot be remembered. */
function remembered(): string | null {
  try {
    return localStorage.getItem(CHOSEN_KEY);
  } catch {
    return null;
  }
}

/** The chosen set while it is there, otherwise the most complete one, the newest of those. */
export function chosenAmong(sets: readonly StoredSummary[], digest: string | null): StoredSummary | null {
  const chosen = sets.find((set) => set.digest === digest);
  return chosen ?? sets.toSorted((a, b) => b.train - a.train || b.savedAt - a.savedAt)[0] ?? null;
}

/** Takes note of what the store holds. */
export const showSets = (sets: readonly StoredSummary[], storage: DataState['storage']): void =>
  useData.setState({ sets, storage, stored: chosenAmong(sets, remembered()) });

/** Chooses the stored set that experiments train on, here and at later visits. */
export function chooseSet(digest: string): void {
  try {
    localStorage.setItem(CHOSEN_KEY, digest);
  } catch {
    // The choice then holds for this visit.
  }
  useData.setState(({ sets, memory, spare }) => ({
    stored: chosenAmong(sets, digest),
    memory: null,
    spare: memory ?? spare,
  }));
}

/** Goes back to the set in memory. */
export const chooseMemory = (): void =>
  useData.setState(({ memory, spare }) => ({ memory: memory ?? spare, spare: null }));

/** Where the trainer gets the experiment's data set, or why it cannot. */
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

/** Why nothing can be started, such as data that are not here; null where it can. */
export function useStartProblem(): string | null {
  const experiment = useExperiment((state) => state.experiment);
  const data = useData();
  const { missing } = sourceFor(experiment, data);
  return missing && messageText(missing);
}
