/**
 * Sums of branches with their batch norms, scales, factor and ReLU, forward and back, a row of pixels at a time:
 * out = relu(Σ aₜ ⊙ yₜ + b) per channel. Images are [n, size + 2, size + 2, channels] with a border of zeros that
 * nothing writes; channels are a multiple of 8. Which numbers a and b are is ./coefficients' business.
 */
import { floats, multiplyAdd, pixel } from './arithmetic';

/** Pixels whose float32 sums are added up before they are carried on in float64. */
const PIXELS_IN_FLOAT32: i32 = 64;

// @ts-ignore: decorator
@inline
function rowsInFloat32(size: i32): i32 {
  return max(1, PIXELS_IN_FLOAT32 / size);
}

/** Adds four float32 to four float64. */
// @ts-ignore: decorator
@inline
function carry(to: usize, values: v128): void {
  v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(values)));
  const high = i8x16.shuffle(values, values, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  v128.store(to, f64x2.add(v128.load(to, 16), f64x2.promote_low_f32x4(high)), 16);
}

/** Images [n, size, size, from] packed without a border into bordered ones of `channels`. */
export function importImages(
  first: i32, last: i32, chunk: i32, scratch: usize,
  x: usize, to: usize, size: i32, from: i32, channels: i32,
): void {
  for (let n = first; n < last; n++) {
    let source = x + floats(n * size * size * from);
    for (let i = 0; i < size; i++) {
      let target = pixel(to, n, i, 0, size, channels);
      for (let j = 0; j < size; j++) {
        for (let c = 0; c < from; c++) store<f32>(target + floats(c), load<f32>(source + floats(c)));
        source += floats(from);
        target += floats(channels);
      }
    }
  }
}

/** Σ x and Σ x² per channel over images [first, last), as part `chunk` of float64 [chunks][2][channels]. */
export function momentSums(
  first: i32, last: i32, chunk: i32, scratch: usize,
  x: usize, sums: usize, size: i32, channels: i32,
): void {
  const part = sums + <usize>(chunk * 2 * channels) * 8;
  memory.fill(part, 0, <usize>(2 * channels) * 8);
  const squares = part + <usize>channels * 8;
  const group = rowsInFloat32(size);
  const step = floats(channels);
  for (let n = first; n < last; n++) {
    for (let row = 0; row < size; row += group) {
      const end = min(size, row + group);
      for (let c = 0; c < channels; c += 8) {
        let s0 = f32x4.splat(0);
        let s1 = s0;
        let q0 = s0;
        let q1 = s0;
        for (let i = row; i < end; i++) {
          let at = pixel(x, n, i, 0, size, channels) + floats(c);
          for (let j = 0; j < size; j++) {
            const x0 = v128.load(at);
            const x1 = v128.load(at, 16);
            s0 = f32x4.add(s0, x0);
            s1 = f32x4.add(s1, x1);
            q0 = multiplyAdd(x0, x0, q0);
            q1 = multiplyAdd(x1, x1, q1);
            at += step;
          }
        }
        const to = <usize>c * 8;
        carry(part + to, s0);
        carry(part + to + 32, s1);
        carry(squares + to, q0);
        carry(squares + to + 32, q1);
      }
    }
  }
}

/**
 * out = Σ aₜ ⊙ yₜ + b, then max(0, ·) with `relu`, for one to three terms. y1 and y2 are 0 where there are fewer, b is 0
 * where nothing is added. `out` may be one of the terms.
 */
