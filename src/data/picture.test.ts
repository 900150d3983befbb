import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IMAGE_BYTES, IMAGE_PIXELS } from './dataset';
import { averagedPlanes, centralSquare, toRgba } from './picture';

test('an image of a data set is not changed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: IMAGE_BYTES, maxLength: IMAGE_BYTES }), (planes) => {
      expect(averagedPlanes(toRgba(planes), 32)).toEqual(planes);
    }),
    { numRuns: 20 },
  );
});

test('a larger square is averaged block by block, each colour in its plane', () => {
  const side = 64;
  const rgba = new Uint8ClampedArray(4 * side * side);
  for (let p = 0; p < side * side; p++) {
    const [x, y] = [p % side, Math.floor(p / side)];
    rgba.set([x % 2 === 0 ? 100 : 200, 2 * y, 30, 255], 4 * p);
  }
  const planes = averagedPlanes(rgba, side);
  for (const p of [0, 31, 500, 1023]) {
    expect(planes[p]).toBe(150);
    expect(planes[IMAGE_PIXELS + p]).toBe(4 * Math.floor(p / 32) + 1);
    expect(planes[2 * IMAGE_PIXELS + p]).toBe(30);
  }
});

test('the central square is inside the picture, and is enlarged only if it is tiny', () => {
  const length = fc.integer({ min: 1, max: 9000 });
  fc.assert(
    fc.property(length, length, (width, height) => {
      const { x, y, side, drawn } = centralSquare(width, height);
      expect(side).toBe(Math.min(width, height));
      expect(Math.abs(width - side - 2 * x)).toBeLessThanOrEqual(1);
      expect(Math.abs(height - side - 2 * y)).toBeLessThanOrEqual(1);
      expect(drawn % 32).toBe(0);
      expect(drawn).toBeLessThanOrEqual(Math.max(32, Math.min(512, side)));
      expect(drawn).toBeGreaterThanOrEqual(32);
    }),
  );
  expect(centralSquare(32, 32)).toEqual({ x: 0, y: 0, side: 32, drawn: 32 });
  expect(centralSquare(4000, 3000)).toEqual({ x: 500, y: 0, side: 3000, drawn: 512 });
});
