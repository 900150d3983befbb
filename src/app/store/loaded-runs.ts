/** Store of the history runs whose series are loaded, because they are overlaid. */
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

/** Ids that are wanted, and which save of each was or is being loaded. */
let wanted: readonly string[] = [];
const saves = new Map<string, string>();

/** Keeps exactly these runs of the history in memory. */
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

/**
 * Loads the runs whose latest save is not in memory. They are published together, because each update redraws all
 * charts.
 */
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

/** Reloads runs that another tab or this page has saved again. Returns a function that stops it. */
export const followLoaded = (): (() => void) =>
  useHistory.subscribe(({ entries }, before) => {
    if (entries !== before.entries) void load(wanted);
  });
