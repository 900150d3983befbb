/** The page's end of the worker for files of runs: one worker a task. */
import type { DataFile } from '../../data/data-file';
import { t, workerName } from '../../language/language';
import type { BringOptions, BringReport } from './import-runs';
import type { Packed, PackRequest } from './export-files';
import type { FilesReport, FilesRequest } from './protocol';

/** Packs runs of the history in a worker; as `pack` otherwise. */
export async function packInWorker(request: PackRequest): Promise<Packed> {
  const report = await inWorker({ type: 'pack', request });
  if (report.type !== 'packed') throw new Error('The packer answered another question.');
  return report.packed;
}

/** Takes files into the history in a worker; as `bring` otherwise. */
export async function bringInWorker(files: readonly DataFile[], options: BringOptions): Promise<BringReport> {
  const report = await inWorker({ type: 'bring', files, options });
  if (report.type !== 'brought') throw new Error('The reader answered another question.');
  return report.report;
}

const inWorker = (request: FilesRequest) =>
  new Promise<FilesReport>((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      type: 'module',
      name: workerName('files'),
    });
    worker.addEventListener('message', ({ data }: MessageEvent<FilesReport>) => {
      worker.terminate();
      if (data.type === 'failed') reject(new Error(data.message));
      else resolve(data);
    });
    worker.addEventListener('error', (event) => {
      worker.terminate();
      const why = event.message || t('its program could not be loaded');
      reject(new Error(t('The files could not be handled: {{why}}. Reload the page.', { why })));
    });
    worker.postMessage(request);
  });
