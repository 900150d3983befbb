/** Takes files of runs into the history: each run whole or not at all, and none in the place of a longer one. */
import type { DataFile } from '../../data/data-file';
import type { Experiment } from '../../experiment/settings';
import { t } from '../../language/language';
import { messageOf } from '../../language/message-of';
import type { HistoryEntry } from '../history/entry';
import { findRun, loadCheckpoint, loadRun, removeRuns, saveRun } from '../history/store';
import type { BroughtRun } from './imported-run';
import { better, readRunFiles } from './read-run-files';
import { unpack, type Refused } from './recognise-files';

export interface Brought {
  id: string;
  name: string;
  /**
   * "new": it was not here. "longer": what was here was shorter. "checkpoint": it was here without these weights. "here":
   * nothing was changed.
   */
  how: 'new' | 'longer' | 'checkpoint' | 'here';
  /** Its line in the history. */
  entry: HistoryEntry;
}

export interface BringReport {
  runs: Brought[];
  refused: Refused[];
}

export interface BringOptions {
  /** Whose network weights without the lab's metadata are of. */
  experiment: Experiment;
  /** Runs that are being trained, which stay as they are. */
  busy: ReadonlySet<string>;
}

/** Reads files and saves the runs in them. What cannot be taken is told, with the reason; never throws for a file's sake. */
export async function bring(files: readonly DataFile[], options: BringOptions): Promise<BringReport> {
  const unpacked = await unpack(files);
  const read = await readRunFiles(unpacked.found, options.experiment);
  const report: BringReport = { runs: [], refused: [...unpacked.refused, ...read.refused] };
  for (const brought of read.runs) {
    try {
      report.runs.push(await admit(brought, options.busy, report.refused));
    } catch (error) {
      report.refused.push({ file: brought.file, reason: messageOf(error) });
    }
  }
  return report;
}

const recorded = ({ steps, firstStep }: { steps: number; firstStep: number }) => steps - firstStep;

async function admit(brought: BroughtRun, busy: ReadonlySet<string>, refused: Refused[]): Promise<Brought> {
  const { run, remarks, appVersion } = brought;
  const { id } = run;
  const found = await findRun(id);
  // Deleted a moment ago, and dropped again: as if it had not been here.
  if (found && found.deletedAt !== null) await removeRuns([id]);
  const here = found?.deletedAt === null ? found : null;
  if (here && busy.has(id)) return { id, name: here.name, how: 'here', entry: here };
  const steps = recorded({ steps: run.series.count, firstStep: run.series.first });
  const longer = here !== null && brought.recorded && steps > recorded(here);
  const checkpoint = await usable(brought, here, longer || !here, refused);
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
  if (!brought.recorded && !checkpoint)
    throw new Error(refused.pop()?.reason ?? t('There is nothing in it.'));
  const { first: since, count: until } = run.series;
  const entry = await saveRun({ run, since, until, checkpoint, remarks, appVersion });
  return { id, name: entry.name, how: here ? 'longer' : 'new', entry };
}

/** The checkpoint that came with a run, where it is better than the one here and belongs to what is recorded. */
async function usable(
  { run, checkpoint, recorded: hasSeries }: BroughtRun,
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
