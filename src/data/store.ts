/**
 * Keeps a data set in the browser's private file system (OPFS), folder branch-lab/data. A set is one file of bytes under
 * a fresh name; meta.json says which file is valid and is replaced last, so that a save that fails half-way leaves the
 * set before it as it was. Works in the page and in a dedicated worker.
 */
import { z } from 'zod';
import { IMAGE_BYTES, type Dataset, type ImageSet } from './dataset';

/** The browser's store cannot be used. The message is for people. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
}

const META = 'meta.json';
const PIECE = 8 << 20;
const LATER = 'The data set stays usable until this page is closed.';

const channels = z.tuple([z.number(), z.number(), z.number()]);
const metaSchema = z.object({
  format: z.literal('branch-lab-data'),
  version: z.literal(1),
  id: z.literal('cifar100'),
  label: z.string(),
  fineNames: z.array(z.string()).length(100),
  coarseNames: z.array(z.string()).length(20),
  mean: channels,
  std: channels,
  digest: z.string(),
  train: z.number().int().positive(),
  test: z.number().int().positive(),
  file: z.string(),
  bytes: z.number().int().positive(),
});
type Meta = z.infer<typeof metaSchema>;

export interface StoredSummary {
  label: string;
  train: number;
  test: number;
  bytes: number;
  digest: string;
}

/**
 * Stores a set in place of the one before. Throws StorageError where the store is missing, denied or full; what was
 * stored before is then still there.
 */
export function saveDataset(d: Dataset): Promise<void> {
  return guarded('saved', 'exclusive', async () => {
    const folder = await openFolder(true);
    // A browser that will not promise to keep the files still stores them.
    await navigator.storage.persist?.().catch(() => false);
    const file = `${d.id}-${Date.now().toString(36)}-${Math.floor(Math.random() * 1e9).toString(36)}.bin`;
    const parts = [d.train, d.test].flatMap((set) => [set.images, set.fine, set.coarse]);
    const { id, label, mean, std, digest } = d;
    const meta = metaSchema.parse({
      format: 'branch-lab-data',
      version: 1,
      id,
      label,
      fineNames: d.fineNames,
      coarseNames: d.coarseNames,
      mean,
      std,
      digest,
      train: d.train.count,
      test: d.test.count,
      file,
      bytes: bytesOf(d.train.count + d.test.count),
    });
    try {
      await writeFile(folder, file, parts);
      await writeFile(folder, META, [new TextEncoder().encode(JSON.stringify(meta))]);
    } catch (error) {
      await folder.removeEntry(file).catch(() => undefined);
      throw error;
    }
    for await (const name of folder.keys()) {
      if (name !== META && name !== file) await folder.removeEntry(name).catch(() => undefined);
    }
  });
}

/** Reads the stored set. Throws StorageError where there is none, or where it is damaged. */
export function loadStored(id: 'cifar100'): Promise<Dataset> {
  return guarded('read', 'shared', async () => {
    const folder = await openFolder(false);
    const meta = await readMeta(folder);
    if (meta === null || meta.id !== id) {
      throw new StorageError('No CIFAR-100 is stored in this browser. Load the archive under Data.');
    }
    const file = await (await folder.getFileHandle(meta.file)).getFile();
    const expected = bytesOf(meta.train + meta.test);
    if (file.size !== expected || meta.bytes !== expected) {
      throw damaged(
        `${expected.toLocaleString('en')} bytes were expected, ${file.size.toLocaleString('en')} found`,
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
        throw damaged('a label is out of range');
      }
      return set;
    };
    const { label, fineNames, coarseNames, mean, std, digest } = meta;
    const train = await takeSet(meta.train);
    return { id, label, fineNames, coarseNames, train, test: await takeSet(meta.test), mean, std, digest };
  });
}

/** What is stored; null where nothing is, or where the store cannot be used. Never throws. */
export async function storedSummary(): Promise<StoredSummary | null> {
  try {
    return await guarded('read', 'shared', async () => {
      const folder = await openFolder(false);
      const meta = await readMeta(folder);
      if (meta === null) return null;
      const { label, train, test, bytes, digest } = meta;
      const { size } = await (await folder.getFileHandle(meta.file)).getFile();
      return size === bytes ? { label, train, test, bytes, digest } : null;
    });
  } catch {
    return null;
  }
}

