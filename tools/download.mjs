/**
 * Downloads a file so that a broken connection costs little: what has come is kept beside the target, in this run and
 * the next, and the rest is asked for by range as long as the server still has the same file.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';

/** What is wrong, for people. */
export class Refusal extends Error {}

class Broken extends Error {}

const MOST_BYTES = 400e6;

/**
 * Downloads `url` to `target`. Throws Refusal where it cannot be had; what has come stays for the next time.
 * @param {string} url
 * @param {string} target
 * @param {{ onProgress?: (done: number, total: number | undefined) => void, timeout?: number, retries?: number, pause?: number }} [options]
 *   timeout: milliseconds without a byte; pause: milliseconds before the second try, doubled each time
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
          `${url} could not be downloaded: ${error.message}, also after ${retries} more tries. ` +
            'What has come is kept: the same command goes on from there.',
          { cause: error },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, pause * 2 ** (failures - 1)));
    }
  }
}

const sizeOf = async (path) => (await stat(path).catch(() => null))?.size ?? 0;

/** Which file the partial one is of: { url, validator }; null where that is not known. */
async function noted(note) {
  try {
    return JSON.parse(await readFile(note, 'utf8'));
  } catch {
    return null;
  }
}

async function attempt(url, partial, note, timeout, onProgress) {
  const known = await noted(note);
  const kept = known?.url === url && known.validator ? await sizeOf(partial) : 0;
  const stop = new AbortController();
  let timer;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(new Broken(`nothing came for ${timeout / 1000} s`)), timeout);
  };
  let file;
  try {
    alive();
    const headers = kept > 0 ? { Range: `bytes=${kept}-`, 'If-Range': known.validator } : {};
    // A compressed answer would have a length and ranges of its own.
    const response = await fetch(url, {
      headers: { ...headers, 'Accept-Encoding': 'identity' },
      signal: stop.signal,
    });
    if (response.status === 416) {
      await rm(partial, { force: true });
      throw new Broken('the server has a shorter file now');
    }
    requireFile(url, response);
    const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get('content-range') ?? '');
    const goesOn = response.status === 206 && range !== null && Number(range[1]) === kept;
    if (response.status === 206 && !goesOn)
      throw new Refusal(
        `${url} answered with another part of the file than was asked for. Try another mirror.`,
      );
    const length = Number(response.headers.get('content-length')) || undefined;
    const total = goesOn ? Number(range[2]) : length;
    if (total !== undefined && total > MOST_BYTES) throw tooLarge(url);
    const etag = response.headers.get('etag');
    const validator = etag && !etag.startsWith('W/') ? etag : response.headers.get('last-modified');
    await writeFile(note, JSON.stringify({ url, validator }));
    let done = goesOn ? kept : 0;
    file = await open(partial, goesOn ? 'a' : 'w');
    for await (const chunk of response.body) {
      alive();
      done += chunk.length;
      if (done > MOST_BYTES) throw tooLarge(url);
      await file.write(chunk);
      onProgress?.(done, total);
    }
    if (total !== undefined && done !== total) throw new Broken(`only ${done} of ${total} bytes came`);
  } catch (error) {
    if (error instanceof Refusal || error instanceof Broken) throw error;
    if (stop.signal.aborted) throw stop.signal.reason;
    throw new Broken(`the connection failed (${error.cause?.message ?? error.message})`, { cause: error });
  } finally {
    clearTimeout(timer);
    stop.abort();
    await file?.close();
  }
}

const tooLarge = (url) => new Refusal(`${url} has more than 400 MB; CIFAR-100 has 169. Check the address.`);

function requireFile(url, response) {
  const { status, statusText } = response;
  if (status >= 500 || status === 429)
    throw new Broken(`the server answered with HTTP ${status} ${statusText}`);
  if (!response.ok || response.body === null)
    throw new Refusal(
      `${url} answered with HTTP ${status} ${statusText}. Check the address, or name a mirror with --from URL.`,
    );
  if (response.headers.get('content-type')?.startsWith('text/html'))
    throw new Refusal(`${url} answered with a web page. Expected a file of CIFAR-100.`);
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
