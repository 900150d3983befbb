/**
 * 3x3 convolution at stride 1 by Winograd's F(4x4, 3x3): Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A over tiles of 4x4 outputs with the
 * points 0, ±1, ±2, ∞ (Lavin and Gray 2016). 36 products a tile stand for 144. The input's gradient is the same
 * convolution with the kernel turned and transposed; the kernel's gradient is Gᵀ[Σ (Bᵀ d B)ᵀ (A dy Aᵀ)]G.
 *
 * Images are [n, size + 2, size + 2, channels] with a border of zeros; input channels are a multiple of 4, output
 * channels of 8. Each of the 36 frequencies is a matrix whose stride carries FREQUENCY_PAD floats more than it needs:
 * with strides of a power of two the caches lose half their speed.
 */
import { floats, multiplyAdd, pixel, subtractProduct } from './arithmetic';

const FREQUENCY_PAD: i32 = 16;
/** Bytes at the start of the scratch for one tile of 36 vectors. */
const TILE_SCRATCH: usize = 1024;

/** Tiles worked on at once: enough to use the transformed kernel well, few enough to stay in the first cache. */
// @ts-ignore: decorator
@inline
function tilesAtOnce(channels: i32): i32 {
  return channels <= 32 ? 32 : 16;
}

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
function transformTaps(g0: v128, g1: v128, g2: v128, to: usize, toStep: usize): void {
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
function transformTapGradients(from: usize, step: usize, to: usize, toStep: usize): void {
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

/**
 * U = G g Gᵀ of a kernel [9][cin][cout], as [36][cout/8][cin][8]: output panels [firstPanel, lastPanel).
 */
export function winogradKernel(scratch: usize, w: usize, u: usize, cin: i32, cout: i32, firstPanel: i32, lastPanel: i32): void {
  const tap = floats(cin * cout);
  const frequency = floats(cin * cout + FREQUENCY_PAD);
  for (let panel = firstPanel; panel < lastPanel; panel++) {
    for (let ci = 0; ci < cin; ci++) {
      for (let half = 0; half < 8; half += 4) {
        const from = w + floats(ci * cout + panel * 8 + half);
        for (let j = 0; j < 3; j++) {
          const column = from + <usize>j * tap;
          transformTaps(
            v128.load(column), v128.load(column + 3 * tap), v128.load(column + 6 * tap),
            scratch + (<usize>j << 4), 48,
          );
        }
        const to = u + floats((panel * cin + ci) * 8 + half);
        for (let i = 0; i < 6; i++) {
          const row = scratch + <usize>(i * 48);
          transformTaps(v128.load(row), v128.load(row, 16), v128.load(row, 32), to + <usize>(i * 6) * frequency, frequency);
        }
      }
    }
  }
}

/**
 * As winogradKernel, of the kernel turned by 180° with inputs and outputs exchanged, which convolves a gradient back:
 * [36][cin/8][cout][8], panels of cin. Four values at a time are gathered across the output channels.
 */
export function winogradTurnedKernel(scratch: usize, w: usize, u: usize, cin: i32, cout: i32, firstPanel: i32, lastPanel: i32): void {
  const tap = floats(cin * cout);
  const row = floats(cout);
  const frequency = floats(cin * cout + FREQUENCY_PAD);
  const gathered = scratch + TILE_SCRATCH;
  for (let panel = firstPanel; panel < lastPanel; panel++) {
    for (let co = 0; co < cout; co++) {
      for (let half = 0; half < 8; half += 4) {
        const from = w + floats((panel * 8 + half) * cout + co);
        for (let k = 0; k < 9; k++) {
          const source = from + <usize>(8 - k) * tap;
          let v = v128.load32_splat(source);
          v = v128.load_lane<f32>(source + row, v, 1);
          v = v128.load_lane<f32>(source + 2 * row, v, 2);
          v = v128.load_lane<f32>(source + 3 * row, v, 3);
          v128.store(gathered + (<usize>k << 4), v);
        }
        for (let j = 0; j < 3; j++) {
          const column = gathered + (<usize>j << 4);
          transformTaps(
            v128.load(column), v128.load(column, 48), v128.load(column, 96),
            scratch + (<usize>j << 4), 48,
          );
        }
        const to = u + floats((panel * cout + co) * 8 + half);
        for (let i = 0; i < 6; i++) {
          const at = scratch + <usize>(i * 48);
          transformTaps(v128.load(at), v128.load(at, 16), v128.load(at, 32), to + <usize>(i * 6) * frequency, frequency);
        }
      }
    }
  }
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
function inputTile(from: usize, rowStep: usize, channels: i32, scratch: usize, to: usize, frequency: usize): void {
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
function gradientTile(from: usize, rowStep: usize, channels: i32, scratch: usize, to: usize, frequency: usize): void {
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
function copyTile(from: usize, rowStep: usize, rows: i32, columns: i32, side: i32, channels: i32, to: usize): void {
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
function outputTile(from: usize, frequency: usize, channels: i32, scratch: usize, to: usize, rowStep: usize, add: bool): void {
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

/** M[f] = V[f]·U[f]: for each frequency [tiles, cin]·[cin, cout], four tiles by eight channels at a time. */
// @ts-ignore: decorator
@inline
function products(v: usize, u: usize, m: usize, tiles: i32, vFrequency: usize, mFrequency: usize, cin: i32, cout: i32): void {
  const vRow = floats(cin);
  const mRow = floats(cout);
  const uFrequency = floats(cin * cout + FREQUENCY_PAD);
  const panels = cout >> 3;
  for (let f: usize = 0; f < 36; f++) {
    for (let panel = 0; panel < panels; panel++) {
      const uPanel = u + f * uFrequency + floats(panel * cin * 8);
      for (let t = 0; t < tiles; t += 4) {
        let c00 = f32x4.splat(0);
        let c01 = c00;
        let c10 = c00;
        let c11 = c00;
        let c20 = c00;
        let c21 = c00;
        let c30 = c00;
        let c31 = c00;
        let a = v + f * vFrequency + <usize>t * vRow;
        let b = uPanel;
        const end = a + vRow;
        while (a < end) {
          const b0 = v128.load(b);
          const b1 = v128.load(b, 16);
          let s = v128.load32_splat(a);
          c00 = multiplyAdd(s, b0, c00);
          c01 = multiplyAdd(s, b1, c01);
          s = v128.load32_splat(a + vRow);
          c10 = multiplyAdd(s, b0, c10);
          c11 = multiplyAdd(s, b1, c11);
          s = v128.load32_splat(a + 2 * vRow);
          c20 = multiplyAdd(s, b0, c20);
          c21 = multiplyAdd(s, b1, c21);
          s = v128.load32_splat(a + 3 * vRow);
          c30 = multiplyAdd(s, b0, c30);
          c31 = multiplyAdd(s, b1, c31);
          a += 4;
          b += 32;
        }
        const o = m + f * mFrequency + <usize>t * mRow + floats(panel * 8);
        v128.store(o, c00);
        v128.store(o, c01, 16);
        v128.store(o + mRow, c10);
        v128.store(o + mRow, c11, 16);
        v128.store(o + 2 * mRow, c20);
        v128.store(o + 2 * mRow, c21, 16);
        v128.store(o + 3 * mRow, c30);
        v128.store(o + 3 * mRow, c31, 16);
      }
    }
  }
}

/** y = x ∗ kernel, or y += with `add`: x [n, size, size, cin], y [n, size, size, cout], images [first, last). */
export function winogradConvolution(
  first: i32, last: i32, chunk: i32, scratch: usize,
  x: usize, u: usize, y: usize, size: i32, cin: i32, cout: i32, add: bool,
): void {
  const width = cin == cout ? cin : 0;
  if (width == 8) convolve8(first, last, scratch, x, u, y, size, add);
  else if (width == 16) convolve16(first, last, scratch, x, u, y, size, add);
  else if (width == 32) convolve32(first, last, scratch, x, u, y, size, add);
  else if (width == 64) convolve64(first, last, scratch, x, u, y, size, add);
  else convolve(first, last, scratch, x, u, y, size, cin, cout, add);
}

/*
 * The widths of the common networks as constants, which spares the loops their address arithmetic. Functions of their own,
 * and exported so that the compiler leaves them apart: engines allocate registers badly in very large functions.
 */

export function convolve8(first: i32, last: i32, scratch: usize, x: usize, u: usize, y: usize, size: i32, add: bool): void {
  convolve(first, last, scratch, x, u, y, size, 8, 8, add);
}

export function convolve16(first: i32, last: i32, scratch: usize, x: usize, u: usize, y: usize, size: i32, add: bool): void {
  convolve(first, last, scratch, x, u, y, size, 16, 16, add);
}

export function convolve32(first: i32, last: i32, scratch: usize, x: usize, u: usize, y: usize, size: i32, add: bool): void {
  convolve(first, last, scratch, x, u, y, size, 32, 32, add);
}

export function convolve64(first: i32, last: i32, scratch: usize, x: usize, u: usize, y: usize, size: i32, add: bool): void {
  convolve(first, last, scratch, x, u, y, size, 64, 64, add);
}

/** winogradConvolution of widths that may be constants. */
// @ts-ignore: decorator
@inline
function convolve(
  first: i32, last: i32, scratch: usize,
  x: usize, u: usize, y: usize, size: i32, cin: i32, cout: i32, add: bool,
): void {
  const side = (size + 3) >> 2;
  const tilesPerImage = side * side;
  const most = tilesAtOnce(cin);
  const vFrequency = floats(most * cin + FREQUENCY_PAD);
  const mFrequency = floats(most * cout + FREQUENCY_PAD);
  const v = scratch + TILE_SCRATCH;
  const m = v + 36 * vFrequency;
  const edge = m + 36 * mFrequency;
  const xRow = floats((size + 2) * cin);
  const yRow = floats((size + 2) * cout);
  const end = last * tilesPerImage;
  for (let start = first * tilesPerImage; start < end; start += most) {
    const tiles = min(most, end - start);
    for (let t = 0; t < tiles; t++) {
      const image = (start + t) / tilesPerImage;
      const within = (start + t) % tilesPerImage;
      const row = (within / side) << 2;
      const column = (within % side) << 2;
      const from = pixel(x, image, row - 1, column - 1, size, cin);
      const to = v + floats(t * cin);
      if (row + 4 <= size && column + 4 <= size) inputTile(from, xRow, cin, scratch, to, vFrequency);
      else {
        copyTile(from, xRow, min(6, size + 2 - row), min(6, size + 2 - column), 6, cin, edge);
        inputTile(edge, floats(6 * cin), cin, scratch, to, vFrequency);
      }
    }
    products(v, u, m, tiles, vFrequency, mFrequency, cin, cout);
    for (let t = 0; t < tiles; t++) {
      const image = (start + t) / tilesPerImage;
      const within = (start + t) % tilesPerImage;
      const row = (within / side) << 2;
      const column = (within % side) << 2;
      const from = m + floats(t * cout);
      const to = pixel(y, image, row, column, size, cout);
      if (row + 4 <= size && column + 4 <= size) outputTile(from, mFrequency, cout, scratch, to, yRow, add);
      else {
        outputTile(from, mFrequency, cout, scratch, edge, floats(4 * cout), false);
        addRows(edge, floats(4 * cout), to, yRow, min(4, size - row), min(4, size - column), cout, add);
      }
    }
  }
}

/** Copies, or with `add` adds, rows of pixels. */
function addRows(from: usize, fromRow: usize, to: usize, toRow: usize, rows: i32, columns: i32, channels: i32, add: bool): void {
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

/** The kernel's gradient [9][cin][cout] over images [first, last), stored as part `chunk` of `dw`. */
export function winogradKernelGradient(
  first: i32, last: i32, chunk: i32, scratch: usize,
  x: usize, dy: usize, dw: usize, size: i32, cin: i32, cout: i32,
): void {
  const width = cin == cout ? cin : 0;
  if (width == 8) kernelGradient8(first, last, chunk, scratch, x, dy, dw, size);
  else if (width == 16) kernelGradient16(first, last, chunk, scratch, x, dy, dw, size);
  else if (width == 32) kernelGradient32(first, last, chunk, scratch, x, dy, dw, size);
  else if (width == 64) kernelGradient64(first, last, chunk, scratch, x, dy, dw, size);
  else kernelGradient(first, last, chunk, scratch, x, dy, dw, size, cin, cout);
}

export function kernelGradient8(first: i32, last: i32, chunk: i32, scratch: usize, x: usize, dy: usize, dw: usize, size: i32): void {
  kernelGradient(first, last, chunk, scratch, x, dy, dw, size, 8, 8);
}

export function kernelGradient16(first: i32, last: i32, chunk: i32, scratch: usize, x: usize, dy: usize, dw: usize, size: i32): void {
  kernelGradient(first, last, chunk, scratch, x, dy, dw, size, 16, 16);
}

export function kernelGradient32(first: i32, last: i32, chunk: i32, scratch: usize, x: usize, dy: usize, dw: usize, size: i32): void {
  kernelGradient(first, last, chunk, scratch, x, dy, dw, size, 32, 32);
}

export function kernelGradient64(first: i32, last: i32, chunk: i32, scratch: usize, x: usize, dy: usize, dw: usize, size: i32): void {
  kernelGradient(first, last, chunk, scratch, x, dy, dw, size, 64, 64);
}

/** winogradKernelGradient of widths that may be constants. */
// @ts-ignore: decorator
@inline
function kernelGradient(
  first: i32, last: i32, chunk: i32, scratch: usize,
  x: usize, dy: usize, dw: usize, size: i32, cin: i32, cout: i32,
): void {
  const side = (size + 3) >> 2;
  const tilesPerImage = side * side;
  const most = tilesAtOnce(cin);
  const vFrequency = floats(most * cin + FREQUENCY_PAD);
  const dFrequency = floats(most * cout + FREQUENCY_PAD);
  const uFrequency = floats(cin * cout + FREQUENCY_PAD);
  const v = scratch + TILE_SCRATCH;
  const d = v + 36 * vFrequency;
  const u = d + 36 * dFrequency;
  const edge = u + 36 * uFrequency;
  const xRow = floats((size + 2) * cin);
  const yRow = floats((size + 2) * cout);
  const vRow = floats(cin);
  const dRow = floats(cout);
  const end = last * tilesPerImage;
  let before = false;
  for (let start = first * tilesPerImage; start < end; start += most) {
    const tiles = min(most, end - start);
    for (let t = 0; t < tiles; t++) {
      const image = (start + t) / tilesPerImage;
      const within = (start + t) % tilesPerImage;
      const row = (within / side) << 2;
      const column = (within % side) << 2;
      const xFrom = pixel(x, image, row - 1, column - 1, size, cin);
      const dFrom = pixel(dy, image, row, column, size, cout);
      const xTo = v + floats(t * cin);
      const dTo = d + floats(t * cout);
      if (row + 4 <= size && column + 4 <= size) {
        inputTile(xFrom, xRow, cin, scratch, xTo, vFrequency);
        gradientTile(dFrom, yRow, cout, scratch, dTo, dFrequency);
      } else {
        copyTile(xFrom, xRow, min(6, size + 2 - row), min(6, size + 2 - column), 6, cin, edge);
        inputTile(edge, floats(6 * cin), cin, scratch, xTo, vFrequency);
        copyTile(dFrom, yRow, min(4, size - row), min(4, size - column), 4, cout, edge);
        gradientTile(edge, floats(4 * cout), cout, scratch, dTo, dFrequency);
      }
    }
    for (let f: usize = 0; f < 36; f++) {
      for (let i = 0; i < cin; i += 4) {
        for (let o = 0; o < cout; o += 8) {
          const to = u + f * uFrequency + floats(i * cout + o);
          let c00 = f32x4.splat(0);
          let c01 = c00;
          let c10 = c00;
          let c11 = c00;
          let c20 = c00;
          let c21 = c00;
          let c30 = c00;
          let c31 = c00;
          if (before) {
            c00 = v128.load(to);
            c01 = v128.load(to, 16);
            c10 = v128.load(to + dRow);
            c11 = v128.load(to + dRow, 16);
            c20 = v128.load(to + 2 * dRow);
            c21 = v128.load(to + 2 * dRow, 16);
            c30 = v128.load(to + 3 * dRow);
            c31 = v128.load(to + 3 * dRow, 16);
          }
          let a = v + f * vFrequency + floats(i);
          let b = d + f * dFrequency + floats(o);
          const stop = a + <usize>tiles * vRow;
          while (a < stop) {
            const b0 = v128.load(b);
            const b1 = v128.load(b, 16);
            let s = v128.load32_splat(a);
            c00 = multiplyAdd(s, b0, c00);
            c01 = multiplyAdd(s, b1, c01);
            s = v128.load32_splat(a, 4);
            c10 = multiplyAdd(s, b0, c10);
            c11 = multiplyAdd(s, b1, c11);
            s = v128.load32_splat(a, 8);
            c20 = multiplyAdd(s, b0, c20);
            c21 = multiplyAdd(s, b1, c21);
            s = v128.load32_splat(a, 12);
            c30 = multiplyAdd(s, b0, c30);
            c31 = multiplyAdd(s, b1, c31);
            a += vRow;
            b += dRow;
          }
          v128.store(to, c00);
          v128.store(to, c01, 16);
          v128.store(to + dRow, c10);
          v128.store(to + dRow, c11, 16);
          v128.store(to + 2 * dRow, c20);
          v128.store(to + 2 * dRow, c21, 16);
          v128.store(to + 3 * dRow, c30);
          v128.store(to + 3 * dRow, c31, 16);
        }
      }
    }
    before = true;
  }
  const tap = floats(cin * cout);
  const part = dw + <usize>chunk * 9 * tap;
  for (let i = 0; i < cin; i++) {
    for (let o = 0; o < cout; o += 4) {
      const from = u + floats(i * cout + o);
      for (let j: usize = 0; j < 6; j++) transformTapGradients(from + j * uFrequency, 6 * uFrequency, scratch + (j << 4), 96);
      const to = part + floats(i * cout + o);
      for (let k: usize = 0; k < 3; k++) transformTapGradients(scratch + k * 96, 16, to + 3 * k * tap, tap);
    }
  }
}
