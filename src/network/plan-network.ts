/** Makes the plan of a network from the settings of an experiment, for each of the three families. */
import { NO_BRANCHES } from '../experiment/settings';
import type { BlockPlan, BranchPlan, ModulePlan, NetworkPlan, NetworkSettings, ShortcutPlan } from './plan';
import { Parts, planRepConv } from './rep-conv';

/** Settings of a block that is one bare 3x3 convolution with batch norm: the stems of ResNet and Wide ResNet. */
const PLAIN = {
  ...NO_BRANCHES,
  conv3x3: 'none',
  identityAt: 'sum',
  copies: 1,
  branchRelu: false,
  form: 'branches',
  norm: 'post',
  factor: 1,
  factorAt: 'output',
  kernelInit: 'default',
} as const satisfies Partial<NetworkSettings>;

/** Plans a network for square images of `size` pixels and 3 channels. */
export function planNetwork(settings: NetworkSettings, classes = 100, size = 32): NetworkPlan {
  const builder = new Builder(settings, size);
  switch (settings.family) {
    case 'repvgg':
      repVgg(builder, settings);
      break;
    case 'resnet':
      resNet(builder, settings);
      break;
    case 'wrn':
      wideResNet(builder, settings);
      break;
    default:
      settings.family satisfies never;
  }
  return builder.finish(classes);
}

interface BlockOptions {
  name: string;
  /** Prefix of the names of the RepConv's parameters; `${name}.conv` by default. */
  path?: string;
  /** Name of the kernel of a single 3x3 convolution, which then replaces the RepConv. */
  bareKernel?: string;
  cout: number;
  stride: number;
  stage: number;
  inStage: number;
  relu?: boolean;
  /** Name of the norm after the sum; null for none. */
  norm?: string | null;
}

/** Appends layers to a plan and keeps track of channels and image size. */
class Builder {
  readonly parts = new Parts();
  readonly modules: ModulePlan[] = [];
  readonly blocks: BlockPlan[] = [];
  channels = 3;
  private fusable = true;
  private fusedParameters = 0;
  private fusedMacs = 0;

  constructor(
    private readonly settings: NetworkSettings,
    private size: number,
  ) {}

  block(options: BlockOptions, settings: NetworkSettings = this.settings): BlockPlan {
    const { name, path = `${name}.conv`, cout, stride, stage, inStage, relu = true } = options;
    const cin = this.channels;
    const inSize = this.size;
    const outSize = Math.ceil(inSize / stride);
    const all =
      options.bareKernel === undefined
        ? planRepConv(settings, { path, cin, cout, stride, outSize, inStage }, this.parts)
        : [this.bare(options.bareKernel, cin, cout, outSize)];
    const goesPast = (branch: string) => settings.identityAt === 'past' && branch === 'identity';
    const normName =
      options.norm === undefined ? (settings.norm === 'post' ? `${name}.norm` : null) : options.norm;
    const norm = normName === null ? null : this.parts.batchNorm(normName, cout);
    const block: BlockPlan = {
      name,
      index: this.blocks.length,
      stage,
      cin,
      cout,
      stride,
      inSize,
      outSize,
      branches: all.filter(({ branch }) => !goesPast(branch)),
      branchRelu: settings.branchRelu,
      norm,
      past: all.find(({ branch }) => goesPast(branch)) ?? null,
      factor: settings.factor,
      factorAt: settings.factorAt,
      bias: null,
      relu,
    };
    if (settings.branchRelu) this.fusable = false;
    this.blocks.push(block);
    this.fusedParameters += 9 * cin * cout + cout;
    this.fusedMacs += 9 * cin * cout * outSize * outSize;
    this.channels = cout;
    this.size = outSize;
    return block;
  }

  private bare(name: string, cin: number, cout: number, outSize: number): BranchPlan {
    const kernel = this.parts.kernel(name, [3, 3, cin, cout], outSize * outSize);
    return { branch: 'conv3x3', copy: 0, kernel, first: null, transform: { kind: 'none' } };
  }

  /** relu(second(first(x)) + shortcut(x)). Where the shape changes, the shortcut is a 1x1 convolution if `projected`, else option A. */
  residual(name: string, cout: number, stride: number, stage: number, inStage: number, projected: boolean) {
    const cin = this.channels;
    const first = this.block({ name: `${name}.unit1`, cout, stride, stage, inStage });
    const second = this.block({
      name: `${name}.unit2`,
      cout,
      stride: 1,
      stage,
      inStage: inStage + 1,
      relu: false,
    });
    let shortcut: ShortcutPlan = { kind: 'identity' };
    if (cin !== cout || stride !== 1) {
      if (projected)
        shortcut = this.projection(`${name}.shortcut`, cin, cout, stride, `${name}.shortcut_norm`);
      else {
        const before = Math.floor((cout - cin) / 2);
        shortcut = { kind: 'pad', stride, before, after: cout - cin - before };
      }
    }
    this.modules.push({ kind: 'residual', first, second, shortcut });
  }