/** Removes the stored set, and what unfinished saves have left. Throws StorageError where the store cannot be used. */
export function deleteStored(id: 'cifar100'): Promise<void> {
  return guarded('deleted', 'exclusive', async () => {
    const folder = await openFolder(true);
    const names: string[] = [];
    for await (const name of folder.keys()) names.push(name);
    // meta.json goes first: without it the other files count for nothing.
    for (const name of [META, ...names.filter((other) => other.startsWith(`${id}-`))]) {
      if (names.includes(name)) await folder.removeEntry(name);
    }
  });
}

const bytesOf = (images: number) => images * (IMAGE_BYTES + 2);

const damaged = (what: string) =>
  new StorageError(
    `The stored CIFAR-100 is damaged: ${what}. Delete it under Data and load the archive again.`,
  );

/** Runs one operation under a lock that other tabs respect, and turns the platform's errors into words. */
async function guarded<T>(done: string, mode: LockMode, operation: () => Promise<T>): Promise<T> {
  try {
    if (!navigator.locks) return await operation();
    return await navigator.locks.request('branch-lab-data', { mode }, operation);
  } catch (error) {
    if (error instanceof StorageError) throw error;
    const kind = error instanceof Error ? error.name : '';
    const options = { cause: error };
    const start = `The data set could not be ${done}: `;
    if (kind === 'QuotaExceededError') {
      throw new StorageError(
        `${start}the browser’s storage is full. Free some disk space, or clear the data of other sites. ${LATER}`,
        options,
      );
    }
    if (kind === 'SecurityError' || kind === 'NotAllowedError') {
      throw new StorageError(
        `${start}the browser does not allow this page to store files (a private window?). ${LATER}`,
        options,
      );
    }
    if (kind === 'NotFoundError') {
      throw new StorageError('No CIFAR-100 is stored in this browser. Load the archive under Data.', options);
    }
    throw new StorageError(`${start}${String(error)}. Reload the page and try again. ${LATER}`, options);
  }
}

async function openFolder(create: boolean): Promise<FileSystemDirectoryHandle> {
  if (typeof navigator === 'undefined' || typeof navigator.storage?.getDirectory !== 'function') {
    throw new StorageError(
      `This browser offers no private file system here; it needs https:// or localhost, and a current browser. ${LATER}`,
    );
  }
  const root = await navigator.storage.getDirectory();
  const lab = await root.getDirectoryHandle('branch-lab', { create });
  return lab.getDirectoryHandle('data', { create });
}

/** meta.json; null where it does not exist or makes no sense. */
async function readMeta(folder: FileSystemDirectoryHandle): Promise<Meta | null> {
  let text: string;
  try {
    text = await (await (await folder.getFileHandle(META)).getFile()).text();
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFoundError') return null;
    throw error;
  }
  try {
    return metaSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Older Safari writes files in workers only, through this. */
interface SyncHandle {
  truncate(size: number): void;
  write(bytes: Uint8Array, options: { at: number }): number;
  flush(): void;
  close(): void;
}

/** Writes a file from its parts; where the platform can, its old content stays until all is written. */
async function writeFile(
  folder: FileSystemDirectoryHandle,
  name: string,
  parts: readonly Uint8Array[],
): Promise<void> {
  const handle: Partial<Pick<FileSystemFileHandle, 'createWritable'>> & {
    createSyncAccessHandle?(): Promise<SyncHandle>;
  } = await folder.getFileHandle(name, { create: true });
  if (handle.createWritable) {
    const writable = await handle.createWritable();
    try {
      for (const piece of pieces(parts)) await writable.write(piece);
      await writable.close();
    } catch (error) {
      await writable.abort().catch(() => undefined);
      throw error;
    }
  } else if (handle.createSyncAccessHandle) {
    const access = await handle.createSyncAccessHandle();
    try {
      access.truncate(0);
      let at = 0;
      for (const piece of pieces(parts)) at += access.write(piece, { at });
      access.flush();
    } finally {
      access.close();
    }
  } else {
    throw new StorageError(
      `This browser cannot write to its private file system here. Use a current browser. ${LATER}`,
    );
  }
}

function* pieces(parts: readonly Uint8Array[]): Generator<Uint8Array<ArrayBuffer>> {
  for (const part of parts) {
    for (let at = 0; at < part.length; at += PIECE)
      yield part.subarray(at, at + PIECE) as Uint8Array<ArrayBuffer>;
  }
}
