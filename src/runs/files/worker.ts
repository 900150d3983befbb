/** Packs and unpacks files of runs in a worker, so that large ones do not block the page. */
import { takeWorkerLanguage } from '../../language/language';
import { errorText } from '../../language/message-text';
import { findRun, loadCheckpoint, loadRun } from '../history/store';
import { importRuns } from './import-runs';
import { pack } from './export-files';
import type { FilesReport, FilesRequest } from './protocol';

const shelf = { run: loadRun, checkpoint: loadCheckpoint, remarks: findRun };

// Where the catalogue cannot be loaded, texts are English.
const language = takeWorkerLanguage().catch(() => undefined);

async function answer(request: FilesRequest): Promise<FilesReport> {
  await language;
  try {
    return request.type === 'pack'
      ? { type: 'packed', packed: await pack(request.request, shelf) }
      : { type: 'imported', report: await importRuns(request.files, request.options) };
  } catch (error) {
    return { type: 'failed', message: errorText(error) };
  }
}

self.addEventListener(
  'message',
  ({ data }: MessageEvent<FilesRequest>) => void answer(data).then((report) => self.postMessage(report)),
);
