/** The worker that reads a data set, so that the page stays responsive. */
import { takeWorkerLanguage } from '../../language/language';
import { DataError } from '../data-error';
import type { Dataset } from '../dataset';
import type { ReadReport, ReadRequest } from './read-protocol';
import { readDataset } from '../forms/read';
import { readRemote } from '../download/remote';

const report = (message: ReadReport, transfer: Transferable[] = []) =>
  self.postMessage(message, { transfer });

/** The buffers of all arrays, once each: a pickle's images and another array may share one. */
const buffersOf = ({ train, test }: Dataset): ArrayBufferLike[] => [
  ...new Set(
    [train, test].flatMap(({ images, fine, coarse }) => [images.buffer, fine.buffer, coarse.buffer]),
  ),
];

const spoken = takeWorkerLanguage();

async function answer(request: ReadRequest): Promise<void> {
  await spoken;
  const onProgress = (progress: Extract<ReadReport, { type: 'progress' }>['progress']) =>
    report({ type: 'progress', progress });
  try {
    const { dataset, note } =
      request.type === 'files'
        ? { dataset: await readDataset(request.files, { onProgress }), note: null }
        : await readRemote(request.request, { onProgress });
    report({ type: 'dataset', dataset, note }, buffersOf(dataset) as ArrayBuffer[]);
  } catch (error) {
    const known = error instanceof DataError;
    report({ type: 'failed', message: known ? error.message : String(error), known });
  }
}

self.addEventListener('message', ({ data }: MessageEvent<ReadRequest>) => void answer(data));