export function combine(
  first: i32, last: i32, chunk: i32, scratch: usize,
  out: usize, b: usize, relu: bool, size: i32, channels: i32,
  y0: usize, a0: usize, y1: usize, a1: usize, y2: usize, a2: usize,
): void {
  const bytes = floats(channels);
  const rowBytes = <usize>size * bytes;
  const floor = f32x4.splat(relu ? 0 : -Infinity);
  for (let n = first; n < last; n++) {
    for (let i = 0; i < size; i++) {
      const offset = pixel(0, n, i, 0, size, channels);
      for (let c: usize = 0; c < bytes; c += 16) {
        const bias = b ? v128.load(b + c) : f32x4.splat(0);
        const s0 = v128.load(a0 + c);
        let at = offset + c;
        const end = at + rowBytes;
        if (y2) {
          const s1 = v128.load(a1 + c);
          const s2 = v128.load(a2 + c);
          while (at < end) {
            let sum = multiplyAdd(v128.load(y0 + at), s0, bias);
            sum = multiplyAdd(v128.load(y1 + at), s1, sum);
            sum = multiplyAdd(v128.load(y2 + at), s2, sum);
            v128.store(out + at, f32x4.pmax(sum, floor));
            at += bytes;
          }
        } else if (y1) {
          const s1 = v128.load(a1 + c);
          while (at < end) {
            const sum = multiplyAdd(v128.load(y0 + at), s0, bias);
            v128.store(out + at, f32x4.pmax(multiplyAdd(v128.load(y1 + at), s1, sum), floor));
            at += bytes;
          }
        } else {
          while (at < end) {
            v128.store(out + at, f32x4.pmax(multiplyAdd(v128.load(y0 + at), s0, bias), floor));
            at += bytes;
          }
        }
      }
    }
  }
}

/** to[c] += a · from[c] for c < count, four at a time while there are four. */
// @ts-ignore: decorator
@inline
function addScaled(from: usize, to: usize, a: f32, count: i32): void {
  const vector = f32x4.splat(a);
  const end = floats(count);
  let c: usize = 0;
  for (; c + 16 <= end; c += 16) v128.store(to + c, multiplyAdd(v128.load(from + c), vector, v128.load(to + c)));
  for (; c < end; c += 4) store<f32>(to + c, load<f32>(to + c) + a * load<f32>(from + c));
}

/**
 * out[i, j, offset + c] += a · y[stride·i, stride·j, c] for c < count: a shortcut of option A (He et al. 2016).
 */
export function addView(
  first: i32, last: i32, chunk: i32, scratch: usize,
  out: usize, y: usize, a: f32, size: i32, channels: i32,
  ySize: i32, yChannels: i32, count: i32, stride: i32, offset: i32,
): void {
  for (let n = first; n < last; n++) {
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        const to = pixel(out, n, i, j, size, channels) + floats(offset);
        const from = pixel(y, n, i * stride, j * stride, ySize, yChannels);
        addScaled(from, to, a, count);
      }
    }
  }
}

/** dy[stride·i, stride·j, c] += a · dz[i, j, offset + c]; without `add` the other pixels become 0. */
export function addViewGradient(
  first: i32, last: i32, chunk: i32, scratch: usize,
  dz: usize, dy: usize, a: f32, size: i32, channels: i32,
  ySize: i32, yChannels: i32, count: i32, stride: i32, offset: i32, add: bool,
): void {
  for (let n = first; n < last; n++) {
    if (!add) for (let i = 0; i < ySize; i++) memory.fill(pixel(dy, n, i, 0, ySize, yChannels), 0, floats(ySize * yChannels));
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        const from = pixel(dz, n, i, j, size, channels) + floats(offset);
        const to = pixel(dy, n, i * stride, j * stride, ySize, yChannels);
        addScaled(from, to, a, count);
      }
    }
  }
}

/** x = max(0, x). */
export function rectify(first: i32, last: i32, chunk: i32, scratch: usize, x: usize, size: i32, channels: i32): void {
  const zero = f32x4.splat(0);
  for (let n = first; n < last; n++) {
    for (let i = 0; i < size; i++) {
      let at = pixel(x, n, i, 0, size, channels);
      const end = at + floats(size * channels);
      while (at < end) {
        v128.store(at, f32x4.pmax(zero, v128.load(at)));
        at += 16;
      }
    }
  }
}

/** dz = dout where out > 0, else 0, in place. */
export function maskGradient(
  first: i32, last: i32, chunk: i32, scratch: usize,
  dout: usize, out: usize, size: i32, channels: i32,
): void {
  const zero = f32x4.splat(0);
  for (let n = first; n < last; n++) {
    for (let i = 0; i < size; i++) {
      let at = pixel(0, n, i, 0, size, channels);
      const end = at + floats(size * channels);
      while (at < end) {
        v128.store(dout + at, v128.and(v128.load(dout + at), f32x4.gt(v128.load(out + at), zero)));
        at += 16;
      }
    }
  }
}

/**
 * Masks dout by out > 0 in place (unless out is 0) and sums Σ dz, Σ dz·y0, Σ dz·y1, Σ dz·y2 per channel over images
 * [first, last), as part `chunk` of float64 [chunks][1 + terms][channels].
 */
