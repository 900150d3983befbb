/**
 * Winograd's F(4x4, 3x3) with the points 0, ±1, ±2, ∞ (Lavin and Gray 2016): a convolution is
 * Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A over tiles of 4x4 outputs, with 36 products per tile in the place of 144. This file has
 * the transforms in one direction and those of whole tiles; their steps are bytes. A tile's 36 values go to 36 matrices,
 * one per frequency, `frequency` bytes apart (see ./layout).
 */
import { floats, multiplyAdd, subtractProduct } from './arithmetic';

/** Bᵀ of six vectors, at six addresses: the input's transform in one direction. */
// @ts-ignore: decorator
@inline
function transformInput(p0: usize, p1: usize, p2: usize, p3: usize, p4: usize, p5: usize, to: usize, toStep: usize): void {
  const x0 = v128.load(p0);
  const x1 = v128.load(p1);
  const x2 = v128.load(p2);
  const x3 = v128.load(p3);
  const x4 = v128.load(p4);
  const x5 = v128.load(p5);
  const two = f32x4.splat(2);
  const four = f32x4.splat(4);
  const five = f32x4.splat(5);
  v128.store(to, multiplyAdd(x0, four, subtractProduct(x2, five, x4)));
  const even = subtractProduct(x2, four, x4);
  const odd = subtractProduct(x1, four, x3);
  v128.store(to + toStep, f32x4.add(even, odd));
  v128.store(to + 2 * toStep, f32x4.sub(even, odd));
  const outer = f32x4.sub(x4, x2);
  const inner = f32x4.sub(x3, x1);
  v128.store(to + 3 * toStep, multiplyAdd(inner, two, outer));
  v128.store(to + 4 * toStep, subtractProduct(inner, two, outer));
  v128.store(to + 5 * toStep, multiplyAdd(x1, four, subtractProduct(x3, five, x5)));
}

/** Aᵀ of six vectors: the output's transform in one direction, four vectors. */
// @ts-ignore: decorator
@inline
function transformOutput(from: usize, step: usize, to: usize, toStep: usize): void {
  const m0 = v128.load(from);
  const m1 = v128.load(from + step);
  const m2 = v128.load(from + 2 * step);
  const m3 = v128.load(from + 3 * step);
  const m4 = v128.load(from + 4 * step);
  const m5 = v128.load(from + 5 * step);
  const sum1 = f32x4.add(m1, m2);
  const difference1 = f32x4.sub(m1, m2);
  const sum2 = f32x4.add(m3, m4);
  const difference2 = f32x4.sub(m3, m4);
  v128.store(to, f32x4.add(f32x4.add(m0, sum1), sum2));
  v128.store(to + toStep, multiplyAdd(difference2, f32x4.splat(2), difference1));
  v128.store(to + 2 * toStep, multiplyAdd(sum2, f32x4.splat(4), sum1));
  v128.store(to + 3 * toStep, f32x4.add(multiplyAdd(difference2, f32x4.splat(8), difference1), m5));
}

/** A of four vectors: the output gradient's transform in one direction, six vectors. */
// @ts-ignore: decorator
@inline
function transformGradient(from: usize, step: usize, to: usize, toStep: usize): void {
  const y0 = v128.load(from);
  const y1 = v128.load(from + step);
  const y2 = v128.load(from + 2 * step);
  const y3 = v128.load(from + 3 * step);
  const four = f32x4.splat(4);
  const even = f32x4.add(y0, y2);
  const odd = f32x4.add(y1, y3);
  const even2 = multiplyAdd(y2, four, y0);
  const odd2 = f32x4.mul(multiplyAdd(y3, four, y1), f32x4.splat(2));
  v128.store(to, y0);
  v128.store(to + toStep, f32x4.add(even, odd));
  v128.store(to + 2 * toStep, f32x4.sub(even, odd));
  v128.store(to + 3 * toStep, f32x4.add(even2, odd2));
  v128.store(to + 4 * toStep, f32x4.sub(even2, odd2));
  v128.store(to + 5 * toStep, y3);
}

