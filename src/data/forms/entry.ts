/** Files inside archives and folders: what every container hands on, file by file. */
import { t } from '../../language/language';
import { DataError } from '../data-error';

export interface Entry {
  /** Path with slashes, relative to the container. */
  path: string;
  /** Bytes of content. */
  size: number;
}

/** Takes the content of one file, chunk by chunk; a chunk is only valid during the call. */
export interface EntrySink {
  write(bytes: Uint8Array): void;
  /** The file is complete. */
  end(): void;
}

/** Decides for each regular file whether its content is wanted (a sink) or passed over (null). */
export type EntryVisitor = (entry: Entry) => EntrySink | null;

/** Returns the path without slashes at its end. Throws DataError where it leads out of its folder. */
export function checkPath(path: string): string {
  const bare = path.replace(/\/+$/, '').replace(/^(\.\/)+/, '');
  if (/^([/\\]|[a-z]:)|\\|\0|(^|\/)\.\.(\/|$)/i.test(bare)) {
    throw new DataError(
      t(
        'The archive has a file with the path “{{path}}”, which leads out of the archive; paths below it were expected. It may be made to do harm; download CIFAR-100 from its home page.',
        { path: path.slice(0, 100) },
      ),
    );
  }
  return bare;
}

/** A sink that collects the whole content, for files that cannot be used in pieces, and hands it on. */
export function wholeFile({ size }: Entry, done: (content: Uint8Array<ArrayBuffer>) => void): EntrySink {
  const content = new Uint8Array(size);
  let at = 0;
  return {
    write(bytes) {
      content.set(bytes, at);
      at += bytes.length;
    },
    end: () => done(content),
  };
}
