/**
 * Downloads a file and resumes after a broken connection, in the same run or in a later one: the part received so far is
 * kept next to the target, and the rest is requested by range as long as the server still has the same file.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { messageOf } from './command-line.mjs';

/** An error whose message tells the user what is wrong and what to do. */
export class Refusal extends Error {}

/** A failure after which another attempt may succeed. */
class Broken extends Error {}

const MOST_BYTES = 400e6;

/** @typedef {(done: number, total: number | undefined) => void} OnProgress in bytes; total is undefined if unknown */
/** @typedef {{ url: string; validator: string | null }} Note which file the partial one belongs to */

/**
 * Downloads `url` to `target`. Throws Refusal if that fails; the part received so far stays for the next time.
 * @param {string} url
 * @param {string} target
 * @param {{ onProgress?: OnProgress, timeout?: number, retries?: number, pause?: number }} [options]
 *   timeout: milliseconds without a byte; pause: milliseconds before the second attempt, doubled each time
 */
export async function download(
  url,
  target,
  { onProgress, timeout = 30_000, retries = 5, pause = 1000 } = {},
) {
  const partial = `${target}.partial`;
  const note = `${partial}.json`;
  let failures = 0;
  for (;;) {
    const before = await sizeOf(partial);
    try {
      await attempt(url, partial, note, timeout, onProgress);
      await rename(partial, target);
      await rm(note, { force: true });
      return;
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      if ((await sizeOf(partial)) > before) failures = 0;
      if (failures++ >= retries) {
        throw new Refusal(
          `${url} could not be downloaded: ${error.message}, after ${retries} more attempts. ` +
            'The part received so far is kept: run the same command again to resume.',
          { cause: error },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, pause * 2 ** (failures - 1)));
    }
  }
}

const sizeOf = async (/** @type {string} */ path) => (await stat(path).catch(() => null))?.size ?? 0;

/**
 * The note about the partial file; null if there is none.
 * @param {string} note
 * @returns {Promise<Note | null>}
 */
async function readNote(note) {
  try {
    return JSON.parse(await readFile(note, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * Requests what the partial file lacks and appends it. Throws Broken if another attempt may succeed, else Refusal.
 * @param {string} url
 * @param {string} partial
 * @param {string} note
 * @param {number} timeout
 * @param {OnProgress | undefined} onProgress
 */
async function attempt(url, partial, note, timeout, onProgress) {
  const known = await readNote(note);
  const validator = known?.url === url ? known.validator : null;
  const kept = validator === null ? 0 : await sizeOf(partial);
  const stop = new AbortController();
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const restartTimeout = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(new Broken(`no data arrived for ${timeout / 1000} s`)), timeout);
  };
  let file;
  try {
    restartTimeout();
    // A compressed response would have its own length and ranges.
    const headers = new Headers({ 'Accept-Encoding': 'identity' });
    if (validator !== null && kept > 0) {
      headers.set('Range', `bytes=${kept}-`);
      headers.set('If-Range', validator);
    }
    const response = await fetch(url, { headers, signal: stop.signal });
    if (response.status === 416) {
      await rm(partial, { force: true });
      throw new Broken('the server has a shorter file now');
    }
    const body = bodyOf(url, response);
    const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get('content-range') ?? '');
    const resumes = response.status === 206 && range !== null && Number(range[1]) === kept;
    if (response.status === 206 && !resumes)
      throw new Refusal(
        `${url} answered with another part of the file than was requested. Try another mirror.`,
      );
    const length = Number(response.headers.get('content-length')) || undefined;
    const total = resumes ? Number(range[2]) : length;
    if (total !== undefined && total > MOST_BYTES) throw tooLarge(url);
    const etag = response.headers.get('etag');
    /** @type {Note} */
    const fresh = {
      url,
      validator: etag && !etag.startsWith('W/') ? etag : response.headers.get('last-modified'),
    };
    await writeFile(note, JSON.stringify(fresh));
    let done = resumes ? kept : 0;
    file = await open(partial, resumes ? 'a' : 'w');
    for await (const chunk of body) {
      restartTimeout();
      done += chunk.length;
      if (done > MOST_BYTES) throw tooLarge(url);
      await file.write(chunk);
      onProgress?.(done, total);
    }
    if (total !== undefined && done !== total) throw new Broken(`only ${done} of ${total} bytes arrived`);
  } catch (error) {
    if (error instanceof Refusal || error instanceof Broken) throw error;
    if (stop.signal.aborted) throw stop.signal.reason;
    // fetch() throws "fetch failed"; what failed is in the error's cause.
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Broken(`the connection failed (${messageOf(reason)})`, { cause: error });
  } finally {
    clearTimeout(timer);
    stop.abort();
    await file?.close();
  }
}

const tooLarge = (/** @type {string} */ url) =>
  new Refusal(`${url} has more than 400 MB; CIFAR-100 has 169 MB. Check the address.`);

/** The content of a response. Throws if the server answered with something other than a file. */
function bodyOf(/** @type {string} */ url, /** @type {Response} */ response) {
  const { status, statusText, body } = response;
  if (status >= 500 || status === 429)
    throw new Broken(`the server answered with HTTP ${status} ${statusText}`);
  if (!response.ok || body === null)
    throw new Refusal(
      `${url} answered with HTTP ${status} ${statusText}. Check the address, or name a mirror with --from URL.`,
    );
  if (response.headers.get('content-type')?.startsWith('text/html'))
    throw new Refusal(`${url} answered with a web page. Expected a file of CIFAR-100.`);
  return body;
}

/**
 * MD5 and SHA-256 of a file.
 * @param {string} path
 */
export async function digestsOf(path) {
  const hashes = { md5: createHash('md5'), sha256: createHash('sha256') };
  for await (const chunk of createReadStream(path)) {
    hashes.md5.update(chunk);
    hashes.sha256.update(chunk);
  }
  return { md5: hashes.md5.digest('hex'), sha256: hashes.sha256.digest('hex') };
}
