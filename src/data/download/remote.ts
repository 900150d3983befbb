/**
 * CIFAR-100 from the network: the parquet copy on Hugging Face by HTTP ranges, so that a small share of the images costs a
 * small download, or any URL whose server lets this page read it.
 */
import { t } from '../../language/language';
import { Assembly, type PartName } from '../forms/assemble';
import { DataError, grouped } from '../data-error';
import { balancedSubset, IMAGE_BYTES, type Dataset, type ImageSet } from '../dataset';
import { fetchFile, openRemote, type NetworkOptions, type RemoteFile } from './http';
import { lookedAt, wantedOf } from './hugging-face';
import { bytesForRows, openParquet, readParquetRows, type ParquetFile } from '../forms/parquet';
import { Meter } from '../progress';
import { readDataset, type ReadOptions } from '../forms/read';

/** What to download: a share (0 … 1) of two parquet files, or whole files of any form. */
export type RemoteRequest =
  | { kind: 'parquet'; urls: Readonly<Record<PartName, string>>; share: number }
  | { kind: 'files'; urls: readonly string[] };

export interface RemoteResult {
  dataset: Dataset;
  /** How balanced the images are, for people; null if all images were taken. */
  note: string | null;
}

async function open(urls: Readonly<Record<PartName, string>>, options: NetworkOptions) {
  const opened = {} as Record<PartName, { remote: RemoteFile; parquet: ParquetFile }>;
  for (const part of ['train', 'test'] as const) {
    const remote = await openRemote(urls[part], options);
    opened[part] = { remote, parquet: await openParquet(remote, nameOf(urls[part])) };
  }
  return opened;
}

const nameOf = (url: string) => new URL(url).pathname.split('/').at(-1) || url;

/** Download size of a share of two parquet files, from their metadata (a small download itself). */
export async function remoteBytes(
  urls: Readonly<Record<PartName, string>>,
  share: number,
  options: NetworkOptions = {},
): Promise<number> {
  const { train, test } = await open(urls, options);
  return [train, test].reduce(
    (sum, { parquet }) => sum + bytesForRows(parquet, lookedAt(parquet.rows, share)),
    0,
  );
}

/**
 * Downloads and reads a data set. Throws DataError if a server answers incorrectly or the data is not CIFAR-100, and the
 * signal's reason once it is aborted.
 */
export async function readRemote(
  request: RemoteRequest,
  { signal, onProgress, ...network }: ReadOptions & NetworkOptions = {},
): Promise<RemoteResult> {
  const abort = signal ? { signal } : {};
  if (request.kind === 'files') {
    const files = [];
    for (const url of request.urls) {
      const blob = await fetchFile(url, { ...network, ...abort, ...(onProgress && { onProgress }) });
      files.push({ path: nameOf(url), blob });
    }
    return { dataset: await readDataset(files, abort), note: null };
  }
  const { urls, share } = request;
  let meter: Meter | null = null;
  const opened = await open(urls, { ...network, ...abort, onBytes: (count) => meter?.add(count) });
  const parts = [opened.train, opened.test];
  meter = new Meter(
    parts.reduce((sum, { parquet }) => sum + bytesForRows(parquet, lookedAt(parquet.rows, share)), 0),
    onProgress,
  );
  const assembly = new Assembly();
  const notes: string[] = [];
  for (const part of ['train', 'test'] as const) {
    const { parquet } = opened[part];
    const rows = await readParquetRows(parquet, part, lookedAt(parquet.rows, share), abort);
    const set = chosen(rows, wantedOf(parquet.rows, share));
    assembly.take(parquet.name, part, set);
    if (share < 1) notes.push(balance(set, part));
    for (const kind of ['fine', 'coarse'] as const) {
      const names = parquet.names[kind];
      if (names) assembly.takeNames(parquet.name, kind, names);
    }
  }
  const missing = () => new DataError(t('A file has no images. Try again.'));
  const dataset = await assembly.dataset(missing, signal);
  meter.finish();
  return {
    dataset,
    note: notes.length > 0 ? t('{{training}}; {{test}}.', { training: notes[0], test: notes[1] }) : null,
  };
}

/** The first images of each class, one class after the other. */
function chosen(set: ImageSet, count: number): ImageSet {
  if (count >= set.count) return set;
  const indices = balancedSubset(set, count);
  const images = new Uint8Array(indices.length * IMAGE_BYTES);
  indices.forEach((from, to) =>
    images.set(set.images.subarray(from * IMAGE_BYTES, (from + 1) * IMAGE_BYTES), to * IMAGE_BYTES),
  );
  return {
    count: indices.length,
    images,
    fine: Uint8Array.from(indices, (i) => set.fine[i]!),
    coarse: Uint8Array.from(indices, (i) => set.coarse[i]!),
  };
}

function balance({ fine, count }: ImageSet, part: PartName): string {
  const classes = new Uint32Array(100);
  for (const label of fine) classes[label]!++;
  const [least, most] = [Math.min(...classes), Math.max(...classes)];
  const values = { images: grouped(count), least, most };
  if (part === 'train')
    return least === most
      ? t('{{images}} training images, {{least}} of each class', values)
      : t('{{images}} training images, {{least}} to {{most}} of each class', values);
  return least === most
    ? t('{{images}} test images, {{least}} of each class', values)
    : t('{{images}} test images, {{least}} to {{most}} of each class', values);
}
