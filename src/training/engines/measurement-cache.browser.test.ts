/** Measurements are made once and stored in the browser, or repeated where nothing can be stored. */
import { afterEach, expect, test, vi } from 'vitest';
import { measureOnce } from './measurement-cache';

const isNumber = (stored: unknown) => typeof stored === 'number';
const newKey = () => `test ${crypto.randomUUID()}`;

afterEach(() => vi.restoreAllMocks());

test('what was measured under a key is not measured again', async () => {
  const key = newKey();
  const measure = vi.fn(async () => 7);
  expect(await measureOnce(key, isNumber, measure)).toBe(7);
  expect(await measureOnce(key, isNumber, measure)).toBe(7);
  expect(measure).toHaveBeenCalledTimes(1);
  expect(await measureOnce(newKey(), isNumber, measure)).toBe(7);
  expect(measure).toHaveBeenCalledTimes(2);
});

test('a stored value that is not valid is measured again', async () => {
  const key = newKey();
  await measureOnce(
    key,
    (stored) => typeof stored === 'string',
    async () => 'of an earlier version',
  );
  expect(await measureOnce(key, isNumber, async () => 8)).toBe(8);
  expect(await measureOnce(key, isNumber, async () => 9)).toBe(8);
});

test('a browser that cannot store anything measures, without an error', async () => {
  vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw new DOMException('Not in a private window.', 'SecurityError');
  });
  const measure = vi.fn(async () => 5);
  expect(await measureOnce(newKey(), isNumber, measure)).toBe(5);
  expect(measure).toHaveBeenCalledTimes(1);
});

test('an error of a measurement reaches the caller', async () => {
  const failing = () => Promise.reject(new Error('The GPU refused.'));
  await expect(measureOnce(newKey(), isNumber, failing)).rejects.toThrow('refused');
});
