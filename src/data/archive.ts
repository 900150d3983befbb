/**
 * Reads CIFAR-100's binary archive (cifar-100-binary.tar.gz, www.cs.toronto.edu/~kriz/cifar.html), whole or a subset:
 * gzip, tar and records are taken apart while they stream, and every byte of an image is copied once, to where it stays.
 */
import { CIFAR100_COARSE_NAMES, CIFAR100_FINE_NAMES } from './cifar100-names';
import { DataError } from './data-error';
import { IMAGE_BYTES, type Dataset, type ImageSet } from './dataset';
import { Sha256 } from './sha256';
import { TarReader, type TarEntry, type TarSink } from './tar';

export { DataError } from './data-error';

/** Bytes of a record: coarse label, fine label, image. */
export const RECORD_BYTES = 2 + IMAGE_BYTES;
const FILE_LIMIT = 400e6;
const INFLATED_LIMIT = 250e6;
const NAMES_LIMIT = 65536;
/** Small pieces keep what one piece can inflate to (a thousandfold) small. */
const PIECE = 65536;

/** Per channel over the training pixels in 0 … 1. */
export const CIFAR100_MEAN: Dataset['mean'] = [0.507075159, 0.486548873, 0.440917843];
export const CIFAR100_STD: Dataset['std'] = [0.267334286, 0.256438463, 0.276150471];
const FULL = { train: 50000, test: 10000 } as const;

const HINT = 'Choose cifar-100-binary.tar.gz, the “binary version” from www.cs.toronto.edu/~kriz/cifar.html.';
const count = (n: number) => n.toLocaleString('en');

export interface ReadOptions {
  /** Called while reading with the bytes of the file read so far and in all. */
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

/**
 * Reads an archive into a data set. Throws DataError, with a message for people, where the file is not a usable
 * archive, and the signal's reason (an AbortError) once the signal is aborted.
 */
export async function readCifarArchive(file: Blob, options: ReadOptions = {}): Promise<Dataset> {
  const { signal } = options;
  signal?.throwIfAborted();
  if (file.size === 0) throw new DataError(`The file is empty (0 bytes). ${HINT}`);
  if (file.size > FILE_LIMIT) {
    throw new DataError(
      `The file has ${count(Math.round(file.size / 1e6))} MB; at most 400 MB were expected. ${HINT}`,
    );
  }
  await requireGzip(file);

  const contents = new ArchiveContents();
  const tar = new TarReader((entry) => contents.open(entry), INFLATED_LIMIT);
  let inflated = 0;
  for await (const chunk of inflate(file, options)) {
    signal?.throwIfAborted();
    inflated += chunk.length;
    if (inflated > INFLATED_LIMIT) {
      throw new DataError(`The archive unpacks to more than 250 MB; CIFAR-100 has 185 MB. ${HINT}`);
    }
    tar.push(chunk);
  }
  tar.finish();
  return contents.dataset(signal);
}

/** What people choose by mistake, told by how it begins (each byte one character). */
const KNOWN_BEGINNINGS: readonly (readonly [RegExp, string])[] = [
  [/^PK/, 'a ZIP archive'],
  [/^\x89PNG/, 'a PNG image'],
  [/^\xff\xd8\xff/, 'a JPEG image'],
  [/^PAR1/, 'a Parquet file'],
  [/^%PDF/, 'a PDF document'],
  [/^(BZh|\xfd7zXZ)/, 'an archive of another compression (bzip2 or xz)'],
  [/^\x80[^ -\xff]/, 'a Python pickle, as in the python form of CIFAR-100; use the binary form'],
  [/^[^]{257}ustar/, 'a tar archive that is not compressed; use the .tar.gz'],
  [/^\s*<(!doctype|html)/i, 'a web page'],
];

async function requireGzip(file: Blob): Promise<void> {
  let head: Uint8Array;
  try {
    head = new Uint8Array(await file.slice(0, 512).arrayBuffer());
  } catch (cause) {
    throw unreadable(cause);
  }
  if (head[0] === 0x1f && head[1] === 0x8b) return;
  const ascii = String.fromCharCode(...head);
  const bytes = Array.from(head.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const found = KNOWN_BEGINNINGS.find(([beginning]) => beginning.test(ascii))?.[1] ?? 'something else';
  throw new DataError(
    `Expected a gzip file (it begins with 1f 8b); found ${found} (it begins with ${bytes}). ${HINT}`,
  );
}

const unreadable = (cause: unknown) =>
  new DataError(
    `The file could not be read (${String(cause)}). Choose it again, or copy it to this computer first.`,
    { cause },
  );

/** The inflated bytes, in chunks. */
async function* inflate(file: Blob, { onProgress, signal }: ReadOptions): AsyncGenerator<Uint8Array> {
  let done = 0;
  let readError: unknown;
  const source = file.stream().getReader();
  let held = new Uint8Array(0);
  const pieces = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          while (held.length === 0) {
            const next = await source.read();
            if (next.done) return controller.close();
            held = next.value;
          }
        } catch (error) {
          readError = error;
          throw error;
        }
        const piece = held.slice(0, PIECE);
        held = held.subarray(piece.length);
        done += piece.length;
        onProgress?.(done, file.size);
        controller.enqueue(piece);
      },
      cancel: (reason) => source.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  const reader = pieces.pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    for (;;) {
      let next: ReadableStreamReadResult<Uint8Array>;
      try {
        next = await reader.read();
      } catch (error) {
        signal?.throwIfAborted();
        throw readError === undefined ? damaged(error, done >= file.size) : unreadable(readError);
      }
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Also reached when the consumer stops early; a stream that has failed already cannot be cancelled again.
    await reader.cancel().catch(() => undefined);
  }
}

