/**
 * The history of runs, in the browser's database "branch-lab-runs": entries for the table, series in segments that are only
 * ever appended, one checkpoint per run. A save is one transaction, so that a crash leaves a run as it was at its last save:
 * series up to a step, and the checkpoint of that step.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { experimentFromQuery } from '../../experiment/url';
import type { InstrumentColumn, Measurement } from '../../instruments/measurement';
import { InstrumentSeries } from '../../instruments/series';
import { phrase, t } from '../../language/language';
import { messageOf } from '../../language/message-of';
import type { Curve } from '../../network/curves';
import { planNetwork } from '../../network/plan-network';
import type { Checkpoint } from '../../training/checkpoint';
import type { Evaluation } from '../../training/protocol';
import { keptTexts, messagesOf, type RunState, type StoredTexts } from '../record';
import type { Remarks } from '../record-schema';
import { RunSeries, type SeriesColumns } from '../series';
import { entryOf, entrySchema, factsOf, type HistoryEntry, type StoredEntry } from './entry';

/** What is written once for a run, and its evaluations. */
interface Body extends StoredTexts {
  id: string;
  curves: readonly Curve[];
  columns: readonly InstrumentColumn[];
  stepsPerEpoch: number;
  batch: number;
  evaluations: readonly Evaluation[];
}

interface Segment {
  id: string;
  first: number;
  series: SeriesColumns;
  measurements: readonly Measurement[];
}

interface Schema extends DBSchema {
  entries: { key: string; value: StoredEntry };
  bodies: { key: string; value: Body };
  segments: { key: [string, number]; value: Segment };
  checkpoints: { key: string; value: Checkpoint & { id: string } };
}

const NAME = 'branch-lab-runs';
const VERSION = 1;
const ALL = ['entries', 'bodies', 'segments', 'checkpoints'] as const;

/** The history could not be read or written; `full` where there is no space. The message is for people. */
export class HistoryError extends Error {
  constructor(
    message: string,
    readonly full = false,
  ) {
    super(message);
  }
}

let opening: Promise<IDBPDatabase<Schema>> | null = null;

function open(): Promise<IDBPDatabase<Schema>> {
  opening ??= openDB<Schema>(NAME, VERSION, {
    upgrade(database) {
      database.createObjectStore('entries', { keyPath: 'id' });
      database.createObjectStore('bodies', { keyPath: 'id' });
      database.createObjectStore('segments', { keyPath: ['id', 'first'] });
      database.createObjectStore('checkpoints', { keyPath: 'id' });
    },
    // A newer version of the lab in another tab wants to change the database.
    blocking: () => closeHistory(),
    terminated: () => {
      opening = null;
    },
  }).catch((error: unknown) => {
    opening = null;
    throw error;
  });
  return opening;
}

/** Closes the database; the next use opens it again. */
export function closeHistory(): void {
  void opening?.then((database) => database.close());
  opening = null;
}

const of = (id: string) => IDBKeyRange.bound([id, 0], [id, Infinity]);

/** What could not be done, for lack of space and for other reasons. */
const FAILURES = {
  kept: {
    full: phrase(
      'The run could not be kept: the browser has no room left for this page. Remove old runs under Runs, or save the record as a file.',
    ),
    other: phrase(
      'The run could not be kept ({{reason}}). A private window or a full disk may be why; save the record as a file to keep it.',
    ),
  },
  listed: {
    full: phrase(
      'The run could not be listed: the browser has no room left for this page. Remove old runs under Runs, or save the record as a file.',
    ),
    other: phrase(
      'The run could not be listed ({{reason}}). A private window or a full disk may be why; save the record as a file to keep it.',
    ),
  },
  read: {
    full: phrase(
      'The run could not be read: the browser has no room left for this page. Remove old runs under Runs, or save the record as a file.',
    ),
    other: phrase(
      'The run could not be read ({{reason}}). A private window or a full disk may be why; save the record as a file to keep it.',
    ),
  },
  changed: {
    full: phrase(
      'The run could not be changed: the browser has no room left for this page. Remove old runs under Runs, or save the record as a file.',
    ),
    other: phrase(
      'The run could not be changed ({{reason}}). A private window or a full disk may be why; save the record as a file to keep it.',
    ),
  },
  removed: {
    full: phrase(
      'The run could not be removed: the browser has no room left for this page. Remove old runs under Runs, or save the record as a file.',
    ),
    other: phrase(
      'The run could not be removed ({{reason}}). A private window or a full disk may be why; save the record as a file to keep it.',
    ),
  },
} as const;

