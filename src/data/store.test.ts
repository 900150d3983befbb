/** The browser's store: a set comes back as it was saved, and a save that fails leaves the one before. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { goodFiles, gzipped, recordsOf, tarOf } from './archive-fixtures';
import type { Dataset } from './dataset';
import { FakeDisk } from './opfs-fake';
import { readDataFile } from './read';
import { deleteStored, loadStored, saveDataset, StorageError, storedSummary } from './store';

let disk: FakeDisk;
beforeEach(() => {
  disk = new FakeDisk();
  vi.stubGlobal('navigator', { storage: disk });
});
afterEach(() => vi.unstubAllGlobals());

const smallSet = (): Promise<Dataset> => readDataFile(gzipped(tarOf(goodFiles())));
const otherSet = (): Promise<Dataset> =>
  readDataFile(
    gzipped(
      tarOf([
        { name: 'train.bin', content: recordsOf(2) },
        { name: 'test.bin', content: recordsOf(1) },
      ]),
    ),
  );

it('gives a saved set back, byte for byte', async () => {
  const set = await smallSet();
  await saveDataset(set);
  expect(await loadStored('cifar100')).toEqual(set);
  expect(await storedSummary()).toEqual({
    label: set.label,
    train: 7,
    test: 3,
    bytes: 30740,
    digest: set.digest,
  });
  expect(disk.asked).toBe(1);
});

it('keeps only the newest set', async () => {
  await saveDataset(await smallSet());
  await saveDataset(await otherSet());
  expect((await loadStored('cifar100')).train.count).toBe(2);
  expect(disk.files.size).toBe(2);
});

it('keeps the set before, wherever a save fails, and leaves nothing of the failed one', async () => {
  const before = await smallSet();
  await saveDataset(before);
  const names = [...disk.files.keys()];
  for (let writes = 0; writes < 7; writes++) {
    disk.writesLeft = writes;
    const failure: unknown = await saveDataset(await otherSet()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StorageError);
    expect((failure as Error).message).toMatch(/storage is full/);
    expect([...disk.files.keys()]).toEqual(names);
    expect(await loadStored('cifar100')).toEqual(before);
  }
  disk.writesLeft = 7;
  await saveDataset(await otherSet());
  expect((await storedSummary())?.train).toBe(2);
});

it('says what is wrong where there is no store, or none allowed', async () => {
  const set = await smallSet();
  disk.denied = true;
  await expect(saveDataset(set)).rejects.toThrow(/does not allow/);
  vi.stubGlobal('navigator', {});
  await expect(saveDataset(set)).rejects.toThrow(StorageError);
  await expect(loadStored('cifar100')).rejects.toThrow(/no private file system/);
  expect(await storedSummary()).toBeNull();
});

it('says that nothing is stored, before a save and after a deletion', async () => {
  await expect(loadStored('cifar100')).rejects.toThrow(/No CIFAR-100 is stored/);
  await deleteStored('cifar100');
  await saveDataset(await smallSet());
  await deleteStored('cifar100');
  expect(disk.files.size).toBe(0);
  expect(await storedSummary()).toBeNull();
  await expect(loadStored('cifar100')).rejects.toThrow(StorageError);
});

it('refuses a stored file of the wrong length, and a broken meta.json', async () => {
  await saveDataset(await smallSet());
  for (const [name, file] of disk.files) if (name !== 'meta.json') file.content = file.content.slice(0, 100);
  await expect(loadStored('cifar100')).rejects.toThrow(/damaged: 30,740 bytes were expected, 100 found/);
  expect(await storedSummary()).toBeNull();
  disk.files.get('meta.json')!.content = new Blob(['{']);
  await expect(loadStored('cifar100')).rejects.toThrow(StorageError);
});
