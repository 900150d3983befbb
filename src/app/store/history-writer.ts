/** Writes the runs of this page into the history while they train, one write at a time, and reports failures. */
import { saveRun } from '../../runs/history/store';
import type { RunState } from '../../runs/record';
import type { Checkpoint } from '../../training/checkpoint';
import { forget, noteEntry, noteProblem } from './history';
import { letGo, take } from './run-locks';

export interface HistoryWriter {
  /** A run starts or resumes. */
  begun(run: RunState): void;
  /** The run's records up to the checkpoint's step, and the checkpoint, can be written. */
  checkpoint(run: RunState, checkpoint: Checkpoint): void;
  ended(run: RunState): void;
}

/** Number of steps of each run that are already written. */
const written = new Map<string, number>();
/** Checkpoints of the last step. They are written with the run's end, so that a page that is closed in between has stored both or neither. */
const finalCheckpoints = new Map<string, Checkpoint>();
let writing: Promise<void> = Promise.resolve();

/** Appends a run's steps up to `until` to the history. */
function write(run: RunState, until: number, checkpoint: Checkpoint | null): void {
  writing = writing.then(async () => {
    const { id, name } = run;
    try {
      const entry = await saveRun({
        run,
        since: written.get(id) ?? run.series.first,
        until,
        checkpoint,
        remarks: { name, note: '', tags: [], starred: false },
        appVersion: __APP_VERSION__,
      });
      written.set(id, until);
      noteEntry(entry);
    } catch (error) {
      noteProblem(error);
    }
  });
}

export const historyWriter: HistoryWriter = {
  begun: (run) => {
    // The steps of a resumed run before its checkpoint are already written.
    written.set(run.id, run.series.count);
    void take(run.id).catch(() => undefined);
  },
  checkpoint: (run, checkpoint) => {
    if (checkpoint.step === run.totalSteps) finalCheckpoints.set(run.id, checkpoint);
    else write(run, checkpoint.step, checkpoint);
  },
  ended: (run) => {
    const { id, series, plan } = run;
    if (plan && series.count > series.first) write(run, series.count, finalCheckpoints.get(id) ?? null);
    else if (plan) writing = writing.then(() => forget([id]));
    writing = writing.then(() => {
      written.delete(id);
      finalCheckpoints.delete(id);
      letGo(id);
    });
  },
};

/** Resolves when all writes so far have succeeded or failed. */
export const allWritten = (): Promise<void> => writing;
