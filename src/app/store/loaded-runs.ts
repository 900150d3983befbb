/** Runs of the history whose series are in memory, because they are laid over others. */
import { messageOf } from '../../language/message-of';
import { create } from 'zustand';
import { loadRun } from '../../runs/history/store';
import type { RunState } from '../../runs/record';
import { useHistory } from './history';

interface Loaded {
  runs: ReadonlyMap<string, RunState>;
  /** Why a run could not be loaded. */
  failed: ReadonlyMap<string, string>;
}

export const useLoaded = create<Loaded>(() => ({ runs: new Map(), failed: new Map() }));

/** What is wanted, and which save of it was loaded or is being loaded. */
let wanted: readonly string[] = [];
const saves = new Map<string, string>();

/** Keeps these runs in memory as they are in the history, and lets go of all others. */
export function keepLoaded(ids: readonly string[]): void {
  wanted = ids;
  const { runs, failed } = useLoaded.getState();
  for (const id of saves.keys()) if (!ids.includes(id)) saves.delete(id);
  if ([...runs.keys(), ...failed.keys()].some((id) => !ids.includes(id))) {
    const kept = <T>(of: ReadonlyMap<string, T>) => new Map([...of].filter(([id]) => ids.includes(id)));
    useLoaded.setState({ runs: kept(runs), failed: kept(failed) });
  }
  void load(ids);
}

/** Loads those that are not in memory as they were last saved; they appear together, as every one draws all charts anew. */
async function load(ids: readonly string[]): Promise<void> {
  const { entries } = useHistory.getState();
  const stale = ids.flatMap((id) => {
    const entry = entries.find((one) => one.id === id);
    return entry && saves.get(id) !== entry.updatedAt ? [entry] : [];
  });
  if (stale.length === 0) return;
  for (const { id, updatedAt } of stale) saves.set(id, updatedAt);
  const results = await Promise.allSettled(stale.map(({ id }) => loadRun(id)));
  const { runs, failed } = useLoaded.getState();
  const loaded = new Map(runs);
  const problems = new Map(failed);
  results.forEach((result, i) => {
    const { id, updatedAt } = stale[i]!;
    if (!wanted.includes(id) || saves.get(id) !== updatedAt) return;
    problems.delete(id);
    if (result.status === 'fulfilled') loaded.set(id, result.value);
    else problems.set(id, messageOf(result.reason));
  });
  useLoaded.setState({ runs: loaded, failed: problems });
}

/** Loads anew what another tab, or the trainer here, has written meanwhile. Returns how to stop. */
export const followLoaded = (): (() => void) =>
  useHistory.subscribe(({ entries }, before) => {
    if (entries !== before.entries) void load(wanted);
  });
