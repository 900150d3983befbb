/** Vector arithmetic that every kernel uses. Vectors are four float32; addresses are bytes, sizes are counts of floats. */

/**
 * a·b + c. Plain SIMD rounds twice and gives the same bits on every machine; with relaxed SIMD ("fastest on this
 * machine") it is one instruction whose rounding is the machine's own.
 */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** c − a·b, rounded as multiplyAdd is. */
// @ts-ignore: decorator
@inline
export function subtractProduct(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  return f32x4.sub(c, f32x4.mul(a, b));
}

/** Bytes of so many floats. */
// @ts-ignore: decorator
@inline
export function floats(count: i32): usize {
  return (<usize>count) << 2;
}

/**
 * Address of a pixel in images [n, size + 2, size + 2, channels] with a border of one zero pixel; row and column count
 * without the border, so −1 is the border.
 */
// @ts-ignore: decorator
@inline
export function pixel(base: usize, image: i32, row: i32, column: i32, size: i32, channels: i32): usize {
  const side = size + 2;
  return base + floats(((image * side + row + 1) * side + column + 1) * channels);
}

/** e^x for x ≤ 0, in float64 with additions and multiplications only, so that every engine gives the same bits. */
export function exponential(x: f64): f64 {
  if (x < -700) return 0;
  // x = k·ln 2 + r with |r| ≤ ln 2 / 2; e^r by its series, whose 13th term is below 1e-17.
  const k = nearest(x * 1.4426950408889634);
  const r = x - k * 0.6931471803691238 - k * 1.9082149292705877e-10;
  let sum: f64 = 1;
  for (let i = 13; i > 0; i--) sum = 1 + (sum * r) / <f64>i;
  return sum * reinterpret<f64>((<i64>k + 1023) << 52);
}

/** ln x for positive, finite x, in float64 with the four operations only: ln(m·2^k) = k·ln 2 + 2·atanh((m − 1)/(m + 1)). */
export function logarithm(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  let k = ((bits >> 52) & 2047) - 1023;
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    k++;
  }
  const t = (m - 1) / (m + 1);
  const square = t * t;
  let sum: f64 = 0;
  for (let i = 23; i > 0; i -= 2) sum = sum * square + 1 / <f64>i;
  return <f64>k * 0.6931471805599453 + 2 * t * sum;
}
