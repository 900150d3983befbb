import { beforeAll, expect, test } from 'vitest';
import { builtinDataset } from '../builtin/builtin';
import { IMAGE_BYTES, IMAGE_PIXELS, type Dataset } from '../dataset';
import { factsOf, imagesOf, pixelsOf } from './sheet';

let set: Dataset;
beforeAll(async () => {
  set = await builtinDataset('easy');
});

test('counts each class, and knows its superclass', () => {
  const { counts, coarseOf, measured } = factsOf(set);
  expect(new Set(counts.train)).toEqual(new Set([100]));
  expect(new Set(counts.test)).toEqual(new Set([20]));
  expect(coarseOf).toEqual(set.fineNames.map((_, label) => set.train.coarse[set.train.fine.indexOf(label)]));
  expect(measured).toEqual({ mean: set.mean, std: set.std });
});

test('finds the first images of a class', () => {
  expect(imagesOf(set.test.fine, 7, 3)).toEqual([7, 107, 207]);
  expect(imagesOf(set.test.fine, 7, 1000)).toHaveLength(20);
});

test('shows every pixel unchanged, and mirrored if the training step mirrors it', () => {
  const rgba = pixelsOf(set, 'train', [5], null);
  const image = set.train.images.subarray(5 * IMAGE_BYTES, 6 * IMAGE_BYTES);
  for (let p = 0; p < IMAGE_PIXELS; p++)
    expect([...rgba.subarray(4 * p, 4 * p + 4)]).toEqual([
      ...[0, 1, 2].map((channel) => image[channel * IMAGE_PIXELS + p]),
      255,
    ]);
  const seen = [0, 1, 2, 3, 4, 5, 6, 7].map((step) =>
    pixelsOf(set, 'train', [5], { crop: false, flip: true, seed: 1, step }).join(),
  );
  expect(new Set(seen).size).toBe(2);
  expect(seen).toContain(rgba.join());
});
