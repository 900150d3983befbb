/**
 * Fuses a network: every layer becomes one 3x3 convolution with bias. Pure arithmetic on plain arrays in our layout
 * (kernels [kh, kw, in, out]); the function stays the same up to rounding. Ding et al. 2021 (RepVGG, DBB).
 */
import { message, MessageError, type Message } from '../language/message';
import { BATCH_NORM_EPSILON } from './batch-norm';
import { blockValue, branchValue } from './block-arithmetic';
import { tapsOf, type BranchName } from './branches';
import {
  branchesOf,
  type BatchNormPlan,
  type BlockPlan,
  type BranchPlan,
  type ModulePlan,
  type NetworkPlan,
  type ParameterPlan,
  type ShortcutPlan,
} from './plan';

/** Parameters and running statistics by name. */
type Values = ReadonlyMap<string, Float32Array>;

const TAPS = 9;
const CENTRE = 4;

/** Why a network cannot be fused; null where it can. */
export function whyNotFusable({ blocks }: Pick<NetworkPlan, 'blocks'>): Message | null {
  return blocks.some(({ branchRelu }) => branchRelu) ? message('fuse.relu') : null;
}

/** A batch norm in evaluation mode as y = gain · x + offset per channel. */
function affine({ gamma, beta, runningMean, runningVar }: BatchNormPlan, values: Values) {
  const [g, b, m, v] = [gamma, beta, runningMean, runningVar].map((name) => need(values, name)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const gain = Float64Array.from(g, (x, c) => x / Math.sqrt(v[c]! + BATCH_NORM_EPSILON));
  return { gain, offset: Float64Array.from(b, (x, c) => x - m[c]! * gain[c]!) };
}

function need(values: Values, name: string): Float32Array {
  const value = values.get(name);
  if (!value) throw new Error(`There are no values for ${name}.`);
  return value;
}

/** A 3x3 convolution with bias: kernel [3, 3, cin, cout], bias [cout]. */
interface Linear {
  kernel: Float32Array;
  bias: Float64Array;
}

/** A branch with its transform, without the block's norm and factor, as a 3x3 convolution. Throws where it has a ReLU. */
function branchMap(branch: BranchPlan, block: BlockPlan, values: Values): Linear {
  const { cin, cout } = block;
  const bare = (kernel: Float32Array): Linear => ({ kernel, bias: new Float64Array(cout) });
  return branchValue(block, branch, {
    input: () => bare(identityKernel(cin)),
    convolve: ({ branch: name }, kernel) => bare(paddedKernel(name, need(values, kernel), cin, cout)),
    convolveNormalised({ branch: name }, parameter, scale) {
      const map = bare(paddedKernel(name, need(values, parameter), cin, cout));
      const lengths = need(values, scale);
      const squares = new Float64Array(cout);
      map.kernel.forEach((value, i) => (squares[i % cout]! += value * value));
      return scaled(
        map,
        squares.map((square, c) => lengths[c]! / Math.sqrt(square)),
      );
    },
    sequence: ({ kernel }, first) => fusedSequence(kernel, first, cin, cout, values),
    times: (map, factor) => scaled(map, new Float64Array(cout).fill(factor)),
    scale: (map, scale) => scaled(map, need(values, scale)),
    norm(map, norm) {
      const { gain, offset } = affine(norm, values);
      return scaled(map, gain, offset);
    },
    relu() {
      throw new Error('A branch with a ReLU is no linear map.');
    },
  });
}

/** gain ⊙ map + offset per output channel, in place. */
function scaled(map: Linear, gain: ArrayLike<number>, offset?: ArrayLike<number>): Linear {
  const { kernel, bias } = map;
  const cout = bias.length;
  for (let i = 0; i < kernel.length;) for (let c = 0; c < cout; c++, i++) kernel[i]! *= gain[c]!;
  for (let c = 0; c < cout; c++) bias[c] = bias[c]! * gain[c]! + (offset?.[c] ?? 0);
  return map;
}

/** The identity as a 3x3 kernel. */
function identityKernel(channels: number): Float32Array {
  const result = new Float32Array(TAPS * channels * channels);
  for (let c = 0; c < channels; c++) result[(CENTRE * channels + c) * channels + c] = 1;
  return result;
}

/** A branch's kernel in a 3x3 kernel, a copy. */
function paddedKernel(branch: BranchName, kernel: Float32Array, cin: number, cout: number): Float32Array {
  const result = new Float32Array(TAPS * cin * cout);
  tapsOf(branch).forEach((tap, i) =>
    result.set(kernel.subarray(i * cin * cout, (i + 1) * cin * cout), tap * cin * cout),
  );
  return result;
}

/** A 1x1 convolution with batch norm, then a 3x3 kernel (null: average): K[t, i, o] = Σ_m W₁'[i, m] · K₃[t, m, o]. */
function fusedSequence(
  kernel: string | null,
  first: NonNullable<BranchPlan['first']>,
  cin: number,
  cout: number,
  values: Values,
): Linear {
  const { gain, offset } = affine(first.bn, values);
  const middle = first.bn.channels;
  const narrow = need(values, first.kernel);
  const second = kernel === null ? average(cout) : need(values, kernel);
  const result = new Float32Array(TAPS * cin * cout);
  const bias = new Float64Array(cout);
  const row = new Float64Array(cout);
  for (let tap = 0; tap < TAPS; tap++) {
    for (let i = 0; i < cin; i++) {
      row.fill(0);
      for (let m = 0; m < middle; m++) {
        const weight = narrow[i * middle + m]! * gain[m]!;
        const from = (tap * middle + m) * cout;
        for (let o = 0; o < cout; o++) row[o]! += weight * second[from + o]!;
      }
      result.set(row, (tap * cin + i) * cout);
    }
    // Beyond the border, the input of the second part is the batch norm's value of zero, so every tap sees the offset.
    for (let m = 0; m < middle; m++) {
      const from = (tap * middle + m) * cout;
      for (let o = 0; o < cout; o++) bias[o]! += second[from + o]! * offset[m]!;
    }
  }
  return { kernel: result, bias };
}

/** The 3x3 average of every channel as a kernel [3, 3, c, c]. */
function average(channels: number): Float32Array {
  const kernel = new Float32Array(TAPS * channels * channels);
  for (let tap = 0; tap < TAPS; tap++)
    for (let c = 0; c < channels; c++) kernel[(tap * channels + c) * channels + c] = 1 / TAPS;
  return kernel;
}

/** The stages of a block after the sum as gain · sum + offset per channel, and the factor of the branch past the norm. */
interface AfterSum {
  gain: Float64Array;
  offset: Float64Array;
  past: number;
}

function afterSum(block: BlockPlan, values: Values): AfterSum {
  const { cout } = block;
  return blockValue<AfterSum, BatchNormPlan, BranchPlan>(block, {
    sumOfBranches: () => ({
      gain: new Float64Array(cout).fill(1),
      offset: new Float64Array(cout),
      past: 0,
    }),
    times: ({ gain, offset, past }, factor) => ({
      gain: gain.map((g) => g * factor),
      offset: offset.map((o) => o * factor),
      past: past * factor,
    }),
    norm(y, norm) {
      const { gain, offset } = affine(norm, values);
      return {
        gain: gain.map((g, c) => g * y.gain[c]!),
        offset: offset.map((o, c) => o + gain[c]! * y.offset[c]!),
        past: y.past,
      };
    },
    addPast: (y) => ({ ...y, past: 1 }),
    // The fused layer keeps its ReLU.
    relu: (y) => y,
  });
}

/** A branch with its transform and with the block's norm and factor, as a 3x3 convolution. */
function branchInBlock(branch: BranchPlan, block: BlockPlan, values: Values, after: AfterSum): Linear {
  const map = branchMap(branch, block, values);
  return scaled(map, branch === block.past ? new Float64Array(block.cout).fill(after.past) : after.gain);
}

/** The part of the fused kernel [3, 3, cin, cout] that comes from each branch. The parts sum to the fused kernel. */
export function fusedBranches(
  block: BlockPlan,
  values: Values,
): { branch: BranchName; copy: number; kernel: Float32Array }[] {
  const after = afterSum(block, values);
  return branchesOf(block).map((branch) => ({
    branch: branch.branch,
    copy: branch.copy,
    kernel: branchInBlock(branch, block, values, after).kernel,
  }));
}

/** Fuses a layer into one convolution with bias. */
function fuseBlock(block: BlockPlan, values: Values): { kernel: Float32Array; bias: Float32Array } {
  const after = afterSum(block, values);
  const kernel = new Float64Array(TAPS * block.cin * block.cout);
  const bias = Float64Array.from(after.offset);
  for (const branch of branchesOf(block)) {
    const map = branchInBlock(branch, block, values, after);
    map.kernel.forEach((value, i) => (kernel[i]! += value));
    map.bias.forEach((value, c) => (bias[c]! += value));
  }
  return { kernel: Float32Array.from(kernel), bias: Float32Array.from(bias) };
}

/**
 * Fuses a network: its new plan and values. A layer keeps its name and has the parameters `weight` and `bias`. Batch norms
 * that no convolution can absorb (a Wide ResNet's before a ReLU) stay. Throws where `whyNotFusable` has a reason.
 */
export function fuseNetwork(
  plan: NetworkPlan,
  values: Values,
): { plan: NetworkPlan; values: Map<string, Float32Array> } {
  const why = whyNotFusable(plan);
  if (why !== null) throw new MessageError(why);
  const fused = new FusedParts(values);
  const modules = plan.modules.map((module) => fused.module(module));
  const blocks = modules.flatMap((module) =>
    module.kind === 'block'
      ? [module.block]
      : module.kind === 'normalise'
        ? []
        : [module.first, module.second],
  );
  const head = plan.parameters.filter(({ name }) => name === plan.head.weight || name === plan.head.bias);
  head.forEach((parameter) => fused.keep(parameter, need(values, parameter.name)));
  const parameters = fused.parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const macs = plan.cost.fusedMacs ?? 0;
  return {
    plan: {
      ...plan,
      modules,
      blocks,
      parameters: fused.parameters,
      batchNorms: fused.batchNorms,
      cost: { parameters, macs, fusedParameters: parameters, fusedMacs: macs },
    },
    values: fused.values,
  };
}

/** The plan of the fused network, without its values. Throws where it cannot be fused. */
export function fusedPlan(plan: NetworkPlan): NetworkPlan {
  const zeros = new Map<string, Float32Array>(
    plan.parameters.map(({ name, shape }) => [name, new Float32Array(shape.reduce((a, b) => a * b, 1))]),
  );
  for (const { runningMean, runningVar, channels } of plan.batchNorms) {
    zeros.set(runningMean, new Float32Array(channels));
    zeros.set(runningVar, new Float32Array(channels));
  }
  return fuseNetwork(plan, zeros).plan;
}

/** Collects the parameters and values of the fused network while its modules are made. */
class FusedParts {
  readonly parameters: ParameterPlan[] = [];
  readonly batchNorms: BatchNormPlan[] = [];
  readonly values = new Map<string, Float32Array>();

  constructor(private readonly trained: Values) {}

  keep(parameter: ParameterPlan, value: Float32Array): void {
    this.parameters.push(parameter);
    this.values.set(parameter.name, value);
  }

  module(module: ModulePlan): ModulePlan {
    switch (module.kind) {
      case 'block':
        return { kind: 'block', block: this.block(module.block) };
      case 'residual':
      case 'preactivation': {
        if (module.kind === 'preactivation') this.norm(module.norm);
        const first = this.block(module.first);
        const second = this.block(module.second);
        return { ...module, first, second, shortcut: this.shortcut(module.shortcut) };
      }
      case 'normalise':
        this.norm(module.norm);
        return module;
      default:
        return module satisfies never;
    }
  }

  private add(
    name: string,
    role: ParameterPlan['role'],
    shape: readonly number[],
    value: Float32Array,
  ): string {
    const init = { kind: 'constant', value: 0 } as const;
    this.keep({ name, shape, role, onIdentity: false, init }, value);
    return name;
  }

  private block(block: BlockPlan): BlockPlan {
    const { kernel, bias } = fuseBlock(block, this.trained);
    const name = this.add(`${block.name}.weight`, 'kernel', [3, 3, block.cin, block.cout], kernel);
    return {
      ...block,
      branches: [{ branch: 'conv3x3', copy: 0, kernel: name, first: null, transform: { kind: 'none' } }],
      norm: null,
      past: null,
      factor: 1,
      factorAt: 'output',
      bias: this.add(`${block.name}.bias`, 'bias', [block.cout], bias),
    };
  }

  private norm(norm: BatchNormPlan): void {
    this.batchNorms.push(norm);
    this.add(norm.gamma, 'gamma', [norm.channels], need(this.trained, norm.gamma));
    this.add(norm.beta, 'beta', [norm.channels], need(this.trained, norm.beta));
    for (const name of [norm.runningMean, norm.runningVar]) this.values.set(name, need(this.trained, name));
  }

  private shortcut(shortcut: ShortcutPlan): ShortcutPlan {
    if (shortcut.kind !== 'projection') return shortcut;
    const kernel = need(this.trained, shortcut.kernel);
    const { gain, offset } = shortcut.norm
      ? affine(shortcut.norm, this.trained)
      : { gain: null, offset: null };
    const cout = offset?.length ?? shortcut.channels;
    const shape = [1, 1, kernel.length / cout, cout];
    const value = gain ? kernel.map((weight, i) => weight * gain[i % cout]!) : kernel;
    this.add(shortcut.kernel, 'kernel', shape, value);
    if (!offset) return shortcut;
    const bias = shortcut.kernel.replace(/weight$/, 'bias');
    return {
      ...shortcut,
      norm: null,
      bias: this.add(bias, 'bias', [cout], Float32Array.from(offset)),
    };
  }
}
