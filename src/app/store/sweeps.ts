/** Store of the user's sweeps, saved in the browser. Their runs are in the history and in the queue. */
import { z } from 'zod';
import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import { inWords } from '../../experiment/difference';
import { repetitionKey } from '../../experiment/same-training';
import type { HistoryEntry } from '../../runs/history/entry';
import { experimentFromQuery, formatValue, parseValue } from '../../experiment/url';
import { planSweep, sweepSchema, type PlannedRun, type Sweep } from '../../runs/sweep';
import { SETTINGS, type Experiment, type SettingKey } from '../../experiment/settings';
import { t } from '../../language/language';
import { listed } from '../../language/join';
import { verbatim, type Message } from '../../language/message';
import { messageText } from '../../language/message-text';
import { readKept } from './persisted-store';
import { enqueueRuns, skip, useQueue, type QueueItem } from './run-queue';

const keptSchema = z.object({ sweeps: z.array(z.object({ id: z.string(), sweep: sweepSchema })) });

export interface KeptSweep {
  id: string;
  sweep: Sweep;
}

interface SweepsState {
  /** Newest first. */
  sweeps: readonly KeptSweep[];
  notice: Message | null;
}

const KEY = 'branch-lab-sweeps';

export const useSweeps = create<SweepsState>()(
  persist((): SweepsState => ({ sweeps: [], notice: null }), {
    name: KEY,
    version: 1,
    storage: createJSONStorage(() => localStorage),
    partialize: ({ sweeps }) => ({ sweeps }),
    merge: (kept, state) =>
      kept === undefined
        ? state
        : {
            ...state,
            ...readKept(kept, {
              key: KEY,
              notice: 'notice.sweeps',
              schema: keptSchema,
              empty: { sweeps: [] },
            }),
          },
  }),
);

export function addSweep(sweep: Sweep): KeptSweep {
  const kept = { id: `sweep-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`, sweep };
  useSweeps.setState(({ sweeps }) => ({ sweeps: [kept, ...sweeps] }));
  return kept;
}

/**
 * Removes a sweep and its waiting runs; its other runs stay in the history. Returns a function that restores the sweep.
 */
export function removeSweep(id: string): () => void {
  const before = useSweeps.getState().sweeps;
  skip(
    useQueue
      .getState()
      .items.filter((item) => item.sweep === id)
      .map((item) => item.id),
  );
  useSweeps.setState({ sweeps: before.filter((one) => one.id !== id) });
  return () => useSweeps.setState({ sweeps: before });
}

/** The values of a combination as the panel writes them: "2, Off". */
export const combinationName = (sweep: Sweep, values: readonly string[]): string =>
  listed(sweep.axes.map(({ key }, i) => inWords(key, parseValue(key, values[i]!) as Experiment[typeof key])));

/** Name of a sweep without a chosen name, from its settings; saved in English. */
export const defaultName = (axes: readonly { key: SettingKey }[]): string =>
  axes.map(({ key }) => SETTINGS[key].label).join(' × ');

/** The settings of a sweep in the reader's language. */
export const settingsInWords = (axes: readonly { key: SettingKey }[]): string =>
  axes.map(({ key }) => t(SETTINGS[key].label)).join(' × ');

/** The displayed name of a sweep. */
export const nameInWords = ({ name, axes }: Sweep): string =>
  name === defaultName(axes) ? settingsInWords(axes) : name;

/** The displayed name of a waiting run: sweep, values and seed, or its saved label. */
export function waitingInWords({ sweep: id, query, label }: QueueItem): string {
  const sweep = useSweeps.getState().sweeps.find((kept) => kept.id === id)?.sweep;
  if (!sweep) return messageText(label);
  const { experiment } = experimentFromQuery(query);
  return t('{{sweep}}: {{values}}, seed {{seed}}', {
    sweep: nameInWords(sweep),
    values: listed(sweep.axes.map(({ key }) => inWords(key, experiment[key]))),
    seed: experiment.seed,
  });
}

/**
 * Runs of a sweep that have neither ended nor are in the queue. A run of the history counts if it is the same training
 * with the same seed, backend, and values on the axes (an axis may be a setting that does not affect the numbers).
 */
export function missingRuns({ id, sweep }: KeptSweep, entries: readonly HistoryEntry[]): PlannedRun[] {
  const own = ['seed', 'backend', ...sweep.axes.map(({ key }) => key)] as const;
  const same = (query: string) => {
    const { experiment } = experimentFromQuery(query);
    return [repetitionKey(experiment), ...own.map((key) => formatValue(experiment[key]))].join(' ');
  };
  const there = new Set([
    ...entries
      .filter(({ origin }) => origin === null)
      .filter(({ end }) => end?.how === 'finished' || end?.how === 'diverged')
      .map(({ query }) => same(query)),
    ...useQueue
      .getState()
      .items.filter((item) => item.sweep === id)
      .map(({ query }) => same(query)),
  ]);
  return planSweep(sweep).runs.filter(({ query }) => !there.has(same(query)));
}

/** Adds the missing runs of a sweep to the queue. */
export function enqueueSweep(kept: KeptSweep, entries: readonly HistoryEntry[]): void {
  enqueueRuns(
    missingRuns(kept, entries).map(({ query, values, seed }) => ({
      // not translated: `waitingInWords` shows it only where the sweep is gone.
      label: verbatim(`${kept.sweep.name}: ${values.join(', ')}, seed ${seed}`),
      query,
      sweep: kept.id,
    })),
  );
}
