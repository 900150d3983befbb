/**
 * Presets: named groups of values. A preset sets some settings and leaves the others unchanged. An experiment can have one
 * preset of each group at the same time: `preset=a0-m16,simplified` names a network and a block.
 */
import { phrase } from '../language/language';
import { DEFAULT_EXPERIMENT, NO_BRANCHES, type Experiment, type SettingKey } from './settings';

export type PresetGroup = 'network' | 'block' | 'recipe';

export interface Preset {
  id: string;
  group: PresetGroup;
  /** English, as is `help`: translated where they are shown, `t(help, helpValues)`. */
  label: string;
  help: string;
  helpValues?: Record<string, string | number>;
  /** An experiment has this preset exactly if it has all these values. */
  values: Partial<Experiment>;
  /** Further values that the preset sets, but that an experiment with it may change: the initial values of scales. */
  besides?: Partial<Experiment>;
}

const classroom = (depths: readonly number[], m: number) => stages(depths, [m, m, 2 * m, 4 * m, 8 * m]);

/** A RepVGG of five stages at CIFAR strides. */
const stages = (depths: readonly number[], widths: readonly number[]): Partial<Experiment> => ({
  family: 'repvgg',
  shortcuts: 'none',
  depths,
  widths,
  strides: [1, 1, 2, 2, 2],
});

const A_DEPTHS = [1, 2, 4, 14, 1];
const B_DEPTHS = [1, 4, 6, 16, 1];

const NETWORKS: readonly Preset[] = [
  {
    id: 'small',
    group: 'network',
    label: phrase('11 layers, widths 8–32'),
    help: phrase('The small net in which a dip shows within seconds.'),
    values: { ...stages([3, 4, 4], [8, 16, 32]), strides: [1, 2, 2] },
  },
  {
    id: '9-m8',
    group: 'network',
    label: phrase('9 layers, m = 8'),
    help: phrase('Five stages 1,1,2,4,1.'),
    values: classroom([1, 1, 2, 4, 1], 8),
  },
  {
    id: '9-m16',
    group: 'network',
    label: phrase('9 layers, m = 16'),
    help: phrase('0.23 M parameters when fused.'),
    values: classroom([1, 1, 2, 4, 1], 16),
  },
  {
    id: 'a0-m8',
    group: 'network',
    label: phrase('A0 depths, m = 8'),
    help: phrase('RepVGG-A0’s 22 layers, 1,2,4,14,1, narrow.'),
    values: classroom(A_DEPTHS, 8),
  },
  {
    id: 'a0-m16',
    group: 'network',
    label: phrase('A0 depths, m = 16'),
    help: phrase('RepVGG-A0’s 22 layers; 0.62 M parameters when fused.'),
    values: classroom(A_DEPTHS, 16),
  },
  {
    id: 'b0-m8',
    group: 'network',
    label: phrase('B0 depths, m = 8'),
    help: phrase('RepVGG-B0’s 28 layers, 1,4,6,16,1, narrow.'),
    values: classroom(B_DEPTHS, 8),
  },
  ...(
    [
      ['a0', 'RepVGG-A0', A_DEPTHS, [48, 48, 96, 192, 1280]],
      ['a1', 'RepVGG-A1', A_DEPTHS, [64, 64, 128, 256, 1280]],
      ['b0', 'RepVGG-B0', B_DEPTHS, [64, 64, 128, 256, 1280]],
      ['b1', 'RepVGG-B1', B_DEPTHS, [128, 128, 256, 512, 2048]],
    ] as const
  ).map(([id, label, depths, widths]): Preset => ({
    id,
    group: 'network',
    label,
    help: phrase('Depths {{depths}} and widths {{widths}}, at CIFAR strides: for a GPU.'),
    helpValues: { depths: depths.join(','), widths: widths.join(',') },
    values: stages(depths, widths),
  })),
  ...[3, 5, 7, 9, 18].map((n): Preset => ({
    id: `resnet-${6 * n + 2}`,
    group: 'network',
    // not translated: the net's name
    label: `ResNet-${6 * n + 2}`,
    help: phrase('CIFAR ResNet, three stages of {{n}} basic blocks, widths 16, 32, 64.'),
    helpValues: { n },
    values: { family: 'resnet', n, width: 16 },
  })),
  ...(
    [
      [1, 2],
      [2, 4],
      [2, 8],
      [6, 4],
    ] as const
  ).map(([n, widen]): Preset => ({
    id: `wrn-${6 * n + 4}-${widen}`,
    group: 'network',
    // not translated: the net's name
    label: `WRN-${6 * n + 4}-${widen}`,
    help: phrase(
      'Wide ResNet, three stages of {{n}} pre-activation blocks, widths {{first}}, {{second}}, {{third}}.',
    ),
    helpValues: { n, first: 16 * widen, second: 32 * widen, third: 64 * widen },
    values: { family: 'wrn', n, width: 16, widen },
  })),
];

