import fc from 'fast-check';
import { expect, test } from 'vitest';
import { philox, RandomStream, STREAMS } from './random';

// Known answers of Random123 1.14 (kat_vectors), philox4x32-10.
test.each([
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
] as const)('Philox4x32-10 of %j gives the published words', (counter, key, words) => {
  expect(philox(counter, key)).toEqual([...words]);
});

test('a stream is reproducible and differs from the next stream', () => {
  const draw = (seed: number, index: number) => {
    const random = new RandomStream(seed, STREAMS.order, index);
    return Array.from({ length: 6 }, () => random.uint32());
  };
  expect(draw(1, 0)).toEqual(draw(1, 0));
  expect(draw(1, 0)).not.toEqual(draw(2, 0));
  expect(draw(1, 0)).not.toEqual(draw(1, 1));
});

test('a permutation contains every index once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), fc.nat(), (n, seed) => {
      const order = new RandomStream(seed, STREAMS.order).permutation(n);
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    }),
  );
});
