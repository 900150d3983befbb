/**
 * What a network computes as a list of a few coarse operations with fixed shapes, so that a backend can plan a training
 * step once and replay it: convolutions, sums of branches with everything that follows them, and the head. Plain data,
 * made from a network plan; the order of the list is the order of the forward pass, its reverse that of the gradients.
 */
import type { BatchNormPlan, BlockPlan, BranchPlan, NetworkPlan, ShortcutPlan } from '../network/plan';

/** Images [n, size, size, channels]. */
export interface Activation {
  id: number;
  size: number;
  channels: number;
}

/** What multiplies and shifts a term per channel. */
export type Coefficient =
  | { kind: 'one' }
  | { kind: 'scale'; parameter: string }
  /** Batch norm with the batch's statistics of the term's source, or the running ones in evaluation. */
  | { kind: 'norm'; norm: BatchNormPlan; sequence: InSequence | null }
  /** One added vector, of a fused layer; has no gradient here. */
  | { kind: 'bias'; parameter: string };

/**
 * A batch norm's part in a sequence of a 1x1 convolution and a 3x3 one (DBB). What the second convolution sees beyond the
 * border is the first norm's value of a zero input, v. So v is taken off after the first norm, which leaves a border of
 * zeros, and what the kernel makes of v alone is added to the mean of the second.
 */
export type InSequence =
  { place: 'first' } | { place: 'second'; first: BatchNormPlan; convolution: Convolution };

/** factor · coefficient(source). */
export interface Term {
  source: Activation;
  factor: number;
  coefficient: Coefficient;
  /** Every stride-th pixel of the source, put `offset` channels up; null where it is taken as it is. */
  view: { stride: number; offset: number } | null;
}

/** One summand of a merged kernel. */
export interface KernelPart {
  /** null for the identity. */
  parameter: string | null;
  height: number;
  width: number;
  scale: string | null;
  /** The kernel at norm 1 per output channel before its scale. */
  normalised: boolean;
  constant: number;
}

/** What a convolution convolves with: a parameter as it is, or several as one. */
export type Kernel =
  | { kind: 'parameter'; name: string }
  | { kind: 'merged'; parts: readonly KernelPart[] }
  /** The mean of 3x3 pixels, channel by channel. */
  | { kind: 'average' };

export interface Convolution {
  kind: 'convolution';
  x: Activation;
  y: Activation;
  kernel: Kernel;
  k: 1 | 3;
  stride: 1 | 2;
}

/** out = Σ terms, then a ReLU where there is one. */
export interface Combine {
  kind: 'combine';
  terms: readonly Term[];
  relu: boolean;
  out: Activation;
}

/** Mean over the pixels, linear layer, cross-entropy. */
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
  /** What every layer hands on, first layer first. */
  outputs: readonly Activation[];
}

const ONE: Coefficient = { kind: 'one' };
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

  /** The sum as one activation; nothing is computed where it is one already. */
  sum(terms: readonly Term[], relu: boolean, size: number, channels: number): Activation {
    const [only] = terms;
    if (!relu && terms.length === 1 && isPlain(only!)) return only!.source;
    const out = this.activation(size, channels);
    this.operations.push({ kind: 'combine', terms, relu, out });
    return out;
  }

  /** What a layer hands on, before its ReLU is applied: see BlockPlan. */
  block(block: BlockPlan, x: Activation): Term[] {
    if (block.bias) {
      const y = this.branchKernel(block, block.branches[0]!, x);
      return [{ source: y, factor: 1, coefficient: { kind: 'bias', parameter: block.bias }, view: null }];
    }
    const at = (place: BlockPlan['factorAt']) => (block.factorAt === place ? block.factor : 1);
    let terms = times(this.branches(block, x), at('sum'));
    if (block.norm) {
      const source = this.sum(terms, false, block.outSize, block.cout);
      terms = [{ source, factor: 1, coefficient: normOf(block.norm), view: null }];
    }
    terms = times(terms, at('norm'));
    if (block.past) terms.push(this.branch(block, block.past, x));
    return times(terms, at('output'));
  }

  /** As `block`, with the layer's own ReLU. */
  layer(block: BlockPlan, x: Activation): Activation {
    return this.sum(this.block(block, x), block.relu, block.outSize, block.cout);
  }

  private branches(block: BlockPlan, x: Activation): Term[] {
    const linear = block.branches.filter(
      ({ transform, first }) => transform.kind !== 'bn' && first === null && !block.branchRelu,
    );
    const merged =
      linear.length > 1 || linear.some(({ transform }) => transform.kind === 'weightnorm') ? linear : [];
    const alone = block.branches.filter((branch) => !merged.includes(branch));
    const terms = alone.map((branch) => this.branch(block, branch, x));
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

  private branch(block: BlockPlan, branch: BranchPlan, x: Activation): Term {
    const term = branch.first
      ? this.sequence(block, branch, branch.first, x)
      : {
          source: branch.kernel ? this.branchKernel(block, branch, x) : x,
          view: null,
          ...coefficientOf(branch),
        };
    if (!block.branchRelu) return term;
    return plain(this.sum([term], true, block.outSize, block.cout));
  }

  private sequence(
    block: BlockPlan,
    branch: BranchPlan,
    first: NonNullable<BranchPlan['first']>,
    x: Activation,
  ): Term {
    if (branch.transform.kind !== 'bn') throw new Error('A sequence ends in a batch norm.');
    const { channels } = first.bn;
    const thin = this.convolution(x, { kind: 'parameter', name: first.kernel }, 1, 1, x.size, channels);
    const inner = this.sum(
      [{ source: thin, factor: 1, coefficient: normOf(first.bn, { place: 'first' }), view: null }],
      false,
      x.size,
      channels,
    );
    const kernel: Kernel = branch.kernel ? { kind: 'parameter', name: branch.kernel } : { kind: 'average' };
    const source = this.convolution(inner, kernel, 3, block.stride, block.outSize, block.cout);
    const convolution = this.operations.at(-1) as Convolution;
    const coefficient = normOf(branch.transform.bn, { place: 'second', first: first.bn, convolution });
    return { source, factor: 1, coefficient, view: null };
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

  shortcut(plan: ShortcutPlan, x: Activation, outSize: number, cout: number): Term[] {
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
        return [{ source: y, factor: 1, coefficient, view: null }];
      }
    }
  }
}

