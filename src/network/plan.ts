/**
 * What a network plan is: layers, branches, parameters, shapes and cost, as plain data. No tensors.
 * `./plan-network` makes one from an experiment.
 *
 * Names are the reference's PyTorch names (`blocks.3.conv.conv3x3_t.weight`), so that weights travel between the two.
 */
import type { Experiment, TransformKind } from '../experiment/settings';
import type { BranchName } from './branches';

export type ParameterRole = 'kernel' | 'scale' | 'gamma' | 'beta' | 'headWeight' | 'headBias' | 'bias';

/** Initial values of a parameter; random ones are drawn from the seed. */
export type ParameterInit =
  /** Uniform in ±bound around 0: PyTorch's default for convolutions and linear layers. */
  | { kind: 'uniform'; bound: number }
  | { kind: 'normal'; deviation: number }
  | { kind: 'constant'; value: number }
  /** The identity as a 3x3 kernel, added to the kernel that `base` describes; null for the identity alone. */
  | { kind: 'dirac'; base: ParameterInit | null }
  /** Σ weight · part + `diagonal` · identity, as a 3x3 kernel. A 1x1 part goes to the centre. */
  | { kind: 'merged'; parts: readonly MergedPart[]; diagonal: number };

/** A kernel with the initial values that the parameter of this name would have. */
export interface MergedPart {
  name: string;
  size: 1 | 3;
  weight: number;
  init: ParameterInit;
}

/** One trained tensor. */
export interface ParameterPlan {
  name: string;
  /** Our layout: kernels [kh, kw, in, out], head weight [in, classes], everything else [channels]. */
  shape: readonly number[];
  role: ParameterRole;
  /** Whether it belongs to an identity branch, for which weight decay has its own rule. */
  onIdentity: boolean;
  init: ParameterInit;
  /** GradMult: factors of a 3x3 kernel's gradient. The centre tap gets everywhere + centre, the centre's diagonal all three. */
  gradientFactor?: { everywhere: number; centre: number; diagonal: number };
}

/** A batch norm: the names of its two parameters and of its two running statistics. */
export interface BatchNormPlan {
  gamma: string;
  beta: string;
  runningMean: string;
  runningVar: string;
  channels: number;
}

/** The contents of a transform's plan beside its kind. A transform without a row has none. */
interface TransformContent {
  /** A factor that is never trained. */
  constant: { value: number };
  scale: { scale: string };
  /** The kernel at norm 1 per output channel, times a learned scale. */
  weightnorm: { scale: string };
  bn: { bn: BatchNormPlan };
}

/** What follows a branch before the sum. */
export type TransformPlan = {
  [K in TransformKind]: { kind: K } & (K extends keyof TransformContent ? TransformContent[K] : unknown);
}[TransformKind];

/** The learned vector of a transform, one number per output channel; null where it has none. */
export function learnedVector(
  transform: TransformPlan,
): { kind: 'scale' | 'gamma'; parameter: string } | null {
  switch (transform.kind) {
    case 'none':
    case 'constant':
      return null;
    case 'scale':
    case 'weightnorm':
      return { kind: 'scale', parameter: transform.scale };
    case 'bn':
      return { kind: 'gamma', parameter: transform.bn.gamma };
    default:
      return transform satisfies never;
  }
}

export interface BranchPlan {
  branch: BranchName;
  /** Index among the copies of the branch, from 0. */
  copy: number;
  /** Name of the kernel that the stride applies to, of size `kernelSize(branch)`; null for the identity and the average. */
  kernel: string | null;
  /** The 1x1 convolution with batch norm that comes first in DBB's sequences. */
  first: { kernel: string; bn: BatchNormPlan } | null;
  transform: TransformPlan;
}

/**
 * A layer: relu(factor · norm(Σ branches [+ bias]) [+ past]), computed by `blockValue` in ./block-arithmetic. `factorAt` says
 * what the factor multiplies: 'sum' the input of the norm, 'norm' its output without `past`, 'output' everything.
 */
export interface BlockPlan {
  name: string;
  /** Position in the network, from 0. */
  index: number;
  stage: number;
  cin: number;
  cout: number;
  stride: number;
  /** Height = width of its input and output, in pixels. */
  inSize: number;
  outSize: number;
  branches: readonly BranchPlan[];
  /** A ReLU after every branch's transform. */
  branchRelu: boolean;
  norm: BatchNormPlan | null;
  /** An identity branch that is added after the norm. */
  past: BranchPlan | null;
  factor: number;
  factorAt: 'output' | 'norm' | 'sum';
  /** Name of the bias; only fused layers have one. */
  bias: string | null;
  relu: boolean;
}

/** What a residual block adds to its layers' output. */
export type ShortcutPlan =
  | { kind: 'identity' }
  /** Option A of He et al. 2016: every stride-th pixel; new channels are zero, half of them before the old ones, half after. */
  | { kind: 'pad'; stride: number; before: number; after: number }
  /** A 1x1 convolution with batch norm; after fusing, with a bias instead. */
  | {
      kind: 'projection';
      kernel: string;
      channels: number;
      stride: number;
      norm: BatchNormPlan | null;
      bias: string | null;
    };

/** One or two layers with what connects them; a network is a list of modules. */
export type ModulePlan =
  | { kind: 'block'; block: BlockPlan }
  /** relu(second(first(x)) + shortcut(x)) */
  | { kind: 'residual'; first: BlockPlan; second: BlockPlan; shortcut: ShortcutPlan }
  /** With a = relu(norm(x)): second(first(a)) + x, or + shortcut(a) where the shape changes. */
  | {
      kind: 'preactivation';
      norm: BatchNormPlan;
      first: BlockPlan;
      second: BlockPlan;
      shortcut: ShortcutPlan;
    }
  /** relu(norm(x)) */
  | { kind: 'normalise'; norm: BatchNormPlan };

export interface Cost {
  /** Number of trained values. */
  parameters: number;
  /** Multiply-adds of the forward pass of one image, with all branches. */
  macs: number;
  /** The same two of the fused network; null where it cannot be fused. */
  fusedParameters: number | null;
  fusedMacs: number | null;
}

export interface NetworkPlan {
  modules: readonly ModulePlan[];
  /** The layers of all modules, in order. */
  blocks: readonly BlockPlan[];
  head: { weight: string; bias: string; cin: number };
  classes: number;
  parameters: readonly ParameterPlan[];
  batchNorms: readonly BatchNormPlan[];
  cost: Cost;
}

/** The settings that shape a network; an experiment has them all. */
export type NetworkSettings = Pick<
  Experiment,
  | 'family'
  | 'depths'
  | 'widths'
  | 'strides'
  | 'shortcuts'
  | 'n'
  | 'width'
  | 'widen'
  | BranchName
  | 'identityAt'
  | 'copies'
  | 'branchRelu'
  | 'form'
  | 'norm'
  | 'factor'
  | 'factorAt'
  | 'kernelInit'
  | 'scaleInit'
  | 'scaleValue'
  | 'gammaInit'
>;

/** All branches of a layer, the identity past the norm among them. */
export const branchesOf = ({
  branches,
  past,
}: Pick<BlockPlan, 'branches' | 'past'>): readonly BranchPlan[] => (past ? [...branches, past] : branches);
