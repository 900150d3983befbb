/** Messages between the page and the worker for files of runs. */
import type { DataFile } from '../../data/data-file';
import type { ImportOptions, ImportReport } from './import-runs';
import type { Packed, PackRequest } from './export-files';

/** One request per worker. */
export type FilesRequest =
  | { type: 'pack'; request: PackRequest }
  | { type: 'import'; files: readonly DataFile[]; options: ImportOptions };

export type FilesReport =
  | { type: 'packed'; packed: Packed }
  | { type: 'imported'; report: ImportReport }
  /** The message is for people. */
  | { type: 'failed'; message: string };
