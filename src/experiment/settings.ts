/**
 * The settings table: one row per knob of an experiment.
 *
 * Defaults, validation, the panel, help texts, the URL and the difference between two experiments are all
 * read from these rows; adding a setting is adding a row (and using it in the network plan or the trainer).
 */

export type Section = 'network' | 'block' | 'optimiser' | 'training' | 'data' | 'backend';

interface Described {
  /** Short name shown beside the control, sentence case. */
  label: string;
  section: Section;
  /** One sentence: what turning this knob does. */
  help: string;
  /** The formula behind it, in Unicode mathematics, where there is one. */
  formula?: string;
}

export interface NumberSetting extends Described {
  kind: 'number';
  default: number;
  min: number;
  max: number;
  /** Step of the control; a value in a URL may lie between steps unless `integer`. */
  step: number;
  integer?: boolean;
  unit?: string;
}

export interface ChoiceSetting<V extends string = string> extends Described {
  kind: 'choice';
  default: V;
  options: readonly { value: V; label: string; help: string }[];
}

export interface ToggleSetting extends Described {
  kind: 'toggle';
  default: boolean;
}

/** A list of whole numbers, one per stage of the network. */
export interface ListSetting extends Described {
  kind: 'list';
  default: readonly number[];
  min: number;
  max: number;
  maxLength: number;
}

export type Setting = NumberSetting | ChoiceSetting | ToggleSetting | ListSetting;

const choice = <V extends string>(setting: Omit<ChoiceSetting<V>, 'kind'>): ChoiceSetting<V> => ({
  kind: 'choice',
  ...setting,
});
const number = (setting: Omit<NumberSetting, 'kind'>): NumberSetting => ({ kind: 'number', ...setting });
const toggle = (setting: Omit<ToggleSetting, 'kind'>): ToggleSetting => ({ kind: 'toggle', ...setting });
const list = (setting: Omit<ListSetting, 'kind'>): ListSetting => ({ kind: 'list', ...setting });

const BRANCH_OPTIONS = [
  { value: 'off', label: 'Off', help: 'The branch does not exist.' },
  { value: 'none', label: 'Bare', help: 'The branch goes into the sum as it is.' },
  { value: 'scale', label: 'Scale', help: 'One learned factor per output channel multiplies the branch.' },
  { value: 'bn', label: 'Batch norm', help: 'The branch has a batch norm of its own, as in RepVGG.' },
] as const;

