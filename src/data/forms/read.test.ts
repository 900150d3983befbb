/** The binary form: what loads, what is refused and with which message. */
import { createHash } from 'node:crypto';
import { messageInEnglish } from '../../language/message';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goodFiles, gzipped, recordsOf, tarOf, type FixtureFile } from './archive-fixtures';
import { CIFAR100_FINE_NAMES } from '../cifar100-names';
import type { Progress } from '../progress';
import { DataError, readDataFile, readDataset } from './read';
import { Sha256 } from '../sha256';

const archiveOf = (files: readonly FixtureFile[]) => gzipped(tarOf(files));
const text = (content: string) => new TextEncoder().encode(content);

async function refusal(file: Blob): Promise<string> {
  const error: unknown = await readDataFile(file).then(
    () => new Error('it was accepted'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  return (error as DataError).message;
}

describe('a good archive', () => {
  it('loads images and the fine label, which is the second byte', async () => {
    const set = await readDataFile(archiveOf(goodFiles()));
    expect(messageInEnglish(set.label)).toBe('CIFAR-100, 7 of 50,000 training images');
    expect([set.train.count, set.test.count]).toEqual([7, 3]);
    const records = recordsOf(7);
    expect(set.train.images.subarray(3072, 6144)).toEqual(records.subarray(3074 + 2, 2 * 3074));
    expect([...set.train.fine]).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(set.fineNames).toEqual(CIFAR100_FINE_NAMES);
    const hash = createHash('sha256');
    for (const part of [set.train, set.test]) hash.update(part.images).update(part.fine).update(part.coarse);
    expect(set.digest).toBe(hash.digest('hex'));
  });

  it('takes the names of the archive if it has them', async () => {
    const names = Array.from({ length: 100 }, (_, i) => `name_${i}`);
    const file = { name: 'a/fine_label_names.txt', content: text(`${names.join('\r\n')}\n\n`) };
    expect((await readDataFile(archiveOf([...goodFiles(), file]))).fineNames).toEqual(names);
    expect(await refusal(archiveOf([...goodFiles(), { ...file, content: text('cat\ndog') }]))).toContain(
      'has 2 names; 100',
    );
  });

  it('reports progress up to the whole file', async () => {
    const file = archiveOf(goodFiles());
    let last: Progress | null = null;
    await readDataFile(file, { onProgress: (progress) => (last = progress) });
    expect(last).toMatchObject({ done: file.size, total: file.size });
  });

  it('may be an uncompressed tar, or two bare files in any order', async () => {
    const [, train, test] = goodFiles();
    const { digest } = await readDataFile(archiveOf(goodFiles()));
    expect((await readDataFile(new Blob([tarOf(goodFiles())]))).digest).toBe(digest);
    const bare = (path: string, file: FixtureFile) => ({
      path,
      blob: new Blob([new Uint8Array(file.content)]),
    });
    for (const [a, b] of [
      ['test.bin', 'train.bin'],
      ['b', 'a'],
    ] as const) {
      const set = await readDataset([bare(a, test!), bare(b, train!)]);
      expect(set.digest).toBe(digest);
    }
  });

  it('stops when it is cancelled', async () => {
    const stop = new AbortController();
    const reading = readDataFile(archiveOf(goodFiles()), {
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    await expect(readDataFile(archiveOf([]), { signal: stop.signal })).rejects.toMatchObject({
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
    ['a cut ZIP', () => head(0x50, 0x4b, 3, 4), /ZIP archive has no directory/],
    ['a lone PNG', () => head(0x89, 0x50, 0x4e, 0x47), /lacks train\.bin and test\.bin/],
    ['a strange pickle', () => head(0x80, 2, 0x7d), /pickle.*at byte 3.*operation/],
    ['text', () => new Blob(['hello']), /gzip.*something else.*68 65 6c 6c/],
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
    ['no files', () => archiveOf([]), /lacks train\.bin and test\.bin .*; found no files/],
    ['no images', () => archiveOf([{ ...train, content: new Uint8Array(0) }, testFile]), /no images/],
    ['a file that comes twice', () => archiveOf([train, train, testFile]), /twice/],
    [
      'a path that leads out',
      () => archiveOf([{ ...train, name: '../../train.bin' }, testFile]),
      /“\.\.\/\.\.\/train\.bin”, which leads out/,
    ],
    ['an absolute path', () => archiveOf([{ ...train, name: '/etc/train.bin' }]), /leads out/],
    ['10 GB', () => archiveOf([{ ...train, size: 8589934591 }]), /8,589,934,591 bytes; at most/],
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

  it('what inflates beyond 300 MB', { timeout: 20000 }, async () => {
    const claim = { name: 'zeros', content: new Uint8Array(0), size: 301e6 };
    expect(await refusal(archiveOf([claim]))).toMatch(/at most 300,000,000/);
    const tail = gzipped(new Uint8Array(25e6));
    const bomb = new Blob([archiveOf(goodFiles()), ...Array<Blob>(12).fill(tail)]);
    expect(await refusal(bomb)).toMatch(/more than 300 MB/);
  });
});

it('SHA-256 is the same for any division into chunks', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 150 }), { maxLength: 5 }), (pieces) => {
      const hash = new Sha256();
      for (const piece of pieces) hash.update(piece);
      expect(hash.hex()).toBe(createHash('sha256').update(Buffer.concat(pieces)).digest('hex'));
    }),
    { seed: 1 },
  );
});
