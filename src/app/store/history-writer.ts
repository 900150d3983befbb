/** Writes runs of this page into the history as they go, one write at a time, and says when it cannot. */
import { saveRun } from '../../runs/history/store';
import type { RunState } from '../../runs/record';
import type { Checkpoint } from '../../training/checkpoint';
import { forget, noteEntry, noteProblem } from './history';
import { letGo, take } from './run-locks';
import type { RunKeeper } from './run';

/** Steps of each run that are written already. */
const written = new Map<string, number>();
/** Checkpoints of the last step, which wait for the word of the end: a page that is left at that moment has kept both, or neither. */
const last = new Map<string, Checkpoint>();
let writing: Promise<void> = Promise.resolve();

/** Runs that this page brought to the history: they have an entry, or are about to. */
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

export const historyKeeper: RunKeeper = {
  begun: (run) => {
    // Of a run that goes on, what lies before its checkpoint is written.
    written.set(run.id, run.series.count);
    void take(run.id).catch(() => undefined);
  },
  checkpoint: (run, checkpoint) => {
    if (checkpoint.step === run.totalSteps) last.set(run.id, checkpoint);
    else write(run, checkpoint.step, checkpoint);
  },
  ended: (run) => {
    const { id, series, plan } = run;
    if (plan && series.count > series.first) write(run, series.count, last.get(id) ?? null);
    else if (plan) writing = writing.then(() => forget([id]));
    writing = writing.then(() => {
      written.delete(id);
      last.delete(id);
      letGo(id);
    });
  },
};

/** Resolves when everything so far is written, or has failed to be. */
export const allWritten = (): Promise<void> => writing;
