/** Plans a RepConv, the sum of branches that stands in for a 3x3 convolution, and the parameters it needs. */
import type {
  BatchNormPlan,
  BranchName,
  BranchPlan,
  NetworkSettings,
  ParameterInit,
  ParameterPlan,
  ParameterRole,
  TransformPlan,
} from './plan';

/** Gathers what a plan needs while its layers are planned. */
export class Parts {
  readonly parameters: ParameterPlan[] = [];
  readonly batchNorms: BatchNormPlan[] = [];
  /** Multiply-adds so far. */
  macs = 0;

  add(
    name: string,
    role: ParameterRole,
    shape: readonly number[],
    init: ParameterInit,
    onIdentity = false,
  ): string {
    this.parameters.push({ name, shape, role, onIdentity, init });
    return name;
  }

  batchNorm(name: string, channels: number, gamma = 1, onIdentity = false): BatchNormPlan {
    const plan = {
      gamma: this.add(`${name}.weight`, 'gamma', [channels], { kind: 'constant', value: gamma }, onIdentity),
      beta: this.add(`${name}.bias`, 'beta', [channels], { kind: 'constant', value: 0 }, onIdentity),
      runningMean: `${name}.running_mean`,
      runningVar: `${name}.running_var`,
      channels,
    };
    this.batchNorms.push(plan);
    return plan;
  }

  /** A kernel [kh, kw, cin, cout] whose convolution yields `pixels` output pixels. */
  kernel(
    name: string,
    shape: readonly [number, number, number, number],
    pixels: number,
    init: ParameterInit = torchDefault(shape),
  ): string {
    this.macs += shape[0] * shape[1] * shape[2] * shape[3] * pixels;
    return this.add(name, 'kernel', shape, init);
  }
}

export interface RepConvShape {
  /** Names start with it: `blocks.3.conv`. */
  path: string;
  cin: number;
  cout: number;
  stride: number;
  outSize: number;
  /** Index of the layer in its stage (in its block, in a residual network), from 0. */
  inStage: number;
}

/** PyTorch's default for convolutions: uniform in ±1/√fan-in. */
function torchDefault([kh, kw, cin]: readonly [number, number, number, number]): ParameterInit {
  return { kind: 'uniform', bound: 1 / Math.sqrt(kh * kw * cin) };
}

function kernelInit(
  { kernelInit: kind }: NetworkSettings,
  shape: readonly [number, number, number, number],
): ParameterInit {
  const drawn: ParameterInit =
    kind === 'he'
      ? { kind: 'normal', deviation: Math.sqrt(2 / (shape[0] * shape[1] * shape[2])) }
      : torchDefault(shape);
  if (shape[0] !== 3 || shape[1] !== 3) return drawn;
  if (kind === 'dirac') return { kind: 'dirac', base: null };
  return kind === 'dirac-add' ? { kind: 'dirac', base: drawn } : drawn;
}

/** Expected ‖W‖² of an output channel. */
function expectedNormSquared(init: ParameterInit): number {
  switch (init.kind) {
    case 'dirac':
      return 1 + (init.base ? expectedNormSquared(init.base) : 0);
    case 'normal':
      return 2;
    default:
      return 1 / 3;
  }
}

/** Where a convolution's scale starts. */
function scaleStart(settings: NetworkSettings, { inStage }: RepConvShape, kernel: ParameterInit): number {
  switch (settings.scaleInit) {
    case 'one':
      return 1;
    case 'repopt':
      return inStage > 0 ? Math.sqrt(2 / inStage) : 1;
    case 'rms':
      return 1 / Math.sqrt(expectedNormSquared(kernel));
    case 'value':
      return settings.scaleValue;
  }
}

/** The identity exists where it can: same channels, stride 1. */
const hasIdentity = (settings: NetworkSettings, { cin, cout, stride }: RepConvShape) =>
  settings.identity !== 'off' && cin === cout && stride === 1;

