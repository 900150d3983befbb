/**
 * The graph of a network: a list of coarse operations with fixed shapes (convolutions, sums of branches with everything
 * that follows them, the head), from which a backend plans a training step once and replays it. Plain data, made from a
 * network plan. The list is in the order of the forward pass; gradients are computed in the reverse order.
 */
import {
  blockValue,
  branchValue,
  kernelGain,
  linearBranches,
  type BlockAlgebra,
  type BranchAlgebra,
  type KernelGain,
} from '../network/block-arithmetic';
import { kernelSize } from '../network/branches';
import type {
  BatchNormPlan,
  BlockPlan,
  BranchPlan,
  ModulePlan,
  NetworkPlan,
  ShortcutPlan,
} from '../network/plan';

/** Images [n, size, size, channels]. */
export interface Activation {
  id: number;
  size: number;
  channels: number;
}

/** How a term is multiplied and shifted, per channel. */
export type Coefficient =
  | { kind: 'one' }
  | { kind: 'scale'; parameter: string }
  /** Batch norm of the term's source: with the statistics of the batch, or in evaluation with the running ones. */
  | { kind: 'norm'; norm: BatchNormPlan; sequence: InSequence | null }
  /** An added vector, in a fused layer. It is not trained and has no gradient. */
  | { kind: 'bias'; parameter: string };

/**
 * The place of a batch norm in a sequence of a 1x1 convolution and a 3x3 convolution (DBB, Ding et al. 2021). The border
 * that the second convolution reads has the value v that the first norm gives to a zero input. The kernels have borders of
 * zeros, so v is subtracted after the first norm, and the second convolution of a constant v is added to the mean of the
 * second norm.
 */
export type InSequence =
  { place: 'first' } | { place: 'second'; first: BatchNormPlan; convolution: Convolution };

/** factor · coefficient(source). */
export interface Term {
  source: Activation;
  factor: number;
  coefficient: Coefficient;
  /** The source with every stride-th pixel and its channels shifted up by `offset`; null for the source unchanged. */
  view: { stride: number; offset: number } | null;
}

/** One summand of a merged kernel. The smaller kernel is centred in the larger one. */
export interface KernelPart extends KernelGain {
  /** null for the identity. */
  parameter: string | null;
  height: number;
  width: number;
}

/** The kernel of a convolution: a parameter unchanged, the sum of several parameters, or a fixed average. */
export type Kernel =
  | { kind: 'parameter'; name: string }
  | { kind: 'merged'; parts: readonly KernelPart[] }
  /** The mean of 3x3 pixels, for each channel. Not trained. */
  | { kind: 'average' };

/** y = x ∗ kernel with padding (k − 1)/2. */
export interface Convolution {
  kind: 'convolution';
  x: Activation;
  y: Activation;
  kernel: Kernel;
  k: 1 | 3;
  stride: 1 | 2;
}

/** out = Σ terms, followed by a ReLU if `relu`. */
export interface Combine {
  kind: 'combine';
  terms: readonly Term[];
  relu: boolean;
  out: Activation;
}

/** Mean over the pixels, linear layer with weight [channels, classes] and bias, cross-entropy. */
export interface Head {
  kind: 'head';
  x: Activation;
  weight: string;
  bias: string;
}

export type Operation = Convolution | Combine | Head;

export interface Graph {
  input: Activation;
  activations: readonly Activation[];
  operations: readonly Operation[];
  /** The output of every layer, first layer first. */
  outputs: readonly Activation[];
}

const ONE: Coefficient = { kind: 'one' };
const BARE: KernelGain = { constant: 1, scale: null, normalised: false };
const normOf = (norm: BatchNormPlan, sequence: InSequence | null = null): Coefficient => ({
  kind: 'norm',
  norm,
  sequence,
});
const plain = (source: Activation): Term => ({ source, factor: 1, coefficient: ONE, view: null });
const times = (terms: readonly Term[], factor: number): Term[] =>
  factor === 1 ? [...terms] : terms.map((term) => ({ ...term, factor: term.factor * factor }));
