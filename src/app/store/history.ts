/** Store of the history of runs: the entries, which runs other tabs are training, and the used storage. */
import { messageOf } from '../../language/message-of';
import { create } from 'zustand';
import type { HistoryEntry } from '../../runs/history/entry';
import { findRun, HistoryError, listRuns, remark, removeRuns } from '../../runs/history/store';
import type { Remarks } from '../../runs/record-schema';
import { isHeld, ownedElsewhere } from './run-locks';

export interface HistoryProblem {
  message: string;
  /** The storage is full, so deleting old runs should be offered. */
  full: boolean;
}

export interface HistoryState {
  /** Whether the history has been read. */
  ready: boolean;
  /** All runs except deleted ones, newest first. */
  entries: readonly HistoryEntry[];
  /** Runs that other tabs are training. */
  elsewhere: ReadonlySet<string>;
  /**
   * Used and allowed storage in bytes, and whether the browser protects it from eviction; null if it does not report
   * it.
   */
  storage: { usage: number; quota: number; persisted: boolean } | null;
  problem: HistoryProblem | null;
}

export const useHistory = create<HistoryState>(() => ({
  ready: false,
  entries: [],
  elsewhere: new Set(),
  storage: null,
  problem: null,
}));

/** Time in ms during which deleting can be undone. */
export const UNDO_TIME = 15_000;

/** Whether a run has no end and is not being trained in any tab. */
export const isInterrupted = (
  { id, end, checkpoint }: HistoryEntry,
  elsewhere: ReadonlySet<string>,
): boolean => end === null && checkpoint !== null && !elsewhere.has(id) && !isHeld(id);

/** Tells other tabs which entries have changed. */
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('branch-lab-runs');
type Told = { changed: readonly string[] };
const tell = (...changed: string[]) => channel?.postMessage({ changed } satisfies Told);

/** Inserts or updates an entry, or removes it if it is deleted. */
function show(entry: HistoryEntry): void {
  useHistory.setState(({ entries }) => {
    const others = entries.filter(({ id }) => id !== entry.id);
    if (entry.deletedAt !== null) return { entries: others };
    return { entries: [...others, entry].toSorted((a, b) => b.number - a.number) };
  });
}

const hide = (ids: readonly string[]) =>
  useHistory.setState(({ entries }) => ({ entries: entries.filter(({ id }) => !ids.includes(id)) }));

/** Updates the store after a run was written. */
export function noteEntry(entry: HistoryEntry): void {
  show(entry);
  useHistory.setState({ problem: null });
  tell(entry.id);
  askToPersist();
}

const ASKED_KEY = 'branch-lab-asked-to-persist';

/** Asks the browser once, ever, for persistent storage. */
function askToPersist(): void {
  try {
    if (localStorage.getItem(ASKED_KEY) !== null) return;
    localStorage.setItem(ASKED_KEY, 'asked');
  } catch {
    // Without local storage it would ask after every run.
    return;
  }
  void navigator.storage?.persist?.().then(look, () => undefined);
}

export function noteProblem(error: unknown): void {
  const message = messageOf(error);
  useHistory.setState({ problem: { message, full: error instanceof HistoryError && error.full } });
}

/** Reads the history again, and erases runs deleted some time ago. */
export async function readHistory(): Promise<void> {
  try {
    const all = await listRuns();
    const limit = new Date(Date.now() - UNDO_TIME).toISOString();
    const gone = all.filter(({ deletedAt }) => deletedAt !== null && deletedAt < limit);
    if (gone.length > 0) await removeRuns(gone.map(({ id }) => id));
    useHistory.setState({
      ready: true,
      entries: all.filter(({ deletedAt }) => deletedAt === null),
      problem: null,
    });
  } catch (error) {
    useHistory.setState({ ready: true });
    noteProblem(error);
  }
  await look();
}

/** Checks which runs other tabs are training, and the used storage. */
export async function look(): Promise<void> {
  const [elsewhere, estimate, persisted] = await Promise.all([
    ownedElsewhere().catch(() => new Set<string>()),
    navigator.storage?.estimate?.().catch(() => null) ?? null,
    navigator.storage?.persisted?.().catch(() => false) ?? false,
  ]);
  const { usage, quota } = estimate ?? {};
  const before = useHistory.getState().elsewhere;
  const same = before.size === elsewhere.size && [...before].every((id) => elsewhere.has(id));
  useHistory.setState({
    ...(!same && { elsewhere }),
    storage: usage === undefined || quota === undefined ? null : { usage, quota, persisted },
  });
}

/** Reads the history and follows changes by other tabs. Returns a function that stops it. */
export function followHistory(): () => void {
  void readHistory();
  const told = async ({ data }: MessageEvent<Told>) => {
    try {
      for (const id of data.changed) {
        const entry = await findRun(id);
        if (entry) show(entry);
        else hide([id]);
      }
    } catch (error) {
      noteProblem(error);
    }
    await look();
  };
  const seen = () => {
    if (document.visibilityState === 'visible') void look();
  };
  channel?.addEventListener('message', told);
  document.addEventListener('visibilitychange', seen);
  return () => {
    channel?.removeEventListener('message', told);
    document.removeEventListener('visibilitychange', seen);
  };
}

/** Changes the user's name, note, tags or star of a run. */
export async function remarkOn(id: string, changes: Partial<Remarks>): Promise<void> {
  try {
    const entry = await remark(id, changes);
    if (entry) show(entry);
    tell(id);
  } catch (error) {
    noteProblem(error);
  }
}

/** Deletes runs; `restore` undoes it within UNDO_TIME, after which they are erased. */
export async function deleteRuns(ids: readonly string[]): Promise<{ restore: () => Promise<void> }> {
  let restored = false;
  const mark = async (deletedAt: string | null) => {
    try {
      for (const id of ids) {
        const entry = await remark(id, { deletedAt });
        if (entry) show(entry);
      }
      tell(...ids);
    } catch (error) {
      noteProblem(error);
    }
  };
  await mark(new Date().toISOString());
  setTimeout(() => {
    if (!restored) void forgetDeleted(ids);
  }, UNDO_TIME + 1000);
  return {
    restore: async () => {
      restored = true;
      await mark(null);
    },
  };
}

/** Erases those of the runs that are still deleted: one may have been imported again. */
async function forgetDeleted(ids: readonly string[]): Promise<void> {
  const found = await Promise.all(ids.map((id) => findRun(id).catch(() => null)));
  await forget(found.flatMap((entry) => (entry && entry.deletedAt !== null ? [entry.id] : [])));
}

/** Erases runs from the history. */
export async function forget(ids: readonly string[]): Promise<void> {
  try {
    await removeRuns(ids);
    hide(ids);
    tell(...ids);
  } catch (error) {
    noteProblem(error);
  }
  await look();
}
