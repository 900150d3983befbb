/**
 * Downloads over unreliable connections: a stalled or broken download is tried again and, if the server supports ranges,
 * resumed. Errors are messages for people.
 */
import { sentences } from '../../language/join';
import { phrase, t } from '../../language/language';
import { DataError, grouped, megabytes } from '../data-error';
import type { RandomAccess } from '../forms/parquet-pages';
import { Meter, type OnProgress } from '../progress';

export interface NetworkOptions {
  signal?: AbortSignal;
  /** Milliseconds without a byte after which a connection counts as broken (30,000). */
  timeout?: number;
  /** Number of further tries after a broken connection (4). */
  retries?: number;
  /** Milliseconds before the next try (500); doubled each time. */
  pause?: number;
  onBytes?: (count: number) => void;
}

export interface RemoteFile extends RandomAccess {
  url: string;
}

/** Largest download, in bytes. */
const DOWNLOAD_LIMIT = 400e6;
/** Bytes per request, if more will be needed. */
const BLOCK = 4 << 20;
const BLOCKS_KEPT = 4;
const INSTEAD = phrase('Try again, or download it in another way and choose the file from your disk.');

const refused = (wrong: string, options?: ErrorOptions) =>
  new DataError(sentences(wrong, t(INSTEAD)), options);

/** A failure of the connection; another try may help. */
class ConnectionError extends Error {
  constructor(
    readonly what: string,
    cause?: unknown,
  ) {
    super(what, { cause });
  }
}

const wait = (milliseconds: number, signal?: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });

/** Repeats until it succeeds. A try that broke but made progress, as `progressed` reports, does not count. */
async function withRetries<T>(
  url: string,
  { signal, retries = 4, pause = 500 }: NetworkOptions,
  attempt: () => Promise<T>,
  progressed: () => boolean = () => false,
): Promise<T> {
  for (let failures = 0; ;) {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof ConnectionError)) throw error;
      if (progressed()) failures = 0;
      if (failures++ >= retries)
        throw refused(
          t('{{url}} could not be downloaded: {{what}}, also after {{retries}} more tries.', {
            url,
            what: error.what,
            retries,
          }),
          { cause: error },
        );
      await wait(pause * 2 ** (failures - 1), signal);
    }
  }
}

/** Sends a request and passes on the chunks of the answer. Throws ConnectionError if the connection breaks or stalls. */
async function receive(
  url: string,
  init: RequestInit,
  { signal, timeout = 30_000 }: NetworkOptions,
  begin: (response: Response) => void,
  onChunk: (chunk: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  const stop = new AbortController();
  const cancel = () => stop.abort(signal?.reason);
  signal?.addEventListener('abort', cancel, { once: true });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stalled = false;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      stalled = true;
      stop.abort();
    }, timeout);
  };
  try {
    alive();
    const response = await fetch(url, { ...init, signal: stop.signal });
    begin(response);
    const reader = response.body?.getReader();
    for (;;) {
      alive();
      const next = await reader?.read();
      if (!next || next.done) return;
      onChunk(next.value);
    }
  } catch (error) {
    stop.abort();
    signal?.throwIfAborted();
    if (error instanceof DataError || error instanceof ConnectionError) throw error;
    if (stalled)
      throw new ConnectionError(t('nothing came for {{seconds}} s', { seconds: timeout / 1000 }), error);
    throw new ConnectionError(
      t('the connection failed ({{reason}}), or the server does not allow other pages to read it (CORS)', {
        reason: reasonOf(error),
      }),
      error,
    );
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  }
}

const reasonOf = (error: unknown) => {
  const { message, cause } = error as { message?: string; cause?: { message?: string } };
  return cause?.message ?? message ?? String(error);
};

/** Throws unless the response is a success: ConnectionError if the server is busy or failing and may be asked again. */
function requireSuccess(url: string, response: Response): void {
  if (response.ok) return;
  const found = `HTTP ${response.status} ${response.statusText}`.trim();
  if (response.status >= 500 || response.status === 429)
    throw new ConnectionError(t('the server answered with {{found}}', { found }));
  throw refused(
    t('Expected a file at {{url}}; the server answered with {{found}}. Check the address.', { url, found }),
  );
}

const lengthOf = (response: Response): number | null => {
  const text = response.headers.get('content-length');
  // If the server compresses, this is the length of the compressed bytes.
  return text !== null && !response.headers.get('content-encoding') ? Number(text) : null;
};

/** First byte and total length from a partial answer; null if the header is hidden from other origins. */
function contentRange(response: Response): { start: number; total: number | null } | null {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  return match && { start: Number(match[1]), total: match[2] === '*' ? null : Number(match[2]) };
}

/**
 * Downloads a whole file. Throws DataError if it is not available or does not have the announced length, and the
 * signal's reason once it is aborted.
 */