/** G of three vectors: the kernel's transform in one direction, six vectors. */
// @ts-ignore: decorator
@inline
export function transformTaps(g0: v128, g1: v128, g2: v128, to: usize, toStep: usize): void {
  const sixth = f32x4.splat(<f32>(1.0 / 6.0));
  const sum = f32x4.mul(f32x4.add(g0, g2), f32x4.splat(<f32>(-1.0 / 6.0)));
  const middle = f32x4.mul(g1, sixth);
  v128.store(to, f32x4.mul(g0, f32x4.splat(0.25)));
  v128.store(to + toStep, f32x4.sub(sum, middle));
  v128.store(to + 2 * toStep, f32x4.add(sum, middle));
  const outer = multiplyAdd(g0, f32x4.splat(<f32>(1.0 / 24.0)), f32x4.mul(g2, sixth));
  const half = f32x4.mul(g1, f32x4.splat(<f32>(1.0 / 12.0)));
  v128.store(to + 3 * toStep, f32x4.add(outer, half));
  v128.store(to + 4 * toStep, f32x4.sub(outer, half));
  v128.store(to + 5 * toStep, g2);
}

/** Gᵀ of six vectors: the kernel gradient's transform in one direction, three vectors. */
// @ts-ignore: decorator
@inline
export function transformTapGradients(from: usize, step: usize, to: usize, toStep: usize): void {
  const u0 = v128.load(from);
  const u1 = v128.load(from + step);
  const u2 = v128.load(from + 2 * step);
  const u3 = v128.load(from + 3 * step);
  const u4 = v128.load(from + 4 * step);
  const u5 = v128.load(from + 5 * step);
  const sixth = f32x4.splat(<f32>(1.0 / 6.0));
  const sum1 = f32x4.add(u1, u2);
  const difference1 = f32x4.sub(u2, u1);
  const sum2 = f32x4.add(u3, u4);
  const difference2 = f32x4.sub(u3, u4);
  v128.store(
    to,
    multiplyAdd(sum2, f32x4.splat(<f32>(1.0 / 24.0)), subtractProduct(sum1, sixth, f32x4.mul(u0, f32x4.splat(0.25)))),
  );
  v128.store(to + toStep, multiplyAdd(difference2, f32x4.splat(<f32>(1.0 / 12.0)), f32x4.mul(difference1, sixth)));
  v128.store(to + 2 * toStep, f32x4.add(f32x4.mul(f32x4.sub(sum2, sum1), sixth), u5));
}

/** One column of a tile, all six rows of it. */
// @ts-ignore: decorator
@inline
function inputColumn(r0: usize, r1: usize, r2: usize, r3: usize, r4: usize, r5: usize, offset: usize, to: usize): void {
  transformInput(r0 + offset, r1 + offset, r2 + offset, r3 + offset, r4 + offset, r5 + offset, to, 96);
}

/** One row of a tile whose columns are transformed. */
// @ts-ignore: decorator
@inline
function inputRow(from: usize, to: usize, frequency: usize): void {
  transformInput(from, from + 16, from + 32, from + 48, from + 64, from + 80, to, frequency);
}

/** V of one tile: 36 matrices' rows of `channels` floats, `frequency` bytes apart. */
// @ts-ignore: decorator
@inline
export function inputTile(from: usize, rowStep: usize, channels: i32, scratch: usize, to: usize, frequency: usize): void {
  const bytes = floats(channels);
  let r0 = from;
  let r1 = r0 + rowStep;
  let r2 = r1 + rowStep;
  let r3 = r2 + rowStep;
  let r4 = r3 + rowStep;
  let r5 = r4 + rowStep;
  const end = to + bytes;
  while (to < end) {
    inputColumn(r0, r1, r2, r3, r4, r5, 0, scratch);
    inputColumn(r0, r1, r2, r3, r4, r5, bytes, scratch + 16);
    inputColumn(r0, r1, r2, r3, r4, r5, 2 * bytes, scratch + 32);
    inputColumn(r0, r1, r2, r3, r4, r5, 3 * bytes, scratch + 48);
    inputColumn(r0, r1, r2, r3, r4, r5, 4 * bytes, scratch + 64);
    inputColumn(r0, r1, r2, r3, r4, r5, 5 * bytes, scratch + 80);
    inputRow(scratch, to, frequency);
    inputRow(scratch + 96, to + 6 * frequency, frequency);
    inputRow(scratch + 192, to + 12 * frequency, frequency);
    inputRow(scratch + 288, to + 18 * frequency, frequency);
    inputRow(scratch + 384, to + 24 * frequency, frequency);
    inputRow(scratch + 480, to + 30 * frequency, frequency);
    r0 += 16;
    r1 += 16;
    r2 += 16;
    r3 += 16;
    r4 += 16;
    r5 += 16;
    to += 16;
  }
}

