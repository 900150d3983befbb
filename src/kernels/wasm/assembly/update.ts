/** Gradients summed over the chunks of a batch, always in the same order, and the optimiser's step. */
import { floats, multiplyAdd } from './arithmetic';

/** sum[i] = Σ parts[p][i], `stride` floats from a part to the next; count is a multiple of 4. */
export function sumParts(scratch: usize, parts: usize, stride: i32, number: i32, sum: usize, count: i32): void {
  for (let i: usize = 0; i < floats(count); i += 16) {
    let total = v128.load(parts + i);
    let at = parts + i + floats(stride);
    for (let p = 1; p < number; p++) {
      total = f32x4.add(total, v128.load(at));
      at += floats(stride);
    }
    v128.store(sum + i, total);
  }
}

/** g = g ⊙ factors. */
export function multiply(scratch: usize, g: usize, factors: usize, count: i32): void {
  for (let i: usize = 0; i < floats(count); i += 16) v128.store(g + i, f32x4.mul(v128.load(g + i), v128.load(factors + i)));
}

/**
 * d = g + decay·w; v = momentum·v + d; w −= lr·v, with Nesterov w −= lr·(d + momentum·v). The rate is that at `rate`
 * times `lrFactor`. Does nothing where the batch's loss was not finite.
 */
export function updateParameter(
  scratch: usize, w: usize, v: usize, g: usize, count: i32, rate: usize, finite: usize,
  lrFactor: f32, decay: f32, momentum: f32, nesterov: bool,
): void {
  if (!load<i32>(finite)) return;
  const lr = f32x4.splat(-(load<f32>(rate) * lrFactor));
  const mu = f32x4.splat(momentum);
  const lambda = f32x4.splat(decay);
  for (let i: usize = 0; i < floats(count); i += 16) {
    const old = v128.load(w + i);
    const d = multiplyAdd(old, lambda, v128.load(g + i));
    const moved = multiplyAdd(v128.load(v + i), mu, d);
    v128.store(v + i, moved);
    const direction = nesterov ? multiplyAdd(moved, mu, d) : moved;
    v128.store(w + i, multiplyAdd(direction, lr, old));
  }
}