const isPlain = ({ factor, coefficient, view }: Term) =>
  factor === 1 && coefficient.kind === 'one' && view === null;

class GraphBuilder {
  readonly activations: Activation[] = [];
  readonly operations: Operation[] = [];
  readonly outputs: Activation[] = [];
  /** Outputs of sequences, with what their batch norm has to know of the first part. */
  private readonly sequences = new Map<Activation, InSequence>();

  activation(size: number, channels: number): Activation {
    const made = { id: this.activations.length, size, channels };
    this.activations.push(made);
    return made;
  }

  convolution(
    x: Activation,
    kernel: Kernel,
    k: 1 | 3,
    stride: number,
    outSize: number,
    cout: number,
  ): Activation {
    const y = this.activation(outSize, cout);
    this.operations.push({ kind: 'convolution', x, y, kernel, k, stride: stride as 1 | 2 });
    return y;
  }

  /** The sum of the terms as one activation. A single unchanged activation is returned without an operation. */
  private sum(terms: readonly Term[], relu: boolean, size: number, channels: number): Activation {
    const [only] = terms;
    if (!relu && terms.length === 1 && isPlain(only!)) return only!.source;
    const out = this.activation(size, channels);
    this.operations.push({ kind: 'combine', terms, relu, out });
    return out;
  }

  /** Adds a module's operations; its output. */
  module(module: ModulePlan, x: Activation): Activation {
    switch (module.kind) {
      case 'block':
        return this.output(this.layer(module.block, x));
      case 'residual': {
        const { first, second } = module;
        const inner = this.output(this.layer(first, x));
        const terms = this.shortcut(module.shortcut, x, second.outSize, second.cout);
        return this.output(
          this.sum([...this.block(second, inner), ...terms], true, second.outSize, second.cout),
        );
      }
      case 'preactivation': {
        const { first, second } = module;
        const a = this.sum([this.normTerm(x, module.norm)], true, x.size, x.channels);
        const inner = this.output(this.layer(first, a));
        const from = module.shortcut.kind === 'identity' ? x : a;
        const terms = this.shortcut(module.shortcut, from, second.outSize, second.cout);
        return this.output(
          this.sum([...this.block(second, inner), ...terms], false, second.outSize, second.cout),
        );
      }
      case 'normalise':
        return this.sum([this.normTerm(x, module.norm)], true, x.size, x.channels);
      default:
        return module satisfies never;
    }
  }

  /** Records the output of a layer. */
  private output(y: Activation): Activation {
    this.outputs.push(y);
    return y;
  }

  /** The output of a layer as terms that a following sum can absorb. */
  private block(block: BlockPlan, x: Activation): Term[] {
    return blockValue<Term[], BatchNormPlan, BranchPlan>(block, this.algebra(block, x));
  }

  /** The output of a layer as one activation. */
  private layer(block: BlockPlan, x: Activation): Activation {
    return this.sum(this.block(block, x), false, block.outSize, block.cout);
  }

  /** The operations of a block on terms: scales, norms and factors become coefficients of the sum that follows. */
  private algebra(block: BlockPlan, x: Activation): BlockAlgebra<Term[]> & BranchAlgebra<Term[]> {
    const one = (terms: readonly Term[]) => this.sum(terms, false, block.outSize, block.cout);
    const algebra: BlockAlgebra<Term[]> & BranchAlgebra<Term[]> = {
      input: () => [plain(x)],
      convolve: (branch) => [plain(this.branchKernel(block, branch, x))],
      convolveNormalised: (branch) => [plain(this.branchKernel(block, branch, x))],
      sequence: (branch, first) => [plain(this.sequence(block, branch, first, x))],
      times,
      scale: (y, parameter) => [{ ...plain(one(y)), coefficient: { kind: 'scale', parameter } }],
      norm: (y, norm) => [this.normTerm(one(y), norm)],
      relu: (y) => [plain(this.sum(y, true, block.outSize, block.cout))],
      sumOfBranches: () => this.branches(block, x, algebra),
      addPast: (y, past) => [...y, ...branchValue(block, past, algebra)],
    };
    return algebra;
  }

