/** The rows of the table of runs: an entry of the history, and what is derived from it for showing and sorting. Pure. */
import { describeDifference } from '../../experiment/difference';
import type { Experiment } from '../../experiment/settings';
import { experimentFromQuery } from '../../experiment/url';
import { language, phrase, t } from '../../language/language';
import type { Language } from '../../language/languages';
import { messageText } from '../../language/message-text';
import { PANEL_LABELS } from '../../network/curves';
import type { HistoryEntry } from './entry';
import { END_LABELS } from '../end-labels';

/** In the order in which the table sorts them. */
export const STATES = [
  'running',
  'paused',
  'elsewhere',
  'interrupted',
  'finished',
  'stopped',
  'diverged',
  'failed',
] as const;
export type RunStanding = (typeof STATES)[number];

export const STATE_LABELS: Record<RunStanding, string> = {
  running: phrase('running here'),
  paused: phrase('paused here'),
  elsewhere: phrase('running in another tab'),
  interrupted: phrase('interrupted'),
  ...END_LABELS,
};

/** Which runs are being trained, by this page and by other tabs. */
export interface Whereabouts {
  here: ReadonlySet<string>;
  /** Whether this page's are paused. */
  paused: boolean;
  elsewhere: ReadonlySet<string>;
}

export function standingOf(
  { id, end }: Pick<HistoryEntry, 'id' | 'end'>,
  { here, paused, elsewhere }: Whereabouts,
): RunStanding {
  if (here.has(id)) return paused ? 'paused' : 'running';
  if (elsewhere.has(id)) return 'elsewhere';
  return end?.how ?? 'interrupted';
}

const GOING_ON: ReadonlySet<RunStanding> = new Set(['running', 'paused', 'elsewhere']);

/** Why a run cannot be deleted; null where it can. */
export const whyKept = (standing: RunStanding): string | null =>
  !GOING_ON.has(standing)
    ? null
    : standing === 'elsewhere'
      ? t('It is going on in another tab; stop it there first.')
      : t('It is going on here; stop it first.');

/** Why a run cannot be resumed; null where it can. `busy`: this page is training. */
export function whyNotResumed(
  { checkpoint }: Pick<HistoryEntry, 'checkpoint'>,
  standing: RunStanding,
  busy: boolean,
): string | null {
  if (standing === 'elsewhere') return t('It is going on in another tab.');
  if (GOING_ON.has(standing)) return t('It is going on here.');
  if (standing === 'finished') return t('All its steps are done.');
  if (standing === 'diverged')
    return t('Its values are no longer finite; branch from it with other settings.');
  if (checkpoint === null) return t('No checkpoint of it is kept.');
  return busy ? t('Another run is going on here; stop it first.') : null;
}

export interface RunRow {
  entry: HistoryEntry;
  experiment: Experiment;
  standing: RunStanding;
  /** What differs from the base, in one line. */
  differences: string;
  /** The deepest dip of its last block; null where no panel has one. */
  dip: HistoryEntry['dips'][number] | null;
  /** The text that a search looks through, in lower case. */
  words: string;
}

export const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;

/** The panel with the deepest dip. */
export const worstDip = ({ dips }: Pick<HistoryEntry, 'dips'>): RunRow['dip'] =>
  dips.reduce<RunRow['dip']>((worst, dip) => (worst && worst.depth >= dip.depth ? worst : dip), null);

/** Every panel's dip, the deepest first: "Identity 21.5 % at step 49, half back at 130". */
export const dipsInWords = ({ dips }: Pick<HistoryEntry, 'dips'>): string[] =>
  dips
    .toSorted((a, b) => b.depth - a.depth)
    .map(({ panel, depth, step, halfRecoveryStep }) => {
      const values = { panel: t(PANEL_LABELS[panel]), depth: percent(depth), step };
      return halfRecoveryStep === null
        ? t('{{panel}} {{depth}} at step {{step}}, not half back', values)
        : t('{{panel}} {{depth}} at step {{step}}, half back at {{back}}', {
            ...values,
            back: halfRecoveryStep,
          });
    });

/** Bytes that a run takes in storage. */
export const bytesOf = ({ bytes: { series, checkpoint } }: Pick<HistoryEntry, 'bytes'>): number =>
  series + checkpoint;

/** Whether a row has all words of a search. */
export const isFound = ({ words }: Pick<RunRow, 'words'>, search: string): boolean =>
  search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => words.includes(word));

/** Rows of unchanged entries stay the same objects, so that the table renders changed ones only. */
const made = new WeakMap<HistoryEntry, { row: RunRow; base: Experiment; read: Language }>();

export function rowOf(entry: HistoryEntry, base: Experiment, whereabouts: Whereabouts): RunRow {
  const standing = standingOf(entry, whereabouts);
  const before = made.get(entry);
  const read = language();
  if (before && before.base === base && before.read === read && before.row.standing === standing)
    return before.row;
  const { experiment } = before?.row ?? experimentFromQuery(entry.query);
  const differences = describeDifference(experiment, base);
  const { name, note, tags, dataset } = entry;
  const row: RunRow = {
    entry,
    experiment,
    standing,
    differences,
    dip: worstDip(entry),
    words: [name, note, ...tags, differences, messageText(dataset.label)].join(' ').toLowerCase(),
  };
  made.set(entry, { row, base, read });
  return row;
}
