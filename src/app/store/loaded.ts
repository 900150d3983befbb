/** Runs of the history whose series are in memory, because they are laid over others. */
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
  for (const id of ids) void load(id);
}

async function load(id: string): Promise<void> {
  const entry = useHistory.getState().entries.find((one) => one.id === id);
  if (!entry || saves.get(id) === entry.updatedAt) return;
  const save = entry.updatedAt;
  saves.set(id, save);
  const still = () => wanted.includes(id) && saves.get(id) === save;
  try {
    const run = await loadRun(id);
    if (!still()) return;
    useLoaded.setState(({ runs, failed }) => ({
      runs: new Map(runs).set(id, run),
      failed: new Map([...failed].filter(([other]) => other !== id)),
    }));
  } catch (error) {
    if (!still()) return;
    const message = error instanceof Error ? error.message : String(error);
    useLoaded.setState(({ failed }) => ({ failed: new Map(failed).set(id, message) }));
  }
}

/** Loads anew what another tab, or the trainer here, has written meanwhile. Returns how to stop. */
export const followLoaded = (): (() => void) =>
  useHistory.subscribe(({ entries }, before) => {
    if (entries !== before.entries) for (const id of wanted) void load(id);
  });
