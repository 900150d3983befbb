/**
 * What a network plan is: layers, branches, parameters, shapes and cost, as plain data. No tensors.
 * `./plan-network` makes one from an experiment.
 *
 * Names are the reference's PyTorch names (`blocks.3.conv.conv3x3_t.weight`), so that weights travel between the two.
 */
import type { Experiment, TransformKind } from '../experiment/settings';
import type { BranchName } from './branches';

export type ParameterRole = 'kernel' | 'scale' | 'gamma' | 'beta' | 'headWeight' | 'headBias' | 'bias';

/** First values of a parameter, drawn from the seed where they are random. */
export type ParameterInit =
  /** Uniform in ±bound around 0: PyTorch's default for convolutions and linear layers. */
  | { kind: 'uniform'; bound: number }
  | { kind: 'normal'; deviation: number }
  | { kind: 'constant'; value: number }
  /** 1 where a 3x3 kernel's centre passes a channel on, 0 elsewhere; or that added to what `base` says. */
  | { kind: 'dirac'; base: ParameterInit | null }
  /** Σ weight · part, a 1x1 part in the centre of the 3x3 kernel; `diagonal` on the diagonal of the centre. */
  | { kind: 'merged'; parts: readonly MergedPart[]; diagonal: number };

/** A kernel drawn as the parameter of this name would be. */
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
  /** Whether it belongs to an identity branch (weight decay treats those apart). */
  onIdentity: boolean;
  init: ParameterInit;
  /** GradMult: what multiplies the gradient of a 3x3 kernel, everywhere, further at the centre, further on its diagonal. */
  gradientFactor?: { everywhere: number; centre: number; diagonal: number };
}

/** A batch norm: names of gamma and beta among the parameters, of mean and variance among the running statistics. */
export interface BatchNormPlan {
  gamma: string;
  beta: string;
  runningMean: string;
  runningVar: string;
  channels: number;
}

/** What the plan says about a transform beside its kind; transforms without a row have nothing more to say. */
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
  /** Which of several copies, from 0. */
  copy: number;
  /** Name of the kernel that has the stride, of the size that `kernelSize` says; null for the identity and the average. */
  kernel: string | null;
  /** The 1x1 convolution with batch norm that comes first in DBB's sequences. */
  first: { kernel: string; bn: BatchNormPlan } | null;
  transform: TransformPlan;
}

/**
 * A layer: activation(factor · norm(Σ branches [+ bias]) [+ past]). `factorAt` 'sum' multiplies before the norm, 'norm'
 * the norm's output without `past`, 'output' everything.
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
  /** An identity that joins after the norm. */
  past: BranchPlan | null;
  factor: number;
  factorAt: 'output' | 'norm' | 'sum';
  /** Of a fused layer. */
  bias: string | null;
  relu: boolean;
}

/** What a residual block adds to its layers' output. */
export type ShortcutPlan =
  | { kind: 'identity' }
  /** Option A of He et al. 2016: every stride-th pixel, new channels zero (half before, half after). */
  | { kind: 'pad'; stride: number; before: number; after: number }
  /** A 1x1 convolution with batch norm, or once fused with bias. */
  | {
      kind: 'projection';
      kernel: string;
      channels: number;
      stride: number;
      norm: BatchNormPlan | null;
      bias: string | null;
    };

/** Layers put together; a network is a list of these. */
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
  /** Trained numbers. */
  parameters: number;
  /** Multiply-adds of one image's forward pass as trained, all branches counted. */
  macs: number;
  /** The same two after fusing each layer into one 3x3 convolution; null where that cannot be done. */
  fusedParameters: number | null;
  fusedMacs: number | null;
}

export interface NetworkPlan {
  modules: readonly ModulePlan[];
  /** Every layer of the modules, in their order. */
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
