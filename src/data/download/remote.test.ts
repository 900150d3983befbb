/** Downloads: a share of the images costs a share of the bytes; every failure of server or connection is handled or reported. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it, test, vi } from 'vitest';
import { faultyServer, type Fault, type FaultyServer } from './faulty-server';
import { binaryTar, parquetOf } from '../forms/form-fixtures';
import { fetchFile } from './http';
import { DataError, readDataFile, readDataset } from '../forms/read';
import { estimatedBytes, SHARES } from './hugging-face';
import { readRemote, remoteBytes } from './remote';

const FAST = { timeout: 300, retries: 2, pause: 5 };
const servers: FaultyServer[] = [];
afterEach(() => {
  servers.splice(0).forEach((server) => server.close());
  vi.unstubAllGlobals();
});

async function serve(file: Parameters<typeof faultyServer>[0], fault: Fault = 'none'): Promise<FaultyServer> {
  const server = await faultyServer(file);
  server.fault = fault;
  servers.push(server);
  return server;
}

const archive = binaryTar();
const parquet = { train: parquetOf(7, { pageSize: 4000 }), test: parquetOf(3, { pageSize: 4000 }) };
const both = (path: string) => parquet[path.includes('test') ? 'test' : 'train'];
const urlsOf = ({ url }: FaultyServer) => ({ train: `${url}/train.parquet`, test: `${url}/test.parquet` });
const refusal = (reading: Promise<unknown>) =>
  reading.then(
    () => 'it was accepted',
    (error: unknown) => {
      expect(error).toBeInstanceOf(DataError);
      return (error as DataError).message;
    },
  );

it('downloads a file from a custom URL, in any form, and reports progress', async () => {
  const server = await serve(archive);
  const progress: number[] = [];
  const { dataset, note } = await readRemote(
    { kind: 'files', urls: [server.url] },
    { ...FAST, onProgress: ({ done, total }) => progress.push(done, total) },
  );
  expect(dataset).toEqual(await readDataFile(new Blob([archive])));
  expect(note).toBeNull();
  expect(progress.slice(-2)).toEqual([archive.length, archive.length]);
});

it('resumes where the connection broke, and asks a busy server again', async () => {
  for (const fault of ['reset', 'busy'] as const) {
    const server = await serve(archive, fault);
    const blob = await fetchFile(server.url, FAST);
    expect(new Uint8Array(await blob.arrayBuffer())).toEqual(archive);
    expect(server.sent).toBe(archive.length);
    if (fault === 'reset') expect(server.ranges.slice(0, 2)).toEqual(['', `bytes=${archive.length / 2}-`]);
  }
});

const faults: [Fault, RegExp][] = [
  ['missing', /HTTP 404/],
  ['html', /a web page/],
  ['dead', /could not be downloaded: the connection failed \(.*\), or the server does not allow other pages.*\(CORS\), also after 2 more tries/],
  ['long', /could not be downloaded: (only .* of .* bytes came|the connection failed|the server first announced)/],
  ['stalled', /nothing came for 0\.3 s/],
]; // prettier-ignore
it.each(faults)('a whole file, %s: reported', async (fault, message) => {
  const server = await serve(archive, fault);
  expect(await refusal(fetchFile(server.url, FAST))).toMatch(message);
});

it('names a cause that browsers do not report: the server may forbid other pages to read it', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
  expect(await refusal(fetchFile('https://example.org/x', FAST))).toMatch(
    /Failed to fetch.*other pages.*\(CORS\)/,
  );
});

const rangeFaults: [Fault, RegExp][] = [
  ['missing', /HTTP 404/],
  ['dead', /the connection failed/],
  ['long', /PAR1|another part|bytes came/],
  ['whole', /whole files only \(no range requests\)/],
  ['shifted', /sent another part/],
  ['stalled', /nothing came for 0\.3 s/],
];
it.each(rangeFaults)('parts of a file, %s: reported', async (fault, message) => {
  const server = await serve(both, fault);
  expect(await refusal(readRemote({ kind: 'parquet', urls: urlsOf(server), share: 1 }, FAST))).toMatch(
    message,
  );
});

it('reads parquet files by ranges, also over a connection that breaks', async () => {
  for (const fault of ['none', 'busy', 'reset'] as const) {
    const server = await serve(both, fault);
    const { dataset } = await readRemote({ kind: 'parquet', urls: urlsOf(server), share: 1 }, FAST);
    expect(dataset).toEqual(await readDataFile(new Blob([archive])));
  }
});

it('stops when it is cancelled, also while it waits', async () => {
  for (const fault of ['stalled', 'dead'] as const) {
    const server = await serve(archive, fault);
    const stop = new AbortController();
    const reading = fetchFile(server.url, { pause: 10_000, signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  }
});

it('says how balanced a share is, and estimates its size', async () => {
  const server = await serve(both);
  const result = await readRemote({ kind: 'parquet', urls: urlsOf(server), share: 0.3 }, FAST);
  expect([result.dataset.train.count, result.dataset.test.count]).toEqual([2, 1]);
  expect(result.note).toBe('2 training images, 0 to 1 of each class; 1 test images, 0 to 1 of each class.');
  expect(SHARES.map((share) => Math.round(estimatedBytes(share) / 1e6))).toEqual([2, 9, 17, 34, 142]);
});

it('downloads only the pages with the requested rows of a large row group', async () => {
  const file = parquetOf(400, { pageSize: 8000, rowGroupSize: 1000 });
  const server = await serve(file);
  const urls = urlsOf(server);
  const estimate = await remoteBytes(urls, 0.1, FAST);
  server.sent = 0;
  const { dataset } = await readRemote({ kind: 'parquet', urls, share: 0.1 }, FAST);
  expect(dataset.train.count).toBe(40);
  const footers = 2 * (1 << 16);
  expect(server.sent - footers).toBeLessThan(0.25 * 2 * file.length);
  expect(Math.abs(server.sent - footers - estimate)).toBeLessThan(0.5 * estimate);
});

const REAL = fileURLToPath(new URL('../../../../shared/data/parquet/', import.meta.url));
if (!existsSync(REAL)) console.warn(`Skipped: no real parquet files at ${REAL}`);
test.skipIf(!existsSync(REAL))(
  'the real parquet files, over the network: all of them, and a quarter',
  { timeout: 30_000 },
  async () => {
    const name = (part: string) => `${part}-00000-of-00001.parquet`;
    const real = { train: readFileSync(REAL + name('train')), test: readFileSync(REAL + name('test')) };
    const server = await serve((path) => real[path.includes('test') ? 'test' : 'train']);
    const all = await readRemote({ kind: 'parquet', urls: urlsOf(server), share: 1 }, FAST);
    const local = await readDataset(
      (['train', 'test'] as const).map((part) => ({ path: name(part), blob: new Blob([real[part]]) })),
    );
    expect(all.dataset.digest).toBe(local.digest);
    server.sent = 0;
    const quarter = await readRemote({ kind: 'parquet', urls: urlsOf(server), share: 0.25 }, FAST);
    expect([quarter.dataset.train.count, quarter.dataset.test.count]).toEqual([500, 125]);
    expect(quarter.note).toMatch(/^500 training images, \d to \d of each class/);
    expect(server.sent).toBeLessThan(0.75 * (real.train.length + real.test.length));
  },
);
