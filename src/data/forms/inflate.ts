/** Reads the bytes of a Blob, plain or inflated, in chunks. Errors are DataErrors. */
import { t } from '../../language/language';
import { DataError } from '../data-error';

/** Small pieces, because one piece can inflate a thousandfold. */
const PIECE = 65536;

const unreadable = (cause: unknown) =>
  new DataError(
    t('The file could not be read ({{cause}}). Choose it again, or copy it to this computer first.', {
      cause: String(cause),
    }),
    { cause },
  );

/** Bytes start … end - 1 of a file. Throws DataError if the system cannot read them. */
export async function bytesOf(file: Blob, start = 0, end = file.size): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.slice(start, end).arrayBuffer());
  } catch (cause) {
    throw unreadable(cause);
  }
}

/** The bytes of a file in chunks. `onBytes` receives the length of each. */
export async function* chunksOf(
  file: Blob,
  onBytes?: (count: number) => void,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = file.stream().getReader();
  try {
    for (;;) {
      const next = await reader.read().catch((cause: unknown) => {
        throw unreadable(cause);
      });
      if (next.done) return;
      for (let at = 0; at < next.value.length; at += PIECE) {
        const piece = next.value.subarray(at, at + PIECE);
        onBytes?.(piece.length);
        yield piece;
      }
    }
  } finally {
    // This is also reached if the consumer stops early. A stream that has failed cannot be cancelled again.
    await reader.cancel().catch(() => undefined);
  }
}

/** The inflated bytes of a file in chunks. `onBytes` receives the number of compressed bytes read. */
export async function* inflate(
  file: Blob,
  format: 'gzip' | 'deflate-raw',
  onBytes?: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  const source = chunksOf(file, onBytes);
  let readError: unknown;
  let allRead = false;
  const pieces = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const next = await source.next();
          allRead = next.done === true;
          if (next.done) return controller.close();
          controller.enqueue(next.value);
        } catch (error) {
          readError = error;
          throw error;
        }
      },
      cancel: async () => void (await source.return(undefined)),
    },
    { highWaterMark: 0 },
  );
  const reader = pieces.pipeThrough(new DecompressionStream(format)).getReader();
  try {
    for (;;) {
      const next = await reader.read().catch((error: unknown) => {
        throw readError ?? damaged(error, allRead);
      });
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function damaged(cause: unknown, allRead: boolean): DataError {
  const short = allRead && /truncat|unexpected end|end of file|ended/i.test(String(cause));
  const values = { cause: String(cause) };
  return new DataError(
    short
      ? t('The compressed data is cut short ({{cause}}). Download the archive again.', values)
      : t('The compressed data is damaged or cut short ({{cause}}). Download the archive again.', values),
    { cause },
  );
}
