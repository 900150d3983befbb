/** Finds the files of runs among dropped files, by their content; archives are opened. */
import { DataError, megabytes } from '../../data/data-error';
import type { DataFile } from '../../data/data-file';
import { wholeFile } from '../../data/forms/entry';
import { bytesOf } from '../../data/forms/inflate';
import { listZip, readZip, ZipError } from '../../data/forms/zip';
import { t } from '../../language/language';
import { messageOf } from '../../language/message-of';

/** A record is a text, which browsers hold whole. */
const RECORD_LIMIT = 256e6;
const TENSORS_LIMIT = 1.5e9;
/** Of an archive: what its files may unpack to, and how many there may be. */
const UNPACKED_LIMIT = 2e9;
const FILES_LIMIT = 10_000;
const HEAD = 512;

export type RunFileKind = 'record' | 'tensors' | 'zip';

/** A file of a run. */
export interface RunFile extends DataFile {
  kind: Exclude<RunFileKind, 'zip'>;
}

export interface Refused {
  file: string;
  /** In a sentence. */
  reason: string;
}

const ofRuns = (path: string): RunFile['kind'] | null =>
  /\.json$/i.test(path) ? 'record' : /\.safetensors$/i.test(path) ? 'tensors' : null;
const isHidden = (path: string) => /(^|\/)(\.|__MACOSX\/)/.test(path);

/** What a file is, by its first bytes; null where it is not of a run. An archive is where it holds records or weights, and no images. */
export async function runFileKind({ path, blob }: DataFile): Promise<RunFileKind | null> {
  const head = await bytesOf(blob, 0, HEAD);
  const text = new TextDecoder().decode(head);
  if (/^\s*\{/.test(text) || /\.json$/i.test(path)) return 'record';
  // Eight bytes of a length below four billion, then the header's JSON.
  if (/\.safetensors$/i.test(path) || (text[8] === '{' && head.subarray(4, 8).every((byte) => byte === 0)))
    return 'tensors';
  if (!text.startsWith('PK\x03\x04')) return null;
  const entries = await listZip(blob).catch(() => []);
  const paths = entries.map((entry) => entry.path).filter((entry) => !isHidden(entry));
  return paths.some((entry) => ofRuns(entry) !== null) && !paths.some((entry) => /\.png$/i.test(entry))
    ? 'zip'
    : null;
}

const tooLarge = (kind: RunFile['kind'], size: number) => {
  const limit = kind === 'record' ? RECORD_LIMIT : TENSORS_LIMIT;
  const sizes = { size: megabytes(size), limit: megabytes(limit) };
  if (size <= limit) return null;
  return kind === 'record'
    ? t('It has {{size}}; at most {{limit}} were expected of a record.', sizes)
    : t('It has {{size}}; at most {{limit}} were expected of weights.', sizes);
};

/**
 * The records and weights among files, archives opened. A damaged archive, or one that is too large, is refused as a whole; its other
 * files (charts, tables) are ignored.
 */
export async function unpack(files: readonly DataFile[]): Promise<{ found: RunFile[]; refused: Refused[] }> {
  const found: RunFile[] = [];
  const refused: Refused[] = [];
  for (const file of files) {
    try {
      const kind = await runFileKind(file);
      if (kind === 'zip') found.push(...(await members(file)));
      else if (kind === null)
        refused.push({ file: file.path, reason: t('It is neither a record nor weights.') });
      else {
        const problem = tooLarge(kind, file.blob.size);
        if (problem) refused.push({ file: file.path, reason: problem });
        else found.push({ ...file, kind });
      }
    } catch (error) {
      const reason = error instanceof ZipError ? error.reason : messageOf(error);
      refused.push({ file: file.path, reason });
    }
  }
  return { found, refused };
}

async function members({ path: archive, blob }: DataFile): Promise<RunFile[]> {
  const found: RunFile[] = [];
  let files = 0;
  let unpacked = 0;
  await readZip(blob, (entry) => {
    const kind = isHidden(entry.path) ? null : ofRuns(entry.path);
    if (++files > FILES_LIMIT)
      throw new DataError(
        t('The archive has more than {{most}} files.', { most: FILES_LIMIT.toLocaleString('en') }),
      );
    if (!kind) return null;
    const problem = tooLarge(kind, entry.size);
    unpacked += entry.size;
    if (problem)
      throw new DataError(t('In {{file}}: {{problem}}', { file: entry.path.slice(0, 200), problem }));
    if (unpacked > UNPACKED_LIMIT)
      throw new DataError(
        t('The archive unpacks to more than {{size}}.', { size: megabytes(UNPACKED_LIMIT) }),
      );
    return wholeFile(entry, (bytes) =>
      found.push({ path: `${archive}/${entry.path}`, blob: new Blob([bytes]), kind }),
    );
  });
  return found;
}