/** The branches in the order of BRANCH_NAMES, the identity last. */
export function planRepConv(settings: NetworkSettings, shape: RepConvShape, parts: Parts): BranchPlan[] {
  if (settings.form === 'gradmult') return [planGradMult(settings, shape, parts)];
  const { path, cin, cout, outSize } = shape;
  const pixels = outSize * outSize;
  const branches: BranchPlan[] = [];

  const transform = (kind: string, name: string, start: number, onIdentity = false): TransformPlan => {
    switch (kind) {
      case 'constant':
        return { kind, value: start };
      case 'scale':
      case 'weightnorm': {
        const init = { kind: 'constant', value: start } as const;
        return { kind, scale: parts.add(`${name}_t.weight`, 'scale', [cout], init, onIdentity) };
      }
      case 'bn':
        return { kind, bn: parts.batchNorm(`${name}_t`, cout, settings.gammaInit, onIdentity) };
      default:
        return { kind: 'none' };
    }
  };
  const convolution = (branch: BranchName, kind: string, kh: number, kw: number, copy = 0) => {
    if (kind === 'off') return;
    const name = `${path}.${branch}${copy > 0 ? `_${copy + 1}` : ''}`;
    const sides = [kh, kw, cin, cout] as const;
    const init = kernelInit(settings, sides);
    const kernel = parts.kernel(`${name}.weight`, sides, pixels, init);
    const start = scaleStart(settings, shape, init);
    branches.push({ branch, copy, kernel, first: null, transform: transform(kind, name, start) });
  };
  /** The stride is on the second part, so the first one sees every pixel of the input. */
  const first = (name: string, channels: number): NonNullable<BranchPlan['first']> => {
    const inPixels = (outSize * shape.stride) ** 2;
    const kernel = parts.kernel(`${name}_1.weight`, [1, 1, cin, channels], inPixels);
    return { kernel, bn: parts.batchNorm(`${name}_n`, channels, settings.gammaInit) };
  };

  for (let copy = 0; copy < (settings.conv3x3 === 'off' ? 0 : settings.copies); copy++)
    convolution('conv3x3', settings.conv3x3, 3, 3, copy);
  convolution('conv1x1', settings.conv1x1, 1, 1);
  convolution('conv3x1', settings.conv3x1, 3, 1);
  convolution('conv1x3', settings.conv1x3, 1, 3);
  if (settings.seq3x3 === 'bn') {
    const name = `${path}.seq3x3`;
    const start = first(name, cin);
    const sides = [3, 3, cin, cout] as const;
    const kernel = parts.kernel(`${name}.weight`, sides, pixels, kernelInit(settings, sides));
    branches.push({ branch: 'seq3x3', copy: 0, kernel, first: start, transform: transform('bn', name, 1) });
  }
  if (settings.seqAvg === 'bn') {
    const name = `${path}.seqAvg`;
    const start = first(name, cout);
    branches.push({
      branch: 'seqAvg',
      copy: 0,
      kernel: null,
      first: start,
      transform: transform('bn', name, 1),
    });
  }
  if (hasIdentity(settings, shape)) {
    const start = transform(settings.identity, `${path}.identity`, 1, true);
    branches.push({ branch: 'identity', copy: 0, kernel: null, first: null, transform: start });
  }
  return branches;
}

/** Constant branches, and an identity with or without a learned scale, as one kernel: it starts as their sum, and its gradient is multiplied as if they were there. */
function planGradMult(settings: NetworkSettings, shape: RepConvShape, parts: Parts): BranchPlan {
  const { path, cin, cout, outSize } = shape;
  const branch = (key: 'conv3x3' | 'conv1x1', size: 1 | 3) => {
    if (settings[key] === 'off') return null;
    const init = kernelInit(settings, [size, size, cin, cout]);
    const weight = settings[key] === 'constant' ? scaleStart(settings, shape, init) : 1;
    return { name: `${path}.${key}.weight`, size, weight, init };
  };
  const wide = branch('conv3x3', 3);
  const narrow = branch('conv1x1', 1);
  const diagonal = hasIdentity(settings, shape) ? 1 : 0;
  const name = `${path}.conv3x3.weight`;
  parts.kernel(name, [3, 3, cin, cout], outSize * outSize, {
    kind: 'merged',
    parts: [wide, narrow].filter((part) => part !== null),
    diagonal,
  });
  parts.parameters.at(-1)!.gradientFactor = {
    everywhere: (wide?.weight ?? 0) ** 2,
    centre: (narrow?.weight ?? 0) ** 2,
    // A bare or constant identity has nothing that could be trained.
    diagonal: settings.identity === 'scale' ? diagonal : 0,
  };
  return { branch: 'conv3x3', copy: 0, kernel: name, first: null, transform: { kind: 'none' } };
}
