/**
 * The per-channel numbers between two passes over the images: batch statistics, the a and b of a batch norm, and of its
 * gradient dx = A·dz + B·x + C. A few hundred numbers, in float64, by one thread.
 */

/** Mean, biased variance and 1/√(variance + ε) per channel from the parts of momentSums. */
export function moments(
  scratch: usize, sums: usize, parts: i32, stride: i32, channels: i32, count: f64, epsilon: f64,
  mean: usize, variance: usize, inverse: usize,
): void {
  for (let c = 0; c < channels; c++) {
    let s: f64 = 0;
    let q: f64 = 0;
    for (let part = 0; part < parts; part++) {
      const at = sums + (<usize>(part * 2 * stride + c) << 3);
      s += load<f64>(at);
      q += load<f64>(at + (<usize>stride << 3));
    }
    const m = s / count;
    const v = max<f64>(0, q / count - m * m);
    const to = <usize>c << 2;
    store<f32>(mean + to, <f32>m);
    store<f32>(variance + to, <f32>v);
    store<f32>(inverse + to, <f32>(1 / Math.sqrt(v + epsilon)));
  }
}

/** Moves running statistics by `momentum` towards the batch's, the variance times `unbias`. */
export function moveRunning(
  scratch: usize, mean: usize, variance: usize, runningMean: usize, runningVariance: usize, channels: i32, momentum: f32, unbias: f32,
): void {
  for (let c: usize = 0; c < <usize>channels << 2; c += 4) {
    store<f32>(runningMean + c, load<f32>(runningMean + c) * (1 - momentum) + load<f32>(mean + c) * momentum);
    store<f32>(
      runningVariance + c,
      load<f32>(runningVariance + c) * (1 - momentum) + load<f32>(variance + c) * unbias * momentum,
    );
  }
}

/** 1/√(variance + ε), for running statistics. */
export function inverseDeviation(scratch: usize, variance: usize, inverse: usize, channels: i32, epsilon: f64): void {
  for (let c: usize = 0; c < <usize>channels << 2; c += 4) {
    store<f32>(inverse + c, <f32>(1 / Math.sqrt(<f64>load<f32>(variance + c) + epsilon)));
  }
}

/** factor · (γ(x − μ)/σ + β) as a·x + b; with `add` b is added to what is there. */
export function normCoefficients(
  scratch: usize, mean: usize, inverse: usize, gamma: usize, beta: usize, factor: f64, a: usize, b: usize, channels: i32, add: bool,
): void {
  for (let c: usize = 0; c < <usize>channels << 2; c += 4) {
    const gain = factor * <f64>load<f32>(gamma + c) * <f64>load<f32>(inverse + c);
    const shift = factor * <f64>load<f32>(beta + c) - gain * <f64>load<f32>(mean + c);
    store<f32>(a + c, <f32>gain);
    store<f32>(b + c, add ? load<f32>(b + c) + <f32>shift : <f32>shift);
  }
}

/** b = factor · bias, or added to what is there. */
export function biasCoefficient(scratch: usize, bias: usize, factor: f32, b: usize, channels: i32, add: bool): void {
  for (let c: usize = 0; c < <usize>channels << 2; c += 4) {
    const shift = factor * load<f32>(bias + c);
    store<f32>(b + c, add ? load<f32>(b + c) + shift : shift);
  }
}

/** a = factor · s. */
export function scaleCoefficient(scratch: usize, s: usize, factor: f32, a: usize, channels: i32): void {
  for (let c: usize = 0; c < <usize>channels << 2; c += 4) store<f32>(a + c, factor * load<f32>(s + c));
}

/** Σ over the parts of gradientSums, row `row` of `rows`, of channel c. */
// @ts-ignore: decorator
@inline
function sumOfParts(sums: usize, parts: i32, rows: i32, row: i32, stride: i32, c: i32): f64 {
  let sum: f64 = 0;
  for (let part = 0; part < parts; part++) sum += load<f64>(sums + (<usize>((part * rows + row) * stride + c) << 3));
  return sum;
}

/**
 * dγ, dβ and the input gradient's A, B, C of factor · batchnorm(y): with dy = factor·dz, dx = γ/σ (dy − mean(dy) −
 * x̂ · mean(dy·x̂)). `row` says which term's Σ dz·y is in the sums.
 */
export function normGradient(
  scratch: usize, sums: usize, parts: i32, rows: i32, row: i32, stride: i32, channels: i32, count: f64, factor: f64,
  mean: usize, inverse: usize, gamma: usize, dgamma: usize, dbeta: usize, a: usize, b: usize, c: usize,
): void {
  for (let k = 0; k < channels; k++) {
    const at = <usize>k << 2;
    const m = <f64>load<f32>(mean + at);
    const i = <f64>load<f32>(inverse + at);
    const sum = factor * sumOfParts(sums, parts, rows, 0, stride, k);
    const product = factor * sumOfParts(sums, parts, rows, row, stride, k);
    const slope = (product - m * sum) * i;
    const gain = <f64>load<f32>(gamma + at) * i;
    const bend = (-gain * i * slope) / count;
    store<f32>(dgamma + at, <f32>slope);
    store<f32>(dbeta + at, <f32>sum);
    store<f32>(a + at, <f32>(gain * factor));
    store<f32>(b + at, <f32>bend);
    store<f32>(c + at, <f32>((-gain * sum) / count - bend * m));
  }
}

/** ds = factor · Σ dz·y. */
export function scaleGradient(
  scratch: usize, sums: usize, parts: i32, rows: i32, row: i32, stride: i32, channels: i32, factor: f64, ds: usize,
): void {
  for (let k = 0; k < channels; k++) {
    store<f32>(ds + (<usize>k << 2), <f32>(factor * sumOfParts(sums, parts, rows, row, stride, k)));
  }
}

/** What a batch norm makes of a zero input by its running statistics: β − μγ/√(σ² + ε). */
export function valueOfZero(
  scratch: usize, runningMean: usize, runningVariance: usize, gamma: usize, beta: usize, value: usize, channels: i32, epsilon: f64,
): void {
  for (let c: usize = 0; c < <usize>channels << 2; c += 4) {
    const gain = <f64>load<f32>(gamma + c) / Math.sqrt(<f64>load<f32>(runningVariance + c) + epsilon);
    store<f32>(value + c, <f32>(<f64>load<f32>(beta + c) - gain * <f64>load<f32>(runningMean + c)));
  }
}

/** to = from + sign · Σ kernel[·][i][o] · v[i]: what a kernel [taps][cin][cout] makes of an input that is v everywhere. */
export function addBorderValue(
  scratch: usize, kernel: usize, v: usize, from: usize, sign: f64, to: usize, taps: i32, cin: i32, cout: i32, channels: i32,
): void {
  for (let o = 0; o < channels; o++) {
    let sum: f64 = 0;
    for (let r = 0; r < taps * cin; r++) sum += <f64>load<f32>(kernel + (<usize>(r * cout + o) << 2)) * <f64>load<f32>(v + (<usize>(r % cin) << 2));
    const at = <usize>o << 2;
    store<f32>(to + at, <f32>(<f64>load<f32>(from + at) + sign * sum));
  }
}