const lengthOf = (branch: BranchPlan): [number, number] => {
  switch (branch.branch) {
    case 'conv1x1':
    case 'identity':
      return [1, 1];
    case 'conv3x1':
      return [3, 1];
    case 'conv1x3':
      return [1, 3];
    default:
      return [3, 3];
  }
};

function partOf(branch: BranchPlan): KernelPart {
  const { transform } = branch;
  const [height, width] = lengthOf(branch);
  return {
    parameter: branch.kernel,
    height,
    width,
    scale: transform.kind === 'scale' || transform.kind === 'weightnorm' ? transform.scale : null,
    normalised: transform.kind === 'weightnorm',
    constant: transform.kind === 'constant' ? transform.value : 1,
  };
}

const sizeOf = (parts: readonly KernelPart[]): 1 | 3 =>
  parts.some(({ height, width }) => height === 3 || width === 3) ? 3 : 1;

function coefficientOf({ transform }: BranchPlan): Pick<Term, 'factor' | 'coefficient'> {
  switch (transform.kind) {
    case 'bn':
      return { factor: 1, coefficient: normOf(transform.bn) };
    case 'scale':
      return { factor: 1, coefficient: { kind: 'scale', parameter: transform.scale } };
    case 'constant':
      return { factor: transform.value, coefficient: ONE };
    default:
      return { factor: 1, coefficient: ONE };
  }
}

/** The graph of a plan on images of `size` pixels a side with three channels. */
export function graphOf(plan: NetworkPlan, size: number): Graph {
  const builder = new GraphBuilder();
  const input = builder.activation(size, 3);
  let x = input;
  for (const module of plan.modules) {
    switch (module.kind) {
      case 'block': {
        x = builder.layer(module.block, x);
        builder.outputs.push(x);
        break;
      }
      case 'residual': {
        const { first, second } = module;
        const inner = builder.layer(first, x);
        builder.outputs.push(inner);
        const terms = builder.shortcut(module.shortcut, x, second.outSize, second.cout);
        x = builder.sum([...builder.block(second, inner), ...terms], true, second.outSize, second.cout);
        builder.outputs.push(x);
        break;
      }
      case 'preactivation': {
        const { first, second } = module;
        const a = builder.sum([normTerm(x, module.norm)], true, x.size, x.channels);
        const inner = builder.layer(first, a);
        builder.outputs.push(inner);
        const from = module.shortcut.kind === 'identity' ? x : a;
        const terms = builder.shortcut(module.shortcut, from, second.outSize, second.cout);
        const body = second.relu ? [plain(builder.layer(second, inner))] : builder.block(second, inner);
        x = builder.sum([...body, ...terms], false, second.outSize, second.cout);
        builder.outputs.push(x);
        break;
      }
      case 'normalise':
        x = builder.sum([normTerm(x, module.norm)], true, x.size, x.channels);
    }
  }
  builder.operations.push({ kind: 'head', x, weight: plan.head.weight, bias: plan.head.bias });
  const { activations, operations, outputs } = builder;
  return { input, activations, operations, outputs };
}

const normTerm = (source: Activation, norm: BatchNormPlan): Term => ({
  source,
  factor: 1,
  coefficient: normOf(norm),
  view: null,
});
