/** Writes files of the browser's private file system, in pieces, in every browser that has one. */
import { message, MessageError } from '../../language/message';

/** The browser's storage cannot be used. */
export class StorageError extends MessageError {
  override readonly name = 'StorageError';
}

const PIECE = 8 << 20;

/** The only interface by which older versions of Safari write files, in workers only. */
interface SyncHandle {
  truncate(size: number): void;
  write(bytes: Uint8Array, options: { at: number }): number;
  flush(): void;
  close(): void;
}

/** Writes a file from its parts. If the platform supports it, the old content stays until everything is written. */
export async function writeFile(
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
    throw new StorageError(message('store.cannotWrite'));
  }
}

function* pieces(parts: readonly Uint8Array[]): Generator<Uint8Array<ArrayBuffer>> {
  for (const part of parts) {
    for (let at = 0; at < part.length; at += PIECE)
      yield part.subarray(at, at + PIECE) as Uint8Array<ArrayBuffer>;
  }
}
