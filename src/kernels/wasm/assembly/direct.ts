/**
 * Convolutions as sums of products over the taps, for what Winograd does not serve: 1x1, stride 2, small images. Images
 * are [n, size + 2, size + 2, channels] with a border of zeros; a 3x3 kernel is padded by 1, a 1x1 kernel by 0. Input
 * channels are a multiple of 4, output channels of 8. Four pixels by eight channels stay in registers.
 */
import { floats, multiplyAdd, pixel } from './arithmetic';

/** A kernel [k·k][cin][cout] as panels [cout/8][k·k][cin][8], panels [firstPanel, lastPanel). */
export function packKernel(scratch: usize, w: usize, packed: usize, taps: i32, cin: i32, cout: i32, firstPanel: i32, lastPanel: i32): void {
  const rows = taps * cin;
  for (let panel = firstPanel; panel < lastPanel; panel++) {
    let to = packed + floats(panel * rows * 8);
    let from = w + floats(panel * 8);
    for (let r = 0; r < rows; r++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      to += 32;
      from += floats(cout);
    }
  }
}

/** The kernel turned by 180° with inputs and outputs exchanged, as panels [cin/8][k·k][cout][8]. */
export function packTurnedKernel(scratch: usize, w: usize, packed: usize, taps: i32, cin: i32, cout: i32, firstPanel: i32, lastPanel: i32): void {
  for (let panel = firstPanel; panel < lastPanel; panel++) {
    let to = packed + floats(panel * taps * cout * 8);
    for (let tap = 0; tap < taps; tap++) {
      const from = w + floats(((taps - 1 - tap) * cin + panel * 8) * cout);
      for (let o = 0; o < cout; o++) {
        for (let i = 0; i < 8; i++) {
          store<f32>(to, load<f32>(from + floats(i * cout + o)));
          to += 4;
        }
      }
    }
  }
}

/**
 * Four pixels by eight channels: Σ over `rows` rows of taps, each `run` contiguous floats; `step` bytes from a pixel to
 * the next, `rowStep` from a row of taps to the next. Stores the first `columns` pixels `toStep` bytes apart.
 */
// @ts-ignore: decorator
@inline
function fourPixels(
  from: usize, step: usize, rowStep: usize, panel: usize, rows: i32, run: usize,
  to: usize, toStep: usize, columns: i32, add: bool,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  let b = panel;
  for (let r = 0; r < rows; r++) {
    let a = from + <usize>r * rowStep;
    const end = a + run;
    while (a < end) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let s = v128.load32_splat(a);
      c00 = multiplyAdd(s, b0, c00);
      c01 = multiplyAdd(s, b1, c01);
      s = v128.load32_splat(a + step);
      c10 = multiplyAdd(s, b0, c10);
      c11 = multiplyAdd(s, b1, c11);
      s = v128.load32_splat(a + 2 * step);
      c20 = multiplyAdd(s, b0, c20);
      c21 = multiplyAdd(s, b1, c21);
      s = v128.load32_splat(a + 3 * step);
      c30 = multiplyAdd(s, b0, c30);
      c31 = multiplyAdd(s, b1, c31);
      a += 4;
      b += 32;
    }
  }
  storePixel(to, c00, c01, add);
  if (columns > 1) storePixel(to + toStep, c10, c11, add);
  if (columns > 2) storePixel(to + 2 * toStep, c20, c21, add);
  if (columns > 3) storePixel(to + 3 * toStep, c30, c31, add);
}

// @ts-ignore: decorator
@inline
function storePixel(to: usize, low: v128, high: v128, add: bool): void {
  if (add) {
    v128.store(to, f32x4.add(v128.load(to), low));
    v128.store(to, f32x4.add(v128.load(to, 16), high), 16);
  } else {
    v128.store(to, low);
    v128.store(to, high, 16);
  }
}

/**
 * y = x ∗ kernel, or y += with `add`: x [n, inSize, inSize, cin], packed [cout/8][k·k][cin][8], y [n, outSize, outSize,
 * cout], images [first, last).
 */
export function directConvolution(
  first: i32, last: i32, chunk: i32, scratch: usize,
  x: usize, packed: usize, y: usize, inSize: i32, outSize: i32, cin: i32, cout: i32, k: i32, stride: i32, add: bool,
): void {
  const border = (k - 1) >> 1;
  const rowStep = floats((inSize + 2) * cin);
  const step = floats(stride * cin);
  const run = floats(k * cin);
  const toStep = floats(cout);
  for (let n = first; n < last; n++) {
    for (let p = 0; p < cout; p += 8) {
      const panel = packed + floats(p * k * k * cin);
      for (let i = 0; i < outSize; i++) {
        for (let j = 0; j < outSize; j += 4) {
          fourPixels(
            pixel(x, n, i * stride - border, j * stride - border, inSize, cin), step, rowStep, panel, k, run,
            pixel(y, n, i, j, outSize, cout) + floats(p), toStep, outSize - j, add,
          );
        }
      }
    }
  }
}

/**
 * The input's gradient at stride 2: pixels of dx fall into four phases. An even row meets tap 1 of the output beside
 * it, an odd row tap 2 of that output and tap 0 of the next; columns alike. `turned` is packTurnedKernel's.
 */
