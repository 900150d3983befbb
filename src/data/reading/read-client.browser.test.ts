/** The reading worker in a real browser: it returns the data unchanged, and cancelling ends it. */
import { expect, test } from 'vitest';
import { builtinDataset } from '../builtin/builtin';
import { DataError } from '../data-error';
import { listStored, loadStored, saveDataset, deleteStored } from '../store/store';
import { readFilesInWorker, readRemoteInWorker } from './read-client';
import { binaryArchive } from '../forms/write-archive';

const drawings = await builtinDataset('easy');
const archive = new Blob([...binaryArchive(drawings)] as BlobPart[]);
const gzipped = (blob: Blob) => new Response(blob.stream().pipeThrough(new CompressionStream('gzip'))).blob();

/** Compares tens of megabytes, for which the test library takes a minute. */
const same = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, i) => byte === b[i]);

test('an archive is read in the worker, with progress, and stored', async () => {
  const file = { path: 'x.tar.gz', blob: await gzipped(archive) };
  const shares: number[] = [];
  const set = await readFilesInWorker([file], { onProgress: ({ done, total }) => shares.push(done / total) });
  expect(set.train.count).toBe(drawings.train.count);
  expect(set.digest).toBe(drawings.digest);
  expect(same(set.test.images, drawings.test.images)).toBe(true);
  expect(shares.at(-1)).toBe(1);
  await saveDataset(set);
  expect((await listStored()).map(({ digest }) => digest)).toContain(set.digest);
  expect(same((await loadStored(set.digest)).train.images, set.train.images)).toBe(true);
  await deleteStored(set.digest);
});

test('a file of another kind is refused with a message, and an unreachable server is named', async () => {
  const diary = readFilesInWorker([{ path: 'diary.txt', blob: new Blob(['Dear diary']) }]);
  await expect(diary).rejects.toThrow(DataError);
  const absent = `${location.origin}/nothing-here.tar.gz`;
  await expect(readRemoteInWorker({ kind: 'files', urls: [absent] })).rejects.toThrow(DataError);
});

test('cancelling ends the worker at once', async () => {
  const stop = new AbortController();
  const reading = readFilesInWorker([{ path: 'x.tar', blob: archive }], { signal: stop.signal });
  stop.abort();
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
});
