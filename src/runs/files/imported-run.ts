/** What is read of a run's files before it goes into the history. */
import type { Checkpoint } from '../../training/checkpoint';
import type { RunState } from '../record';
import type { Remarks } from '../record-schema';

/** What the files of one run came to. */
export interface BroughtRun {
  /** Path of the file that it is told by. */
  file: string;
  /** With its series where there is a record; else from the weights alone. */
  run: RunState;
  remarks: Remarks;
  appVersion: string;
  recorded: boolean;
  /** Read when it is wanted: weights are large. */
  checkpoint: BroughtCheckpoint | null;
}

export interface BroughtCheckpoint {
  file: string;
  step: number;
  /** Whether a run can resume from it; from weights alone it can only branch. */
  whole: boolean;
  /** Throws Error, for people, where its tensors do not fit the run's network. */
  read(): Promise<Checkpoint>;
}

/** Names are shown on one line. */
export const onOneLine = (text: string) => text.replaceAll(/\p{C}+/gu, ' ').trim() || 'run';

/** What is said of a run that came without a record. */
export const remarksOn = (name: string): Remarks => ({ name, note: '', tags: [], starred: false });