  projection(name: string, cin: number, cout: number, stride: number, norm: string | null): ShortcutPlan {
    const pixels = this.size * this.size;
    const kernel = this.parts.kernel(`${name}.weight`, [1, 1, cin, cout], pixels);
    this.fusedParameters += cin * cout + (norm ? cout : 0);
    this.fusedMacs += cin * cout * pixels;
    return {
      kind: 'projection',
      kernel,
      channels: cout,
      stride,
      norm: norm ? this.parts.batchNorm(norm, cout) : null,
      bias: null,
    };
  }

  /** A batch norm that fusing keeps: its input is a sum and its output goes through a ReLU, so no convolution can absorb it. */
  standingNorm(name: string) {
    this.fusedParameters += 2 * this.channels;
    return this.parts.batchNorm(name, this.channels);
  }

  finish(classes: number): NetworkPlan {
    const cin = this.channels;
    const init = { kind: 'uniform', bound: 1 / Math.sqrt(cin) } as const;
    const head = {
      weight: this.parts.add('head.weight', 'headWeight', [cin, classes], init),
      bias: this.parts.add('head.bias', 'headBias', [classes], init),
      cin,
    };
    const { parameters, batchNorms, macs } = this.parts;
    return {
      modules: this.modules,
      blocks: this.blocks,
      head,
      classes,
      parameters,
      batchNorms,
      cost: {
        parameters: parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0),
        macs: macs + cin * classes,
        fusedParameters: this.fusable ? this.fusedParameters + (cin + 1) * classes : null,
        fusedMacs: this.fusable ? this.fusedMacs + cin * classes : null,
      },
    };
  }
}

/** Stages of blocks. With shortcuts over pairs, every two layers of a stage form a residual block; if their number is odd, the first layer stands alone. */
function repVgg(builder: Builder, { depths, widths, strides, shortcuts }: NetworkSettings): void {
  depths.forEach((depth, stage) => {
    const cout = widths[stage]!;
    let inStage = 0;
    while (inStage < depth) {
      const stride = inStage === 0 ? strides[stage]! : 1;
      const name = `blocks.${builder.modules.length}`;
      if (shortcuts === 'pairs' && (depth - inStage) % 2 === 0) {
        builder.residual(name, cout, stride, stage, inStage, true);
        inStage += 2;
      } else {
        builder.modules.push({ kind: 'block', block: builder.block({ name, cout, stride, stage, inStage }) });
        inStage++;
      }
    }
  });
}

/** CIFAR ResNet of depth 6n + 2 (He et al. 2016): a plain stem, three stages of n basic blocks, shortcut option A. */
function resNet(builder: Builder, settings: NetworkSettings): void {
  const { n, width } = settings;
  const stem = { name: 'stem', cout: width, stride: 1, stage: 0, inStage: 0 };
  builder.modules.push({ kind: 'block', block: builder.block(stem, { ...settings, ...PLAIN }) });
  for (let i = 0; i < 3 * n; i++) {
    const stage = Math.floor(i / n);
    builder.residual(`blocks.${i}`, width << stage, stage > 0 && i % n === 0 ? 2 : 1, stage, 0, false);
  }
}

/**
 * Wide ResNet of depth 6n + 4 (Zagoruyko and Komodakis 2016): a bare stem, pre-activation blocks. A block's second
 * batch norm and ReLU follow its first convolution, so they belong to that layer.
 */
function wideResNet(builder: Builder, settings: NetworkSettings): void {
  const { n, width, widen } = settings;
  const inside = { ...settings, factor: 1, factorAt: 'output', identityAt: 'sum' } as const;
  const stem = {
    name: 'stem',
    bareKernel: 'stem.weight',
    cout: width,
    stride: 1,
    stage: 0,
    inStage: 0,
    norm: null,
    relu: false,
  };
  builder.modules.push({ kind: 'block', block: builder.block(stem, { ...settings, ...PLAIN }) });
  for (let i = 0; i < 3 * n; i++) {
    const stage = Math.floor(i / n);
    const name = `blocks.${i}`;
    const cin = builder.channels;
    const cout = (width * widen) << stage;
    const stride = stage > 0 && i % n === 0 ? 2 : 1;
    const norm = builder.standingNorm(`${name}.norm1`);
    const options = { name, cout, stage };
    const first = builder.block(
      { ...options, name: `${name}.conv1`, path: `${name}.conv1`, stride, inStage: 0, norm: `${name}.norm2` },
      inside,
    );
    const second = builder.block(
      {
        ...options,
        name: `${name}.conv2`,
        path: `${name}.conv2`,
        stride: 1,
        inStage: 1,
        norm: null,
        relu: false,
      },
      inside,
    );
    const shortcut: ShortcutPlan =
      cin !== cout || stride !== 1
        ? builder.projection(`${name}.project`, cin, cout, stride, null)
        : { kind: 'identity' };
    builder.modules.push({ kind: 'preactivation', norm, first, second, shortcut });
  }
  builder.modules.push({ kind: 'normalise', norm: builder.standingNorm('norm') });
}