/** A block without optional parts; each preset adds its own. */
const EMPTY: Partial<Experiment> = {
  ...NO_BRANCHES,
  identityAt: 'sum',
  copies: 1,
  branchRelu: false,
  form: 'branches',
  norm: 'none',
};

const block = (
  id: string,
  label: string,
  help: string,
  values: Partial<Experiment>,
  starts: Partial<Experiment> = {},
): Preset => ({
  id,
  group: 'block',
  label,
  help,
  values: { ...EMPTY, ...values },
  besides: { scaleInit: 'one', scaleValue: 0.1, gammaInit: 1, ...starts },
});

const BLOCKS: readonly Preset[] = [
  block(
    'repvgg',
    phrase('RepVGG'),
    phrase('Three branches, each with its own batch norm: relu(BN(W₃∗x) + BN(W₁∗x) + BN(x)).'),
    {
      conv3x3: 'bn',
      conv1x1: 'bn',
      identity: 'bn',
    },
  ),
  block(
    'simplified',
    phrase('Simplified (the study)'),
    phrase(
      'Three branches with bare scales, one batch norm after the sum: relu(BN(s₃⊙W₃∗x + s₁⊙W₁∗x + s⊙x)).',
    ),
    { conv3x3: 'scale', conv1x1: 'scale', identity: 'scale', norm: 'post' },
  ),
  block(
    'rep',
    phrase('3x3 scaled + identity'),
    phrase(
      'What the study put into other nets: a scaled 3x3 convolution and the bare identity, one batch norm after the sum.',
    ),
    { conv3x3: 'scale', identity: 'none', norm: 'post' },
  ),
  block('plain', phrase('Plain'), phrase('One 3x3 convolution and a batch norm: relu(BN(W₃∗x)).'), {
    conv3x3: 'none',
    norm: 'post',
  }),
  block(
    'post-addition-bn',
    phrase('Post-addition BN'),
    phrase('Three bare branches, one batch norm after the sum: the control without scales.'),
    { conv3x3: 'none', conv1x1: 'none', identity: 'none', norm: 'post' },
  ),
  block(
    'identity-without-bn',
    phrase('Identity without BN'),
    phrase('Normalised convolutions beside a bare identity: activations grow with depth.'),
    { conv3x3: 'bn', conv1x1: 'bn', identity: 'none' },
  ),
  block(
    'identity-past-norm',
    phrase('Identity past the norm'),
    phrase('Scaled convolutions in one batch norm, and a scaled identity that joins after it.'),
    { conv3x3: 'scale', conv1x1: 'scale', identity: 'scale', norm: 'post', identityAt: 'past' },
  ),
  block(
    'no-norm',
    phrase('No norm'),
    phrase('Scaled branches and no batch norm at all: activations grow with depth.'),
    {
      conv3x3: 'scale',
      conv1x1: 'scale',
      identity: 'scale',
    },
  ),
  block(
    'qarepvgg',
    phrase('QARepVGG'),
    phrase('BN(BN(W₃∗x) + W₁∗x + x): one norm for the 3x3 branch, one after the sum; made for quantisation.'),
    { conv3x3: 'bn', conv1x1: 'none', identity: 'none', norm: 'post' },
  ),
  block(
    'csla',
    phrase('Constant scales (CSLA)'),
    phrase('Convolutions times constants beside an identity with a learned scale: RepOpt’s linear addition.'),
    { conv3x3: 'constant', conv1x1: 'constant', identity: 'scale', norm: 'post' },
  ),
  block(
    'gradmult',
    phrase('GradMult (RepOpt)'),
    phrase('The same as one kernel with a multiplied gradient: no branches at all, the same training.'),
    { conv3x3: 'constant', conv1x1: 'constant', identity: 'scale', norm: 'post', form: 'gradmult' },
  ),
  block(
    'trivial',
    phrase('Trivial re-parameterisation'),
    phrase('BN((W₃ + δ)∗x): the identity in the kernel, and nothing else.'),
    { conv3x3: 'none', identity: 'none', norm: 'post' },
  ),
  block(
    'diracnet',
    phrase('DiracNet'),
    phrase(
      'A kernel at norm 1 with a learned length beside a scaled identity: BN((a⊙δ + b⊙W/‖W‖)∗x), b from 0.1.',
    ),
    { conv3x3: 'weightnorm', identity: 'scale', norm: 'post' },
    { scaleInit: 'value', scaleValue: 0.1 },
  ),
  block(
    'acb',
    phrase('ACB'),
    phrase('Asymmetric convolutions: BN(W₃ₓ₃∗x) + BN(W₃ₓ₁∗x) + BN(W₁ₓ₃∗x), gammas from 1/3.'),
    { conv3x3: 'bn', conv3x1: 'bn', conv1x3: 'bn' },
    { gammaInit: 0.3333 },
  ),
  block(
    'dbb',
    phrase('DBB'),
    phrase('Diverse branches: 3x3, 1x1, 1x1 then 3x3, 1x1 then average, each with batch norms.'),
    {
      conv3x3: 'bn',
      conv1x1: 'bn',
      seq3x3: 'bn',
      seqAvg: 'bn',
    },
  ),
  block(
    'mobileone',
    phrase('MobileOne'),
    phrase('Three copies of the 3x3 branch beside 1x1 and identity, each with batch norm.'),
    {
      conv3x3: 'bn',
      copies: 3,
      conv1x1: 'bn',
      identity: 'bn',
    },
  ),
  block(
    'relu-in-branches',
    phrase('ReLU in branches'),
    phrase('RepVGG’s branches, each followed by a ReLU before the sum: such a block cannot be fused.'),
    { conv3x3: 'bn', conv1x1: 'bn', identity: 'bn', branchRelu: true },
  ),
];

