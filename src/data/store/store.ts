/**
 * Stores data sets in the browser's private file system (OPFS), folder branch-lab/data. A set is a file of bytes with a
 * new name, and set-DIGEST.json, which names that file and is written last. So a save that fails half-way does not change any
 * set. Works in the page and in a dedicated worker.
 */
import {
  inSentences,
  keptMessage,
  message,
  messageOfKept,
  verbatim,
  type Message,
} from '../../language/message';
import { keptMessageSchema } from '../../language/message-schema';
import { z } from 'zod';
import { IMAGE_BYTES, type Dataset, type ImageSet } from '../dataset';
import { megabytes } from '../data-error';
import { StorageError, writeFile } from './store-files';

export { StorageError } from './store-files';

/** The single set of the first version of the lab; read like the others, and renamed at the next save. */
const FIRST_META = 'meta.json';
/** Messages for an operation that failed. */
const FAILURES = {
  saved: 'store.notSaved',
  read: 'store.notRead',
  deleted: 'store.notDeleted',
} as const;

const channels = z.tuple([z.number(), z.number(), z.number()]);
const metaSchema = z.object({
  format: z.literal('branch-lab-data'),
  version: z.union([z.literal(1), z.literal(2)]),
  id: z.literal('cifar100'),
  label: keptMessageSchema,
  fineNames: z.array(z.string()).length(100),
  coarseNames: z.array(z.string()).length(20),
  mean: channels,
  std: channels,
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  train: z.number().int().positive(),
  test: z.number().int().positive(),
  file: z.string(),
  bytes: z.number().int().positive(),
  /** Missing in version 1. */
  savedAt: z.number().default(0),
});
type Meta = z.infer<typeof metaSchema>;

export interface StoredSummary {
  /** The set's key. */
  digest: string;
  label: Message;
  train: number;
  test: number;
  bytes: number;
  /** Milliseconds since 1970; 0 if unknown. */
  savedAt: number;
}

/**
 * Stores a set. A set that is stored already becomes the newest. Throws StorageError if the storage is missing, denied or
 * full; the other sets are not changed.
 */
export function saveDataset(d: Dataset): Promise<void> {
  return guarded('saved', 'exclusive', async () => {
    const folder = await openFolder(true);
    const metas = await readMetas(folder);
    const { id, label, mean, std, digest, fineNames, coarseNames } = d;
    const bytes = bytesOf(d.train.count + d.test.count);
    const known = metas.find((meta) => meta.digest === digest);
    const kept = known && (await sizeOf(folder, known.file)) === bytes ? known.file : null;
    if (kept === null) await requireSpace(bytes);
    const file = kept ?? `set-${Date.now().toString(36)}-${Math.floor(Math.random() * 1e9).toString(36)}.bin`;
    const meta = metaSchema.parse({
      format: 'branch-lab-data',
      version: 2,
      id,
      label: keptMessage(label),
      fineNames,
      coarseNames,
      mean,
      std,
      digest,
      train: d.train.count,
      test: d.test.count,
      file,
      bytes,
      savedAt: Math.max(Date.now(), 1 + Math.max(0, ...metas.map(({ savedAt }) => savedAt))),
    });
    try {
      if (kept === null)
        await writeFile(
          folder,
          file,
          [d.train, d.test].flatMap((set) => [set.images, set.fine, set.coarse]),
        );
      await writeMeta(folder, meta);
    } catch (error) {
      if (kept === null) await folder.removeEntry(file).catch(() => undefined);
      if (!known) await folder.removeEntry(metaName(digest)).catch(() => undefined);
      throw error;
    }
    await tidy(folder);
  });
}

/** Reads a stored set. Throws StorageError if it is missing or damaged. */
export function loadStored(digest: string): Promise<Dataset> {
  return guarded('read', 'shared', async () => {
    const folder = await openFolder(false);
    const meta = (await readMetas(folder)).find((candidate) => candidate.digest === digest);
    if (!meta) throw new StorageError(message('store.notStored'));
    const file = await (await folder.getFileHandle(meta.file)).getFile();
    const expected = bytesOf(meta.train + meta.test);
    if (file.size !== expected || meta.bytes !== expected) {
      throw damaged(
        message('store.otherLength', {
          expected: expected.toLocaleString('en'),
          found: file.size.toLocaleString('en'),
        }),
      );
    }
    let at = 0;
    const take = async (length: number) => {
      const bytes = new Uint8Array(await file.slice(at, at + length).arrayBuffer());
      at += length;
      return bytes;
    };
    const takeSet = async (count: number): Promise<ImageSet> => {
      const set = {
        count,
        images: await take(count * IMAGE_BYTES),
        fine: await take(count),
        coarse: await take(count),
      };
      if (set.fine.some((label) => label >= 100) || set.coarse.some((label) => label >= 20)) {
        throw damaged(message('store.labelOutOfRange'));
      }
      return set;
    };
    const { id, fineNames, coarseNames, mean, std } = meta;
    const label = messageOfKept(meta.label);
    const train = await takeSet(meta.train);
    return { id, label, fineNames, coarseNames, train, test: await takeSet(meta.test), mean, std, digest };
  });
}

/** The stored sets, newest first; empty if the storage cannot be used. Never throws. */
export async function listStored(): Promise<StoredSummary[]> {
  try {
    return await guarded('read', 'shared', async () => {
      const folder = await openFolder(false);
      const whole: StoredSummary[] = [];
      for (const { digest, label, train, test, bytes, savedAt, file } of await readMetas(folder)) {
        if ((await sizeOf(folder, file)) === bytes)
          whole.push({ digest, label: messageOfKept(label), train, test, bytes, savedAt });
      }
      return whole.toSorted((a, b) => b.savedAt - a.savedAt);
    });
  } catch {
    return [];
  }
}

