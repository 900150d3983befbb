/** Writes a zip archive piece by piece, and yields to other tasks between two pieces. */
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';

export interface ZippedFile {
  path: string;
  /** Texts (blobs are pictures in SVG) are deflated; bytes, numbers that hardly shrink, are stored. */
  content: Iterable<string> | Uint8Array | Blob;
}

/** Bytes packed between two yields. */
const PIECE = 1 << 18;
const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/** The archive of the files, in their order. They are asked for one at a time, so only one is held besides the archive. */
export async function zipped(files: AsyncIterable<ZippedFile> | Iterable<ZippedFile>): Promise<Blob> {
  const parts: Blob[] = [];
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let failure: Error | null = null;
  const zip = new Zip((error, chunk) => {
    failure ??= error;
    chunks.push(chunk as Uint8Array<ArrayBuffer>);
  });
  // Browsers keep large blobs on the disk.
  const flush = () => {
    if (chunks.length > 0) parts.push(new Blob(chunks));
    chunks = [];
  };
  for await (const { path, content } of files) {
    const entry =
      content instanceof Uint8Array ? new ZipPassThrough(path) : new ZipDeflate(path, { level: 6 });
    zip.add(entry);
    for await (const piece of piecesOf(content)) {
      entry.push(piece);
      await turn();
    }
    entry.push(new Uint8Array(), true);
    flush();
    if (failure) throw failure;
  }
  zip.end();
  flush();
  return new Blob(parts, { type: 'application/zip' });
}

async function* piecesOf(content: ZippedFile['content']): AsyncGenerator<Uint8Array> {
  if (content instanceof Blob) {
    for (let at = 0; at < content.size; at += PIECE)
      yield new Uint8Array(await content.slice(at, at + PIECE).arrayBuffer());
  } else if (content instanceof Uint8Array) {
    for (let at = 0; at < content.length; at += PIECE) yield content.subarray(at, at + PIECE);
  } else {
    const encoder = new TextEncoder();
    for (const text of content) {
      for (let at = 0; at < text.length;) {
        // Never split a surrogate pair.
        const high = (text.charCodeAt(at + PIECE - 1) & 0xfc00) === 0xd800;
        const end = at + PIECE - (high ? 1 : 0);
        yield encoder.encode(text.slice(at, end));
        at = end;
      }
    }
  }
}
