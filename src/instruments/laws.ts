/** Residuals of two exact laws about the gradients of a layer's scales; 0 where a law holds to the last bit. */
import type { BlockPlan } from '../network/plan';
import { channelDots, largest } from './channel-products';

type Values = ReadonlyMap<string, Float32Array>;

/** Whether T2 holds for a layer: a batch norm after the sum, and every branch of the sum with a learned scale. */
export const rotates = ({ norm, branches }: BlockPlan): boolean =>
  norm !== null &&
  branches.every(({ transform }) => transform.kind === 'scale' || transform.kind === 'weightnorm');

/**
 * T2: Σ over branches of s·∂L/∂s = 0 for every channel, because a batch norm after the sum cancels the length of
 * the vector of scales (up to ε). Returns the largest |Σ| over the largest Σ of upper bounds of the terms.
 */
export function rotationResidual(block: BlockPlan, parameters: Values, gradients: Values): number {
  const sums = new Float64Array(block.cout);
  const bounds = new Float64Array(block.cout);
  for (const { kernel, transform } of block.branches) {
    if (transform.kind !== 'scale' && transform.kind !== 'weightnorm') continue;
    const scale = parameters.get(transform.scale)!;
    const gradient = gradients.get(transform.scale)!;
    const bound =
      kernel && transform.kind === 'scale'
        ? productOfNorms(parameters.get(kernel)!, gradients.get(kernel)!, block.cout)
        : scale.map((s, c) => Math.abs(s * gradient[c]!));
    for (let c = 0; c < block.cout; c++) {
      sums[c]! += scale[c]! * gradient[c]!;
      bounds[c]! += bound[c]!;
    }
  }
  return ratio(largest(sums), largest(bounds));
}

/** T5: s·∂L/∂s = ⟨W, ∂L/∂W⟩ per output channel of a convolution with a scale. Returns the largest difference over the largest ‖W‖·‖∂L/∂W‖. */
export function scaleResidual(
  { kernel, scale }: { kernel: string; scale: string },
  parameters: Values,
  gradients: Values,
): number {
  const s = parameters.get(scale)!;
  const ds = gradients.get(scale)!;
  const w = parameters.get(kernel)!;
  const dw = gradients.get(kernel)!;
  const inner = channelDots(w, dw, s.length);
  const gaps = inner.map((product, c) => s[c]! * ds[c]! - product);
  return ratio(largest(gaps), largest(productOfNorms(w, dw, s.length)));
}

/** ‖W‖·‖∂L/∂W‖ of every output channel, an upper bound of their inner product. */
function productOfNorms(w: Float32Array, dw: Float32Array, channels: number): Float64Array {
  const squares = channelDots(w, w, channels);
  const others = channelDots(dw, dw, channels);
  return squares.map((square, c) => Math.sqrt(square * others[c]!));
}

/** 0/0 is 0: every law holds for a zero gradient. */
const ratio = (value: number, bound: number) => (value === 0 ? 0 : value / bound);