/**
 * Removes a stored set, and the remains of unfinished saves. Throws StorageError if the storage cannot be used. A missing
 * set is not an error.
 */
export function deleteStored(digest: string): Promise<void> {
  return guarded('deleted', 'exclusive', async () => {
    const folder = await openFolder(true);
    // The description is deleted first: a file without one is ignored.
    const first = await readMeta(folder, FIRST_META);
    if (first?.digest === digest) await folder.removeEntry(FIRST_META);
    await folder.removeEntry(metaName(digest)).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
    await tidy(folder);
  });
}

/** Bytes that this page's storage uses and may use; null if the browser does not report them. Never throws. */
export async function storageEstimate(): Promise<{ usage: number; quota: number } | null> {
  try {
    const { usage, quota } = await navigator.storage.estimate();
    return usage === undefined || quota === undefined ? null : { usage, quota };
  } catch {
    return null;
  }
}

/** Requests persistent storage, and throws StorageError before anything is written if the set will not fit. */
async function requireSpace(bytes: number): Promise<void> {
  // A browser that refuses persistence still stores the files.
  await navigator.storage.persist?.().catch(() => false);
  const estimate = await storageEstimate();
  if (estimate && estimate.quota - estimate.usage < bytes) {
    throw new StorageError(
      inSentences([
        message('store.noSpace', {
          size: megabytes(bytes),
          room: megabytes(Math.max(0, estimate.quota - estimate.usage)),
        }),
        message('store.untilClosed'),
      ]),
    );
  }
}

const metaName = (digest: string) => `set-${digest}.json`;

const writeMeta = (folder: FileSystemDirectoryHandle, meta: Meta) =>
  writeFile(folder, metaName(meta.digest), [new TextEncoder().encode(JSON.stringify(meta))]);

async function namesIn(folder: FileSystemDirectoryHandle): Promise<string[]> {
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  return names;
}

/** The valid descriptions, one per set. */
async function readMetas(folder: FileSystemDirectoryHandle): Promise<Meta[]> {
  const metas = new Map<string, Meta>();
  const names = (await namesIn(folder)).filter((name) => /^set-[0-9a-f]{64}\.json$/.test(name));
  for (const name of [FIRST_META, ...names]) {
    const meta = await readMeta(folder, name);
    if (meta) metas.set(meta.digest, meta);
  }
  return [...metas.values()];
}

/** Renames the set of the first version, and removes files that no description names. Failures are ignored. */
async function tidy(folder: FileSystemDirectoryHandle): Promise<void> {
  try {
    const first = await readMeta(folder, FIRST_META);
    const names = await namesIn(folder);
    if (first) {
      if (!names.includes(metaName(first.digest))) await writeMeta(folder, { ...first, version: 2 });
      await folder.removeEntry(FIRST_META);
    }
    const used = new Set((await readMetas(folder)).map(({ file }) => file));
    for (const name of names) {
      if (name.endsWith('.bin') && !used.has(name)) await folder.removeEntry(name);
    }
  } catch {
    // Remaining files do no harm: the next save or deletion tidies again.
  }
}

async function sizeOf(folder: FileSystemDirectoryHandle, name: string): Promise<number | null> {
  try {
    return (await (await folder.getFileHandle(name)).getFile()).size;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

const isNotFound = (error: unknown) => error instanceof Error && error.name === 'NotFoundError';

const bytesOf = (images: number) => images * (IMAGE_BYTES + 2);

const damaged = (what: Message) => new StorageError(message('store.damaged', { what }));

/** Runs one operation under a lock that other tabs respect, and converts the platform's errors into messages. */
async function guarded<T>(
  done: keyof typeof FAILURES,
  mode: LockMode,
  operation: () => Promise<T>,
): Promise<T> {
  try {
    if (!navigator.locks) return await operation();
    return await navigator.locks.request('branch-lab-data', { mode }, operation);
  } catch (error) {
    if (error instanceof StorageError) throw error;
    const kind = error instanceof Error ? error.name : '';
    const options = { cause: error };
    const refused = (why: Message, ...advice: Message[]) =>
      new StorageError(
        inSentences([message(FAILURES[done], { why }), ...advice, message('store.untilClosed')]),
        options,
      );
    if (kind === 'QuotaExceededError') throw refused(message('store.full'), message('store.freeSpace'));
    if (kind === 'SecurityError' || kind === 'NotAllowedError') throw refused(message('store.notAllowed'));
    if (kind === 'NotFoundError') throw new StorageError(message('store.notStored'), options);
    throw refused(verbatim(String(error)), message('store.reload'));
  }
}

async function openFolder(create: boolean): Promise<FileSystemDirectoryHandle> {
  if (typeof navigator === 'undefined' || typeof navigator.storage?.getDirectory !== 'function') {
    throw new StorageError(inSentences([message('store.missing'), message('store.untilClosed')]));
  }
  const root = await navigator.storage.getDirectory();
  const lab = await root.getDirectoryHandle('branch-lab', { create });
  return lab.getDirectoryHandle('data', { create });
}

/** A description; null if it does not exist or is invalid. */
async function readMeta(folder: FileSystemDirectoryHandle, name: string): Promise<Meta | null> {
  let text: string;
  try {
    text = await (await (await folder.getFileHandle(name)).getFile()).text();
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
  try {
    return metaSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