const RECIPES: readonly Preset[] = [
  {
    id: 'early-dip',
    group: 'recipe',
    label: phrase('Early dip'),
    help: phrase(
      'A high learning rate, no decay, 400 steps of 64 images without crops: the dip within the first tens of steps, and its recovery.',
    ),
    values: {
      lr: 0.3,
      wd: 0,
      biasLr: 1,
      momentum: 0.9,
      nesterov: false,
      schedule: 'cosine',
      batch: 64,
      length: 400,
      lengthUnit: 'steps',
      crop: false,
    },
  },
  {
    id: 'study',
    group: 'recipe',
    label: phrase('The study’s recipe'),
    help: phrase(
      'RepVGG’s recipe of 2021 with 120 epochs: learning rate 0.1, batch 256, cosine, weight decay 1e-4, bias lr × 2.',
    ),
    values: {
      lr: 0.1,
      wd: 1e-4,
      biasLr: 2,
      momentum: 0.9,
      nesterov: false,
      schedule: 'cosine',
      batch: 256,
      length: 120,
      lengthUnit: 'epochs',
      crop: true,
    },
  },
  {
    id: 'recipe-a',
    group: 'recipe',
    label: phrase('CIFAR-100 baselines'),
    help: phrase(
      'The recipe behind most published CIFAR-100 figures: 200 epochs, batch 256, Nesterov, weight decay 5e-4.',
    ),
    values: {
      lr: 0.1,
      wd: 5e-4,
      biasLr: 1,
      momentum: 0.9,
      nesterov: true,
      schedule: 'cosine',
      batch: 256,
      length: 200,
      lengthUnit: 'epochs',
      crop: true,
    },
  },
];

export const PRESETS: readonly Preset[] = [...NETWORKS, ...BLOCKS, ...RECIPES];

/** All values that a preset sets. */
export const valuesOf = ({ values, besides }: Preset): Partial<Experiment> => ({ ...besides, ...values });

export const presetById = (id: string): Preset | undefined => PRESETS.find((preset) => preset.id === id);

export function sameValue(a: Experiment[SettingKey], b: Experiment[SettingKey]): boolean {
  return Array.isArray(a) && Array.isArray(b)
    ? a.length === b.length && a.every((v, i) => v === b[i])
    : a === b;
}

const hasPreset = (preset: Preset, experiment: Experiment) =>
  Object.entries(preset.values).every(([key, value]) =>
    sameValue(experiment[key as SettingKey], value as never),
  );

/** The preset of a group that the experiment has, if any. */
export const presetOf = (experiment: Experiment, group: PresetGroup): Preset | undefined =>
  PRESETS.find((preset) => preset.group === group && hasPreset(preset, experiment));

/** The presets that a link names: those that the experiment has and the default one has not. */
export const presetsToName = (experiment: Experiment): Preset[] =>
  (['network', 'block', 'recipe'] as const).flatMap((group) => {
    const held = presetOf(experiment, group);
    return held && !hasPreset(held, DEFAULT_EXPERIMENT) ? [held] : [];
  });
