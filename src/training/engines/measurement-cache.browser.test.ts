/** Measurements are made once and kept in the browser, or made again where nothing can be kept. */
import { afterEach, expect, test, vi } from 'vitest';
import { remembered } from './measurement-cache';

const isNumber = (kept: unknown) => typeof kept === 'number';
const fresh = () => `test ${crypto.randomUUID()}`;

afterEach(() => vi.restoreAllMocks());

test('what was measured under a key is not measured again', async () => {
  const key = fresh();
  const measure = vi.fn(async () => 7);
  expect(await remembered(key, isNumber, measure)).toBe(7);
  expect(await remembered(key, isNumber, measure)).toBe(7);
  expect(measure).toHaveBeenCalledTimes(1);
  expect(await remembered(fresh(), isNumber, measure)).toBe(7);
  expect(measure).toHaveBeenCalledTimes(2);
});

test('what is kept and makes no sense is measured anew', async () => {
  const key = fresh();
  await remembered(
    key,
    (kept) => typeof kept === 'string',
    async () => 'of an earlier version',
  );
  expect(await remembered(key, isNumber, async () => 8)).toBe(8);
  expect(await remembered(key, isNumber, async () => 9)).toBe(8);
});

test('a browser that keeps nothing measures, and nothing fails', async () => {
  vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw new DOMException('Not in a private window.', 'SecurityError');
  });
  const measure = vi.fn(async () => 5);
  expect(await remembered(fresh(), isNumber, measure)).toBe(5);
  expect(measure).toHaveBeenCalledTimes(1);
});

test('a measurement that fails is told to the caller', async () => {
  const failing = () => Promise.reject(new Error('The GPU refused.'));
  await expect(remembered(fresh(), isNumber, failing)).rejects.toThrow('refused');
});
