/**
 * 3x3 convolution at stride 1 by Winograd's algorithm, see ./winograd-transforms. The input's gradient is the same
 * convolution with the kernel turned and transposed, winogradTurnedKernel's.
 *
 * Images are [n, size + 2, size + 2, channels] with a border of zeros; input channels are a multiple of 4, output
 * channels of 8.
 */
import { floats, multiplyAdd, pixel } from './arithmetic';
import { convolutionEdgeAt, convolutionProductsAt, FREQUENCIES, frequencyBytes, TILE_SCRATCH, tilesAtOnce } from './layout';
import { addRows, copyTile, inputTile, outputTile } from './winograd-transforms';

/** M[f] = V[f]·U[f]: for each frequency [tiles, cin]·[cin, cout], four tiles by eight channels at a time. */
// @ts-ignore: decorator
@inline
function products(v: usize, u: usize, m: usize, tiles: i32, vFrequency: usize, mFrequency: usize, cin: i32, cout: i32): void {
  const vRow = floats(cin);
  const mRow = floats(cout);
  const uFrequency: usize = frequencyBytes(cin * cout);
  const panels = cout >> 3;
  for (let f: usize = 0; f < <usize>FREQUENCIES; f++) {
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
  const vFrequency: usize = frequencyBytes(most * cin);
  const mFrequency: usize = frequencyBytes(most * cout);
  const v = scratch + TILE_SCRATCH;
  const m = scratch + convolutionProductsAt(cin);
  const edge = scratch + convolutionEdgeAt(cin, cout);
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
