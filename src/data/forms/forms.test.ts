/** The other forms of CIFAR-100: the same images from each, and error messages that say what was found. */
import { createHash } from 'node:crypto';
import { messageInEnglish } from '../../language/message';
import { existsSync, openAsBlob } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it, test } from 'vitest';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { gzipped } from './archive-fixtures';
import { CIFAR100_COARSE_OF_FINE, CIFAR100_FINE_NAMES, fineLabelOf } from '../cifar100-names';
import { IMAGE_BYTES, type ImageSet } from '../dataset';
import {
  binaryTar,
  imageFolder,
  imageZip,
  parquetOf,
  pickleOf,
  picklePart,
  pngOf,
  pythonArchive,
  rowsOf,
  zipped,
} from './form-fixtures';
import { DataError, readDataFile, readDataset } from './read';

const blobOf = (bytes: Uint8Array) => new Blob([new Uint8Array(bytes)]);
const file = (path: string, bytes: Uint8Array) => ({ path, blob: blobOf(bytes) });
const pixels = Uint8Array.from({ length: IMAGE_BYTES }, (_, i) => (7 * i) % 256);

async function refusal(...files: Parameters<typeof readDataset>[0]): Promise<string> {
  const error: unknown = await readDataset(files).then(
    () => new Error('it was accepted'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof DataError)) throw error;
  return error.message;
}

const forms: [string, () => Parameters<typeof readDataset>[0]][] = [
  ['a gzipped tar', () => [{ path: 'x', blob: gzipped(binaryTar()) }]],
  ['the python archive, by Python 2', () => [{ path: 'x', blob: pythonArchive('python 2') }]],
  ['the python archive, protocol 4', () => [{ path: 'x', blob: pythonArchive('protocol 4') }]],
  ['the python archive, protocol 5', () => [{ path: 'x', blob: pythonArchive('protocol 5') }]],
  ['bare pickles under other names', () => [file('a', picklePart('test', 'python 2')), file('b', picklePart('train', 'protocol 4'))]],
  ['parquet files', () => [file('test.parquet', parquetOf(3)), file('train.parquet', parquetOf(7))]],
  ['parquet files of small pages and row groups, unnamed', () => [
    file('1', parquetOf(3, { pageSize: 4000 })), file('2', parquetOf(7, { rowGroupSize: 2, pageSize: 4000 })),
  ]],
  ['a folder of images', imageFolder],
  ['a zip of images', () => [file('x', imageZip())]],
]; // prettier-ignore
it.each(forms)('%s: the same images, labels and names', async (_name, files) => {
  const expected = await readDataFile(blobOf(binaryTar()));
  const set = await readDataset(files());
  expect(set.train.images).toEqual(expected.train.images);
  expect(set).toEqual(expected);
});

const cutShort = (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 40);
const pair = (train: Uint8Array) => [file('train', train), file('test', picklePart('test', 'python 2'))];
const image = (bytes: Uint8Array, path = 'train/apple/1.png') => [file(path, bytes)];
const rows = rowsOf(pixels);
const parquetWith = (columns: { name: string; data: unknown[] }[]) =>
  new Uint8Array(
    parquetWriteBuffer({ columnData: columns as Parameters<typeof parquetWriteBuffer>[0]['columnData'] }),
  );
