/** Small archives for tests: a tar writer, CIFAR-100 records, gzip. */
import { gzipSync } from 'node:zlib';
import { IMAGE_BYTES } from '../dataset';

export interface FixtureFile {
  name: string;
  content: Uint8Array;
  /** ustar type flag; a regular file if left out. */
  type?: string;
  /** Size in the header, if it differs from that of the content. */
  size?: number;
}

/** A ustar archive of the files. */
export function tarOf(files: readonly FixtureFile[]): Uint8Array<ArrayBuffer> {
  const blocks: Uint8Array[] = [];
  for (const { name, content, type = '0', size = content.length } of files) {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('0000644\0', 100);
    header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
    header.write('        ', 148);
    header.write(type, 156);
    header.write('ustar\x0000', 257);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    blocks.push(header, content, new Uint8Array((512 - (content.length % 512)) % 512));
  }
  return new Uint8Array(Buffer.concat([...blocks, new Uint8Array(1024)]));
}

/** n records; image i has fine label i mod 100, coarse label i mod 20 and pixel p = (i + p) mod 251. */
export function recordsOf(n: number): Uint8Array {
  const bytes = new Uint8Array(n * (IMAGE_BYTES + 2));
  for (let i = 0; i < n; i++) {
    const at = i * (IMAGE_BYTES + 2);
    bytes[at] = i % 20;
    bytes[at + 1] = i % 100;
    for (let p = 0; p < IMAGE_BYTES; p++) bytes[at + 2 + p] = (i + p) % 251;
  }
  return bytes;
}

export const gzipped = (bytes: Uint8Array): Blob => new Blob([new Uint8Array(gzipSync(bytes))]);

/** The files of a good archive of 7 and 3 images, without names. */
export const goodFiles = (): FixtureFile[] => [
  { name: 'cifar-100-binary/', content: new Uint8Array(0), type: '5' },
  { name: 'cifar-100-binary/train.bin', content: recordsOf(7) },
  { name: 'cifar-100-binary/test.bin', content: recordsOf(3) },
];
