/** Writes a data set as the binary archive of CIFAR-100, without compression: a tar that every reader of the original accepts. */
import { RECORD_BYTES } from './binary-form';
import { IMAGE_BYTES, type Dataset, type ImageSet } from '../dataset';

const BLOCK = 512;

/** The tar in pieces; compressed by gzip, it is a cifar-100-binary.tar.gz. */
export function* binaryArchive({ train, test, fineNames, coarseNames }: Dataset): Generator<Uint8Array> {
  const text = (names: readonly string[]) => new TextEncoder().encode(`${names.join('\n')}\n`);
  yield* member('train.bin', train.count * RECORD_BYTES, records(train));
  yield* member('test.bin', test.count * RECORD_BYTES, records(test));
  for (const [kind, names] of [
    ['fine', fineNames],
    ['coarse', coarseNames],
  ] as const) {
    const bytes = text(names);
    yield* member(`${kind}_label_names.txt`, bytes.length, [bytes]);
  }
  yield new Uint8Array(2 * BLOCK);
}

function* records({ count, images, fine, coarse }: ImageSet): Generator<Uint8Array> {
  for (let i = 0; i < count; i++) {
    const record = new Uint8Array(RECORD_BYTES);
    record[0] = coarse[i]!;
    record[1] = fine[i]!;
    record.set(images.subarray(i * IMAGE_BYTES, (i + 1) * IMAGE_BYTES), 2);
    yield record;
  }
}

function* member(name: string, size: number, content: Iterable<Uint8Array>): Generator<Uint8Array> {
  const header = new Uint8Array(BLOCK);
  const write = (at: number, text: string) => header.set(new TextEncoder().encode(text), at);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0');
  write(0, `cifar-100-binary/${name}`);
  write(100, '0000644\x000000000\x000000000\x00');
  write(124, `${octal(size, 11)}\x00${octal(0, 11)}\x00`);
  write(148, '        0');
  write(257, 'ustar\x0000');
  write(
    148,
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\x00 `,
  );
  yield header;
  yield* content;
  yield new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
}
