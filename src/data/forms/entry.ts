/** Files inside archives and folders: the interface between containers and the readers of their files. */
import { t } from '../../language/language';
import { DataError } from '../data-error';

export interface Entry {
  /** Path with slashes, relative to the container. */
  path: string;
  /** Bytes of content. */
  size: number;
}

/** Receives the content of one file in chunks. A chunk is valid during the call only. */
export interface EntrySink {
  write(bytes: Uint8Array): void;
  /** The file is complete. */
  end(): void;
}

/** Returns a sink for a file whose content is needed, or null to skip it. */
export type EntryVisitor = (entry: Entry) => EntrySink | null;

/** Returns the path without trailing slashes. Throws DataError if it leads out of its folder. */
export function checkPath(path: string): string {
  const bare = path.replace(/\/+$/, '').replace(/^(\.\/)+/, '');
  if (/^([/\\]|[a-z]:)|\\|\0|(^|\/)\.\.(\/|$)/i.test(bare)) {
    throw new DataError(
      t(
        'The archive has a file with the path “{{path}}”, which leads out of the archive; paths below it were expected. The archive may be malicious; download CIFAR-100 from its home page.',
        { path: path.slice(0, 100) },
      ),
    );
  }
  return bare;
}

/** A sink that collects the whole content and passes it on, for files that cannot be read in pieces. */
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
