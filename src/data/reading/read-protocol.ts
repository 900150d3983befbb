/** Messages between the page and the reading worker. */
import type { Dataset } from '../dataset';
import type { Progress } from '../progress';
import type { DataFile } from '../data-file';
import type { RemoteRequest } from '../download/remote';

/** One request per worker. To cancel, the page ends the worker. */
export type ReadRequest =
  { type: 'files'; files: readonly DataFile[] } | { type: 'remote'; request: RemoteRequest };

export type ReadReport =
  | { type: 'progress'; progress: Progress }
  | { type: 'dataset'; dataset: Dataset; note: string | null }
  /** known: the message is for people (DataError); otherwise it is an error of the program. */
  | { type: 'failed'; message: string; known: boolean };
