/** What is read of a run's files before it goes into the history. */
import type { Checkpoint } from '../../training/checkpoint';
import type { RunState } from '../record';
import type { Remarks } from '../record-schema';

/** A run read from its files. */
export interface ImportedRun {
  /** Path of the file that identifies it in reports. */
  file: string;
  /** With series where there is a record; without where there are weights alone. */
  run: RunState;
  remarks: Remarks;
  appVersion: string;
  recorded: boolean;
  /** Read on demand, because weights are large. */
  checkpoint: ImportedCheckpoint | null;
}

export interface ImportedCheckpoint {
  file: string;
  step: number;
  /** Whether a run can resume from it; from weights alone it can only branch. */
  whole: boolean;
  /** Throws Error, for people, where its tensors do not fit the run's network. */
  read(): Promise<Checkpoint>;
}

/** Names are shown on one line. */
export const onOneLine = (text: string) => text.replaceAll(/\p{C}+/gu, ' ').trim() || 'run';

/** The remarks of a run that was imported without a record. */
export const remarksOn = (name: string): Remarks => ({ name, note: '', tags: [], starred: false });