function damaged(cause: unknown, allRead: boolean): DataError {
  const short = allRead && /truncat|unexpected end|end of file|ended/i.test(String(cause));
  const what = short ? 'The compressed data is cut short' : 'The compressed data is damaged or cut short';
  return new DataError(`${what} (${String(cause)}). Download the archive again.`, { cause });
}

/** Collects the four files of an archive as they stream by. */
class ArchiveContents {
  private train: ImageSet | null = null;
  private test: ImageSet | null = null;
  private fineNames: readonly string[] = CIFAR100_FINE_NAMES;
  private coarseNames: readonly string[] = CIFAR100_COARSE_NAMES;
  private readonly seen: string[] = [];

  open(entry: TarEntry): TarSink | null {
    if (this.seen.length < 20) this.seen.push(entry.name);
    switch (entry.name) {
      case 'train.bin':
        return recordSink(entry, this.train, FULL.train, (set) => (this.train = set));
      case 'test.bin':
        return recordSink(entry, this.test, FULL.test, (set) => (this.test = set));
      case 'fine_label_names.txt':
        return namesSink(entry, 100, (names) => (this.fineNames = names));
      case 'coarse_label_names.txt':
        return namesSink(entry, 20, (names) => (this.coarseNames = names));
      default:
        return null;
    }
  }

  async dataset(signal?: AbortSignal): Promise<Dataset> {
    const { train, test } = this;
    if (train === null || test === null) throw this.missing();
    const complete = train.count === FULL.train && test.count === FULL.test;
    return {
      id: 'cifar100',
      label: complete ? 'CIFAR-100' : `CIFAR-100, ${count(train.count)} of 50,000 training images`,
      fineNames: this.fineNames,
      coarseNames: this.coarseNames,
      train,
      test,
      mean: CIFAR100_MEAN,
      std: CIFAR100_STD,
      digest: await digestOf([train, test], signal),
    };
  }

