/**
 * The arithmetic of a block, written once: which stages follow each other, and where the factor multiplies.
 * The graph of the kernels, the TensorFlow.js model, the exported graph model, fusing and the block's formula evaluate
 * these functions, each with its own algebra (what a value is, and what the operations do to it).
 *
 *     branch = [relu] transform(map(x))
 *     block  = [relu] factor · norm(Σ branches) [+ past]
 */
import type { BatchNormPlan, BlockPlan, BranchPlan, TransformPlan } from './plan';

/** The operations that a branch is made of, on values of type V. */
export interface BranchAlgebra<V> {
  /** The block's input. */
  input: () => V;
  convolve: (branch: BranchPlan, kernel: string) => V;
  /** Convolution with scale ⊙ W/‖W‖, the norm per output channel. */
  convolveNormalised: (branch: BranchPlan, kernel: string, scale: string) => V;
  /** A 1x1 convolution with batch norm, then the branch's kernel or a 3x3 average. */
  sequence: (branch: BranchPlan, first: NonNullable<BranchPlan['first']>) => V;
  times: (y: V, factor: number) => V;
  /** Times the parameter `scale`, one number per output channel. */
  scale: (y: V, scale: string) => V;
  norm: (y: V, norm: BatchNormPlan) => V;
  relu: (y: V) => V;
}

/** One branch with its transform, and with its ReLU where the block has one in its branches. */
export function branchValue<V>(
  { branchRelu }: Pick<BlockPlan, 'branchRelu'>,
  branch: BranchPlan,
  algebra: BranchAlgebra<V>,
): V {
  const y = transformed(branch, algebra);
  return branchRelu ? algebra.relu(y) : y;
}

function transformed<V>(branch: BranchPlan, algebra: BranchAlgebra<V>): V {
  const { transform } = branch;
  switch (transform.kind) {
    case 'none':
      return mapped(branch, algebra);
    case 'constant':
      return transform.value === 1
        ? mapped(branch, algebra)
        : algebra.times(mapped(branch, algebra), transform.value);
    case 'scale':
      return algebra.scale(mapped(branch, algebra), transform.scale);
    case 'weightnorm':
      if (branch.kernel === null) throw new Error('Weight norm needs a kernel.');
      return algebra.convolveNormalised(branch, branch.kernel, transform.scale);
    case 'bn':
      return algebra.norm(mapped(branch, algebra), transform.bn);
    default:
      return transform satisfies never;
  }
}

/** A branch before its transform. */
function mapped<V>(branch: BranchPlan, algebra: BranchAlgebra<V>): V {
  if (branch.first) return algebra.sequence(branch, branch.first);
  return branch.kernel === null ? algebra.input() : algebra.convolve(branch, branch.kernel);
}

/** The stages of a block: a BlockPlan, or for a formula what stands for its norm and its identity past the norm. */
interface BlockStages<Norm, Past> {
  factor: number;
  factorAt: BlockPlan['factorAt'];
  norm: Norm | null;
  past: Past | null;
  relu: boolean;
}

/** The operations that a block is made of beyond its branches, on values of type V. */
export interface BlockAlgebra<V, Norm = BatchNormPlan, Past = BranchPlan> {
  /** Sum of the branches; of a fused layer, its convolution with bias. */
  sumOfBranches: () => V;
  times: (y: V, factor: number) => V;
  norm: (y: V, norm: Norm) => V;
  /** y + the branch that joins after the norm. */
  addPast: (y: V, past: Past) => V;
  relu: (y: V) => V;
}

/** A whole block. This is the only place that interprets `factorAt`. */
export function blockValue<V, Norm, Past>(
  block: BlockStages<Norm, Past>,
  algebra: BlockAlgebra<V, Norm, Past>,
): V {
  const factorFor = (place: BlockPlan['factorAt'], y: V): V =>
    block.factor === 1 || block.factorAt !== place ? y : algebra.times(y, block.factor);
  let y = factorFor('sum', algebra.sumOfBranches());
  if (block.norm !== null) y = algebra.norm(y, block.norm);
  y = factorFor('norm', y);
  if (block.past !== null) y = algebra.addPast(y, block.past);
  y = factorFor('output', y);
  return block.relu ? algebra.relu(y) : y;
}

/** What a transform does to a branch's kernel. */
export interface KernelGain {
  constant: number;
  /** Parameter with one factor per output channel. */
  scale: string | null;
  /** Whether the kernel has norm 1 per output channel before the scale. */
  normalised: boolean;
}

/** The transform as a multiplication of the kernel; null where it is none (a batch norm depends on the batch). */
export function kernelGain(transform: TransformPlan): KernelGain | null {
  switch (transform.kind) {
    case 'none':
      return { constant: 1, scale: null, normalised: false };
    case 'constant':
      return { constant: transform.value, scale: null, normalised: false };
    case 'scale':
      return { constant: 1, scale: transform.scale, normalised: false };
    case 'weightnorm':
      return { constant: 1, scale: transform.scale, normalised: true };
    case 'bn':
      return null;
    default:
      return transform satisfies never;
  }
}

/** Branches of the sum that are one convolution each, whose kernels can be summed before they are applied. */
export const linearBranches = ({ branches, branchRelu }: BlockPlan): BranchPlan[] =>
  branches.filter(({ transform, first }) => kernelGain(transform) !== null && first === null && !branchRelu);
