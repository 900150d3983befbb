/** The same link gives the same weights: on one, two and three threads, and in this browser as in Node. */
import { describe, expect, test } from 'vitest';
import { digestRun, EXPECTED_DIGEST } from './digest-run';
import { startWasm } from '../engines/wasm-backend';

describe('reproducible arithmetic', () => {
  test.each([1, 2, 3])('on %i threads the weights are those of every other machine', async (threads) => {
    const { engine, dispose } = await startWasm('reproducible', threads);
    expect(await digestRun(engine)).toBe(EXPECTED_DIGEST);
    dispose();
  });
});

test('the fastest arithmetic trains too, and repeats on the same machine', async () => {
  const { engine, dispose } = await startWasm('fastest', 2);
  const first = await digestRun(engine);
  expect(await digestRun(engine)).toBe(first);
  dispose();
});
