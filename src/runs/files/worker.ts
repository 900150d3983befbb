/** Packs and unpacks files of runs apart from the page, so that large ones do not hold it up. */
import { takeWorkerLanguage } from '../../language/language';
import { errorText } from '../../language/message-text';
import { findRun, loadCheckpoint, loadRun } from '../history/store';
import { bring } from './import-runs';
import { pack } from './export-files';
import type { FilesReport, FilesRequest } from './protocol';

const shelf = { run: loadRun, checkpoint: loadCheckpoint, remarks: findRun };

// Without its catalogue the worker speaks English.
const language = takeWorkerLanguage().catch(() => undefined);

async function answer(request: FilesRequest): Promise<FilesReport> {
  await language;
  try {
    return request.type === 'pack'
      ? { type: 'packed', packed: await pack(request.request, shelf) }
      : { type: 'brought', report: await bring(request.files, request.options) };
  } catch (error) {
    return { type: 'failed', message: errorText(error) };
  }
}

self.addEventListener(
  'message',
  ({ data }: MessageEvent<FilesRequest>) => void answer(data).then((report) => self.postMessage(report)),
);