export function gradientSums(
  first: i32, last: i32, chunk: i32, scratch: usize,
  dout: usize, out: usize, sums: usize, size: i32, channels: i32, terms: i32,
  y0: usize, y1: usize, y2: usize,
): void {
  const width = <usize>channels * 8;
  const part = sums + <usize>(chunk * (1 + terms)) * width;
  memory.fill(part, 0, <usize>(1 + terms) * width);
  const group = rowsInFloat32(size);
  const step = floats(channels);
  const zero = f32x4.splat(0);
  for (let n = first; n < last; n++) {
    for (let row = 0; row < size; row += group) {
      const stop = min(size, row + group);
      for (let c = 0; c < channels; c += 4) {
        let s = zero;
        let q0 = zero;
        let q1 = zero;
        let q2 = zero;
        for (let i = row; i < stop; i++) {
          let at = pixel(0, n, i, 0, size, channels) + floats(c);
          const end = at + <usize>size * step;
          if (y2) {
            while (at < end) {
              let g = v128.load(dout + at);
              if (out) {
                g = v128.and(g, f32x4.gt(v128.load(out + at), zero));
                v128.store(dout + at, g);
              }
              s = f32x4.add(s, g);
              q0 = multiplyAdd(g, v128.load(y0 + at), q0);
              q1 = multiplyAdd(g, v128.load(y1 + at), q1);
              q2 = multiplyAdd(g, v128.load(y2 + at), q2);
              at += step;
            }
          } else if (y1) {
            while (at < end) {
              let g = v128.load(dout + at);
              if (out) {
                g = v128.and(g, f32x4.gt(v128.load(out + at), zero));
                v128.store(dout + at, g);
              }
              s = f32x4.add(s, g);
              q0 = multiplyAdd(g, v128.load(y0 + at), q0);
              q1 = multiplyAdd(g, v128.load(y1 + at), q1);
              at += step;
            }
          } else {
            while (at < end) {
              let g = v128.load(dout + at);
              if (out) {
                g = v128.and(g, f32x4.gt(v128.load(out + at), zero));
                v128.store(dout + at, g);
              }
              s = f32x4.add(s, g);
              q0 = multiplyAdd(g, v128.load(y0 + at), q0);
              at += step;
            }
          }
        }
        const to = part + <usize>c * 8;
        carry(to, s);
        carry(to + width, q0);
        if (y1) carry(to + 2 * width, q1);
        if (y2) carry(to + 3 * width, q2);
      }
    }
  }
}

/** dy = a ⊙ dz + b ⊙ y + c, or with `add` dy += that; b is 0 where there is only a. dy may be dz. */
export function spreadGradient(
  first: i32, last: i32, chunk: i32, scratch: usize,
  dz: usize, y: usize, dy: usize, a: usize, b: usize, c: usize, size: i32, channels: i32, add: bool,
): void {
  const bytes = floats(channels);
  const rowBytes = <usize>size * bytes;
  for (let n = first; n < last; n++) {
    for (let i = 0; i < size; i++) {
      const offset = pixel(0, n, i, 0, size, channels);
      for (let k: usize = 0; k < bytes; k += 16) {
        const av = v128.load(a + k);
        let at = offset + k;
        const end = at + rowBytes;
        if (b) {
          const bv = v128.load(b + k);
          const cv = v128.load(c + k);
          if (add) {
            while (at < end) {
              const value = multiplyAdd(v128.load(dz + at), av, multiplyAdd(v128.load(y + at), bv, cv));
              v128.store(dy + at, f32x4.add(v128.load(dy + at), value));
              at += bytes;
            }
          } else {
            while (at < end) {
              v128.store(dy + at, multiplyAdd(v128.load(dz + at), av, multiplyAdd(v128.load(y + at), bv, cv)));
              at += bytes;
            }
          }
        } else if (add) {
          while (at < end) {
            v128.store(dy + at, multiplyAdd(v128.load(dz + at), av, v128.load(dy + at)));
            at += bytes;
          }
        } else {
          while (at < end) {
            v128.store(dy + at, f32x4.mul(v128.load(dz + at), av));
            at += bytes;
          }
        }
      }
    }
  }
}
