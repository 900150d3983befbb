/**
 * Store of the queue: runs of the study and of sweeps, executed one by one. It is saved in the browser. After a reload
 * it waits for "Continue", which resumes the interrupted run. Only one tab at a time works on it.
 */
import { z } from 'zod';
import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import { experimentFromQuery } from '../../experiment/url';
import { sourceFor, useData } from './data-sets';
import { useHistory } from './history';
import {
  keptMessage,
  message,
  MessageError,
  messageInEnglish,
  saidBy,
  type Message,
} from '../../language/message';
import { keptMessageSchema } from '../../language/message-schema';
import { readKept } from './persisted-store';
import { letGo, take } from './run-locks';
import { canResume, resumedStart } from './resume-run';
import { useRun, type Start } from './run';

const itemSchema = z.object({
  id: z.string(),
  /** Label of the waiting run. */
  label: keptMessageSchema,
  /** The whole experiment, seed included. */
  query: z.string(),
  sweep: z.string().nullable().default(null),
  /** Id of the run started for this item. */
  runId: z.string().nullable().default(null),
});
export type QueueItem = z.infer<typeof itemSchema>;

const keptSchema = z.object({ items: z.array(itemSchema) });

export interface QueueState {
  /** Waiting runs; the first is the current run if `active` names it. */
  items: readonly QueueItem[];
  running: boolean;
  /** The run that the queue is executing. */
  active: { item: string; runId: string } | null;
  /** Id of the last run that the queue started, whose settings are not the panel's. */
  lastRun: string | null;
  /** Reason why the queue stopped. */
  notice: Message | null;
}

export const QUEUE_KEY = 'branch-lab-queue';
/** Earlier versions saved the queue with the study board. */
const BOARD_KEY = 'branch-lab-board';
/** Name of the lock of the queue. */
const LOCK = 'queue';

function queueOfBoard(): Pick<QueueState, 'items'> {
  try {
    const board = JSON.parse(localStorage.getItem(BOARD_KEY) ?? '{}') as { state?: { queue?: unknown } };
    const found = z.array(itemSchema).safeParse(board.state?.queue);
    return { items: found.success ? found.data : [] };
  } catch {
    return { items: [] };
  }
}

export const useQueue = create<QueueState>()(
  persist((): QueueState => ({ items: [], running: false, active: null, lastRun: null, notice: null }), {
    name: QUEUE_KEY,
    version: 1,
    storage: createJSONStorage(() => localStorage),
    partialize: ({ items }) => ({ items }),
    merge: (kept, state) =>
      kept === undefined
        ? { ...state, ...queueOfBoard() }
        : {
            ...state,
            ...readKept(kept, {
              key: QUEUE_KEY,
              notice: 'notice.queue',
              schema: keptSchema,
              empty: { items: [] },
            }),
          },
  }),
);

let made = 0;

/** Appends runs to the queue. */
export function enqueueRuns(
  runs: readonly (Pick<QueueItem, 'query' | 'sweep'> & { label: Message })[],
): void {
  const added = runs.map((run) => ({
    ...run,
    label: keptMessage(run.label),
    id: `${Date.now().toString(36)}-${made++}`,
    runId: null,
  }));
  useQueue.setState(({ items }) => ({ items: [...items, ...added] }));
}

/** Starts or continues the queue. */
export function startQueue(): void {
  useQueue.setState({ running: true, notice: null });
  void next();
}

/** Starts no further runs, and pauses the current one. */
export function pauseQueue(): void {
  const { active } = useQueue.getState();
  halt(null);
  if (active && useRun.getState().run?.id === active.runId) useRun.getState().pause();
}

export const clearQueue = (): void => skip(useQueue.getState().items.map(({ id }) => id));

