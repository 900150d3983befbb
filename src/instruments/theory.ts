/** Theoretical predictions for the instruments' curves. Pure formulas. */

/**
 * T3: Σ s² under weight decay alone, relative to its start, before each step: exp(−2λ·Σ_{i<t} η_i/(1 − μ)).
 * `lr` holds the learning rate of every step, `wd` λ and `momentum` μ; where the rate is not finite (before the first
 * step of a run that starts from a checkpoint) the result is NaN, and 1 at the first step after.
 */
export function decayPrediction(lr: ArrayLike<number>, wd: number, momentum: number): Float64Array {
  const result = new Float64Array(lr.length);
  let sum = 0;
  for (let t = 0; t < lr.length; t++) {
    if (!Number.isFinite(lr[t])) {
      result[t] = NaN;
      continue;
    }
    result[t] = Math.exp((-2 * wd * sum) / (1 - momentum));
    sum += lr[t]!;
  }
  return result;
}

/** Angle in radians per step by which a kernel before a batch norm rotates in equilibrium of decay and gradient: √(2ηλ/(1 + μ)) (Wan et al. 2021). */
export const restingAngle = (lr: number, wd: number, momentum: number): number =>
  Math.sqrt((2 * lr * wd) / (1 + momentum));

/** Growth factor per layer: geometric mean from the first to the last layer; NaN for fewer than two layers. */
export function growthPerLayer(values: ArrayLike<number>): number {
  const layers = values.length;
  return layers < 2 ? NaN : (values[layers - 1]! / values[0]!) ** (1 / (layers - 1));
}
