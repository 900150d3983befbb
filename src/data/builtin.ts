/**
 * The built-in data set: 100 classes of shapes drawn from a fixed seed, so that the lab teaches something without a
 * download. It is not CIFAR-100 and is never labelled as such. The shape tells the class. Grounds lean a little to a
 * colour of their superclass; place, size, turn, ink, distractors, light and noise are drawn per image and tell nothing.
 */
import { RandomStream, STREAMS } from '../experiment/random';
import { CIRCLE_STEPS, COS, distanceMap, MAP_REACH, MAP_SIDE, SIN } from './builtin-geometry';
import { FAMILIES } from './builtin-shapes';
import { IMAGE_BYTES, IMAGE_PIXELS, IMAGE_SIDE, type Dataset, type ImageSet } from './dataset';
import { Sha256 } from './sha256';

const SEED = 100;
const CLASSES = 100;
const TRAIN_PER_CLASS = 50;
const TEST_PER_CLASS = 10;
/** Share of the turn that a family allows. */
const TURN = 0.3;
/** Share of the family's colour in a ground. */
const HINT = 0.3;

interface Drawable {
  /** See distanceMap. */
  map: Float32Array;
  coarse: number;
  rotation: number;
  /** Towards which its family's grounds lean. */
  palette: Colour;
}

// Constants of this module: development servers read imported ones through a getter, too slow for a loop over pixels.
const SIDE = IMAGE_SIDE;
const PIXELS = IMAGE_PIXELS;
const BYTES = IMAGE_BYTES;

/** Each image starts at another place of one table of noise. */
const NOISE_LENGTH = 16384;

type Colour = readonly [number, number, number];

/**
 * Draws the set: 50 training and 10 test images of each of 100 classes (about a second). The same bytes on every
 * machine: the drawing uses only arithmetic that IEEE 754 fixes.
 */
export function builtinDataset(): Dataset {
  const shapes = FAMILIES.flatMap(({ shapes: members, rotation }, coarse) =>
    members.map(({ figure }) => ({ map: distanceMap(figure), coarse, rotation, palette: paletteOf(coarse) })),
  );
  const noise = noiseTable();
  const train = drawSet(shapes, TRAIN_PER_CLASS, 1, noise);
  const test = drawSet(shapes, TEST_PER_CLASS, 1 + train.count, noise);
  const hash = new Sha256();
  for (const set of [train, test]) hash.update(set.images).update(set.fine).update(set.coarse);
  return {
    id: 'builtin',
    label: 'Built-in shapes, 5,000 training images (not CIFAR-100)',
    fineNames: FAMILIES.flatMap((family) => family.shapes.map((shape) => shape.name)),
    coarseNames: FAMILIES.map((family) => family.name),
    train,
    test,
    ...channelStatistics(train),
    digest: hash.hex(),
  };
}

/** Each family's grounds lean to a colour of its own, as the sea is behind fish: a hint at the superclass, not at the class. */
function paletteOf(coarse: number): Colour {
  const levels = [20, 127, 235] as const;
  const code = coarse + 1;
  return [levels[code % 3]!, levels[Math.floor(code / 3) % 3]!, levels[Math.floor(code / 9) % 3]!];
}

/** Noise in −1 … 1 (the sum of two uniform numbers), with a second beginning behind its end. */
function noiseTable(): Float64Array {
  const random = new RandomStream(SEED, STREAMS.builtin, 0);
  const noise = new Float64Array(NOISE_LENGTH + IMAGE_BYTES);
  for (let i = 0; i < NOISE_LENGTH; i++) noise[i] = random.uniform() + random.uniform() - 1;
  noise.copyWithin(NOISE_LENGTH, 0, IMAGE_BYTES);
  return noise;
}

