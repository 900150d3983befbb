/** Archives: what loads, what is refused and how it is told, and that nothing broken gets through otherwise. */
import { createHash } from 'node:crypto';
import { existsSync, openAsBlob } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { DataError, readCifarArchive } from './archive';
import { goodFiles, gzipped, recordsOf, tarOf, type FixtureFile } from './archive-fixtures';
import { CIFAR100_FINE_NAMES } from './cifar100-names';
import { Sha256 } from './sha256';

const archiveOf = (files: readonly FixtureFile[]) => gzipped(tarOf(files));
const text = (content: string) => new TextEncoder().encode(content);

async function refusal(file: Blob): Promise<string> {
  const error: unknown = await readCifarArchive(file).then(
    () => new Error('it was accepted'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  return (error as DataError).message;
}

describe('a good archive', () => {
  it('loads images and the fine label, which is the second byte', async () => {
    const set = await readCifarArchive(archiveOf(goodFiles()));
    expect(set.label).toBe('CIFAR-100, 7 of 50,000 training images');
    expect([set.train.count, set.test.count]).toEqual([7, 3]);
    const records = recordsOf(7);
    expect(set.train.images.subarray(3072, 6144)).toEqual(records.subarray(3074 + 2, 2 * 3074));
    expect([...set.train.fine]).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(set.fineNames).toEqual(CIFAR100_FINE_NAMES);
    const hash = createHash('sha256');
    for (const part of [set.train, set.test]) hash.update(part.images).update(part.fine).update(part.coarse);
    expect(set.digest).toBe(hash.digest('hex'));
  });

  it('takes the names of the archive where it has them', async () => {
    const names = Array.from({ length: 100 }, (_, i) => `name ${i}`);
    const file = { name: 'a/fine_label_names.txt', content: text(`${names.join('\r\n')}\n\n`) };
    expect((await readCifarArchive(archiveOf([...goodFiles(), file]))).fineNames).toEqual(names);
    expect(await refusal(archiveOf([...goodFiles(), { ...file, content: text('cat\ndog') }]))).toContain(
      'has 2 names; 100',
    );
  });

  it('reports progress up to the whole file', async () => {
    const file = archiveOf(goodFiles());
    let last: number[] = [];
    await readCifarArchive(file, { onProgress: (...values) => (last = values) });
    expect(last).toEqual([file.size, file.size]);
  });

  it('stops when it is cancelled', async () => {
    const stop = new AbortController();
    const reading = readCifarArchive(archiveOf(goodFiles()), {
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    await expect(readCifarArchive(archiveOf([]), { signal: stop.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('a bad archive is refused, and the message names', () => {
  const [folder, train, testFile] = goodFiles() as [FixtureFile, FixtureFile, FixtureFile];
  const withLabel = (offset: number, value: number) => {
    const content = recordsOf(7);
    content[5 * 3074 + offset] = value;
    return archiveOf([{ ...train, content }, testFile]);
  };
  const head = (...bytes: number[]) => new Blob([new Uint8Array([...bytes, ...Array<number>(600).fill(0)])]);
  const flawedHeader = () => {
    const tar = tarOf(goodFiles());
    tar[512 + 3] = 0x51;
    return gzipped(tar);
  };
  const cases: [string, () => Blob, RegExp][] = [
    ['an empty file', () => new Blob([]), /empty/],
    ['a ZIP', () => head(0x50, 0x4b, 3, 4), /ZIP.*50 4b 03 04/],
    ['a PNG', () => head(0x89, 0x50, 0x4e, 0x47), /PNG/],
    ['a pickle', () => head(0x80, 2, 0x7d), /python form.*binary form/],
    ['a bare tar', () => new Blob([tarOf(goodFiles())]), /not compressed/],
    ['text', () => new Blob(['hello']), /gzip.*something else/],
    ['a cut gzip', () => archiveOf(goodFiles()).slice(0, 300), /cut short/],
    ['a cut tar', () => gzipped(tarOf(goodFiles()).slice(0, 5000)), /train\.bin.*missing/],
    ['a cut tar header', () => gzipped(tarOf(goodFiles()).slice(0, 700)), /inside a tar header/],
    ['a wrong checksum', flawedHeader, /checksum/],
    ['a gzip of something else', () => gzipped(recordsOf(1)), /checksum/],
    [
      'a wrong record length',
      () => archiveOf([{ ...train, content: new Uint8Array(3073) }, testFile]),
      /3,073 bytes.*3,074/,
    ],
    ['a fine label', () => withLabel(1, 100), /record 5.*fine label 100/],
    ['a coarse label', () => withLabel(0, 20), /record 5.*coarse label 20/],
    ['missing test images', () => archiveOf([folder, train]), /lacks test\.bin/],
    ['missing training images', () => archiveOf([testFile]), /lacks train\.bin/],
    ['no files', () => archiveOf([]), /lacks train\.bin and test\.bin; found no files/],
    ['no images', () => archiveOf([{ ...train, content: new Uint8Array(0) }, testFile]), /no images/],
    ['a file that comes twice', () => archiveOf([train, train, testFile]), /twice/],
    [
      'the python form',
      () => archiveOf(['train', 'test', 'meta'].map((name) => ({ name, content: text('x') }))),
      /binary form/,
    ],
    ['CIFAR-10', () => archiveOf([{ name: 'data_batch_1.bin', content: text('x') }]), /CIFAR-10,/],
    [
      'too many images',
      () => archiveOf([train, { ...testFile, content: new Uint8Array(10001 * 3074) }]),
      /10,001 images/,
    ],
  ];
  it.each(cases)('%s', async (_name, file, message) => {
    expect(await refusal(file())).toMatch(message);
  });

  it('2 GB, without reading it', async () => {
    const file = {
      size: 2e9,
      slice: () => expect.fail('it was read'),
      stream: () => expect.fail('it was read'),
    };
    expect(await refusal(file as unknown as Blob)).toContain('2,000 MB');
  });

  it('what inflates beyond 250 MB', { timeout: 20000 }, async () => {
    const claim = { name: 'zeros', content: new Uint8Array(0), size: 251e6 };
    expect(await refusal(archiveOf([claim]))).toMatch(/at most 250,000,000/);
    const tail = gzipped(new Uint8Array(25e6));
    const bomb = new Blob([archiveOf(goodFiles()), ...Array<Blob>(10).fill(tail)]);
    expect(await refusal(bomb)).toMatch(/more than 250 MB/);
  });
});

it('loads or refuses 200 broken archives, and does nothing else', { timeout: 20000 }, async () => {
  const tar = tarOf(goodFiles());
  const packed = new Uint8Array(await gzipped(tar).arrayBuffer());
  const mutation = fc.record({
    kind: fc.constantFrom('flip', 'cut', 'insert', 'size'),
    inside: fc.boolean(),
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 600 }),
  });
  const mutate = (source: Uint8Array, kind: string, place: number, bytes: Uint8Array): Uint8Array => {
    const at = Math.floor(place * source.length);
    if (kind === 'cut') return source.slice(0, at);
    if (kind === 'insert') return Buffer.concat([source.subarray(0, at), bytes, source.subarray(at)]);
    const changed = source.slice();
    if (kind === 'flip') changed[at]! ^= 1 << (bytes[0]! & 7);
    else changed.set(bytes.subarray(0, 12), Math.min(changed.length - 12, Math.floor(at / 512) * 512 + 124));
    return changed;
  };
  await fc.assert(
    fc.asyncProperty(mutation, async ({ kind, inside, at, bytes }) => {
      const file = inside
        ? gzipped(mutate(tar, kind, at, bytes))
        : new Blob([new Uint8Array(mutate(packed, kind, at, bytes))]);
      try {
        expect((await readCifarArchive(file)).train.count).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
      }
    }),
    { numRuns: 200, seed: 20210 },
  );
});

it('hashes as SHA-256 does, however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 150 }), { maxLength: 5 }), (pieces) => {
      const hash = new Sha256();
      for (const piece of pieces) hash.update(piece);
      expect(hash.hex()).toBe(createHash('sha256').update(Buffer.concat(pieces)).digest('hex'));
    }),
    { seed: 1 },
  );
});

const REAL = fileURLToPath(new URL('../../../shared/data/cifar-100-binary.tar.gz', import.meta.url));
if (!existsSync(REAL)) console.warn(`Skipped: no real CIFAR-100 archive at ${REAL}`);
test.skipIf(!existsSync(REAL))(
  'the real archive loads, balanced, with its names',
  { timeout: 30000 },
  async () => {
    const set = await readCifarArchive(await openAsBlob(REAL));
    expect([set.train.count, set.test.count]).toEqual([10000, 2000]);
    expect(set.label).toBe('CIFAR-100, 10,000 of 50,000 training images');
    expect(set.fineNames).toEqual(CIFAR100_FINE_NAMES);
    expect([set.fineNames[0], set.fineNames[99], set.coarseNames[0]]).toEqual([
      'apple',
      'worm',
      'aquatic_mammals',
    ]);
    // Each class lies in one superclass, five classes in each: true of the second byte as the class only.
    const pairs = new Set(Array.from(set.train.fine, (fine, i) => fine * 20 + set.train.coarse[i]!));
    expect(pairs.size).toBe(100);
  },
);
