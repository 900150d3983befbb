/**
 * The kernel's gradient of a 3x3 convolution at stride 1 by Winograd's algorithm: Gᵀ[Σ (Bᵀ d B)ᵀ (A dy Aᵀ)]G, see
 * ./winograd-transforms. Images as in ./winograd-convolution.
 */
import { floats, multiplyAdd, pixel } from './arithmetic';
import {
  FREQUENCIES, frequencyBytes, gradientEdgeAt, gradientOutputsAt, gradientSumAt, TILE_SCRATCH, tilesAtOnce,
} from './layout';
import { copyTile, gradientTile, inputTile, transformTapGradients } from './winograd-transforms';

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
  const vFrequency: usize = frequencyBytes(most * cin);
  const dFrequency: usize = frequencyBytes(most * cout);
  const uFrequency: usize = frequencyBytes(cin * cout);
  const v = scratch + TILE_SCRATCH;
  const d = scratch + gradientOutputsAt(cin);
  const u = scratch + gradientSumAt(cin, cout);
  const edge = scratch + gradientEdgeAt(cin, cout);
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
    for (let f: usize = 0; f < <usize>FREQUENCIES; f++) {
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
