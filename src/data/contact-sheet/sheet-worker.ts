/** The worker that reads or draws a data set and returns its images, so that the page stays responsive. */
import { takeWorkerLanguage } from '../../language/language';
import { errorText } from '../../language/message-text';
import { builtinDataset } from '../builtin/builtin';
import type { Dataset, DataSource } from '../dataset';
import { factsOf, imagesOf, pixelsOf } from './sheet';
import type { SheetReply, SheetRequest } from './sheet-protocol';
import { loadStored } from '../store/store';

// not translated: a defect of the page, which opens a set first.
let opened: Promise<Dataset> = Promise.reject(new Error('No data set is open.'));
opened.catch(() => undefined);

function load(source: DataSource): Promise<Dataset> {
  if (source.kind === 'memory') return Promise.resolve(source.dataset);
  return source.kind === 'builtin' ? builtinDataset(source.difficulty) : loadStored(source.digest);
}

const spoken = takeWorkerLanguage();

async function answer(request: SheetRequest): Promise<SheetReply> {
  await spoken;
  const { id } = request;
  try {
    if (request.type === 'open') {
      opened = load(request.source);
      return { id, type: 'facts', facts: factsOf(await opened) };
    }
    const dataset = await opened;
    const { part, limit, augment } = request;
    // Augmented one by one, so that every image has its own window.
    const indices = request.classes.map((label) => imagesOf(dataset[part].fine, label, limit));
    const rgba = pixelsOf(dataset, part, indices.flat(), augment);
    const bytes = rgba.length / Math.max(1, indices.flat().length);
    let at = 0;
    const classes = request.classes.map((label, i) => {
      const { length } = indices[i]!;
      const own = rgba.slice(at, (at += length * bytes));
      return { label, count: length, rgba: own };
    });
    return { id, type: 'images', classes };
  } catch (error) {
    return { id, type: 'failed', message: errorText(error) };
  }
}

self.addEventListener('message', ({ data }: MessageEvent<SheetRequest>) => {
  void answer(data).then((reply) => {
    const transfer = reply.type === 'images' ? reply.classes.map(({ rgba }) => rgba.buffer) : [];
    self.postMessage(reply, { transfer });
  });
});
