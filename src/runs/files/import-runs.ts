/** Imports files of runs into the history: each run completely or not at all, and never in place of a longer one. */
import type { DataFile } from '../../data/data-file';
import type { Experiment } from '../../experiment/settings';
import { t } from '../../language/language';
import { messageOf } from '../../language/message-of';
import type { HistoryEntry } from '../history/entry';
import { findRun, loadCheckpoint, loadRun, removeRuns, saveRun } from '../history/store';
import type { ImportedRun } from './imported-run';
import { better, readRunFiles } from './read-run-files';
import { unpack, type Refused } from './recognise-files';

export interface ImportedEntry {
  id: string;
  name: string;
  /**
   * "new": it was not here. "longer": what was here was shorter. "checkpoint": it was here without these weights. "here":
   * nothing was changed.
   */
  how: 'new' | 'longer' | 'checkpoint' | 'here';
  /** Its entry in the history. */
  entry: HistoryEntry;
}

export interface ImportReport {
  runs: ImportedEntry[];
  refused: Refused[];
}

export interface ImportOptions {
  /** The experiment whose network weights without metadata are read as. */
  experiment: Experiment;
  /** Runs that are being trained, which stay as they are. */
  busy: ReadonlySet<string>;
}

/** Reads files and saves the runs in them. Files that cannot be imported are reported with the reason; a bad file never throws. */
export async function importRuns(files: readonly DataFile[], options: ImportOptions): Promise<ImportReport> {
  const unpacked = await unpack(files);
  const read = await readRunFiles(unpacked.found, options.experiment);
  const report: ImportReport = { runs: [], refused: [...unpacked.refused, ...read.refused] };
  for (const imported of read.runs) {
    try {
      report.runs.push(await admit(imported, options.busy, report.refused));
    } catch (error) {
      report.refused.push({ file: imported.file, reason: messageOf(error) });
    }
  }
  return report;
}

const recorded = ({ steps, firstStep }: { steps: number; firstStep: number }) => steps - firstStep;

async function admit(
  imported: ImportedRun,
  busy: ReadonlySet<string>,
  refused: Refused[],
): Promise<ImportedEntry> {
  const { run, remarks, appVersion } = imported;
  const { id } = run;
  const found = await findRun(id);
  // A deleted run that is imported again counts as new.
  if (found && found.deletedAt !== null) await removeRuns([id]);
  const here = found?.deletedAt === null ? found : null;
  if (here && busy.has(id)) return { id, name: here.name, how: 'here', entry: here };
  const steps = recorded({ steps: run.series.count, firstStep: run.series.first });
  const longer = here !== null && imported.recorded && steps > recorded(here);
  const checkpoint = await usable(imported, here, longer || !here, refused);
  if (here && !longer) {
    if (!checkpoint) return { id, name: here.name, how: 'here', entry: here };
    const kept = await loadRun(id);
    const { count } = kept.series;
    const entry = await saveRun({
      run: kept,
      since: count,
      until: count,
      checkpoint,
      remarks,
      appVersion: here.appVersion,
    });
    return { id, name: entry.name, how: 'checkpoint', entry };
  }
  if (!imported.recorded && !checkpoint)
    throw new Error(refused.pop()?.reason ?? t('There is nothing in it.'));
  const { first: since, count: until } = run.series;
  const entry = await saveRun({ run, since, until, checkpoint, remarks, appVersion });
  return { id, name: entry.name, how: here ? 'longer' : 'new', entry };
}

/** The imported checkpoint, where it is better than the present one and its step is recorded. */
async function usable(
  { run, checkpoint, recorded: hasSeries }: ImportedRun,
  here: HistoryEntry | null,
  replaces: boolean,
  refused: Refused[],
) {
  if (!checkpoint) return null;
  const { file } = checkpoint;
  if (here?.checkpoint != null) {
    const kept = await loadCheckpoint(here.id);
    const whole = kept !== null && (kept.velocities.size > 0 || kept.step === 0);
    if (!better(checkpoint, { step: here.checkpoint, whole })) return null;
  }
  const until = replaces ? run.series.count : here!.steps;
  if (checkpoint.step > until || (hasSeries && checkpoint.step < run.series.first)) {
    refused.push({
      file,
      reason: t(
        'It is of step {{step}} of {{run}}, which is recorded up to step {{until}}. Drop its record with it.',
        { step: checkpoint.step.toLocaleString('en'), run: run.name, until: until.toLocaleString('en') },
      ),
    });
    return null;
  }
  try {
    return await checkpoint.read();
  } catch (error) {
    refused.push({ file, reason: messageOf(error) });
    return null;
  }
}
