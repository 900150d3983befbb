/** Small data sets of seven and three images in every form except the binary one, for tests, with the same pixels in each. */
import { deflateSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { recordsOf, tarOf, gzipped } from './archive-fixtures';
import type { DataFile } from '../data-file';
import { CIFAR100_COARSE_OF_FINE, CIFAR100_FINE_NAMES } from '../cifar100-names';
import { IMAGE_BYTES, IMAGE_PIXELS } from '../dataset';

export const COUNTS = { train: 7, test: 3 } as const;
type Part = keyof typeof COUNTS;

/** Records as archive-fixtures makes them, with the superclass that goes with the class. */
export function trueRecords(count: number): Uint8Array {
  const bytes = recordsOf(count);
  for (let i = 0; i < count; i++) bytes[i * (IMAGE_BYTES + 2)] = CIFAR100_COARSE_OF_FINE[i % 100]!;
  return bytes;
}

const recordAt = (records: Uint8Array, i: number) =>
  records.subarray(i * (IMAGE_BYTES + 2), (i + 1) * (IMAGE_BYTES + 2));

const chunk = (type: string, body: Uint8Array): Uint8Array => {
  const bytes = Buffer.alloc(12 + body.length);
  bytes.writeUInt32BE(body.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(body, 8);
  return bytes;
};

/** A PNG made of stored rows (with their filter bytes). Its chunks have no valid checksums, because the lab does not read them. */
export function pngOf(
  rows: Uint8Array,
  { width = 32, height = 32, depth = 8, colourType = 2, interlaced = 0, more = [] as Uint8Array[] } = {},
): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colourType, 0, 0, interlaced], 8);
  return new Uint8Array(
    Buffer.concat([
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
      chunk('IHDR', header),
      ...more,
      chunk('IDAT', deflateSync(rows)),
      chunk('IEND', new Uint8Array(0)),
    ]),
  );
}

/** Planes to filtered rows; every filter is used. */
export function rowsOf(planes: Uint8Array, filterOf: (row: number) => number = (row) => row % 5): Uint8Array {
  const stride = 97;
  const raw = new Uint8Array(32 * stride);
  const out = new Uint8Array(32 * stride);
  for (let p = 0; p < IMAGE_PIXELS; p++) {
    for (let c = 0; c < 3; c++) raw[(p >> 5) * stride + 1 + 3 * (p & 31) + c] = planes[c * IMAGE_PIXELS + p]!;
  }
  for (let row = 0; row < 32; row++) {
    const filter = filterOf(row);
    out[row * stride] = filter;
    for (let i = 1; i < stride; i++) {
      const at = row * stride + i;
      const a = i > 3 ? raw[at - 3]! : 0;
      const b = row > 0 ? raw[at - stride]! : 0;
      const c = i > 3 && row > 0 ? raw[at - stride - 3]! : 0;
      const nearest = [a, b, c].toSorted((x, y) => Math.abs(a + b - c - x) - Math.abs(a + b - c - y))[0]!;
      out[at] = raw[at]! - [0, a, b, (a + b) >> 1, nearest][filter]!;
    }
  }
  return out;
}

const pngs = (count: number) => {
  const records = trueRecords(count);
  return Array.from({ length: count }, (_, i) => pngOf(rowsOf(recordAt(records, i).subarray(2))));
};

/** The folder of images: class names with spaces, as in some copies, and files that operating systems leave in folders. */
export function imageFolder(): DataFile[] {
  const files: DataFile[] = [{ path: 'cifar/.DS_Store', blob: new Blob(['x']) }];
  for (const part of ['train', 'test'] as const) {
    pngs(COUNTS[part]).forEach((png, i) => {
      const name = CIFAR100_FINE_NAMES[i]!.replaceAll('_', ' ');
      files.push({ path: `cifar/${part}/${name}/${i}.png`, blob: new Blob([png]) });
    });
  }
  return files;
}

/** A zip of files by path. */
export const zipped = (files: Readonly<Record<string, Uint8Array>>): Uint8Array<ArrayBuffer> =>
  new Uint8Array(zipSync(files));

export function imageZip(): Uint8Array<ArrayBuffer> {
  const files: Record<string, Uint8Array> = {};
  for (const part of ['train', 'test'] as const) {
    pngs(COUNTS[part]).forEach((png, i) => (files[`${part}/${CIFAR100_FINE_NAMES[i]!}/${i}.png`] = png));
  }
  return zipped(files);
}