  private missing(): DataError {
    const names = (['train', 'test'] as const)
      .filter((name) => this[name] === null)
      .map((name) => `${name}.bin`);
    const lacking = `The archive lacks ${names.join(' and ')}`;
    if (this.seen.includes('train') && this.seen.includes('meta')) {
      return new DataError(`${lacking}: this is the python form of CIFAR-100; use the binary form. ${HINT}`);
    }
    if (this.seen.some((name) => name.startsWith('data_batch'))) {
      return new DataError(`${lacking}: this is CIFAR-10, which has other classes. ${HINT}`);
    }
    const found = this.seen.length === 0 ? 'no files' : this.seen.slice(0, 5).join(', ');
    return new DataError(`${lacking}; found ${found}. ${HINT}`);
  }
}

/** Hashes images and labels, set by set, a piece at a time so that a page stays responsive. */
async function digestOf(sets: readonly ImageSet[], signal?: AbortSignal): Promise<string> {
  const hash = new Sha256();
  const piece = 4 << 20;
  for (const { images, fine, coarse } of sets) {
    for (let at = 0; at < images.length; at += piece) {
      hash.update(images.subarray(at, at + piece));
      if (images.length > piece) await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
    }
    hash.update(fine).update(coarse);
  }
  return hash.hex();
}

function recordSink(
  entry: TarEntry,
  before: ImageSet | null,
  most: number,
  done: (set: ImageSet) => void,
): TarSink {
  const { name, size } = entry;
  if (before !== null) throw new DataError(`The archive has ${name} twice. ${HINT}`);
  if (size === 0) throw new DataError(`${name} has no images (0 bytes). ${HINT}`);
  if (size % RECORD_BYTES !== 0) {
    throw new DataError(
      `${name} has ${count(size)} bytes, which is no multiple of 3,074 (one record: two labels and 32x32x3 bytes). ${HINT}`,
    );
  }
  const records = size / RECORD_BYTES;
  if (records > most) {
    throw new DataError(`${name} has ${count(records)} images; CIFAR-100 has ${count(most)}. ${HINT}`);
  }
  const set: ImageSet = {
    count: records,
    images: new Uint8Array(records * IMAGE_BYTES),
    fine: new Uint8Array(records),
    coarse: new Uint8Array(records),
  };
  const label = (kind: 'fine' | 'coarse', record: number, value: number, limit: number) => {
    if (value >= limit) {
      throw new DataError(
        `${name}, record ${count(record)} (counted from 0): ${kind} label ${value}, expected 0 to ${limit - 1}. ` +
          `The file is damaged or not CIFAR-100. ${HINT}`,
      );
    }
    set[kind][record] = value;
  };
  let record = 0;
  let offset = 0;
  return {
    write(bytes) {
      let at = 0;
      while (at < bytes.length) {
        if (offset === 0) {
          label('coarse', record, bytes[at++]!, 20);
          offset = 1;
        } else if (offset === 1) {
          label('fine', record, bytes[at++]!, 100);
          offset = 2;
        } else {
          const taken = Math.min(RECORD_BYTES - offset, bytes.length - at);
          set.images.set(bytes.subarray(at, at + taken), record * IMAGE_BYTES + offset - 2);
          at += taken;
          offset += taken;
          if (offset === RECORD_BYTES) {
            offset = 0;
            record++;
          }
        }
      }
    },
    end: () => done(set),
  };
}

function namesSink({ name, size }: TarEntry, expected: number, done: (names: string[]) => void): TarSink {
  if (size > NAMES_LIMIT)
    throw new DataError(`${name} has ${count(size)} bytes; a short list of names was expected. ${HINT}`);
  const bytes = new Uint8Array(size);
  let at = 0;
  return {
    write(chunk) {
      bytes.set(chunk, at);
      at += chunk.length;
    },
    end() {
      const names = new TextDecoder()
        .decode(bytes)
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '');
      if (names.length !== expected) {
        throw new DataError(
          `${name} has ${names.length} names; ${expected} were expected, one a line. ${HINT}`,
        );
      }
      done(names);
    },
  };
}
