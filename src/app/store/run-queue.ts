/**
 * Runs that wait for their turn: the study's, and those of sweeps. They go one by one; the queue is kept in the browser,
 * and after a reload it waits for "Continue", which resumes the run that was interrupted. One tab at a time works on it.
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
  /** What the run is called while it waits. */
  label: keptMessageSchema,
  /** The whole experiment, seed included. */
  query: z.string(),
  sweep: z.string().nullable().default(null),
  /** The run that was begun for it. */
  runId: z.string().nullable().default(null),
});
export type QueueItem = z.infer<typeof itemSchema>;

const keptSchema = z.object({ items: z.array(itemSchema) });

export interface QueueState {
  /** Runs to come; the first is the one that is going on while `active` says so. */
  items: readonly QueueItem[];
  running: boolean;
  /** The queue's own run. */
  active: { item: string; runId: string } | null;
  /** The last run that the queue started: its settings are not the panel's. */
  lastRun: string | null;
  /** Why the queue stopped. */
  notice: Message | null;
}

export const QUEUE_KEY = 'branch-lab-queue';
/** The study's board once kept the queue. */
const BOARD_KEY = 'branch-lab-board';
/** A lock beside those of runs. */
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

/** Puts runs at the end of the queue. */
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

/** Starts the queue, or goes on with it. */
export function startQueue(): void {
  useQueue.setState({ running: true, notice: null });
  void next();
}

/** Begins nothing more, and pauses the run that is going on. */
export function pauseQueue(): void {
  const { active } = useQueue.getState();
  halt(null);
  if (active && useRun.getState().run?.id === active.runId) useRun.getState().pause();
}

export const clearQueue = (): void => skip(useQueue.getState().items.map(({ id }) => id));

/** Takes runs out of the queue; the one that is going on is stopped, and the next begins. */
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

/** Moves a waiting run by so many places; the one that is going on stays in front. */
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

/** Begins the next run of the queue, or goes on with its present one. */
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
    // Somebody may have paused or changed the queue meanwhile.
    const now = useQueue.getState();
    if (!now.running || now.items[0]?.id !== item.id) return void next();
    // Before the start: whoever watches the runs knows then whose this one is.
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

/** A fresh run of an item, or the one that was begun for it and interrupted. */
async function startOf({ query, sweep, runId }: QueueItem): Promise<Start> {
  const begun = useHistory.getState().entries.find(({ id }) => id === runId);
  if (begun && canResume(begun)) return resumedStart(begun);
  const { experiment } = experimentFromQuery(query);
  const { source, missing } = sourceFor(experiment, useData.getState());
  if (!source) throw new MessageError(missing);
  return { experiment, source, ...(sweep !== null && { sweep }) };
}

/** Watches the runs: after its own the queue goes on. Returns how to stop. */
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
      // After every listener has seen this end.
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
