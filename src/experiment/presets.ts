/**
 * Named starting points. A preset gives values to some settings and leaves the others alone; one of each group can
 * hold at the same time, so `preset=a0-m16,simplified` is a network and a block.
 */
import { DEFAULT_EXPERIMENT, type Experiment, type SettingKey } from './settings';

export type PresetGroup = 'network' | 'block' | 'recipe';

export interface Preset {
  id: string;
  group: PresetGroup;
  label: string;
  help: string;
  values: Partial<Experiment>;
}

const classroom = (depths: readonly number[], m: number) => ({
  depths,
  widths: [m, m, 2 * m, 4 * m, 8 * m],
  strides: [1, 1, 2, 2, 2],
});

export const PRESETS: readonly Preset[] = [
  {
    id: 'small',
    group: 'network',
    label: '11 layers, widths 8–32',
    help: 'The small net in which a dip shows within seconds.',
    values: { depths: [3, 4, 4], widths: [8, 16, 32], strides: [1, 2, 2] },
  },
  {
    id: '9-m8',
    group: 'network',
    label: '9 layers, m = 8',
    help: 'Five stages 1,1,2,4,1.',
    values: classroom([1, 1, 2, 4, 1], 8),
  },
  {
    id: '9-m16',
    group: 'network',
    label: '9 layers, m = 16',
    help: '0.23 M parameters when fused.',
    values: classroom([1, 1, 2, 4, 1], 16),
  },
  {
    id: 'a0-m8',
    group: 'network',
    label: 'A0 depths, m = 8',
    help: 'RepVGG-A0’s 22 layers, 1,2,4,14,1, narrow.',
    values: classroom([1, 2, 4, 14, 1], 8),
  },
  {
    id: 'a0-m16',
    group: 'network',
    label: 'A0 depths, m = 16',
    help: 'RepVGG-A0’s 22 layers; 0.62 M parameters when fused.',
    values: classroom([1, 2, 4, 14, 1], 16),
  },

  {
    id: 'repvgg',
    group: 'block',
    label: 'RepVGG',
    help: 'Three branches, each with its own batch norm: relu(BN(W₃∗x) + BN(W₁∗x) + BN(x)).',
    values: { conv3x3: 'bn', conv1x1: 'bn', identity: 'bn', norm: 'none' },
  },
  {
    id: 'simplified',
    group: 'block',
    label: 'Simplified (the study)',
    help: 'Three branches with bare scales, one batch norm after the sum: relu(BN(s₃⊙W₃∗x + s₁⊙W₁∗x + s⊙x)).',
    values: { conv3x3: 'scale', conv1x1: 'scale', identity: 'scale', norm: 'post' },
  },
  {
    id: 'plain',
    group: 'block',
    label: 'Plain',
    help: 'One 3x3 convolution and a batch norm: relu(BN(W₃∗x)).',
    values: { conv3x3: 'none', conv1x1: 'off', identity: 'off', norm: 'post' },
  },
  {
    id: 'post-addition-bn',
    group: 'block',
    label: 'Post-addition BN',
    help: 'Three bare branches, one batch norm after the sum: the control without scales.',
    values: { conv3x3: 'none', conv1x1: 'none', identity: 'none', norm: 'post' },
  },
  {
    id: 'identity-without-bn',
    group: 'block',
    label: 'Identity without BN',
    help: 'Normalised convolutions beside a bare identity: activations grow with depth.',
    values: { conv3x3: 'bn', conv1x1: 'bn', identity: 'none', norm: 'none' },
  },
  {
    id: 'no-norm',
    group: 'block',
    label: 'No norm',
    help: 'Scaled branches and no batch norm at all: activations grow with depth.',
    values: { conv3x3: 'scale', conv1x1: 'scale', identity: 'scale', norm: 'none' },
  },

  {
    id: 'early-dip',
    group: 'recipe',
    label: 'Early dip',
    help: 'A high learning rate, no decay, 250 steps of 64 images: the dip within the first tens of steps.',
    values: {
      lr: 0.3,
      wd: 0,
      biasLr: 1,
      momentum: 0.9,
      nesterov: false,
      schedule: 'cosine',
      batch: 64,
      length: 250,
      lengthUnit: 'steps',
    },
  },
  {
    id: 'study',
    group: 'recipe',
    label: 'The study’s recipe',
    help: 'RepVGG’s recipe of 2021 with 120 epochs: learning rate 0.1, batch 256, cosine, weight decay 1e-4, bias lr × 2.',
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
    },
  },
  {
    id: 'recipe-a',
    group: 'recipe',
    label: 'CIFAR-100 baselines',
    help: 'The recipe behind most published CIFAR-100 figures: 200 epochs, batch 256, Nesterov, weight decay 5e-4.',
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
    },
  },
];

export const presetById = (id: string): Preset | undefined => PRESETS.find((preset) => preset.id === id);

export function sameValue(a: Experiment[SettingKey], b: Experiment[SettingKey]): boolean {
  return Array.isArray(a) && Array.isArray(b)
    ? a.length === b.length && a.every((v, i) => v === b[i])
    : a === b;
}

const holds = (preset: Preset, experiment: Experiment) =>
  Object.entries(preset.values).every(([key, value]) =>
    sameValue(experiment[key as SettingKey], value as never),
  );

/** The preset of a group whose every value the experiment has, if any. */
export const presetHeld = (experiment: Experiment, group: PresetGroup): Preset | undefined =>
  PRESETS.find((preset) => preset.group === group && holds(preset, experiment));

/** The presets worth naming in a link: held by the experiment and not by the default one. */
export const presetsToName = (experiment: Experiment): Preset[] =>
  (['network', 'block', 'recipe'] as const).flatMap((group) => {
    const held = presetHeld(experiment, group);
    return held && !holds(held, DEFAULT_EXPERIMENT) ? [held] : [];
  });
