/**
 * Reads CIFAR-100 from files of any of its forms: the binary and the Python archive, packed or unpacked, parquet files,
 * and a zip or folder of train/CLASS/*.png. A file is recognised by its first bytes. File names only distinguish training
 * from test images, if the content does not. Archives are streamed: every byte of an image is copied once, into the set.
 */
import { phrase, t } from '../../language/language';
import { Assembly, notCifar100, type PartName } from './assemble';
import { looksLikeRecords, recordSink } from './binary-form';
import { Contents, UNPACKED_LIMIT } from './archive-contents';
import { grouped, hexOf } from '../data-error';
import { dataFiles, type DataFile } from '../data-file';
import type { Dataset } from '../dataset';
import { bytesOf, chunksOf, inflate } from './inflate';
import { openParquet, readParquetRows, type ParquetFile } from './parquet';
import type { RandomAccess } from './parquet-pages';
import { Meter, type OnProgress } from '../progress';
import { takePickle } from './python-form';
import { TarReader } from './tar';
import { readZip } from './zip';

export { DataError } from '../data-error';

const FILE_LIMIT = 400e6;
const HEAD = 512;
/** Files of a folder that are read at once. */
const AT_ONCE = 64;

export interface ReadOptions {
  /** Called while reading, with the number of bytes read so far and in all. */
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

type Kind = 'gzip' | 'tar' | 'zip' | 'parquet' | 'pickle' | 'image' | 'names' | 'records' | 'nothing';

/** Files that people choose by mistake, by their first bytes (one character per byte). */
const MISTAKES: readonly (readonly [RegExp, string])[] = [
  [/^%PDF/, phrase('a PDF document')],
  [/^(BZh|\xfd7zXZ)/, phrase('an archive of another compression (bzip2 or xz)')],
  [/^\s*<(!doctype|html)/i, phrase('a web page')],
];

/**
 * Reads files into one data set. Throws DataError, with a message for people, if they are not CIFAR-100, damaged or
 * incomplete, and the signal's reason (an AbortError) once the signal is aborted.
 */
export async function readDataset(files: readonly DataFile[], options: ReadOptions = {}): Promise<Dataset> {
  const { signal } = options;
  signal?.throwIfAborted();
  const bytes = files.reduce((sum, { blob }) => sum + blob.size, 0);
  if (bytes > FILE_LIMIT) {
    const megabytes = grouped(Math.round(bytes / 1e6));
    throw notCifar100(t('The file has {{megabytes}} MB; at most 400 MB were expected.', { megabytes }));
  }
  if (bytes === 0)
    throw notCifar100(files.length > 0 ? t('The file is empty (0 bytes).') : t('There is no file.'));
  const reading = new Reading(files, new Meter(bytes, options.onProgress), signal);
  return reading.run();
}

/** Reads one archive or file; see readDataset. */
export const readDataFile = (file: Blob & { name?: string }, options?: ReadOptions): Promise<Dataset> =>
  readDataset(dataFiles([file]), options);

class Reading {
  private readonly assembly = new Assembly();
  private readonly contents: Contents;

  constructor(
    private readonly files: readonly DataFile[],
    private readonly meter: Meter,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.contents = new Contents(this.assembly, files.length > 1 ? files.length : undefined);
  }

  async run(): Promise<Dataset> {
    const records: DataFile[] = [];
    const parquets: ParquetFile[] = [];
    const small: DataFile[] = [];
    for (const file of this.files) {
      this.signal?.throwIfAborted();
      // A folder has many images: they are recognised by their paths, and each is checked when it is read.
      const kind =
        this.files.length > AT_ONCE && /\.png$/i.test(file.path) ? 'image' : await kindOf(file, this.files);
      if (kind === 'records') records.push(file);
      else if (kind === 'parquet')
        parquets.push(await openParquet(randomAccess(file.blob, this.meter.add), file.path));
      else if (kind === 'image' || kind === 'names') small.push(file);
      else if (kind !== 'nothing') await this.readOne(file, kind);
    }
    await this.readSmall(small);
    for (const [part, file] of byPart(
      records,
      ({ blob }) => blob.size,
      ({ path }) => path,
    )) {
      const sink = recordSink({ path: file.path, size: file.blob.size }, part, this.assembly);
      for await (const chunk of this.chunks(file.blob)) sink.write(chunk);
      sink.end();
    }
    for (const [part, parquet] of byPart(
      parquets,
      ({ rows }) => rows,
      ({ name }) => name,
    )) {
      const set = await readParquetRows(parquet, part, Infinity, {
        ...(this.signal && { signal: this.signal }),
      });
      this.assembly.take(parquet.name, part, set);
      for (const kind of ['fine', 'coarse'] as const) {
        const names = parquet.names[kind];
        if (names) this.assembly.takeNames(parquet.name, kind, names);
      }
    }
    this.contents.finish();
    const set = await this.assembly.dataset(this.contents.missing, this.signal);
    this.meter.finish();
    return set;
  }

