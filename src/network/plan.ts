/**
 * From an experiment to a network plan: blocks, branches, parameters, shapes and cost, as plain data. No tensors.
 *
 * Names are the reference's PyTorch names (`blocks.3.conv.conv3x3_t.weight`), so that weights travel between the two.
 */
import type { Experiment } from '../experiment/settings';

export type BranchName = 'identity' | 'conv1x1' | 'conv3x3';

export type ParameterRole = 'kernel' | 'scale' | 'gamma' | 'beta' | 'headWeight' | 'headBias';

/** One trained tensor. */
export interface ParameterPlan {
  name: string;
  /** Our layout: kernels [kh, kw, in, out], head weight [in, classes], everything else [channels]. */
  shape: readonly number[];
  role: ParameterRole;
  /** Whether it belongs to an identity branch (weight decay treats those apart). */
  onIdentity: boolean;
  /** Uniform in ±bound around 0 (PyTorch's default for convolutions and linear layers), or a constant. */
  init: { kind: 'uniform'; bound: number } | { kind: 'constant'; value: number };
}

/** A batch norm: names of gamma and beta among the parameters, of mean and variance among the running statistics. */
export interface BatchNormPlan {
  gamma: string;
  beta: string;
  runningMean: string;
  runningVar: string;
  channels: number;
}

export interface BranchPlan {
  branch: BranchName;
  /** Name of the kernel; null for the identity. */
  kernel: string | null;
  transform: { kind: 'none' } | { kind: 'scale'; scale: string } | { kind: 'bn'; bn: BatchNormPlan };
}

/** relu(factor · norm(Σ branches)), or with the factor before the norm. */
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
  norm: BatchNormPlan | null;
  factor: number;
  factorAt: 'output' | 'sum';
}

export interface NetworkPlan {
  blocks: readonly BlockPlan[];
  head: { weight: string; bias: string; cin: number };
  classes: number;
  parameters: readonly ParameterPlan[];
  batchNorms: readonly BatchNormPlan[];
  cost: {
    /** Trained numbers. */
    parameters: number;
    /** Multiply-adds of one image's forward pass as trained, all branches counted. */
    macs: number;
    /** The same two after fusing each block into one 3x3 convolution with bias. */
    fusedParameters: number;
    fusedMacs: number;
  };
}

/** The settings that shape a network; an experiment has them all. */
export type NetworkSettings = Pick<
  Experiment,
  | 'depths'
  | 'widths'
  | 'strides'
  | 'conv3x3'
  | 'conv1x1'
  | 'identity'
  | 'norm'
  | 'factor'
  | 'factorAt'
  | 'scaleInit'
>;

/** Plans a network for square images of `size` pixels and 3 channels. */
export function planNetwork(settings: NetworkSettings, classes = 100, size = 32): NetworkPlan {
  const parameters: ParameterPlan[] = [];
  const batchNorms: BatchNormPlan[] = [];
  const blocks: BlockPlan[] = [];
  const cost = { parameters: 0, macs: 0, fusedParameters: 0, fusedMacs: 0 };

  const parameter = (plan: ParameterPlan) => {
    parameters.push(plan);
    return plan.name;
  };
  const constant = (
    name: string,
    role: ParameterRole,
    channels: number,
    value: number,
    onIdentity: boolean,
  ) => parameter({ name, shape: [channels], role, onIdentity, init: { kind: 'constant', value } });
  const batchNorm = (name: string, channels: number, onIdentity: boolean): BatchNormPlan => {
    const plan = {
      gamma: constant(`${name}.weight`, 'gamma', channels, 1, onIdentity),
      beta: constant(`${name}.bias`, 'beta', channels, 0, onIdentity),
      runningMean: `${name}.running_mean`,
      runningVar: `${name}.running_var`,
      channels,
    };
    batchNorms.push(plan);
    return plan;
  };

  let cin = 3;
  let inSize = size;
  settings.depths.forEach((depth, stage) => {
    const cout = settings.widths[stage]!;
    for (let inStage = 0; inStage < depth; inStage++) {
      const stride = inStage === 0 ? settings.strides[stage]! : 1;
      const index = blocks.length;
      const name = `blocks.${index}`;
      const outSize = Math.ceil(inSize / stride);
      const pixels = outSize * outSize;
      const convScale = settings.scaleInit === 'repopt' && inStage > 0 ? Math.sqrt(2 / inStage) : 1;

      const transform = (
        kind: 'none' | 'scale' | 'bn',
        path: string,
        start: number,
        onIdentity: boolean,
      ): BranchPlan['transform'] => {
        if (kind === 'scale')
          return { kind, scale: constant(`${path}.weight`, 'scale', cout, start, onIdentity) };
        if (kind === 'bn') return { kind, bn: batchNorm(path, cout, onIdentity) };
        return { kind };
      };
      const convolution = (branch: 'conv3x3' | 'conv1x1', k: number): BranchPlan[] => {
        const kind = settings[branch];
        if (kind === 'off') return [];
        const bound = 1 / Math.sqrt(k * k * cin);
        const path = `${name}.conv.${branch}`;
        const kernel = parameter({
          name: `${path}.weight`,
          shape: [k, k, cin, cout],
          role: 'kernel',
          onIdentity: false,
          init: { kind: 'uniform', bound },
        });
        cost.macs += k * k * cin * cout * pixels;
        return [{ branch, kernel, transform: transform(kind, `${path}_t`, convScale, false) }];
      };

      const branches = [...convolution('conv3x3', 3), ...convolution('conv1x1', 1)];
      if (settings.identity !== 'off' && cin === cout && stride === 1) {
        branches.push({
          branch: 'identity',
          kernel: null,
          transform: transform(settings.identity, `${name}.conv.identity_t`, 1, true),
        });
      }
      cost.fusedParameters += 9 * cin * cout + cout;
      cost.fusedMacs += 9 * cin * cout * pixels;
      blocks.push({
        name,
        index,
        stage,
        cin,
        cout,
        stride,
        inSize,
        outSize,
        branches,
        norm: settings.norm === 'post' ? batchNorm(`${name}.norm`, cout, false) : null,
        factor: settings.factor,
        factorAt: settings.factorAt,
      });
      cin = cout;
      inSize = outSize;
    }
  });

  const bound = 1 / Math.sqrt(cin);
  const head = {
    weight: parameter({
      name: 'head.weight',
      shape: [cin, classes],
      role: 'headWeight',
      onIdentity: false,
      init: { kind: 'uniform', bound },
    }),
    bias: parameter({
      name: 'head.bias',
      shape: [classes],
      role: 'headBias',
      onIdentity: false,
      init: { kind: 'uniform', bound },
    }),
    cin,
  };
  const headCost = cin * classes;
  cost.macs += headCost;
  cost.fusedMacs += headCost;
  cost.fusedParameters += headCost + classes;
  cost.parameters = parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return { blocks, head, classes, parameters, batchNorms, cost };
}