/** D of one tile of the output's gradient. */
// @ts-ignore: decorator
@inline
export function gradientTile(from: usize, rowStep: usize, channels: i32, scratch: usize, to: usize, frequency: usize): void {
  const bytes = floats(channels);
  const end = to + bytes;
  while (to < end) {
    transformGradient(from, rowStep, scratch, 64);
    transformGradient(from + bytes, rowStep, scratch + 16, 64);
    transformGradient(from + 2 * bytes, rowStep, scratch + 32, 64);
    transformGradient(from + 3 * bytes, rowStep, scratch + 48, 64);
    transformGradient(scratch, 16, to, frequency);
    transformGradient(scratch + 64, 16, to + 6 * frequency, frequency);
    transformGradient(scratch + 128, 16, to + 12 * frequency, frequency);
    transformGradient(scratch + 192, 16, to + 18 * frequency, frequency);
    transformGradient(scratch + 256, 16, to + 24 * frequency, frequency);
    transformGradient(scratch + 320, 16, to + 30 * frequency, frequency);
    from += 16;
    to += 16;
  }
}

/** Copies the part of a tile that lies in the bordered image, zeros around it. */
export function copyTile(from: usize, rowStep: usize, rows: i32, columns: i32, side: i32, channels: i32, to: usize): void {
  const bytes = floats(channels);
  memory.fill(to, 0, <usize>(side * side) * bytes);
  for (let i = 0; i < rows; i++) memory.copy(to + <usize>(i * side) * bytes, from + <usize>i * rowStep, <usize>columns * bytes);
}

/** One column of a tile's products, transformed. */
// @ts-ignore: decorator
@inline
function outputColumn(from: usize, frequency: usize, to: usize): void {
  transformOutput(from, 6 * frequency, to, 96);
}

/** One row of outputs, stored or added. */
// @ts-ignore: decorator
@inline
function outputRow(from: usize, scratch: usize, to: usize, bytes: usize, add: bool): void {
  if (add) {
    transformOutput(from, 16, scratch, 16);
    v128.store(to, f32x4.add(v128.load(to), v128.load(scratch)));
    v128.store(to + bytes, f32x4.add(v128.load(to + bytes), v128.load(scratch, 16)));
    v128.store(to + 2 * bytes, f32x4.add(v128.load(to + 2 * bytes), v128.load(scratch, 32)));
    v128.store(to + 3 * bytes, f32x4.add(v128.load(to + 3 * bytes), v128.load(scratch, 48)));
  } else transformOutput(from, 16, to, bytes);
}

/** Writes 4x4 outputs of one tile. */
// @ts-ignore: decorator
@inline
export function outputTile(from: usize, frequency: usize, channels: i32, scratch: usize, to: usize, rowStep: usize, add: bool): void {
  const bytes = floats(channels);
  const end = to + bytes;
  while (to < end) {
    outputColumn(from, frequency, scratch);
    outputColumn(from + frequency, frequency, scratch + 16);
    outputColumn(from + 2 * frequency, frequency, scratch + 32);
    outputColumn(from + 3 * frequency, frequency, scratch + 48);
    outputColumn(from + 4 * frequency, frequency, scratch + 64);
    outputColumn(from + 5 * frequency, frequency, scratch + 80);
    outputRow(scratch, scratch + 640, to, bytes, add);
    outputRow(scratch + 96, scratch + 640, to + rowStep, bytes, add);
    outputRow(scratch + 192, scratch + 640, to + 2 * rowStep, bytes, add);
    outputRow(scratch + 288, scratch + 640, to + 3 * rowStep, bytes, add);
    from += 16;
    to += 16;
  }
}

/** Copies, or with `add` adds, rows of pixels. */
export function addRows(from: usize, fromRow: usize, to: usize, toRow: usize, rows: i32, columns: i32, channels: i32, add: bool): void {
  const bytes = floats(columns * channels);
  for (let i = 0; i < rows; i++) {
    const source = from + <usize>i * fromRow;
    const target = to + <usize>i * toRow;
    for (let c: usize = 0; c < bytes; c += 16) {
      const value = v128.load(source + c);
      v128.store(target + c, add ? f32x4.add(v128.load(target + c), value) : value);
    }
  }
}