  private branches(block: BlockPlan, x: Activation, algebra: BranchAlgebra<Term[]>): Term[] {
    if (block.bias) {
      const y = this.branchKernel(block, block.branches[0]!, x);
      return [{ ...plain(y), coefficient: { kind: 'bias', parameter: block.bias } }];
    }
    const linear = linearBranches(block);
    const merged =
      linear.length > 1 || linear.some(({ transform }) => transform.kind === 'weightnorm') ? linear : [];
    const alone = block.branches.filter((branch) => !merged.includes(branch));
    const terms = alone.flatMap((branch) => branchValue(block, branch, algebra));
    if (merged.length === 0) return terms;
    const parts = merged.map(partOf);
    const y = this.convolution(
      x,
      { kind: 'merged', parts },
      sizeOf(parts),
      block.stride,
      block.outSize,
      block.cout,
    );
    return [plain(y), ...terms];
  }

  /** The output of a sequence's second convolution. */
  private sequence(
    block: BlockPlan,
    branch: BranchPlan,
    first: NonNullable<BranchPlan['first']>,
    x: Activation,
  ): Activation {
    const { channels } = first.bn;
    const thin = this.convolution(x, { kind: 'parameter', name: first.kernel }, 1, 1, x.size, channels);
    const inner = this.sum(
      [{ ...plain(thin), coefficient: normOf(first.bn, { place: 'first' }) }],
      false,
      x.size,
      channels,
    );
    const kernel: Kernel = branch.kernel ? { kind: 'parameter', name: branch.kernel } : { kind: 'average' };
    const y = this.convolution(inner, kernel, 3, block.stride, block.outSize, block.cout);
    const convolution = this.operations.at(-1) as Convolution;
    this.sequences.set(y, { place: 'second', first: first.bn, convolution });
    return y;
  }

  private normTerm(source: Activation, norm: BatchNormPlan): Term {
    return { ...plain(source), coefficient: normOf(norm, this.sequences.get(source) ?? null) };
  }

  private branchKernel(block: BlockPlan, branch: BranchPlan, x: Activation): Activation {
    const part = partOf(branch);
    const square = part.height === part.width && !part.normalised;
    const bare = { ...part, scale: part.normalised ? part.scale : null, constant: 1 };
    const kernel: Kernel = square
      ? { kind: 'parameter', name: branch.kernel! }
      : { kind: 'merged', parts: [bare] };
    return this.convolution(x, kernel, sizeOf([part]), block.stride, block.outSize, block.cout);
  }

  private shortcut(plan: ShortcutPlan, x: Activation, outSize: number, cout: number): Term[] {
    switch (plan.kind) {
      case 'identity':
        return [plain(x)];
      case 'pad':
        return [{ ...plain(x), view: { stride: plan.stride, offset: plan.before } }];
      case 'projection': {
        const kernel = { kind: 'parameter', name: plan.kernel } as const;
        const y = this.convolution(x, kernel, 1, plan.stride, outSize, cout);
        const coefficient: Coefficient = plan.bias
          ? { kind: 'bias', parameter: plan.bias }
          : plan.norm
            ? normOf(plan.norm)
            : ONE;
        return [{ ...plain(y), coefficient }];
      }
      default:
        return plan satisfies never;
    }
  }
}

function partOf({ branch, kernel, transform }: BranchPlan): KernelPart {
  const [height, width] = kernelSize(branch);
  const gain = kernelGain(transform) ?? BARE;
  return { parameter: kernel, height, width, ...gain };
}

const sizeOf = (parts: readonly KernelPart[]): 1 | 3 =>
  parts.some(({ height, width }) => height === 3 || width === 3) ? 3 : 1;

/** The graph of a plan for images [n, size, size, 3]. */
export function graphOf(plan: NetworkPlan, size: number): Graph {
  const builder = new GraphBuilder();
  const input = builder.activation(size, 3);
  const x = plan.modules.reduce((from, module) => builder.module(module, from), input);
  builder.operations.push({ kind: 'head', x, weight: plan.head.weight, bias: plan.head.bias });
  const { activations, operations, outputs } = builder;
  return { input, activations, operations, outputs };
}
