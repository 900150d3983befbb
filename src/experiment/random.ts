/**
 * Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as
 * 1, 2, 3"). A number depends only on (seed, stream, position), never on what was drawn before, so that initial
 * values, order and augmentation repeat exactly and independently of each other.
 */

import { portableCos, portableLog } from './portable-math';

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** High 32 bits of the product of two unsigned 32-bit numbers. */
function mulHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(cross / 65536)) >>> 0;
}

/** One Philox4x32-10 block: four 32-bit words for a 128-bit counter and a 64-bit key. */
export function philox(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const h0 = mulHigh(M0, c0);
    const l0 = Math.imul(M0, c0) >>> 0;
    const h1 = mulHigh(M1, c2);
    const l1 = Math.imul(M1, c2) >>> 0;
    c0 = (h1 ^ c1 ^ k0) >>> 0;
    c1 = l1;
    c2 = (h0 ^ c3 ^ k1) >>> 0;
    c3 = l0;
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** The purposes of random streams. Streams never overlap. */
export const STREAMS = { init: 1, order: 2, augment: 3, builtin: 4, probe: 5 } as const;

/** A sequence of random numbers, addressed by (seed, stream, index): equal addresses give equal sequences. */
export class RandomStream {
  private block: [number, number, number, number] = [0, 0, 0, 0];
  private position = 0;

  constructor(
    private readonly seed: number,
    private readonly stream: (typeof STREAMS)[keyof typeof STREAMS],
    private readonly index = 0,
  ) {}

  /** The next whole number in 0 … 2³² − 1. */
  uint32(): number {
    const word = this.position & 3;
    if (word === 0)
      this.block = philox([this.position >>> 2, this.index >>> 0, this.stream, 0], [this.seed >>> 0, 0]);
    this.position++;
    return this.block[word]!;
  }

  /** The next number in [0, 1). */
  uniform(): number {
    return this.uint32() / 4294967296;
  }

  /** The next number of a normal distribution with mean 0 and variance 1 (Box and Muller). */
  normal(): number {
    const radius = Math.sqrt(-2 * portableLog(1 - this.uniform()));
    return radius * portableCos(2 * Math.PI * this.uniform());
  }

  /** The next whole number in 0 … n − 1. */
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** A random order of 0 … n − 1 (Fisher and Yates). */
  permutation(n: number): Uint32Array {
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const held = order[i]!;
      order[i] = order[j]!;
      order[j] = held;
    }
    return order;
  }
}