/** Key = name in an experiment and in a URL; order = order in the panel and in the URL. */
export const SETTINGS = {
  family: choice<'repvgg'>({
    section: 'network',
    label: 'Family',
    default: 'repvgg',
    help: 'How blocks make a network.',
    options: [
      {
        value: 'repvgg',
        label: 'RepVGG',
        help: 'A plain stack of blocks in stages, a global mean, a linear classifier.',
      },
    ],
  }),
  depths: list({
    section: 'network',
    label: 'Depths',
    default: [3, 4, 4],
    min: 1,
    max: 40,
    maxLength: 6,
    help: 'Blocks in each stage; the layers are counted from the image on.',
  }),
  widths: list({
    section: 'network',
    label: 'Widths',
    default: [8, 16, 32],
    min: 1,
    max: 512,
    maxLength: 6,
    help: 'Output channels of the blocks in each stage.',
  }),
  strides: list({
    section: 'network',
    label: 'Strides',
    default: [1, 2, 2],
    min: 1,
    max: 2,
    maxLength: 6,
    help: 'Stride of the first block of each stage; 2 halves the image’s sides.',
  }),

  conv3x3: choice<'off' | 'none' | 'scale' | 'bn'>({
    section: 'block',
    label: '3x3 branch',
    default: 'bn',
    help: 'The 3x3 convolution, and what follows it before the sum.',
    formula: 'W₃ ∗ x',
    options: BRANCH_OPTIONS,
  }),
  conv1x1: choice<'off' | 'none' | 'scale' | 'bn'>({
    section: 'block',
    label: '1x1 branch',
    default: 'bn',
    help: 'The 1x1 convolution, and what follows it before the sum.',
    formula: 'W₁ ∗ x',
    options: BRANCH_OPTIONS,
  }),
  identity: choice<'off' | 'none' | 'scale' | 'bn'>({
    section: 'block',
    label: 'Identity branch',
    default: 'bn',
    help: 'The input itself, where a block keeps its shape (same channels, stride 1), and what follows it before the sum.',
    formula: 'x',
    options: BRANCH_OPTIONS,
  }),
  norm: choice<'post' | 'none'>({
    section: 'block',
    label: 'Norm after the sum',
    default: 'none',
    help: 'Whether a batch norm follows the sum of the branches.',
    formula: 'γ · (y − μ) / √(σ² + ε) + β',
    options: [
      { value: 'post', label: 'Batch norm', help: 'One batch norm after the sum.' },
      { value: 'none', label: 'None', help: 'The sum goes straight on.' },
    ],
  }),
  factor: number({
    section: 'block',
    label: 'Factor k',
    default: 2,
    min: 1,
    max: 4,
    step: 0.25,
    help: 'A constant that multiplies every block (the study’s “2x scale up”).',
    formula: 'relu(k · norm(Σ branches))',
  }),
  factorAt: choice<'output' | 'sum'>({
    section: 'block',
    label: 'Factor sits',
    default: 'output',
    help: 'Where the factor multiplies; before a batch norm it changes nothing but ε’s share.',
    options: [
      { value: 'output', label: 'After the norm', help: 'relu(k · norm(y))' },
      { value: 'sum', label: 'Before the norm', help: 'relu(norm(k · y))' },
    ],
  }),
  scaleInit: choice<'one' | 'repopt'>({
    section: 'block',
    label: 'Scales start at',
    default: 'one',
    help: 'First value of the convolutions’ scales; the identity’s always starts at 1.',
    formula: '1, or √(2/l) with l the block’s index in its stage',
    options: [
      { value: 'one', label: 'One', help: 'Every scale starts at 1, as in the study.' },
      {
        value: 'repopt',
        label: 'RepOpt',
        help: '√(2/l), l = 1, 2, … after the first block of a stage, which starts at 1.',
      },
    ],
  }),

  lr: number({
    section: 'optimiser',
    label: 'Learning rate',
    default: 0.3,
    min: 0,
    max: 10,
    step: 0.05,
    help: 'Step size η of SGD at its peak.',
    formula: 'w ← w − η · v',
  }),
  momentum: number({
    section: 'optimiser',
    label: 'Momentum',
    default: 0.9,
    min: 0,
    max: 0.999,
    step: 0.05,
    help: 'How much of the last update carries over into the next.',
    formula: 'v ← μ · v + g + λ · w',
  }),
  nesterov: toggle({
    section: 'optimiser',
    label: 'Nesterov',
    default: false,
    help: 'Looks one momentum step ahead.',
    formula: 'w ← w − η · (g + λ · w + μ · v)',
  }),
  wd: number({
    section: 'optimiser',
    label: 'Weight decay',
    default: 0,
    min: 0,
    max: 0.1,
    step: 0.0001,
    help: 'Pull λ of kernels, of the classifier and of the identity’s batch norm gamma towards zero; never of biases or other gammas.',
    formula: 'g + λ · w',
  }),
  decayScales: choice<'none' | 'identity' | 'all'>({
    section: 'optimiser',
    label: 'Decay on scales',
    default: 'all',
    help: 'Which of the branches’ scales the weight decay pulls on.',
    options: [
      { value: 'none', label: 'None', help: 'No scale decays.' },
      { value: 'identity', label: 'Identity', help: 'Only the identity’s scale decays.' },
      { value: 'all', label: 'All', help: 'Every scale decays.' },
    ],
  }),
  biasLr: number({
    section: 'optimiser',
    label: 'Bias lr ×',
    default: 1,
    min: 0,
    max: 128,
    step: 1,
    help: 'Multiplies the learning rate of biases: the betas of batch norms and the classifier’s bias (RepVGG: 2, the study: 6).',
  }),
  scaleLr: number({
    section: 'optimiser',
    label: 'Scale lr ×',
    default: 1,
    min: 0,
    max: 128,
    step: 0.5,
    help: 'Multiplies the learning rate of the branches’ scales.',
  }),
  smoothing: number({
    section: 'optimiser',
    label: 'Label smoothing',
    default: 0,
    min: 0,
    max: 0.9,
    step: 0.05,
    help: 'Share of the target spread evenly over all classes.',
    formula: 't = (1 − α) · onehot + α / classes',
  }),
  schedule: choice<'cosine' | 'step' | 'constant'>({
    section: 'optimiser',
    label: 'Schedule',
    default: 'cosine',
    help: 'How the learning rate moves over the run.',
    options: [
      { value: 'cosine', label: 'Cosine', help: 'η/2 · (1 + cos πt/T), down to 0 at the end.' },
      {
        value: 'step',
        label: 'Steps',
        help: 'Divided by 10 at half and again at three quarters of the run.',
      },
      { value: 'constant', label: 'Constant', help: 'The same at every step.' },
    ],
  }),
  warmup: number({
    section: 'optimiser',
    label: 'Warm-up',
    default: 0,
    min: 0,
    max: 100000,
    step: 10,
    integer: true,
    unit: 'steps',
    help: 'Steps in which the learning rate rises in a straight line to its peak, before the schedule begins.',
  }),

  batch: number({
    section: 'training',
    label: 'Batch size',
    default: 64,
    min: 1,
    max: 1024,
    step: 16,
    integer: true,
    unit: 'images',
    help: 'Images in one step.',
  }),
  length: number({
    section: 'training',
    label: 'Length',
    default: 250,
    min: 1,
    max: 1000000,
    step: 50,
    integer: true,
    help: 'How long the run is; the schedule ends where the run ends.',
  }),
  lengthUnit: choice<'steps' | 'epochs'>({
    section: 'training',
    label: 'Length in',
    default: 'steps',
    help: 'Whether the length counts steps or passes over the training images.',
    options: [
      { value: 'steps', label: 'Steps', help: 'One step is one batch.' },
      {
        value: 'epochs',
        label: 'Epochs',
        help: 'One epoch is one pass over the training images; an incomplete last batch is left out.',
      },
    ],
  }),
  evalEvery: number({
    section: 'training',
    label: 'Evaluate every',
    default: 50,
    min: 0,
    max: 100000,
    step: 50,
    integer: true,
    unit: 'steps',
    help: 'Steps between evaluations on test images; 0 evaluates only at the end.',
  }),
  test: number({
    section: 'training',
    label: 'Test images',
    default: 1000,
    min: 0,
    max: 10000,
    step: 100,
    integer: true,
    unit: 'images',
    help: 'How many test images an evaluation uses, the same from every class; 0 uses all.',
  }),
  seed: number({
    section: 'training',
    label: 'Seed',
    default: 1,
    min: 0,
    max: 4294967295,
    step: 1,
    integer: true,
    help: 'Initial weights, order of the images, crops and flips are drawn from it: same seed, same numbers.',
  }),

  data: choice<'builtin' | 'cifar100'>({
    section: 'data',
    label: 'Data set',
    default: 'builtin',
    help: 'What to train on.',
    options: [
      {
        value: 'builtin',
        label: 'Built-in',
        help: 'Drawn from a fixed seed: 100 classes of shapes. Not CIFAR-100.',
      },
      { value: 'cifar100', label: 'CIFAR-100', help: 'The real images, from your copy of the archive.' },
    ],
  }),
  train: number({
    section: 'data',
    label: 'Training images',
    default: 0,
    min: 0,
    max: 50000,
    step: 1000,
    integer: true,
    unit: 'images',
    help: 'How many training images to use, the same from every class; 0 uses all there are.',
  }),
  crop: toggle({
    section: 'data',
    label: 'Random crop',
    default: true,
    help: 'Pads each training image by 4 black pixels and cuts a 32x32 window out of it.',
  }),
  flip: toggle({
    section: 'data',
    label: 'Random flip',
    default: true,
    help: 'Mirrors every other training image, at random.',
  }),

  backend: choice<'auto' | 'webgpu' | 'wasm' | 'webgl' | 'cpu'>({
    section: 'backend',
    label: 'Backend',
    default: 'auto',
    help: 'What computes: the first of WebGPU (on a real adapter), WebAssembly, WebGL and plain JavaScript that works, or one of your choice.',
    options: [
      { value: 'auto', label: 'Automatic', help: 'The fastest that works here.' },
      {
        value: 'webgpu',
        label: 'WebGPU',
        help: 'The graphics card; a software adapter is used too when asked for by name.',
      },
      {
        value: 'wasm',
        label: 'WebAssembly',
        help: 'The processor, with vector instructions and threads where allowed.',
      },
      { value: 'webgl', label: 'WebGL', help: 'The graphics card through its older interface.' },
      { value: 'cpu', label: 'Plain JavaScript', help: 'Works everywhere, slowly.' },
    ],
  }),
} satisfies Record<string, Setting>;

export type SettingKey = keyof typeof SETTINGS;

type ValueOf<S> =
  S extends ChoiceSetting<infer V>
    ? V
    : S extends NumberSetting
      ? number
      : S extends ToggleSetting
        ? boolean
        : readonly number[];

/** A value for every setting. Two experiments with equal settings on the same backend give the same numbers. */
export type Experiment = { [K in SettingKey]: ValueOf<(typeof SETTINGS)[K]> };

export type BranchTransform = Experiment['conv3x3'];

export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[];

/** The row of a key, as one of the four kinds. */
export const settingOf = (key: SettingKey): Setting => SETTINGS[key];

export const DEFAULT_EXPERIMENT: Experiment = Object.freeze(
  Object.fromEntries(SETTING_KEYS.map((key) => [key, SETTINGS[key].default])),
) as Experiment;

export const SECTION_LABELS: Record<Section, string> = {
  network: 'Network',
  block: 'Block',
  optimiser: 'Optimiser',
  training: 'Training',
  data: 'Data',
  backend: 'Backend',
};