/** `firstIndex` addresses the first image's random stream. Classes take turns, so that any beginning is balanced. */
function drawSet(
  shapes: readonly Drawable[],
  perClass: number,
  firstIndex: number,
  noise: Float64Array,
): ImageSet {
  const canvas = new Float64Array(IMAGE_BYTES);
  const count = perClass * CLASSES;
  const set: ImageSet = {
    count,
    images: new Uint8Array(count * IMAGE_BYTES),
    fine: new Uint8Array(count),
    coarse: new Uint8Array(count),
  };
  for (let i = 0; i < count; i++) {
    const shape = shapes[i % CLASSES]!;
    set.fine[i] = i % CLASSES;
    set.coarse[i] = shape.coarse;
    const random = new RandomStream(SEED, STREAMS.builtin, firstIndex + i);
    const out = new Uint8ClampedArray(set.images.buffer, i * IMAGE_BYTES, IMAGE_BYTES);
    drawImage(shape, random, noise, canvas, out);
  }
  return set;
}

const between = (random: RandomStream, low: number, high: number) => low + (high - low) * random.uniform();
const colour = (random: RandomStream): Colour => [
  between(random, 20, 235),
  between(random, 20, 235),
  between(random, 20, 235),
];
const luma = (c: Colour) => 0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2];

/** How much of a pixel a figure covers, from its signed distance in pixels. */
const coverage = (distance: number) => (distance <= -0.5 ? 1 : distance >= 0.5 ? 0 : 0.5 - distance);

/** A colour visibly lighter than the other: figures are light on dark, as a net learns faster. */
function lighter(random: RandomStream, other: Colour): Colour {
  for (;;) {
    const c = colour(random);
    if (luma(c) - luma(other) > 55) return c;
  }
}

/** Draws one image: a background, distractors, the figure, light and noise. canvas (reused) and out: IMAGE_BYTES. */
function drawImage(
  shape: Drawable,
  random: RandomStream,
  noise: Float64Array,
  canvas: Float64Array,
  out: Uint8ClampedArray,
): void {
  const radius = between(random, 7.5, 11);
  const room = Math.max(0, 15.5 - radius);
  const cx = 15.5 + between(random, -room, room);
  const cy = 15.5 + between(random, -room, room);
  const step =
    (Math.round(between(random, -TURN, TURN) * shape.rotation * CIRCLE_STEPS) + CIRCLE_STEPS) % CIRCLE_STEPS;
  const aspect = between(random, 0.88, 1.12);

  const ground = paintGround(canvas, random, shape.palette);
  const ink = lighter(random, ground);
  // The ink runs a little from one hue to another across the figure.
  const drift: Colour = [between(random, -25, 25), between(random, -25, 25), between(random, -25, 25)];
  for (let marks = random.below(3); marks > 0; marks--) paintMark(canvas, random);

  paintFigure(canvas, { map: shape.map, cx, cy, radius, step, aspect, ink, drift });

  const light = between(random, 0.75, 1.2);
  const offset = between(random, -15, 15);
  const grain = between(random, 4, 16);
  const start = random.below(NOISE_LENGTH);
  for (let i = 0; i < BYTES; i++) {
    out[i] = canvas[i]! * light + offset + grain * noise[start + i]!;
  }
}

interface Placed {
  map: Float32Array;
  cx: number;
  cy: number;
  /** Pixels. */
  radius: number;
  /** Rotation, in steps of the circle. */
  step: number;
  aspect: number;
  ink: Colour;
  drift: Colour;
}

function paintFigure(canvas: Float64Array, { map, cx, cy, radius, step, aspect, ink, drift }: Placed): void {
  const side = MAP_SIDE;
  const origin = MAP_REACH;
  const cos = COS[step]! / radius;
  const sin = SIN[step]! / radius;
  const cells = (side - 1) / (2 * origin);
  const reach = 1.3 * radius;
  for (let y = Math.max(0, Math.floor(cy - reach)); y <= Math.min(SIDE - 1, cy + reach); y++) {
    for (let x = Math.max(0, Math.floor(cx - reach)); x <= Math.min(SIDE - 1, cx + reach); x++) {
      const u = (cos * (x - cx) + sin * (y - cy)) * aspect;
      const v = (cos * (y - cy) - sin * (x - cx)) / aspect;
      if (u * u + v * v > 1.7) continue;
      const column = (u + origin) * cells;
      const row = (v + origin) * cells;
      const at = Math.floor(row) * side + Math.floor(column);
      const right = column - Math.floor(column);
      const down = row - Math.floor(row);
      const upper = map[at]! + right * (map[at + 1]! - map[at]!);
      const lower = map[at + side]! + right * (map[at + side + 1]! - map[at + side]!);
      const cover = coverage((upper + down * (lower - upper)) * radius);
      if (cover === 0) continue;
      for (let c = 0, p = y * SIDE + x; c < 3; c++, p += PIXELS) {
        canvas[p]! += cover * (ink[c]! + drift[c]! * v - canvas[p]!);
      }
    }
  }
}

