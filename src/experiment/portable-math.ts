/**
 * Logarithm and cosine from the four operations, which IEEE 754 fixes to the last bit. `Math.log` and `Math.cos` may
 * differ between browsers; with these a run has the same numbers in all of them. Good to about 1e-15.
 */

/** ln x of a positive, finite x: x = m · 2^k with m near 1, ln m = 2 artanh((m − 1)/(m + 1)). */
export function portableLog(x: number): number {
  let m = x;
  let k = 0;
  for (; m > Math.SQRT2; k++) m /= 2;
  for (; m < Math.SQRT1_2; k--) m *= 2;
  const t = (m - 1) / (m + 1);
  const square = t * t;
  let sum = 0;
  for (let i = 23; i > 0; i -= 2) sum = sum * square + 1 / i;
  return k * Math.LN2 + 2 * t * sum;
}

/** cos x for x in [0, 2π], by its series after folding into [0, π/2]. */
export function portableCos(x: number): number {
  const folded = x > Math.PI ? 2 * Math.PI - x : x;
  if (folded > Math.PI / 2) return -portableCos(Math.PI - folded);
  const square = folded * folded;
  let sum = 1;
  for (let i = 22; i > 0; i -= 2) sum = 1 - (sum * square) / (i * (i - 1));
  return sum;
}
