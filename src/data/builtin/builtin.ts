/**
 * The built-in data set: 100 classes of shapes drawn from a fixed seed, so that the lab works without a download. It is
 * not CIFAR-100 and is never labelled as such. The shape determines the class. The background may be tinted by the
 * superclass. Position, size, rotation, ink, distractors, light and noise are random per image and carry no information.
 */
import { message } from '../../language/message';
import { RandomStream, STREAMS } from '../../experiment/random';
import { Drawing, noiseTable, type Colour, type Drawable } from './drawing';
import { distanceMap } from './geometry';
import { LEVELS, type Difficulty } from './levels';
import { FAMILIES } from './shapes';
import { CLASSES, TEST_PER_CLASS, TRAIN_PER_CLASS } from './size';
import { IMAGE_BYTES, IMAGE_PIXELS, type Dataset, type ImageSet } from '../dataset';
import { Sha256 } from '../sha256';

const SEED = 100;

/**
 * Draws the set: 100 training and 20 test images of each of 100 classes (about half a second). The same bytes on every
 * machine: the drawing uses only arithmetic that IEEE 754 fixes.
 */
export async function builtinDataset(difficulty: Difficulty): Promise<Dataset> {
  const drawing = new Drawing(LEVELS[difficulty], drawables(), noiseTable(SEED));
  const bytes = new Uint8Array((TRAIN_PER_CLASS + TEST_PER_CLASS) * CLASSES * (IMAGE_BYTES + 2));
  const train = drawSet(drawing, TRAIN_PER_CLASS, 1, bytes);
  const test = drawSet(
    drawing,
    TEST_PER_CLASS,
    1 + train.count,
    bytes.subarray(train.count * (IMAGE_BYTES + 2)),
  );
  return {
    id: 'builtin',
    label: message(`data.builtin.${difficulty}`),
    fineNames: FAMILIES.flatMap((family) => family.shapes.map((shape) => shape.name)),
    coarseNames: FAMILIES.map((family) => family.name),
    train,
    test,
    ...channelStatistics(train),
    digest: await sha256(bytes),
  };
}

const drawables = (): Drawable[] =>
  FAMILIES.flatMap(({ shapes, rotation }, coarse) =>
    shapes.map(({ figure }) => ({ map: distanceMap(figure), rotation, palette: paletteOf(coarse) })),
  );

/** The tint of a family's backgrounds, as fish are seen in water: a hint at the superclass, not at the class. */
function paletteOf(coarse: number): Colour {
  const levels = [20, 127, 235] as const;
  const code = coarse + 1;
  return [levels[code % 3]!, levels[Math.floor(code / 3) % 3]!, levels[Math.floor(code / 9) % 3]!];
}

/**
 * Fills `bytes` with images, classes and superclasses, in this order. `firstIndex` selects the random stream of the first
 * image. The classes alternate, so that the first n images are balanced for any n.
 */
function drawSet(drawing: Drawing, perClass: number, firstIndex: number, bytes: Uint8Array): ImageSet {
  const count = perClass * CLASSES;
  const set: ImageSet = {
    count,
    images: bytes.subarray(0, count * IMAGE_BYTES),
    fine: bytes.subarray(count * IMAGE_BYTES, count * (IMAGE_BYTES + 1)),
    coarse: bytes.subarray(count * (IMAGE_BYTES + 1), count * (IMAGE_BYTES + 2)),
  };
  const coarse = FAMILIES.flatMap(({ shapes }, at) => shapes.map(() => at));
  const clamped = new Uint8ClampedArray(bytes.buffer, bytes.byteOffset, count * IMAGE_BYTES);
  for (let i = 0; i < count; i++) {
    const label = i % CLASSES;
    set.fine[i] = label;
    set.coarse[i] = coarse[label]!;
    const random = new RandomStream(SEED, STREAMS.builtin, firstIndex + i);
    drawing.draw(label, random, clamped.subarray(i * IMAGE_BYTES, (i + 1) * IMAGE_BYTES));
  }
  return set;
}

/** Uses the platform's SHA-256 if there is one: it takes a tenth of the time of our own, which takes half of the drawing's. */
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // Missing outside secure contexts, although the types say otherwise.
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle) return new Sha256().update(bytes).hex();
  const hash = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Mean and standard deviation of each channel, of pixels in 0 … 1. The sums are of whole numbers and therefore exact. */
export function channelStatistics(set: ImageSet): Pick<Dataset, 'mean' | 'std'> {
  const mean: [number, number, number] = [0, 0, 0];
  const std: [number, number, number] = [0, 0, 0];
  const { count, images } = set;
  const pixels = IMAGE_PIXELS;
  const n = count * pixels;
  for (let c = 0; c < 3; c++) {
    const tally = new Float64Array(256);
    for (let i = 0; i < count; i++) {
      const from = (3 * i + c) * pixels;
      for (let p = from; p < from + pixels; p++) tally[images[p]!]!++;
    }
    const sum = tally.reduce((total, times, value) => total + times * value, 0);
    const squares = tally.reduce((total, times, value) => total + times * value * value, 0);
    mean[c] = sum / n / 255;
    std[c] = Math.sqrt(squares / n - (sum / n) * (sum / n)) / 255;
  }
  return { mean, std };
}