export function directInputGradient2(
  first: i32, last: i32, chunk: i32, scratch: usize,
  dy: usize, turned: usize, dx: usize, inSize: i32, outSize: i32, cin: i32, cout: i32, k: i32, add: bool,
): void {
  if (k == 1 && !add) {
    // Three pixels of four were not seen by any output.
    const row = floats(inSize * cin);
    for (let n = first; n < last; n++) {
      for (let i = 0; i < inSize; i++) memory.fill(pixel(dx, n, i, 0, inSize, cin), 0, row);
    }
  }
  const step = floats(cout);
  const toStep = floats(2 * cin);
  const phases = k == 1 ? 1 : 4;
  for (let n = first; n < last; n++) {
    for (let p = 0; p < cin; p += 8) {
      const panel = turned + floats(p * k * k * cout);
      for (let phase = 0; phase < phases; phase++) {
        const oddRow = phase >> 1;
        const oddColumn = phase & 1;
        const rows = (inSize - oddRow + 1) >> 1;
        const columns = (inSize - oddColumn + 1) >> 1;
        for (let i = 0; i < rows; i++) {
          for (let j = 0; j < columns; j += 4) {
            phasePixels(
              pixel(dy, n, i, j, outSize, cout), step, floats((outSize + 2) * cout), panel, k, oddRow, oddColumn, cout,
              pixel(dx, n, 2 * i + oddRow, 2 * j + oddColumn, inSize, cin) + floats(p), toStep, columns - j, add,
            );
          }
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function phasePixels(
  from: usize, step: usize, rowStep: usize, panel: usize, k: i32, oddRow: i32, oddColumn: i32, cout: i32,
  to: usize, toStep: usize, columns: i32, add: bool,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  const run = floats(cout);
  for (let r = 0; r <= oddRow; r++) {
    for (let q = 0; q <= oddColumn; q++) {
      const tapRow = oddRow ? (r ? 0 : 2) : 1;
      const tapColumn = oddColumn ? (q ? 0 : 2) : 1;
      const tap = k == 1 ? 0 : 8 - (tapRow * 3 + tapColumn);
      let b = panel + floats(tap * cout * 8);
      let a = from + <usize>r * rowStep + <usize>q * step;
      const end = a + run;
      while (a < end) {
        const b0 = v128.load(b);
        const b1 = v128.load(b, 16);
        let s = v128.load32_splat(a);
        c00 = multiplyAdd(s, b0, c00);
        c01 = multiplyAdd(s, b1, c01);
        s = v128.load32_splat(a + step);
        c10 = multiplyAdd(s, b0, c10);
        c11 = multiplyAdd(s, b1, c11);
        s = v128.load32_splat(a + 2 * step);
        c20 = multiplyAdd(s, b0, c20);
        c21 = multiplyAdd(s, b1, c21);
        s = v128.load32_splat(a + 3 * step);
        c30 = multiplyAdd(s, b0, c30);
        c31 = multiplyAdd(s, b1, c31);
        a += 4;
        b += 32;
      }
    }
  }
  storePixel(to, c00, c01, add);
  if (columns > 1) storePixel(to + toStep, c10, c11, add);
  if (columns > 2) storePixel(to + 2 * toStep, c20, c21, add);
  if (columns > 3) storePixel(to + 3 * toStep, c30, c31, add);
}

/** The kernel's gradient [k·k][cin][cout] over images [first, last), stored as part `chunk` of `dw`. */
export function directKernelGradient(
  first: i32, last: i32, chunk: i32, scratch: usize,
  x: usize, dy: usize, dw: usize, inSize: i32, outSize: i32, cin: i32, cout: i32, k: i32, stride: i32,
): void {
  const border = (k - 1) >> 1;
  const run = k * cin;
  const part = dw + floats(chunk * k * run * cout);
  const aStep = floats(stride * cin);
  const bStep = floats(cout);
  const aRow = floats((inSize + 2) * cin * stride);
  const bRow = floats((outSize + 2) * cout);
  for (let n = first; n < last; n++) {
    for (let ky = 0; ky < k; ky++) {
      for (let i = 0; i < run; i += 4) {
        for (let p = 0; p < cout; p += 8) {
          const to = part + floats((ky * run + i) * cout + p);
          let c00 = f32x4.splat(0);
          let c01 = c00;
          let c10 = c00;
          let c11 = c00;
          let c20 = c00;
          let c21 = c00;
          let c30 = c00;
          let c31 = c00;
          if (n > first) {
            c00 = v128.load(to);
            c01 = v128.load(to, 16);
            c10 = v128.load(to + bStep);
            c11 = v128.load(to + bStep, 16);
            c20 = v128.load(to + 2 * bStep);
            c21 = v128.load(to + 2 * bStep, 16);
            c30 = v128.load(to + 3 * bStep);
            c31 = v128.load(to + 3 * bStep, 16);
          }
          let aStart = pixel(x, n, ky - border, -border, inSize, cin) + floats(i);
          let bStart = pixel(dy, n, 0, 0, outSize, cout) + floats(p);
          for (let row = 0; row < outSize; row++) {
            let a = aStart;
            let b = bStart;
            const end = b + <usize>outSize * bStep;
            while (b < end) {
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
              a += aStep;
              b += bStep;
            }
            aStart += aRow;
            bStart += bRow;
          }
          v128.store(to, c00);
          v128.store(to, c01, 16);
          v128.store(to + bStep, c10);
          v128.store(to + bStep, c11, 16);
          v128.store(to + 2 * bStep, c20);
          v128.store(to + 2 * bStep, c21, 16);
          v128.store(to + 3 * bStep, c30);
          v128.store(to + 3 * bStep, c31, 16);
        }
      }
    }
  }
}
