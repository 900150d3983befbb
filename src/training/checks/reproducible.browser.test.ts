/** The same link gives the same weights: on one, two and three threads, in this browser and in Node. */
import { describe, expect, test } from 'vitest';
import { digestRun, EXPECTED_DIGEST } from './digest-run';
import { startWasm } from '../engines/wasm-backend';

describe('reproducible arithmetic', () => {
  test.each([1, 2, 3])('on %i threads gives the weights that every machine gives', async (threads) => {
    const { engine, dispose } = await startWasm('reproducible', threads);
    expect(await digestRun(engine)).toBe(EXPECTED_DIGEST);
    dispose();
  });
});

test('the fastest arithmetic trains too, and gives the same weights again on the same machine', async () => {
  const { engine, dispose } = await startWasm('fastest', 2);
  const first = await digestRun(engine);
  expect(await digestRun(engine)).toBe(first);
  dispose();
});
