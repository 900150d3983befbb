/** The order of the images in an epoch, and augmented, normalised batches of them. */
import { RandomStream, STREAMS } from '../experiment/random';
import { IMAGE_BYTES, IMAGE_PIXELS, IMAGE_SIDE, type ImageSet } from './dataset';

/** Black pixels around an image before it is cropped. */
export const CROP_PADDING = 4;

export interface Augmentation {
  /** Pad by 4 black pixels, cut a 32x32 window at a random place. */
  crop: boolean;
  /** Mirror left and right, every other image at random. */
  flip: boolean;
  seed: number;
  /** Step of the training run. Each step has its own random numbers. */
  step: number;
}

/** The order in which an epoch (counted from 0) visits n images. */
export function epochOrder(seed: number, epoch: number, n: number): Uint32Array {
  return new RandomStream(seed, STREAMS.order, epoch).permutation(n);
}

/** Where the pixels of one image of a batch come from: which image, how its window lies on it, whether it is mirrored. */
export interface Window {
  index: number;
  /** Pixels to the right and down, −CROP_PADDING … CROP_PADDING. */
  dx: number;
  dy: number;
  mirrored: boolean;
}

/**
 * The windows of a batch. Three numbers are drawn per image, whatever is switched on, so that switching one augmentation
 * does not change the random numbers of the other.
 */
export function drawWindows(indices: ArrayLike<number>, augment: Augmentation | null): Window[] {
  const random = augment && new RandomStream(augment.seed, STREAMS.augment, augment.step);
  return Array.from(indices, (index) => {
    if (!augment || !random) return { index, dx: 0, dy: 0, mirrored: false };
    const across = random.below(2 * CROP_PADDING + 1) - CROP_PADDING;
    const down = random.below(2 * CROP_PADDING + 1) - CROP_PADDING;
    const coin = random.below(2);
    const [dx, dy] = augment.crop ? [across, down] : [0, 0];
    return { index, dx, dy, mirrored: augment.flip && coin === 1 };
  });
}

/**
 * Writes the windows' images to `out` as NHWC, [windows.length, 32, 32, 3], each value (pixel / 255 − mean) / std of its
 * channel. Padding is black before the normalisation.
 * Throws RangeError if `out` is too short or an index is outside the set.
 */
export function fillBatch(
  set: ImageSet,
  windows: readonly Window[],
  mean: readonly [number, number, number],
  std: readonly [number, number, number],
  out: Float32Array,
): void {
  if (out.length < windows.length * IMAGE_BYTES) {
    throw new RangeError(
      `A batch of ${windows.length} images needs ${windows.length * IMAGE_BYTES} values; out has ${out.length}.`,
    );
  }
  const side = IMAGE_SIDE;
  const pixels = IMAGE_PIXELS;
  const { images } = set;
  const bytes = IMAGE_BYTES;
  const [red, green, blue] = normalisation(mean, std);
  for (const [n, { index, dx, dy, mirrored }] of windows.entries()) {
    if (!(index >= 0 && index < set.count))
      throw new RangeError(`Image ${index} was asked for; the set has ${set.count}.`);
    // Columns of the window that show the image. A mirrored window is read backwards.
    const first = Math.max(0, -dx);
    const last = Math.min(side, side - dx);
    const stride = mirrored ? -3 : 3;
    for (let y = 0; y < side; y++) {
      let to = (n * pixels + y * side + (mirrored ? side - 1 : 0)) * 3;
      const row = y + dy;
      const inside = row >= 0 && row < side;
      for (let x = 0; x < side; x++, to += stride) {
        if (inside && x >= first && x < last) {
          const from = index * bytes + row * side + dx + x;
          out[to] = red[images[from]!]!;
          out[to + 1] = green[images[from + pixels]!]!;
          out[to + 2] = blue[images[from + 2 * pixels]!]!;
        } else {
          out[to] = red[0]!;
          out[to + 1] = green[0]!;
          out[to + 2] = blue[0]!;
        }
      }
    }
  }
}

/** The normalised value of each of the 256 pixel values, per channel. */
export function normalisation(
  mean: readonly [number, number, number],
  std: readonly [number, number, number],
): [Float32Array, Float32Array, Float32Array] {
  const of = (channel: 0 | 1 | 2) =>
    Float32Array.from({ length: 256 }, (_, pixel) => (pixel / 255 - mean[channel]) / std[channel]);
  return [of(0), of(1), of(2)];
}