async function guarded<T>(
  what: keyof typeof FAILURES,
  act: (database: IDBPDatabase<Schema>) => Promise<T>,
): Promise<T> {
  try {
    return await act(await open());
  } catch (error) {
    if (error instanceof HistoryError) throw error;
    const name = error instanceof DOMException ? error.name : '';
    if (name === 'QuotaExceededError') throw new HistoryError(t(FAILURES[what].full), true);
    const reason = messageOf(error);
    throw new HistoryError(t(FAILURES[what].other, { reason }));
  }
}

const bytesOf = (arrays: Iterable<ArrayBufferView>) => {
  let bytes = 0;
  for (const { byteLength } of arrays) bytes += byteLength;
  return bytes;
};

export interface Saved {
  run: RunState;
  /** Steps before it are stored already; 0 for a run that is not. */
  since: number;
  /** Steps from it on are left for later. */
  until: number;
  /** Takes the place of the one before; null leaves that. */
  checkpoint: Checkpoint | null;
  /** For a run that is new to this history. */
  remarks: Remarks;
  appVersion: string;
}

/**
 * Writes the new part of a run, and its checkpoint, in one transaction. The user's remarks in the store are kept. Returns the
 * entry.
 */
export function saveRun({
  run,
  since,
  until,
  checkpoint,
  remarks,
  appVersion,
}: Saved): Promise<HistoryEntry> {
  return guarded('kept', async (database) => {
    const facts = factsOf(run, appVersion);
    const { series, instruments, environment, dataset } = run;
    const from = Math.max(since, series.first);
    const part = until > from ? series.columns(from, until) : null;
    const measurements = instruments.measurements.filter(({ step }) => step >= from && step < until);
    const added = part ? bytesOf([part.values, ...measurements.map(({ values }) => values)]) : 0;
    // Durable before it resolves: a killed browser or a power cut leaves the last save intact.
    const transaction = database.transaction(ALL, 'readwrite', { durability: 'strict' });
    const entries = transaction.objectStore('entries');
    const before = await entries.get(run.id);
    const number = before?.number ?? 1 + Math.max(-1, ...(await entries.getAll()).map((one) => one.number));
    const { name, note, tags, starred } = before ?? remarks;
    const entry: StoredEntry = {
      ...facts,
      steps: Math.max(until, series.first),
      name,
      note,
      tags,
      starred,
      number,
      deletedAt: before?.deletedAt ?? null,
      checkpoint: checkpoint?.step ?? before?.checkpoint ?? null,
      bytes: {
        series: (since > series.first ? (before?.bytes.series ?? 0) : 0) + added,
        checkpoint: checkpoint
          ? bytesOf([...checkpoint.values.values(), ...checkpoint.velocities.values()])
          : (before?.bytes.checkpoint ?? 0),
      },
    };
    const segments = transaction.objectStore('segments');
    await segments.delete(IDBKeyRange.bound([run.id, from], [run.id, Infinity]));
    if (part) void segments.put({ id: run.id, first: from, series: part, measurements });
    void transaction.objectStore('bodies').put({
      id: run.id,
      curves: run.curves,
      columns: instruments.columns,
      ...keptTexts({ environment: environment!, dataset: dataset! }),
      stepsPerEpoch: run.stepsPerEpoch,
      batch: run.batch,
      evaluations: run.evaluations,
    });
    if (checkpoint) void transaction.objectStore('checkpoints').put({ ...checkpoint, id: run.id });
    void entries.put(entry);
    await transaction.done;
    return entryOf(entry);
  });
}

