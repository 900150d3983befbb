/**
 * Draws one image of the built-in data set: background, distractors, the figure, occluding dashes, light and noise. Every
 * choice comes from the random stream of the image. Only arithmetic that IEEE 754 defines exactly is used.
 */
import { RandomStream, STREAMS } from '../../experiment/random';
import { CIRCLE_STEPS, COS, MAP_RADIUS_SQUARE, MAP_REACH, MAP_SIDE, SIN } from './geometry';
import type { Level, Range } from './levels';
import { IMAGE_BYTES, IMAGE_PIXELS, IMAGE_SIDE } from '../dataset';

export type Colour = readonly [number, number, number];

export interface Drawable {
  /** See distanceMap. */
  map: Float32Array;
  /** Largest rotation either way, in turns. */
  rotation: number;
  /** Tint of its family's backgrounds. */
  palette: Colour;
}

// Constants of this module: development servers read imported ones through a getter, too slow for a loop over pixels.
const SIDE = IMAGE_SIDE;
const PIXELS = IMAGE_PIXELS;
const BYTES = IMAGE_BYTES;
const MIDDLE = (SIDE - 1) / 2;

/** Length of the table of noise. Each image starts at another place in it. */
const NOISE_LENGTH = 16384;

/** Noise in −1 … 1 (the sum of two uniform numbers), with its beginning repeated at the end. */
export function noiseTable(seed: number): Float64Array {
  const random = new RandomStream(seed, STREAMS.builtin, 0);
  const noise = new Float64Array(NOISE_LENGTH + BYTES);
  for (let i = 0; i < NOISE_LENGTH; i++) noise[i] = random.uniform() + random.uniform() - 1;
  noise.copyWithin(NOISE_LENGTH, 0, BYTES);
  return noise;
}

const between = (random: RandomStream, low: number, high: number) => low + (high - low) * random.uniform();
const within = (random: RandomStream, [low, high]: Range) => between(random, low, high);
const colour = (random: RandomStream): Colour => [
  between(random, 20, 235),
  between(random, 20, 235),
  between(random, 20, 235),
];
const luma = (c: Colour) => 0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2];

/** How much of a pixel a figure covers, from its signed distance in pixels. */
const coverage = (distance: number) => (distance <= -0.5 ? 1 : distance >= 0.5 ? 0 : 0.5 - distance);

/** A colour lighter than the other by `contrast`. Figures are light on dark, because networks learn them faster. */
function lighter(random: RandomStream, other: Colour, contrast: number): Colour {
  for (;;) {
    const c = colour(random);
    if (luma(c) - luma(other) > contrast) return c;
  }
}

/** Draws images of one level on a canvas of its own. */
export class Drawing {
  private readonly canvas = new Float64Array(BYTES);

  constructor(
    private readonly level: Level,
    /** Of all classes: the small figures in corners are drawn from them. */
    private readonly shapes: readonly Drawable[],
    /** See noiseTable. */
    private readonly noise: Float64Array,
  ) {}

  /** Draws an image of class `label` into `out` (IMAGE_BYTES). */
  draw(label: number, random: RandomStream, out: Uint8ClampedArray): void {
    const { level, canvas, shapes, noise } = this;
    const shape = shapes[label]!;
    const radius = within(random, level.radius);
    const room = level.wander * Math.max(0, MIDDLE - radius);
    const cx = MIDDLE + between(random, -room, room);
    const cy = MIDDLE + between(random, -room, room);

    const ground = paintGround(canvas, random, shape.palette, level);
    const ink = lighter(random, ground, level.contrast);
    // The hue of the ink changes a little across the figure.
    const drift: Colour = [between(random, -25, 25), between(random, -25, 25), between(random, -25, 25)];
    for (let marks = random.below(level.marks + 1); marks > 0; marks--) {
      const reach = random.below(2) === 0 ? 0 : between(random, 1.5, 4);
      paintDash(canvas, random, between(random, 0, SIDE - 1), between(random, 0, SIDE - 1), reach);
    }
    if (random.uniform() < level.companions) {
      // In the corner that is farthest from the figure. The figure covers it where they overlap.
      const corner = (c: number) => (c < MIDDLE ? SIDE - 1 - between(random, 2, 6) : between(random, 2, 6));
      const other = shapes[random.below(shapes.length)]!;
      const companionInk = lighter(random, ground, level.contrast);
      this.place(other, random, corner(cx), corner(cy), between(random, 3, 4.5), companionInk, drift);
    }
    this.place(shape, random, cx, cy, radius, ink, drift);
    for (let covers = random.below(level.covers + 1); covers > 0; covers--) {
      const x = cx + between(random, -0.6, 0.6) * radius;
      const y = cy + between(random, -0.6, 0.6) * radius;
      paintDash(canvas, random, x, y, between(random, 4, 8));
    }

    const light = within(random, level.light);
    const offset = between(random, -15, 15);
    const grain = within(random, level.grain);
    const start = random.below(NOISE_LENGTH);
    for (let i = 0; i < BYTES; i++) out[i] = canvas[i]! * light + offset + grain * noise[start + i]!;
  }

