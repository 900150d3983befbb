/** Subsets, orders and batches. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawWindows, epochOrder, fillBatch, type Augmentation } from './batch';
import { balancedSubset, IMAGE_BYTES, type ImageSet } from './dataset';

const COUNT = 16;
const SET: ImageSet = {
  count: COUNT,
  images: Uint8Array.from({ length: COUNT * IMAGE_BYTES }, (_, i) => 1 + ((i * 7919) % 255)),
  fine: Uint8Array.from({ length: COUNT }, (_, i) => i % 4),
  coarse: new Uint8Array(COUNT),
};
const ALL = Array.from({ length: COUNT }, (_, i) => i);
const ZERO = [0, 0, 0] as const;
const ONE = [1, 1, 1] as const;

/** The batch, converted back to bytes, [n, 32, 32, 3]. */
function batch(augment: Augmentation | null, indices = ALL): Uint8Array {
  const out = new Float32Array(indices.length * IMAGE_BYTES);
  fillBatch(SET, drawWindows(indices, augment), ZERO, ONE, out);
  return Uint8Array.from(out, (value) => Math.round(value * 255));
}

const pixel = (n: number, y: number, x: number, c: number) =>
  y < 0 || y > 31 || x < 0 || x > 31 ? 0 : SET.images[n * IMAGE_BYTES + c * 1024 + y * 32 + x]!;

/** Where image n of a batch was cut and whether it was mirrored, found by trying all possibilities. */
function found(bytes: Uint8Array, n: number): { dx: number; dy: number; mirrored: boolean } | undefined {
  for (const mirrored of [false, true]) {
    for (let dy = -4; dy <= 4; dy++) {
      for (let dx = -4; dx <= 4; dx++) {
        const fits = bytes.subarray(n * IMAGE_BYTES, (n + 1) * IMAGE_BYTES).every((value, i) => {
          const [y, x, c] = [Math.floor(i / 96), Math.floor(i / 3) % 32, i % 3];
          return value === pixel(n, y + dy, (mirrored ? 31 - x : x) + dx, c);
        });
        if (fits) return { dx, dy, mirrored };
      }
    }
  }
  return undefined;
}

describe('a batch', () => {
  it('is NHWC and normalised per channel', () => {
    const out = new Float32Array(IMAGE_BYTES);
    fillBatch(SET, drawWindows([3], null), [0.1, 0.2, 0.3], [0.5, 0.6, 0.7], out);
    expect(out[(5 * 32 + 9) * 3 + 1]).toBe(Math.fround((pixel(3, 5, 9, 1) / 255 - 0.2) / 0.6));
    expect(out[(31 * 32 + 31) * 3 + 2]).toBe(Math.fround((pixel(3, 31, 31, 2) / 255 - 0.3) / 0.7));
  });

  it('is the plain images where nothing is switched on', () => {
    expect(batch({ crop: false, flip: false, seed: 1, step: 1 })).toEqual(batch(null));
  });

  it('flipped twice is itself', () => {
    const mirroredFrom = batch({ crop: false, flip: true, seed: 3, step: 5 });
    const back = ALL.map((n) => found(mirroredFrom, n)!);
    expect(back.every(({ dx, dy }) => dx === 0 && dy === 0)).toBe(true);
    const flipped = back.findIndex(({ mirrored }) => mirrored);
    const planar = Uint8Array.from(
      { length: IMAGE_BYTES },
      (_, i) => mirroredFrom[flipped * IMAGE_BYTES + (i % 1024) * 3 + Math.floor(i / 1024)]!,
    );
    const once: ImageSet = {
      count: 16,
      images: new Uint8Array(COUNT * IMAGE_BYTES),
      fine: SET.fine,
      coarse: SET.coarse,
    };
    once.images.set(planar, flipped * IMAGE_BYTES);
    const out = new Float32Array(COUNT * IMAGE_BYTES);
    fillBatch(once, drawWindows(ALL, { crop: false, flip: true, seed: 3, step: 5 }), ZERO, ONE, out);
    const twice = Uint8Array.from(out.subarray(flipped * IMAGE_BYTES, (flipped + 1) * IMAGE_BYTES), (v) =>
      Math.round(v * 255),
    );
    expect(twice).toEqual(batch(null, [flipped]));
  });

  it('draws crop and flip independently of each other', () => {
    const [both, crop, flip] = [
      [true, true],
      [true, false],
      [false, true],
    ].map(([c, f]) => batch({ crop: c!, flip: f!, seed: 9, step: 2 }));
    for (const n of ALL) {
      const seen = found(both!, n)!;
      expect(found(crop!, n)).toEqual({ ...seen, mirrored: false });
      expect(found(flip!, n)).toEqual({ dx: 0, dy: 0, mirrored: seen.mirrored });
    }
  });

  it('reaches every offset, and mirrors about half', () => {
    const all = Array.from({ length: 12 }, (_, step) =>
      batch({ crop: true, flip: true, seed: 1, step }),
    ).flatMap((bytes) => ALL.map((n) => found(bytes, n)!));
    expect(new Set(all.map(({ dx }) => dx)).size).toBe(9);
    expect(new Set(all.map(({ dy }) => dy)).size).toBe(9);
    const share = all.filter(({ mirrored }) => mirrored).length / all.length;
    expect(share).toBeGreaterThan(0.35);
    expect(share).toBeLessThan(0.65);
  });

  it('refuses indices outside the set and an output that is too short', () => {
    expect(() => batch(null, [COUNT])).toThrow(/Image 16 was asked for; the set has 16/);
    expect(() => fillBatch(SET, drawWindows([0], null), ZERO, ONE, new Float32Array(5))).toThrow(RangeError);
  });
});

it('every epoch visits every image once, in a different order', () => {
  const order = epochOrder(1, 0, 1000);
  expect(order.toSorted()).toEqual(Uint32Array.from({ length: 1000 }, (_, i) => i));
  expect(epochOrder(1, 0, 1000)).toEqual(order);
  expect(epochOrder(1, 1, 1000)).not.toEqual(order);
});

it('a subset has the requested size, no image twice, and the same share of every class', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 8 }),
      fc.nat(200),
      (classes, each, size) => {
        const count = classes * each;
        const fine = Uint8Array.from({ length: count }, (_, i) => (i * 7) % classes);
        const chosen = balancedSubset({ count, images: new Uint8Array(0), fine, coarse: fine }, size);
        expect(chosen.length).toBe(size === 0 ? count : Math.min(size, count));
        expect(new Set(chosen).size).toBe(chosen.length);
        const tally = new Map([...fine].map((label): [number, number] => [label, 0]));
        for (const i of chosen) tally.set(fine[i]!, tally.get(fine[i]!)! + 1);
        const total = new Map<number, number>();
        for (const label of fine) total.set(label, (total.get(label) ?? 0) + 1);
        const unfilled = [...tally].filter(([label, n]) => n < total.get(label)!).map(([, n]) => n);
        if (unfilled.length > 0)
          expect(Math.max(...tally.values()) - Math.min(...unfilled)).toBeLessThanOrEqual(1);
      },
    ),
    { seed: 4 },
  );
});
