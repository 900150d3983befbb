/** 2,000 broken files across all forms: each either loads or is refused with a message. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { gzipped } from './archive-fixtures';
import type { DataFile } from '../data-file';
import {
  binaryTar,
  imageFolder,
  imageZip,
  parquetOf,
  picklePart,
  pythonArchive,
  trueRecords,
} from './form-fixtures';
import { DataError, readDataset } from './read';

const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());
const blobOf = (bytes: Uint8Array) => new Blob([new Uint8Array(bytes)]);
const testImages = (bytes: Uint8Array): DataFile => ({ path: 'test', blob: blobOf(bytes) });

/** An intact file, how it is packed after the mutation, and the files that belong to it. */
interface Form {
  bytes: Uint8Array;
  path?: string;
  pack?: (broken: Uint8Array) => Blob;
  others?: DataFile[];
}

const folder = imageFolder();
const forms: Record<string, Form> = {
  'binary archive': { bytes: await bytesOf(gzipped(binaryTar())) },
  'tar in it': { bytes: binaryTar(), pack: gzipped },
  'plain tar': { bytes: binaryTar() },
  'bare records': { bytes: trueRecords(7), others: [testImages(trueRecords(3))] },
  'python archive': { bytes: await bytesOf(pythonArchive('protocol 4')) },
  'pickle by Python 2': {
    bytes: picklePart('train', 'python 2'),
    others: [testImages(picklePart('test', 'python 2'))],
  },
  'pickle, protocol 4': {
    bytes: picklePart('train', 'protocol 4'),
    others: [testImages(picklePart('test', 'python 2'))],
  },
  'pickle, protocol 5': {
    bytes: picklePart('train', 'protocol 5'),
    others: [testImages(picklePart('test', 'python 2'))],
  },
  parquet: { bytes: parquetOf(7), others: [testImages(parquetOf(3))] },
  'parquet, small pages': {
    bytes: parquetOf(7, { pageSize: 4000, rowGroupSize: 3 }),
    others: [testImages(parquetOf(3))],
  },
  zip: { bytes: imageZip() },
  'folder of images': {
    bytes: await bytesOf(folder[1]!.blob),
    path: folder[1]!.path,
    others: folder.slice(2),
  },
};

const mutation = fc.record({
  form: fc.constantFrom(...Object.keys(forms)),
  kind: fc.constantFrom('flip', 'flip', 'cut', 'insert', 'number', 'swap'),
  /** Headers are at both ends. */
  place: fc.constantFrom('start', 'anywhere', 'end'),
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 300 }),
});

interface Mutation {
  kind: string;
  place: string;
  at: number;
  bytes: Uint8Array;
}

function broken(source: Uint8Array, { kind, place, at, bytes }: Mutation): Uint8Array {
  const near = Math.min(600, source.length);
  const from = place === 'end' ? source.length - near : 0;
  const index = from + Math.floor(at * (place === 'anywhere' ? source.length : near));
  const changed = source.slice();
  switch (kind) {
    case 'cut':
      return source.slice(0, index);
    case 'insert':
      return Buffer.concat([source.subarray(0, index), bytes, source.subarray(index)]);
    case 'number':
      changed.set([255, 255, 255, 127].slice(0, source.length - index), index);
      return changed;
    case 'swap':
      changed.set(source.subarray(0, Math.min(bytes.length, source.length - index)), index);
      return changed;
    default:
      for (const byte of bytes.subarray(0, 3))
        changed[Math.min(index + (byte & 7), source.length - 1)]! ^= 1 << (byte >> 5);
      return changed;
  }
}

it(
  'loads or refuses 2,000 broken files of every form, and does nothing else',
  { timeout: 120_000 },
  async () => {
    const outcomes = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(mutation, async (change) => {
        const { bytes, path = 'train', pack = blobOf, others = [] } = forms[change.form]!;
        const began = performance.now();
        let outcome = 'loads';
        try {
          const set = await readDataset([{ path, blob: pack(broken(bytes, change)) }, ...others]);
          expect(set.train.count).toBeGreaterThan(0);
          expect(set.train.images.length).toBe(3072 * set.train.count);
        } catch (error) {
          if (!(error instanceof DataError)) throw error;
          expect(error.message.length).toBeGreaterThan(60);
          outcome = 'refused';
        }
        expect(performance.now() - began).toBeLessThan(5000);
        outcomes.set(`${change.form}: ${outcome}`, 1 + (outcomes.get(`${change.form}: ${outcome}`) ?? 0));
      }),
      { numRuns: 2000, seed: 20211 },
    );
    for (const form of Object.keys(forms)) expect(outcomes.get(`${form}: refused`), form).toBeGreaterThan(20);
  },
);