  private async readOne({ path, blob }: DataFile, kind: 'gzip' | 'tar' | 'zip' | 'pickle'): Promise<void> {
    if (kind === 'zip') {
      await readZip(blob, (entry) => this.contents.open(entry), {
        onBytes: this.meter.add,
        ...(this.signal && { signal: this.signal }),
      });
    } else if (kind === 'pickle') {
      const bytes = await bytesOf(blob);
      this.meter.add(blob.size);
      takePickle(bytes, path, partOfName(path), this.assembly);
    } else {
      const tar = new TarReader((entry) => this.contents.open(entry), UNPACKED_LIMIT);
      let unpacked = 0;
      for await (const chunk of kind === 'gzip' ? this.inflated(blob) : this.chunks(blob)) {
        unpacked += chunk.length;
        if (unpacked > UNPACKED_LIMIT)
          throw notCifar100(t('The archive unpacks to more than 300 MB; CIFAR-100 has 185 MB.'));
        tar.push(chunk);
      }
      tar.finish();
    }
  }

  /** Reads loose images and lists of names, several at once, and adds them in the order of the list. */
  private async readSmall(files: readonly DataFile[]): Promise<void> {
    for (let i = 0; i < files.length; i += AT_ONCE) {
      this.signal?.throwIfAborted();
      const some = files.slice(i, i + AT_ONCE).map(({ path, blob }) => {
        const sink = this.contents.open({ path, size: blob.size });
        return { sink, bytes: sink && bytesOf(blob) };
      });
      for (const { sink, bytes } of some) {
        if (!sink || !bytes) continue;
        const content = await bytes;
        this.meter.add(content.length);
        sink.write(content);
        sink.end();
      }
    }
  }

  private async *chunks(blob: Blob): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunksOf(blob, this.meter.add)) {
      this.signal?.throwIfAborted();
      yield chunk;
    }
  }

  private async *inflated(blob: Blob): AsyncGenerator<Uint8Array> {
    for await (const chunk of inflate(blob, 'gzip', this.meter.add)) {
      this.signal?.throwIfAborted();
      yield chunk;
    }
  }
}

function randomAccess(blob: Blob, onBytes: (count: number) => void): RandomAccess {
  return {
    byteLength: blob.size,
    async slice(start, end) {
      // Progress counts whole pages, not reads of headers and of the footer.
      if (end - start > 1024) onBytes(Math.min(end - start, blob.size));
      return (await bytesOf(blob, start, end)).buffer;
    },
  };
}

async function kindOf({ path, blob }: DataFile, files: readonly DataFile[]): Promise<Kind> {
  const name = path.split('/').at(-1)!;
  // Other files of folders: .DS_Store, Thumbs.db, a README.
  const companion = files.length > 1 && /^\.|^Thumbs\.db$|\.(txt|md|html|json)$/i.test(name);
  if (companion) return /^(fine|coarse)_label_names\.txt$/.test(name) ? 'names' : 'nothing';
  if (blob.size === 0) throw notCifar100(t('{{path}} is empty (0 bytes).', { path }));
  const head = await bytesOf(blob, 0, HEAD);
  const ascii = String.fromCharCode(...head);
  if (ascii.startsWith('\x1f\x8b')) return 'gzip';
  if (ascii.slice(257, 262) === 'ustar') return 'tar';
  if (ascii.startsWith('PK\x03\x04') || ascii.startsWith('PK\x05\x06')) return 'zip';
  if (ascii.startsWith('PAR1')) return 'parquet';
  if (head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5) return 'pickle';
  if (/^(\x89PNG|\xff\xd8\xff|GIF8|RIFF)/.test(ascii)) return 'image';
  if (looksLikeRecords(head, blob.size)) return 'records';
  if (/\.bin$/i.test(name))
    throw notCifar100(
      t(
        '{{name}} has {{size}} bytes and begins with {{bytes}}; records of 3,074 bytes were expected, each beginning with a superclass below 20 and a class below 100.',
        { name, size: grouped(blob.size), bytes: hexOf(head.subarray(0, 4)) },
      ),
    );
  const found = MISTAKES.find(([beginning]) => beginning.test(ascii))?.[1] ?? phrase('something else');
  throw notCifar100(
    t(
      'Expected a gzip file (it begins with 1f 8b), parquet (50 41 52 31), ZIP or another form of CIFAR-100; found {{found}} ({{path}} begins with {{bytes}}).',
      { found: t(found), path, bytes: hexOf(head.subarray(0, 4)) },
    ),
  );
}

function partOfName(path: string): PartName | null {
  const name = path.split('/').at(-1)!.toLowerCase();
  if (name.includes('test') || name.includes('valid')) return 'test';
  return name.includes('train') ? 'train' : null;
}

/** Distinguishes training from test images by file names or, if these do not say, by their number. */
function byPart<T>(
  files: readonly T[],
  size: (file: T) => number,
  path: (file: T) => string,
): [PartName, T][] {
  const named = files.map((file): [PartName | null, T] => [partOfName(path(file)), file]);
  const free = (['train', 'test'] as const).filter((part) => !named.some(([taken]) => taken === part));
  return named
    .toSorted(([, a], [, b]) => size(b) - size(a))
    .map(([part, file]) => [part ?? free.shift() ?? 'train', file]);
}