/** Removes runs from the queue. If the current run is among them, it is stopped and the next one starts. */
export function skip(ids: readonly string[]): void {
  const { active } = useQueue.getState();
  const ends = active !== null && ids.includes(active.item);
  useQueue.setState(({ items }) => ({
    items: items.filter(({ id }) => !ids.includes(id)),
    ...(ends && { active: null }),
  }));
  if (!ends) return;
  if (useRun.getState().run?.id === active.runId) useRun.getState().stop();
  void next();
}

/** Moves a waiting run by a number of places; the current run stays first. */
export function move(id: string, by: number): void {
  useQueue.setState(({ items, active }) => {
    const from = items.findIndex((item) => item.id === id);
    const first = active ? 1 : 0;
    const to = Math.max(first, Math.min(items.length - 1, from + by));
    if (from < first || from === to) return {};
    const others = items.filter((item) => item.id !== id);
    return { items: others.toSpliced(to, 0, items[from]!) };
  });
}

function halt(notice: Message | null): void {
  useQueue.setState({ running: false, notice });
  letGo(LOCK);
}

/** Starts the next run of the queue, or resumes the current one. */
async function next(): Promise<void> {
  const { items, running, active } = useQueue.getState();
  if (!running) return;
  if (!(await take(LOCK).catch(() => true))) return halt(message('notice.queueElsewhere'));
  const { run, status } = useRun.getState();
  if (active && run?.id === active.runId && status !== 'ended') return useRun.getState().resume();
  const item = items[0];
  if (!item) {
    useQueue.setState({ active: null });
    return halt(null);
  }
  try {
    const start = await startOf(item);
    // The queue may have been paused or changed meanwhile.
    const now = useQueue.getState();
    if (!now.running || now.items[0]?.id !== item.id) return void next();
    // Before the start, so that listeners know which item the run belongs to.
    useQueue.setState({ active: null });
    useRun.getState().start(start);
    const runId = useRun.getState().run!.id;
    useQueue.setState((state) => ({
      active: { item: item.id, runId },
      lastRun: runId,
      items: state.items.map((one) => (one.id === item.id ? { ...one, runId } : one)),
    }));
  } catch (error) {
    useQueue.setState({ active: null });
    halt(message('notice.queueWaits', { why: saidBy(error) }));
  }
}

/** A new run of an item, or the interrupted one that was started for it. */
async function startOf({ query, sweep, runId }: QueueItem): Promise<Start> {
  const begun = useHistory.getState().entries.find(({ id }) => id === runId);
  if (begun && canResume(begun)) return resumedStart(begun);
  const { experiment } = experimentFromQuery(query);
  const { source, missing } = sourceFor(experiment, useData.getState());
  if (!source) throw new MessageError(missing);
  return { experiment, source, ...(sweep !== null && { sweep }) };
}

/** Continues the queue when its run ends. Returns a function that stops it. */
export function followQueue(): () => void {
  // Another tab has changed the queue.
  const changed = ({ key }: StorageEvent) => {
    if (key === QUEUE_KEY && !useQueue.getState().running) void useQueue.persist.rehydrate();
  };
  window.addEventListener('storage', changed);
  const stop = useRun.subscribe(({ run }, before) => {
    const { active } = useQueue.getState();
    if (!active) return;
    if (run?.id !== active.runId) {
      useQueue.setState({ active: null });
      halt(message('notice.queueLeft'));
      return;
    }
    if (!run.end || before.run?.end) return;
    if (run.end.how === 'finished' || run.end.how === 'diverged') {
      useQueue.setState(({ items }) => ({
        items: items.filter(({ id }) => id !== active.item),
        active: null,
      }));
      // After all listeners have handled this end.
      queueMicrotask(() => void next());
      return;
    }
    useQueue.setState({ active: null });
    const { how, reason } = run.end;
    if (how === 'stopped') return halt(null);
    halt(
      messageInEnglish(reason) === ''
        ? message('notice.queueEndedEarly')
        : message('notice.queuePaused', { why: reason }),
    );
  });
  return () => {
    stop();
    window.removeEventListener('storage', changed);
  };
}