export async function fetchFile(
  url: string,
  options: NetworkOptions & { onProgress?: OnProgress } = {},
): Promise<Blob> {
  const { onProgress } = options;
  let parts: BlobPart[] = [];
  let done = 0;
  let before = 0;
  let total: number | null = null;
  let tag: string | null = null;
  let meter: Meter | null = null;
  const restart = () => {
    parts = [];
    done = 0;
  };
  const begin = (response: Response) => {
    requireSuccess(url, response);
    if (response.headers.get('content-type')?.startsWith('text/html'))
      throw refused(
        t('Expected a file at {{url}}; the server answered with a web page. Check the address.', { url }),
      );
    const newTag = response.headers.get('etag');
    const range = contentRange(response);
    const goesOn = response.status === 206 && (range === null || range.start === done) && newTag === tag;
    if (done > 0 && !goesOn) restart();
    const length = lengthOf(response);
    const announced = range?.total ?? (length === null ? null : length + done);
    if (done > 0 && total !== null && announced !== null && announced !== total)
      throw new ConnectionError(
        t('the server first announced {{first}} bytes, then {{second}}', {
          first: grouped(total),
          second: grouped(announced),
        }),
      );
    total = announced ?? total;
    tag = newTag;
    if (total !== null && total > DOWNLOAD_LIMIT)
      throw new DataError(
        t('{{url}} has {{size}}; at most 400 MB were expected. Check the address.', {
          url,
          size: megabytes(total),
        }),
      );
    meter ??= new Meter(total ?? 0, onProgress);
  };
  await withRetries(
    url,
    options,
    async () => {
      before = done;
      const init = done > 0 ? { headers: { Range: `bytes=${done}-` } } : {};
      await receive(url, init, options, begin, (chunk) => {
        parts.push(chunk);
        done += chunk.length;
        if (done > DOWNLOAD_LIMIT)
          throw new DataError(
            t('{{url}} has more than 400 MB; CIFAR-100 has 169. Check the address.', { url }),
          );
        if (total !== null && done > total)
          throw refused(
            t('{{url}} sent more than the {{size}} bytes it announced.', { url, size: grouped(total) }),
          );
        meter?.add(chunk.length);
        options.onBytes?.(chunk.length);
      });
      if (total !== null && done < total)
        throw new ConnectionError(
          t('only {{done}} of {{total}} bytes came', { done: grouped(done), total: grouped(total) }),
        );
    },
    () => done > before,
  );
  return new Blob(parts);
}

/**
 * Opens a file on a server for reading parts of it. Throws DataError if it is not available, its length is not given, or
 * the server does not support ranges.
 */
export async function openRemote(url: string, options: NetworkOptions = {}): Promise<RemoteFile> {
  let byteLength = 0;
  await withRetries(url, options, () =>
    receive(
      url,
      { method: 'HEAD' },
      options,
      (response) => {
        requireSuccess(url, response);
        byteLength = lengthOf(response) ?? 0;
        if (!(byteLength > 0))
          throw refused(t('The server of {{url}} does not report the length of the file.', { url }));
      },
      () => undefined,
    ),
  );
  return new Ranges(url, byteLength, options);
}

class Ranges implements RemoteFile {
  private blocks: { start: number; bytes: Uint8Array<ArrayBuffer> }[] = [];

  constructor(
    readonly url: string,
    readonly byteLength: number,
    private readonly options: NetworkOptions,
  ) {}

  async slice(start: number, end: number, soon = end): Promise<ArrayBuffer> {
    const kept = this.blocks.find((block) => block.start <= start && end <= block.start + block.bytes.length);
    if (kept) return kept.bytes.slice(start - kept.start, end - kept.start).buffer;
    // Blocks that are already cached are not requested again.
    const tail = this.blocks.find(
      (block) => block.start <= start && start < block.start + block.bytes.length,
    );
    const have = tail ? tail.bytes.subarray(start - tail.start) : new Uint8Array(0);
    const from = start + have.length;
    const to = Math.min(this.byteLength, Math.max(end, Math.min(soon, from + BLOCK)));
    const bytes = new Uint8Array(to - start);
    bytes.set(have);
    await this.download(from, to, bytes.subarray(have.length));
    this.blocks = [{ start, bytes }, ...this.blocks].slice(0, BLOCKS_KEPT);
    return bytes.slice(0, end - start).buffer;
  }

  private async download(start: number, end: number, target: Uint8Array): Promise<void> {
    const { url, options } = this;
    let done = 0;
    let before = 0;
    const begin = (response: Response) => {
      requireSuccess(url, response);
      if (response.status !== 206)
        throw new DataError(
          t(
            'The server of {{url}} sends whole files only (no range requests), {{size}}, so a part of the images cannot be downloaded. Use “From a custom URL” to download the whole file.',
            { url, size: megabytes(this.byteLength) },
          ),
        );
      const range = contentRange(response);
      const length = lengthOf(response);
      if (
        (range !== null &&
          (range.start !== start + done || (range.total ?? this.byteLength) !== this.byteLength)) ||
        (length !== null && length !== end - start - done)
      ) {
        throw refused(t('The server of {{url}} sent another part of the file than was asked for.', { url }));
      }
    };
    await withRetries(
      url,
      options,
      async () => {
        before = done;
        const init = { headers: { Range: `bytes=${start + done}-${end - 1}` } };
        await receive(url, init, options, begin, (chunk) => {
          if (done + chunk.length > target.length)
            throw refused(t('The server of {{url}} sent more bytes than were asked for.', { url }));
          target.set(chunk, done);
          done += chunk.length;
          options.onBytes?.(chunk.length);
        });
        if (done < target.length)
          throw new ConnectionError(
            t('only {{done}} of {{total}} bytes came', {
              done: grouped(done),
              total: grouped(target.length),
            }),
          );
      },
      () => done > before,
    );
  }
}