/** A parquet file as Hugging Face has them; small pages on request. */
export function parquetOf(
  count: number,
  { pageSize = 1 << 20, rowGroupSize = 1000, firstLabel = 0 } = {},
): Uint8Array<ArrayBuffer> {
  const records = trueRecords(count);
  const images = pngs(count);
  const names = CIFAR100_FINE_NAMES.map((name) => (name === 'crab' ? 'cra' : name));
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'img', data: images.map((bytes) => ({ bytes, path: null })) },
        {
          name: 'fine_label',
          data: BigInt64Array.from(images, (_, i) => BigInt(i === 0 ? firstLabel : recordAt(records, i)[1]!)),
        },
        {
          name: 'coarse_label',
          data: BigInt64Array.from(images, (_, i) => BigInt(recordAt(records, i)[0]!)),
        },
      ],
      schema: [
        { name: 'schema', num_children: 3, repetition_type: 'REQUIRED' },
        { name: 'img', num_children: 2, repetition_type: 'OPTIONAL' },
        { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
        { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
        { name: 'fine_label', type: 'INT64', repetition_type: 'OPTIONAL' },
        { name: 'coarse_label', type: 'INT64', repetition_type: 'OPTIONAL' },
      ],
      kvMetadata: [
        { key: 'huggingface', value: JSON.stringify({ info: { features: { fine_label: { names } } } }) },
      ],
      pageSize,
      rowGroupSize,
    }),
  );
}

const u32 = (n: number) => Uint8Array.of(n & 255, (n >> 8) & 255, (n >> 16) & 255, n >>> 24);
const ascii = (text: string) => Buffer.from(text, 'latin1');
/** Joins the operations of a pickle: numbers are opcodes, texts are ASCII. */
export const pickleOf = (...parts: (number | string | Uint8Array)[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    Buffer.concat(
      parts.map((part) =>
        typeof part === 'number' ? Uint8Array.of(part) : typeof part === 'string' ? ascii(part) : part,
      ),
    ),
  );

export type Dialect = 'python 2' | 'protocol 4' | 'protocol 5';

/** train or test as cPickle 2 (protocol 2, bytes as strings) or Python 3 with numpy 1 or 2 writes it. */
export function picklePart(part: Part, dialect: Dialect): Uint8Array<ArrayBuffer> {
  const count = COUNTS[part];
  const records = trueRecords(count);
  const pixels = Buffer.concat(Array.from({ length: count }, (_, i) => recordAt(records, i).subarray(2)));
  const old = dialect === 'python 2';
  const text = (value: string) => [old ? 'U' : 0x8c, value.length, value];
  const global = (module: string, name: string) =>
    old ? ['c', `${module}\n${name}\n`] : [...text(module), ...text(name), 0x93];
  const bytes = (value: Uint8Array) =>
    old ? ['T', u32(value.length), value] : ['B', u32(value.length), value];
  const labels = (at: 0 | 1) => [
    ']', '(', ...Array.from({ length: count }, (_, i) => ['K', recordAt(records, i)[at]!]).flat(), 'e',
  ]; // prettier-ignore
  const dtype = [...global('numpy', 'dtype'), ...text('u1'), 'K', 0, 'K', 1, 0x87, 'R'];
  const dtypeState = [
    '(',
    'K',
    3,
    ...text('|'),
    'N',
    'N',
    'N',
    'J',
    u32(0xffffffff),
    'J',
    u32(0xffffffff),
    'K',
    0,
    't',
    'b',
  ];
  const shape = ['K', count, 'M', 0, 12, 0x86];
  const array =
    dialect === 'protocol 5'
      ? [
          ...global('numpy._core.numeric', '_frombuffer'), '(', 0x96, u32(pixels.length), u32(0), pixels,
          ...dtype, ...dtypeState, ...shape, ...text('C'), 't', 'R',
        ] // prettier-ignore
      : [
          ...global('numpy.core.multiarray', '_reconstruct'), ...global('numpy', 'ndarray'), 'K', 0, 0x85,
          ...bytes(ascii('b')), 0x87, 'R', '(', 'K', 1, ...shape, ...dtype, ...dtypeState, 0x89, ...bytes(pixels), 't', 'b',
        ]; // prettier-ignore
  return pickleOf(
    0x80, old ? 2 : dialect === 'protocol 4' ? 4 : 5, '}', 'q', 1, '(',
    ...text('batch_label'), ...text(`${part}ing batch 1 of 1`),
    ...text('fine_labels'), ...labels(1),
    ...text('data'), ...array,
    ...text('coarse_labels'), ...labels(0),
    'u', '.',
  ); // prettier-ignore
}

export const pythonArchive = (dialect: Dialect): Blob =>
  gzipped(
    tarOf(
      (['train', 'test'] as const).map((name) => ({
        name: `cifar-100-python/${name}`,
        content: picklePart(name, dialect),
      })),
    ),
  );

/** The binary archive of the same images. */
export const binaryTar = (): Uint8Array<ArrayBuffer> =>
  tarOf(
    (['train', 'test'] as const).map((name) => ({ name: `${name}.bin`, content: trueRecords(COUNTS[name]) })),
  );
