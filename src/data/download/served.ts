/**
 * The archive that a lab may be served with: `data/index.json`, next to the page, lists it. Static hosts serve the empty list in
 * public/data/, `npm run dev` and `npm start` list the repository's folder data/ (tools/served-data.mjs).
 */
import { sentences } from '../../language/join';
import { t } from '../../language/language';
import { z } from 'zod';
import { DataError } from '../data-error';

const indexSchema = z.object({
  archives: z.array(
    z.object({ name: z.string().regex(/^[\w-][\w.-]*\.tar\.gz$/), bytes: z.number().int().positive() }),
  ),
});

export interface ServedArchive {
  url: string;
  name: string;
  bytes: number;
}

/** The first archive served with the page; null if there is none. Never throws. */
export async function servedArchive(): Promise<ServedArchive | null> {
  try {
    const response = await fetch(new URL('./data/index.json', document.baseURI));
    if (!response.ok) return null;
    const archive = indexSchema.parse(await response.json()).archives[0];
    return archive ? { url: new URL(`./data/${archive.name}`, document.baseURI).href, ...archive } : null;
  } catch {
    return null;
  }
}

/** Downloads a served archive. Throws DataError if it is not available, and the signal's reason once it is aborted. */
export async function fetchServed(url: string, signal?: AbortSignal): Promise<Blob> {
  const instead = t('Check that the server is running, or choose the archive from your disk.');
  let response: Response;
  try {
    response = await fetch(url, { signal: signal ?? null });
    if (response.ok && !response.headers.get('content-type')?.startsWith('text/html'))
      return await response.blob();
  } catch (cause) {
    signal?.throwIfAborted();
    const wrong = t('The archive at {{url}} could not be downloaded ({{cause}}).', {
      url,
      cause: String(cause),
    });
    throw new DataError(sentences(wrong, instead), { cause });
  }
  const found = response.ok ? t('a web page') : `HTTP ${response.status} ${response.statusText}`.trim();
  throw new DataError(
    sentences(
      t('Expected an archive at {{url}}; the server answered with {{found}}.', { url, found }),
      instead,
    ),
  );
}
