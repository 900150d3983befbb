/** Mean, spread, and whether two groups differ: by Welch's t interval at 95 %, everywhere in the lab. */

/** Of a sample, in the unit of its values. */
export interface Spread {
  n: number;
  /** NaN where n is 0, as are min and max. */
  mean: number;
  /** Sample standard deviation (n − 1); null with fewer than two values. */
  deviation: number | null;
  min: number;
  max: number;
}

/** Of the values that are finite. */
export function spreadOf(values: Iterable<number>): Spread {
  const finite = [...values].filter(Number.isFinite);
  const n = finite.length;
  if (n === 0) return { n, mean: NaN, deviation: null, min: NaN, max: NaN };
  const mean = finite.reduce((sum, value) => sum + value, 0) / n;
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  let min = finite[0]!;
  let max = min;
  for (const value of finite) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { n, mean, deviation: n > 1 ? Math.sqrt(squares / (n - 1)) : null, min, max };
}

/** Share of the intervals that hold the true value, if values are normally distributed. */
export const CONFIDENCE = 0.95;
const UPPER = (1 + CONFIDENCE) / 2;

type Sample = Pick<Spread, 'n' | 'mean' | 'deviation'>;

export interface Interval {
  low: number;
  high: number;
}

/** 95 % interval of a mean, mean ± t · s/√n; null with fewer than two values. */
export function intervalOf({ n, mean, deviation }: Sample): Interval | null {
  if (deviation === null) return null;
  const reach = (upperQuantile(n - 1) * deviation) / Math.sqrt(n);
  return { low: mean - reach, high: mean + reach };
}

/** A band asks for the same one at every step. */
const upperQuantiles = new Map<number, number>();

function upperQuantile(freedom: number): number {
  const known = upperQuantiles.get(freedom) ?? tQuantile(UPPER, freedom);
  upperQuantiles.set(freedom, known);
  return known;
}

export interface Difference {
  /** Mean of the first less mean of the second. */
  difference: number;
  /** The 95 % interval's ends; NaN with too few values. */
  low: number;
  high: number;
  /** Whether the first is higher or lower than the second; undecided where the interval includes 0. */
  verdict: 'too few' | 'undecided' | 'higher' | 'lower';
}

/**
 * The difference of two means with Welch's t interval: ± t · √(s₁²/n₁ + s₂²/n₂), t at the degrees of freedom of Welch
 * and Satterthwaite. At least `enough` values on either side (2 and not fewer), else too few. Without any spread on both
 * sides the interval is the difference itself. It is for one comparison; among many, one in twenty errs by chance.
 */
export function differenceOf(a: Sample, b: Sample, enough = 2): Difference {
  const difference = a.mean - b.mean;
  if (a.deviation === null || b.deviation === null || a.n < enough || b.n < enough)
    // not translated: a code.
    return { difference, low: NaN, high: NaN, verdict: 'too few' };
  const [u, v] = [a.deviation ** 2 / a.n, b.deviation ** 2 / b.n];
  const variance = u + v;
  const freedom = variance ** 2 / (u ** 2 / (a.n - 1) + v ** 2 / (b.n - 1));
  const reach = Number.isFinite(freedom) ? tQuantile(UPPER, freedom) * Math.sqrt(variance) : 0;
  const low = difference - reach;
  const high = difference + reach;
  return { difference, low, high, verdict: low > 0 ? 'higher' : high < 0 ? 'lower' : 'undecided' };
}

/**
 * The quantile of Student's t: the value that a share `p` (½ ≤ p < 1) of it lies below, at `freedom` > 0 degrees of freedom
 * (not necessarily whole). Within 1e-7 of its size (checked against SciPy).
 */
export function tQuantile(p: number, freedom: number): number {
  const below = (t: number) => 1 - 0.5 * betaShare(freedom / (freedom + t * t), freedom / 2, 0.5);
  let high = 1;
  while (below(high) < p) high *= 2;
  let low = 0;
  for (let i = 0; i < 200 && high - low > 1e-10 * high; i++) {
    const middle = (low + high) / 2;
    if (below(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22, Lentz's method). */
function betaShare(x: number, a: number, b: number): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  // The continued fraction converges fast on this side only.
  if (x > (a + 1) / (a + b + 2)) return 1 - betaShare(1 - x, b, a);
  const tiny = 1e-300;
  const away = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 1000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  const front = a * Math.log(x) + b * Math.log1p(-x) + lnGamma(a + b) - lnGamma(a) - lnGamma(b);
  return (Math.exp(front) * fraction) / a;
}

/** ln Γ(z) for z > 0, by Lanczos's approximation (g = 7, nine terms). */
function lnGamma(z: number): number {
  if (z < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * z)) - lnGamma(1 - z);
  const terms = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
    -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ];
  const sum = terms.reduce((total, term, i) => total + term / (z + i), 0.9999999999998099);
  const t = z + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (z - 0.5) * Math.log(t) - t + Math.log(sum);
}
