/** The browser's storage: sets are read back as they were saved, and a failed save does not touch the others. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { goodFiles, gzipped, recordsOf, tarOf } from '../forms/archive-fixtures';
import type { Dataset } from '../dataset';
import { FakeDisk } from './opfs-fake';
import { readDataFile } from '../forms/read';
import { deleteStored, listStored, loadStored, saveDataset, storageEstimate, StorageError } from './store';

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

const labels = async () => (await listStored()).map(({ train }) => train);

it('returns saved sets byte for byte, and lists them, newest first', async () => {
  const [set, other] = [await smallSet(), await otherSet()];
  await saveDataset(set);
  await saveDataset(other);
  expect(await loadStored(set.digest)).toEqual(set);
  expect(await loadStored(other.digest)).toEqual(other);
  const listed = await listStored();
  expect(listed.map(({ digest }) => digest)).toEqual([other.digest, set.digest]);
  expect(listed[1]).toMatchObject({ label: set.label, train: 7, test: 3, bytes: 30740 });
  expect(disk.asked).toBe(2);
});

it('stores a set once; saving it again makes it the newest', async () => {
  await saveDataset(await smallSet());
  await saveDataset(await otherSet());
  const names = [...disk.files.keys()];
  await saveDataset(await smallSet());
  expect([...disk.files.keys()]).toEqual(names);
  expect(await labels()).toEqual([7, 2]);
});

it('keeps the other sets, wherever a save fails, and leaves nothing of the failed one', async () => {
  const before = await smallSet();
  await saveDataset(before);
  const names = [...disk.files.keys()];
  for (let writes = 0; writes < 7; writes++) {
    disk.writesLeft = writes;
    const failure: unknown = await saveDataset(await otherSet()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StorageError);
    expect((failure as Error).message).toMatch(/storage is full/);
    expect([...disk.files.keys()]).toEqual(names);
    expect(await loadStored(before.digest)).toEqual(before);
  }
  disk.writesLeft = 7;
  await saveDataset(await otherSet());
  expect(await labels()).toEqual([2, 7]);
});

it('refuses a set that will not fit before anything is written, if the browser reports its quota', async () => {
  expect(await storageEstimate()).toBeNull();
  Object.assign(disk, { estimate: async () => ({ usage: 4e6, quota: 4.01e6 }) });
  expect(await storageEstimate()).toEqual({ usage: 4e6, quota: 4.01e6 });
  await expect(saveDataset(await smallSet())).rejects.toThrow(/the browser has 0\.0 MB left/);
  expect(disk.files.size).toBe(0);
});

it('says what is wrong if there is no storage, or it is not allowed', async () => {
  const set = await smallSet();
  disk.denied = true;
  await expect(saveDataset(set)).rejects.toThrow(/does not allow/);
  vi.stubGlobal('navigator', {});
  await expect(saveDataset(set)).rejects.toThrow(StorageError);
  await expect(loadStored(set.digest)).rejects.toThrow(/no private file system/);
  expect(await listStored()).toEqual([]);
  expect(await storageEstimate()).toBeNull();
});

it('deletes one set and leaves the other', async () => {
  const [set, other] = [await smallSet(), await otherSet()];
  await expect(loadStored(set.digest)).rejects.toThrow(/not stored/);
  await deleteStored(set.digest);
  await saveDataset(set);
  await saveDataset(other);
  await deleteStored(set.digest);
  await expect(loadStored(set.digest)).rejects.toThrow(/not stored/);
  expect(await loadStored(other.digest)).toEqual(other);
  await deleteStored(other.digest);
  expect(disk.files.size).toBe(0);
});

it('refuses a stored file of the wrong length, and a broken description', async () => {
  const { digest } = await smallSet();
  await saveDataset(await smallSet());
  for (const [name, file] of disk.files) if (name.endsWith('.bin')) file.content = file.content.slice(0, 100);
  await expect(loadStored(digest)).rejects.toThrow(/damaged: 30,740 bytes were expected, 100 found/);
  expect(await listStored()).toEqual([]);
  await saveDataset(await smallSet());
  expect(await labels()).toEqual([7]);
  disk.files.get(`set-${digest}.json`)!.content = new Blob(['{']);
  await expect(loadStored(digest)).rejects.toThrow(StorageError);
});

it('reads the single set that the first version of the lab stored', async () => {
  const set = await smallSet();
  await saveDataset(set);
  const name = `set-${set.digest}.json`;
  const { savedAt: _, ...meta } = JSON.parse(await disk.files.get(name)!.content.text());
  const file = disk.files.get(name)!;
  file.content = new Blob([JSON.stringify({ ...meta, version: 1 })]);
  disk.files.delete(name);
  disk.files.set('meta.json', file);
  expect(await labels()).toEqual([7]);
  expect(await loadStored(set.digest)).toEqual(set);
  await saveDataset(await otherSet());
  expect([...disk.files.keys()]).not.toContain('meta.json');
  expect(await labels()).toEqual([2, 7]);
  await deleteStored(set.digest);
  expect(await labels()).toEqual([2]);
});