/** Fills the canvas with a gradient between two near colours and, on some images, faint waves; returns its mean colour. */
function paintGround(canvas: Float64Array, random: RandomStream, palette: Colour): Colour {
  const drawn = colour(random);
  const [red, green, blue] = drawn.map((value, c) => 0.55 * (HINT * palette[c]! + (1 - HINT) * value)) as [
    number,
    number,
    number,
  ];
  const slope = [between(random, -30, 30), between(random, -30, 30), between(random, -30, 30)];
  const direction = random.below(CIRCLE_STEPS);
  const gx = COS[direction]! / 22;
  const gy = SIN[direction]! / 22;
  const pitch = between(random, 4, 12);
  const waves = random.below(3) === 0 ? between(random, 8, 22) : 0;
  const across = random.below(CIRCLE_STEPS);
  const wx = COS[across]! / pitch;
  const wy = SIN[across]! / pitch;
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const along = (x - 15.5) * gx + (y - 15.5) * gy;
      const phase = x * wx + y * wy;
      const wave = waves * (4 * Math.abs(phase - Math.floor(phase) - 0.5) - 1);
      const p = y * SIDE + x;
      canvas[p] = red + slope[0]! * along + wave;
      canvas[p + PIXELS] = green + slope[1]! * along + wave;
      canvas[p + 2 * PIXELS] = blue + slope[2]! * along + wave;
    }
  }
  return [red, green, blue];
}

/** Paints a distractor: a small dot or dash of any colour, anywhere; the figure covers it where they meet. */
function paintMark(canvas: Float64Array, random: RandomStream): void {
  const ink = colour(random);
  const x0 = between(random, 0, 31);
  const y0 = between(random, 0, 31);
  const reach = random.below(2) === 0 ? 0 : between(random, 1.5, 4);
  const half = between(random, 0.8, 1.6);
  const direction = random.below(CIRCLE_STEPS);
  const ex = COS[direction]!;
  const ey = SIN[direction]!;
  const extent = reach + half + 1;
  for (let y = Math.max(0, Math.floor(y0 - extent)); y <= Math.min(SIDE - 1, y0 + extent); y++) {
    for (let x = Math.max(0, Math.floor(x0 - extent)); x <= Math.min(SIDE - 1, x0 + extent); x++) {
      const along = Math.min(reach, Math.max(-reach, (x - x0) * ex + (y - y0) * ey));
      const dx = x - x0 - along * ex;
      const dy = y - y0 - along * ey;
      const cover = coverage(Math.sqrt(dx * dx + dy * dy) - half);
      if (cover === 0) continue;
      for (let c = 0, p = y * SIDE + x; c < 3; c++, p += PIXELS) canvas[p]! += cover * (ink[c]! - canvas[p]!);
    }
  }
}

/** Mean and standard deviation of each channel, of pixels in 0 … 1. Sums are of whole numbers, hence exact. */
export function channelStatistics(set: ImageSet): Pick<Dataset, 'mean' | 'std'> {
  const mean: [number, number, number] = [0, 0, 0];
  const std: [number, number, number] = [0, 0, 0];
  const { count, images } = set;
  const n = count * PIXELS;
  for (let c = 0; c < 3; c++) {
    const tally = new Float64Array(256);
    for (let i = 0; i < count; i++) {
      const from = (3 * i + c) * PIXELS;
      for (let p = from; p < from + PIXELS; p++) tally[images[p]!]!++;
    }
    const sum = tally.reduce((total, times, value) => total + times * value, 0);
    const squares = tally.reduce((total, times, value) => total + times * value * value, 0);
    mean[c] = sum / n / 255;
    std[c] = Math.sqrt(squares / n - (sum / n) * (sum / n)) / 255;
  }
  return { mean, std };
}