const bad: [string, () => Parameters<typeof readDataset>[0], RegExp][] = [
  ['a pickle that would run a program', () => pair(pickleOf(0x80, 2, 'cposix\nsystem\n', 'U', 2, 'ls', 0x85, 'R.')), /byte 2: it names posix\.system/],
  ['a class to be made', () => pair(pickleOf(0x80, 4, '}', 0x81, '.')), /byte 3: it uses the operation NEWOBJ \(0x81\)/],
  ['an old operation', () => pair(pickleOf(0x80, 2, 'I1\n.')), /INT \(0x49\)/],
  ['a reference to nothing', () => pair(pickleOf(0x80, 2, 'h', 7, '.')), /recalls value 7/],
  ['a length beyond the pickle', () => pair(pickleOf(0x80, 2, 'B', Uint8Array.of(255, 255, 255, 127), 'x')), /cut short/],
  ['a dictionary of something else', () => pair(pickleOf(0x80, 2, '}', 'U', 6, 'labels', 'N', 's.')), /keys labels.*CIFAR-10,/],
  ['only test images', () => [file('test', picklePart('test', 'python 2'))], /lacks train\.bin.*Choose training and test images together/],
  ['parquet that is cut short', () => [file('train.parquet', cutShort(parquetOf(7)))], /does not end with PAR1/],
  ['parquet of other columns', () => [file('x.parquet', parquetWith([{ name: 'image', data: ['a'] }]))], /expected; found image \(BYTE_ARRAY\)/],
  ['parquet with a label out of range', () => [file('train.parquet', parquetOf(3, { firstLabel: 100 }))], /record 0 .*fine label 100, expected 0 to 99/],
  ['images of another size', () => image(pngOf(rows, { width: 60000, height: 60000 })), /60,000x60,000 pixels.*32x32/],
  ['an image of 16 bits', () => image(pngOf(rows, { depth: 16 })), /16 bits a channel/],
  ['an interlaced image', () => image(pngOf(rows, { interlaced: 1 })), /interlaced/],
  ['an image that inflates without end', () => image(pngOf(new Uint8Array(4e6))), /3,105 bytes instead of 3104/],
  ['an image with too few rows', () => image(pngOf(rows.subarray(97))), /3,007 bytes/],
  ['an image that is cut', () => image(cutShort(pngOf(rows))), /cut short/],
  ['a JPEG', () => image(Uint8Array.of(0xff, 0xd8, 0xff), 'train/apple/1.jpg'), /1\.jpg is no PNG/],
  ['a class that CIFAR-100 has not', () => image(pngOf(rows), 'train/unicorn/1.png'), /no class “unicorn”/],
  ['an image outside train and test', () => image(pngOf(rows), 'apple/1.png'), /neither train\/CLASS\//],
  ['a zip that is cut short', () => [file('x.zip', cutShort(imageZip()))], /no directory at its end/],
  ['a zip with a path that leads out', () => [file('x.zip', zipped({ '../train/apple/1.png': pngOf(rows) }))], /leads out/],
  ['a zip of one part', () => [file('x.zip', zipped({ 'train/apple/1.png': pngOf(rows) }))], /lacks test\.bin/],
  ['a zip of zeros', () => [file('x.zip', zipped({ 'train.bin': new Uint8Array(301e6) }))], /300 MB/],
]; // prettier-ignore
it.each(bad)('refuses %s', { timeout: 20000 }, async (_name, files, message) => {
  expect(await refusal(...files())).toMatch(message);
});

it('reads PNGs of grey levels, palettes and opaque RGBA', async () => {
  const read = async (bytes: Uint8Array) => {
    const set = await readDataset([file('train/apple/1.png', bytes), file('test/cra/1.png', pngOf(rows))]);
    expect([...set.test.fine]).toEqual([26]);
    return set.train.images;
  };
  const grey = new Uint8Array(32 * 33).fill(9);
  for (let row = 0; row < 32; row++) grey[33 * row] = 0;
  expect(new Set(await read(pngOf(grey, { colourType: 0 })))).toEqual(new Set([9]));
  const rgba = new Uint8Array(32 * 129).fill(255);
  for (let row = 0; row < 32; row++) rgba[129 * row] = 0;
  expect(new Set(await read(pngOf(rgba, { colourType: 6 })))).toEqual(new Set([255]));
  rgba[8] = 254;
  expect(await refusal(...image(pngOf(rgba, { colourType: 6 })))).toMatch(/transparent/);
  expect(await refusal(...image(pngOf(grey, { colourType: 3 })))).toMatch(/outside its palette/);
});

it('recognises class names in any spelling', () => {
  expect(['aquarium fish', 'Apple', 'cra', 'crab', 'unicorn'].map(fineLabelOf)).toEqual([1, 0, 26, 26, -1]);
});

const REAL = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
if (!existsSync(REAL)) console.warn(`Skipped: no real CIFAR-100 at ${REAL}`);
test.skipIf(!existsSync(REAL))(
  'the three real forms agree, image for image',
  { timeout: 60000 },
  async () => {
    const open = async (path: string) => ({ path, blob: await openAsBlob(REAL + path) });
    const binary = await readDataset([await open('cifar-100-binary.tar.gz')]);
    const python = await readDataset([await open('cifar-100-python.tar.gz')]);
    const parquet = await readDataset([
      await open('parquet/train-00000-of-00001.parquet'),
      await open('parquet/test-00000-of-00001.parquet'),
    ]);
    expect([binary.train.count, binary.test.count]).toEqual([10000, 2000]);
    expect(messageInEnglish(binary.label)).toBe('CIFAR-100, 10,000 of 50,000 training images');
    const digests = ({ count, images, fine, coarse }: ImageSet) =>
      Array.from({ length: count }, (_, i) => {
        const bytes = images.subarray(i * IMAGE_BYTES, (i + 1) * IMAGE_BYTES);
        return `${createHash('sha256').update(bytes).digest('hex')} ${fine[i]} ${coarse[i]}`;
      });
    for (const part of ['train', 'test'] as const) {
      const all = new Set(digests(binary[part]));
      const some = digests(python[part]);
      expect(digests(parquet[part])).toEqual(some);
      expect(some.filter((digest) => !all.has(digest))).toEqual([]);
      binary[part].fine.forEach((fine, i) =>
        expect(binary[part].coarse[i]).toBe(CIFAR100_COARSE_OF_FINE[fine]),
      );
    }
    for (const { fineNames, coarseNames } of [binary, python, parquet]) {
      expect(fineNames).toEqual(CIFAR100_FINE_NAMES);
      expect(coarseNames).toEqual(binary.coarseNames);
    }
  },
);
