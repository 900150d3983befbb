/**
 * Linear branches as one kernel, K = Σ constant · s ⊙ W put in the middle of K, and the chain rule on kernels. K is
 * [k][k][cin][cout], a part [kh][kw][cin][cout]; the identity is a diagonal.
 */
import { floats } from './arithmetic';

/** K += constant · s ⊙ W; s is 0 where there is no scale. */
export function mergeKernel(
  scratch: usize, merged: usize, k: i32, w: usize, kh: i32, kw: i32, s: usize, constant: f32, cin: i32, cout: i32,
): void {
  for (let i = 0; i < kh; i++) {
    for (let j = 0; j < kw; j++) {
      const tap = (i + ((k - kh) >> 1)) * k + j + ((k - kw) >> 1);
      let to = merged + floats(tap * cin * cout);
      let from = w + floats((i * kw + j) * cin * cout);
      for (let ci = 0; ci < cin; ci++) {
        for (let co: usize = 0; co < floats(cout); co += 16) {
          let value = f32x4.mul(v128.load(from), f32x4.splat(constant));
          if (s) value = f32x4.mul(value, v128.load(s + co));
          v128.store(to, f32x4.add(v128.load(to), value));
          from += 16;
          to += 16;
        }
      }
    }
  }
}

/** K += constant · diag(s), over `channels` channels. */
export function mergeIdentity(
  scratch: usize, merged: usize, k: i32, s: usize, constant: f32, cin: i32, cout: i32, channels: i32,
): void {
  const centre = merged + floats(((k * k) >> 1) * cin * cout);
  for (let c = 0; c < channels; c++) {
    const to = centre + floats(c * cout + c);
    store<f32>(to, load<f32>(to) + constant * (s ? load<f32>(s + floats(c)) : 1));
  }
}

/** K = the mean of k·k pixels, channel by channel; K is zero before. */
export function averageKernel(scratch: usize, kernel: usize, taps: i32, cin: i32, cout: i32, channels: i32): void {
  const share = <f32>(1.0 / <f64>taps);
  for (let tap = 0; tap < taps; tap++) {
    for (let c = 0; c < channels; c++) store<f32>(kernel + floats((tap * cin + c) * cout + c), share);
  }
}

export function clear(scratch: usize, at: usize, count: i32): void {
  memory.fill(at, 0, floats(count));
}

/** dW = constant · s ⊙ dK, ds[co] = constant · Σ dK·W; ds is 0 where there is no scale. */
export function mergeKernelGradient(
  scratch: usize, dmerged: usize, k: i32, w: usize, dw: usize, kh: i32, kw: i32, s: usize, ds: usize, constant: f32,
  cin: i32, cout: i32,
): void {
  if (ds) memory.fill(ds, 0, floats(cout));
  for (let i = 0; i < kh; i++) {
    for (let j = 0; j < kw; j++) {
      const tap = (i + ((k - kh) >> 1)) * k + j + ((k - kw) >> 1);
      let from = dmerged + floats(tap * cin * cout);
      let at = floats((i * kw + j) * cin * cout);
      for (let ci = 0; ci < cin; ci++) {
        for (let co: usize = 0; co < floats(cout); co += 16) {
          const d = f32x4.mul(v128.load(from), f32x4.splat(constant));
          v128.store(dw + at, s ? f32x4.mul(d, v128.load(s + co)) : d);
          if (ds) v128.store(ds + co, f32x4.add(v128.load(ds + co), f32x4.mul(d, v128.load(w + at))));
          from += 16;
          at += 16;
        }
      }
    }
  }
}

/** ds[c] = constant · dK[centre][c][c]. */
export function mergeIdentityGradient(
  scratch: usize, dmerged: usize, k: i32, ds: usize, constant: f32, cin: i32, cout: i32, channels: i32,
): void {
  const centre = dmerged + floats(((k * k) >> 1) * cin * cout);
  for (let c = 0; c < channels; c++) store<f32>(ds + floats(c), constant * load<f32>(centre + floats(c * cout + c)));
}

/** inverse[co] = 1/‖W[·, co]‖ and gain = s · inverse, of a kernel [rows][cout]. */
export function kernelNorms(scratch: usize, w: usize, s: usize, rows: i32, cout: i32, channels: i32, inverse: usize, gain: usize): void {
  for (let co = 0; co < channels; co++) {
    let sum: f64 = 0;
    for (let r = 0; r < rows; r++) {
      const value = <f64>load<f32>(w + floats(r * cout + co));
      sum += value * value;
    }
    const i = <f32>(1 / Math.sqrt(sum));
    store<f32>(inverse + floats(co), i);
    store<f32>(gain + floats(co), i * load<f32>(s + floats(co)));
  }
}

/**
 * Gradients through W/‖W‖ · s, where `dgain` is Σ dK·W and dw holds gain ⊙ dK: ds = dgain/‖W‖ and
 * dW −= s · dgain · W/‖W‖³.
 */
export function kernelNormsGradient(
  scratch: usize, w: usize, dw: usize, s: usize, ds: usize, dgain: usize, inverse: usize, rows: i32, cout: i32, channels: i32,
): void {
  for (let co = 0; co < channels; co++) {
    const at = floats(co);
    const i = load<f32>(inverse + at);
    const d = load<f32>(dgain + at);
    store<f32>(ds + at, d * i);
    const pull = load<f32>(s + at) * d * i * i * i;
    for (let r = 0; r < rows; r++) {
      const k = floats(r * cout + co);
      store<f32>(dw + k, load<f32>(dw + k) - pull * load<f32>(w + k));
    }
  }
}
