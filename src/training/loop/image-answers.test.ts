import { message } from '../../language/message';
import { describe, expect, test } from 'vitest';
import type { Trainer } from '../trainer';
import { classifyTestImages } from './image-answers';
import type { RunImages } from './run-images';

describe('the classification of the test images', () => {
  const images = {
    testCount: 2,
    *testBatches() {
      yield { input: new Float32Array(), classes: Uint8Array.of(0, 1) };
    },
  } as unknown as RunImages;
  const trainerOf = (...logits: number[]) =>
    ({ evaluate: () => Promise.resolve(Float32Array.from(logits)) }) as unknown as Trainer;

  test('replies with the reason where the network has diverged', async () => {
    const reply = await classifyTestImages(trainerOf(0, 1, NaN, 1), images, 3, () => false);
    expect(reply).toEqual({ result: null, reason: message('answer.notFinite') });
  });

  test('replies with the reason where it is stopped', async () => {
    const reply = await classifyTestImages(trainerOf(0, 1, 2, 3), images, 3, () => true);
    expect(reply).toEqual({ result: null, reason: message('answer.stopped') });
  });

  test('replies with the reason where there are no test images', async () => {
    const none = { testCount: 0 } as unknown as RunImages;
    const reply = await classifyTestImages(trainerOf(), none, 3, () => false);
    expect(reply).toEqual({ result: null, reason: message('answer.noTestImages') });
  });
});
