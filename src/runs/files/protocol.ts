/** What the page and the worker for files of runs say to each other. */
import type { DataFile } from '../../data/data-file';
import type { BringOptions, BringReport } from './import-runs';
import type { Packed, PackRequest } from './export-files';

/** One a worker. */
export type FilesRequest =
  | { type: 'pack'; request: PackRequest }
  | { type: 'bring'; files: readonly DataFile[]; options: BringOptions };

export type FilesReport =
  | { type: 'packed'; packed: Packed }
  | { type: 'brought'; report: BringReport }
  /** The message is for people. */
  | { type: 'failed'; message: string };
