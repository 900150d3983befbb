/** Plans a RepConv (the sum of branches that replaces a 3x3 convolution) and its parameters. */
import type { TransformKind } from '../experiment/settings';
import { BRANCH_NAMES, branchRow, kernelSize, type BranchName } from './branches';
import type {
  BatchNormPlan,
  BranchPlan,
  NetworkSettings,
  ParameterInit,
  ParameterPlan,
  ParameterRole,
  TransformPlan,
} from './plan';

/** Collects parameters, batch norms and multiply-adds while the layers of a network are planned. */
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
  /** Prefix of the parameters' names: `blocks.3.conv`. */
  path: string;
  cin: number;
  cout: number;
  stride: number;
  outSize: number;
  /** Index of the layer in its stage, from 0; in a residual network, in its residual block. */
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
    case 'uniform':
      return 1 / 3;
    case 'constant':
    case 'merged':
      throw new Error(`A convolution’s kernel does not start as ${init.kind}.`);
    default:
      return init satisfies never;
  }
}

/** Initial value of a convolution's scale. */
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
    default:
      return settings.scaleInit satisfies never;
  }
}

/** An identity needs equal channels and stride 1. */
const hasIdentity = (settings: NetworkSettings, { cin, cout, stride }: RepConvShape) =>
  settings.identity !== 'off' && cin === cout && stride === 1;

/** Plans the branches, in the order of the catalogue. */
export function planRepConv(settings: NetworkSettings, shape: RepConvShape, parts: Parts): BranchPlan[] {
  if (settings.form === 'gradmult') return [planGradMult(settings, shape, parts)];
  return BRANCH_NAMES.flatMap((branch) => {
    const transform = settings[branch];
    if (transform === 'off') return [];
    const copies = branchRow(branch).copied ? settings.copies : 1;
    return Array.from({ length: copies }, (_, copy) =>
      planBranch(branch, copy, transform, settings, shape, parts),
    ).filter((plan) => plan !== null);
  });
}

/** One branch; null for an identity where the block changes the shape. */
function planBranch(
  branch: BranchName,
  copy: number,
  kind: TransformKind,
  settings: NetworkSettings,
  shape: RepConvShape,
  parts: Parts,
): BranchPlan | null {
  const { path, cin, cout, stride, outSize } = shape;
  const { map } = branchRow(branch);
  const name = `${path}.${branch}${copy > 0 ? `_${copy + 1}` : ''}`;
  const pixels = outSize * outSize;
  const transform = (start: number, onIdentity = false) =>
    planTransform(kind, `${name}_t`, start, settings.gammaInit, cout, parts, onIdentity);
  switch (map.kind) {
    case 'convolution': {
      const sides = [map.height, map.width, cin, cout] as const;
      const init = kernelInit(settings, sides);
      const kernel = parts.kernel(`${name}.weight`, sides, pixels, init);
      return { branch, copy, kernel, first: null, transform: transform(scaleStart(settings, shape, init)) };
    }
    case 'sequence': {
      // An average keeps its channels, so the 1x1 convolution has to yield the output's.
      const middle = map.second === 'average' ? cout : cin;
      // The stride applies to the second part: the first one computes every pixel of the input.
      const inPixels = (outSize * stride) ** 2;
      const first = {
        kernel: parts.kernel(`${name}_1.weight`, [1, 1, cin, middle], inPixels),
        bn: parts.batchNorm(`${name}_n`, middle, settings.gammaInit),
      };
      const sides = [...kernelSize(branch), cin, cout] as const;
      const kernel =
        map.second === 'average'
          ? null
          : parts.kernel(`${name}.weight`, sides, pixels, kernelInit(settings, sides));
      return { branch, copy, kernel, first, transform: transform(1) };
    }
    case 'identity':
      return hasIdentity(settings, shape)
        ? { branch, copy, kernel: null, first: null, transform: transform(1, true) }
        : null;
    default:
      return map satisfies never;
  }
}

/** Plans a transform and its parameters, whose names start with `name`. `start` is the initial value of a scale, or the constant. */
function planTransform(
  kind: TransformKind,
  name: string,
  start: number,
  gammaInit: number,
  channels: number,
  parts: Parts,
  onIdentity: boolean,
): TransformPlan {
  switch (kind) {
    case 'none':
      return { kind };
    case 'constant':
      return { kind, value: start };
    case 'scale':
    case 'weightnorm': {
      const init = { kind: 'constant', value: start } as const;
      return { kind, scale: parts.add(`${name}.weight`, 'scale', [channels], init, onIdentity) };
    }
    case 'bn':
      return { kind, bn: parts.batchNorm(name, channels, gammaInit, onIdentity) };
    default:
      return kind satisfies never;
  }
}

/**
 * RepOpt's GradMult: bare or constant convolutions, and an identity with or without a scale, as one kernel. Its initial value is
 * the sum of the branches, and its gradient is multiplied so that it trains as they would.
 */
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
    // Only a scaled identity has a trained value.
    diagonal: settings.identity === 'scale' ? diagonal : 0,
  };
  return { branch: 'conv3x3', copy: 0, kernel: name, first: null, transform: { kind: 'none' } };
}