  private place(
    { map, rotation }: Drawable,
    random: RandomStream,
    cx: number,
    cy: number,
    radius: number,
    ink: Colour,
    drift: Colour,
  ): void {
    const { turn, stretch } = this.level;
    const turned = Math.round(between(random, -turn, turn) * rotation * CIRCLE_STEPS);
    const step = (turned + CIRCLE_STEPS) % CIRCLE_STEPS;
    const aspect = between(random, 1 - stretch, 1 + stretch);
    paintFigure(this.canvas, { map, cx, cy, radius, step, aspect, ink, drift });
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
  const limit = MAP_RADIUS_SQUARE;
  const cos = COS[step]! / radius;
  const sin = SIN[step]! / radius;
  const cells = (side - 1) / (2 * origin);
  const reach = 1.3 * radius;
  for (let y = Math.max(0, Math.floor(cy - reach)); y <= Math.min(SIDE - 1, cy + reach); y++) {
    for (let x = Math.max(0, Math.floor(cx - reach)); x <= Math.min(SIDE - 1, cx + reach); x++) {
      const u = (cos * (x - cx) + sin * (y - cy)) * aspect;
      const v = (cos * (y - cy) - sin * (x - cx)) / aspect;
      if (u * u + v * v > limit) continue;
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

/** Fills the canvas with a gradient between two similar colours and, on some images, faint waves. Returns its mean colour. */
function paintGround(canvas: Float64Array, random: RandomStream, palette: Colour, level: Level): Colour {
  const { hint, shade } = level;
  const drawn = colour(random);
  const lean = (c: 0 | 1 | 2) => shade * (hint * palette[c] + (1 - hint) * drawn[c]);
  const mean: Colour = [lean(0), lean(1), lean(2)];
  const slope = [between(random, -30, 30), between(random, -30, 30), between(random, -30, 30)];
  const direction = random.below(CIRCLE_STEPS);
  const pitch = between(random, 4, 12);
  const waves = random.uniform() < level.waves ? between(random, 8, 22) : 0;
  const across = random.below(CIRCLE_STEPS);
  const wx = COS[across]! / pitch;
  const wy = SIN[across]! / pitch;
  for (let c = 0; c < 3; c++) {
    const gx = (slope[c]! * COS[direction]!) / 22;
    const gy = (slope[c]! * SIN[direction]!) / 22;
    for (let y = 0, p = c * PIXELS; y < SIDE; y++) {
      const row = mean[c]! + gy * (y - MIDDLE) - gx * MIDDLE;
      for (let x = 0; x < SIDE; x++, p++) canvas[p] = row + gx * x;
    }
  }
  if (waves === 0) return mean;
  for (let y = 0, p = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++, p++) {
      const phase = x * wx + y * wy;
      const wave = waves * (4 * Math.abs(phase - Math.floor(phase) - 0.5) - 1);
      canvas[p]! += wave;
      canvas[p + PIXELS]! += wave;
      canvas[p + 2 * PIXELS]! += wave;
    }
  }
  return mean;
}

/** Paints a dash of a random colour and direction around (x0, y0), `reach` pixels in both directions; 0 gives a dot. */
function paintDash(canvas: Float64Array, random: RandomStream, x0: number, y0: number, reach: number): void {
  const ink = colour(random);
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
