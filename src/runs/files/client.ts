/** The page's side of the worker for files of runs: one worker per task. */
import type { DataFile } from '../../data/data-file';
import { t, workerName } from '../../language/language';
import type { ImportOptions, ImportReport } from './import-runs';
import type { Packed, PackRequest } from './export-files';
import type { FilesReport, FilesRequest } from './protocol';

/** Packs runs of the history in a worker; as `pack` otherwise. */
export async function packInWorker(request: PackRequest): Promise<Packed> {
  const report = await inWorker({ type: 'pack', request });
  if (report.type !== 'packed') throw new Error('The worker answered another request.');
  return report.packed;
}

/** Imports files into the history in a worker; otherwise as `importRuns`. */
export async function importInWorker(
  files: readonly DataFile[],
  options: ImportOptions,
): Promise<ImportReport> {
  const report = await inWorker({ type: 'import', files, options });
  if (report.type !== 'imported') throw new Error('The worker answered another request.');
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
