/** The page's side of the reading worker: one worker per reading, ended when it is done or cancelled. */
import { t, workerName } from '../../language/language';
import { DataError } from '../data-error';
import type { Dataset } from '../dataset';
import type { ReadReport, ReadRequest } from './read-protocol';
import type { DataFile } from '../data-file';
import type { ReadOptions } from '../forms/read';
import type { RemoteRequest } from '../download/remote';

export interface ReadResult {
  dataset: Dataset;
  /** How balanced the chosen images are, for people; null if all were taken. */
  note: string | null;
}

const start = () =>
  new Worker(new URL('./read-worker.ts', import.meta.url), { type: 'module', name: workerName('data') });

/** Reads files in a worker; see readDataset. */
export const readFilesInWorker = async (
  files: readonly DataFile[],
  options: ReadOptions = {},
): Promise<Dataset> => (await inWorker({ type: 'files', files }, options)).dataset;

/** Downloads and reads a data set in a worker; see readRemote. */
export const readRemoteInWorker = (request: RemoteRequest, options: ReadOptions = {}): Promise<ReadResult> =>
  inWorker({ type: 'remote', request }, options);

function inWorker(request: ReadRequest, { signal, onProgress }: ReadOptions): Promise<ReadResult> {
  return new Promise<ReadResult>((resolve, reject) => {
    signal?.throwIfAborted();
    const worker = start();
    const cancel = () => {
      worker.terminate();
      reject(signal?.reason);
    };
    const end = () => {
      worker.terminate();
      signal?.removeEventListener('abort', cancel);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    worker.addEventListener('message', ({ data }: MessageEvent<ReadReport>) => {
      if (data.type === 'progress') return onProgress?.(data.progress);
      end();
      if (data.type === 'dataset') resolve({ dataset: data.dataset, note: data.note });
      else reject(data.known ? new DataError(data.message) : new Error(data.message));
    });
    worker.addEventListener('error', (event) => {
      end();
      reject(
        new Error(
          event.message
            ? t('The reader stopped: {{message}}. Reload the page.', { message: event.message })
            : t('The reader stopped: its program could not be loaded. Reload the page.'),
        ),
      );
    });
    worker.postMessage(request);
  });
}