/** All entries, the newest run first. An entry that this version cannot read is skipped, and stays in the database. */
export function listRuns(): Promise<HistoryEntry[]> {
  return guarded('listed', async (database) => {
    const all = await database.getAll('entries');
    return all
      .flatMap((entry) => {
        const { success, data } = entrySchema.safeParse(entry);
        return success ? [data] : [];
      })
      .toSorted((a, b) => b.number - a.number);
  });
}

/** One entry; null where there is none. */
export const findRun = (id: string): Promise<HistoryEntry | null> =>
  guarded('read', async (database) => {
    const entry = await database.get('entries', id);
    return entry ? entryOf(entry) : null;
  });

/** Changes the remarks on a run, or marks it deleted. Returns its entry; null where it is gone. */
export function remark(
  id: string,
  changes: Partial<Remarks & Pick<HistoryEntry, 'deletedAt'>>,
): Promise<HistoryEntry | null> {
  return guarded('changed', async (database) => {
    const transaction = database.transaction('entries', 'readwrite');
    const before = await transaction.store.get(id);
    const after = before ? { ...before, ...changes } : null;
    if (after) void transaction.store.put(after);
    await transaction.done;
    return after && entryOf(after);
  });
}

/** The run with its series, as it was at its last save. Throws HistoryError where it is not there. */
export function loadRun(id: string): Promise<RunState> {
  return guarded('read', async (database) => {
    const transaction = database.transaction(['entries', 'bodies', 'segments'], 'readonly');
    const [entry, body, segments] = await Promise.all([
      transaction.objectStore('entries').get(id),
      transaction.objectStore('bodies').get(id),
      transaction.objectStore('segments').getAll(of(id)),
    ]);
    if (!entry || !body)
      throw new HistoryError(
        t('This run is no longer in the history; it was removed, perhaps in another tab.'),
      );
    const { experiment } = experimentFromQuery(entry.query);
    const series = new RunSeries(body.curves.length, entry.firstStep);
    const instruments = new InstrumentSeries(body.columns);
    series.reserve(segments.reduce((steps, { series: part }) => steps + part.count, entry.firstStep));
    for (const { series: part, measurements } of segments) {
      series.appendColumns(part);
      for (const measurement of measurements) instruments.append(measurement);
    }
    return {
      id,
      name: entry.name,
      origin: entry.origin,
      sweep: entry.sweep,
      experiment,
      createdAt: entry.createdAt,
      ...messagesOf(body),
      plan: planNetwork(experiment),
      curves: body.curves,
      totalSteps: entry.totalSteps,
      stepsPerEpoch: body.stepsPerEpoch,
      batch: body.batch,
      series,
      instruments,
      evaluations: body.evaluations,
      imagesPerSecond: entry.imagesPerSecond,
      end: entryOf(entry).end,
    };
  });
}

/** A run's last checkpoint; null where none is kept. */
export function loadCheckpoint(id: string): Promise<Checkpoint | null> {
  return guarded('read', async (database) => {
    const found = await database.get('checkpoints', id);
    if (!found) return null;
    const { step, values, velocities, instruments } = found;
    return { step, values, velocities, instruments };
  });
}

/** Removes runs for good. */
export function removeRuns(ids: readonly string[]): Promise<void> {
  return guarded('removed', async (database) => {
    const transaction = database.transaction(ALL, 'readwrite');
    for (const id of ids) {
      void transaction.objectStore('entries').delete(id);
      void transaction.objectStore('bodies').delete(id);
      void transaction.objectStore('segments').delete(of(id));
      void transaction.objectStore('checkpoints').delete(id);
    }
    await transaction.done;
  });
}
