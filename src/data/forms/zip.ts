/**
 * Reads the files of a zip archive (APPNOTE 6.3) by its central directory. So their sizes are known before anything is
 * inflated, and no file can become larger than its stated size. The archive is read in windows, front to back.
 */
import { sentences } from '../../language/join';
import { t } from '../../language/language';
import { inflateSync } from 'fflate';
import { FILES_LIMIT } from './archive-contents';
import { DataError, grouped } from '../data-error';
import { checkPath, type Entry, type EntryVisitor } from './entry';
import { bytesOf, inflate } from './inflate';

const END_LENGTH = 22;
const DIRECTORY_LIMIT = 32e6;
const LOCAL_LENGTH = 30;
/** Files above this are inflated as a stream. */
const SMALL = 1 << 20;
const WINDOW = 8 << 20;

interface Member {
  path: string;
  method: number;
  compressed: number;
  size: number;
  offset: number;
}

/** The archive is damaged. `reason` says why, without the hint for data sets, for readers of other archives. */
export class ZipError extends DataError {
  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(
      sentences(reason, t('Expected folders train/CLASS and test/CLASS of PNG images; pack it again.')),
      options,
    );
  }
}

const broken = (reason: string, cause?: unknown) => new ZipError(reason, { cause });

/** The files of the archive, in the order of their positions. */
async function directory(file: Blob): Promise<Member[]> {
  const tail = await bytesOf(file, Math.max(0, file.size - END_LENGTH - 65535));
  const view = new DataView(tail.buffer);
  let end = tail.length - END_LENGTH;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw broken(t('The ZIP archive has no directory at its end, so it is cut short.'));
  const count = view.getUint16(end + 10, true);
  const size = view.getUint32(end + 12, true);
  const offset = view.getUint32(end + 16, true);
  if (offset === 0xffffffff || size === 0xffffffff || count === 0xffff)
    throw broken(t('The ZIP archive is of the 64-bit kind (4 GB, or more than 65,534 files).'));
  if (size > DIRECTORY_LIMIT || offset + size > file.size || count > FILES_LIMIT)
    throw broken(
      t('The ZIP archive claims {{files}} files, described in {{size}} bytes.', {
        files: grouped(count),
        size: grouped(size),
      }),
    );
  const bytes = await bytesOf(file, offset, offset + size);
  return members(bytes, count).toSorted((a, b) => a.offset - b.offset);
}

function members(bytes: Uint8Array<ArrayBuffer>, count: number): Member[] {
  const view = new DataView(bytes.buffer);
  const found: Member[] = [];
  for (let at = 0, i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50)
      throw broken(t('The ZIP archive has a damaged directory at file {{file}}.', { file: grouped(i) }));
    const nameLength = view.getUint16(at + 28, true);
    const path = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if ((view.getUint16(at + 8, true) & 1) !== 0)
      throw broken(t('The ZIP archive is encrypted ({{path}}).', { path: path.slice(0, 100) }));
    if (!path.endsWith('/'))
      found.push({
        path: checkPath(path),
        method: view.getUint16(at + 10, true),
        compressed: view.getUint32(at + 20, true),
        size: view.getUint32(at + 24, true),
        offset: view.getUint32(at + 42, true),
      });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return found;
}

/** Paths and sizes of the files of an archive, from its directory. Throws DataError if the directory is damaged. */
export const listZip = async (file: Blob): Promise<Entry[]> =>
  (await directory(file)).map(({ path, size }) => ({ path, size }));

/** Bytes of the file through a window that moves forwards. */
class Window {
  private start = 0;
  private bytes = new Uint8Array(0);

  constructor(private readonly file: Blob) {}

  async slice(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    if (start < this.start || end > this.start + this.bytes.length) {
      this.bytes = await bytesOf(this.file, start, Math.max(end, start + WINDOW));
      this.start = start;
    }
    return this.bytes.subarray(start - this.start, end - this.start);
  }
}

/**
 * Passes the files of an archive to `visit`. `onBytes` receives the number of bytes of the archive that were read. Throws
 * DataError if it is damaged, and the signal's reason once it is aborted.
 */
export async function readZip(
  file: Blob,
  visit: EntryVisitor,
  { signal, onBytes }: { signal?: AbortSignal; onBytes?: (count: number) => void } = {},
): Promise<void> {
  const window = new Window(file);
  for (const member of await directory(file)) {
    signal?.throwIfAborted();
    const { path, method, compressed, size, offset } = member;
    const sink = visit({ path, size });
    onBytes?.(compressed);
    if (sink === null) continue;
    const local = await window.slice(offset, Math.min(file.size, offset + LOCAL_LENGTH));
    if (
      local.length < LOCAL_LENGTH ||
      new DataView(local.buffer, local.byteOffset).getUint32(0, true) !== 0x04034b50
    )
      throw broken(t('The ZIP archive has no file where its directory says {{path}}.', { path }));
    const from = offset + LOCAL_LENGTH + (local[26]! | (local[27]! << 8)) + (local[28]! | (local[29]! << 8));
    if (from + compressed > file.size || (method === 0 && compressed !== size))
      throw broken(t('The ZIP archive is cut short in {{path}}.', { path }));
    if (method !== 0 && method !== 8)
      throw broken(
        t('The ZIP archive has {{path}} compressed in an unknown way ({{method}}).', { path, method }),
      );
    let done = 0;
    const write = (bytes: Uint8Array) => {
      done += bytes.length;
      if (done > size)
        throw broken(
          t('The ZIP archive has more in {{path}} than the {{size}} bytes it names.', {
            path,
            size: grouped(size),
          }),
        );
      sink.write(bytes);
    };
    if (size <= SMALL && compressed <= SMALL) {
      const packed = await window.slice(from, from + compressed);
      write(method === 0 ? packed : inflated(packed, size, path));
    } else if (method === 8) {
      for await (const chunk of inflate(file.slice(from, from + compressed), 'deflate-raw')) write(chunk);
    } else {
      for (let at = from; at < from + size; at += WINDOW)
        write(await bytesOf(file, at, Math.min(at + WINDOW, from + size)));
    }
    if (done !== size)
      throw broken(
        t('The ZIP archive has {{found}} bytes in {{path}} instead of {{size}}.', {
          path,
          found: grouped(done),
          size: grouped(size),
        }),
      );
    sink.end();
  }
}

function inflated(packed: Uint8Array, size: number, path: string): Uint8Array {
  try {
    return inflateSync(packed, { out: new Uint8Array(size + 1) });
  } catch (cause) {
    throw broken(
      t('The ZIP archive is damaged in {{path}} ({{cause}}).', { path, cause: String(cause) }),
      cause,
    );
  }
}
