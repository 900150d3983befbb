/**
 * The settings table: one row per setting of an experiment.
 *
 * Defaults, validation, the panel, help texts, the URL and the difference between two experiments are all
 * read from these rows; adding a setting is adding a row (and using it in the network plan or the trainer).
 *
 * Texts for people (labels, helps, formulas, units) are English here and are translated where they are shown: `t(setting.label)`.
 */
import { phrase, t } from '../language/language';
import { BACKEND_NAMES, backendRow, type BackendName } from './backends';

export type Section =
  'network' | 'block' | 'start' | 'optimiser' | 'training' | 'instruments' | 'data' | 'backend';

/**
 * What a setting changes.
 * - `numbers`: what is trained or evaluated, beyond the rounding of a last bit. The precision is one of these: 16-bit activations
 *   move the logits by about a thousandth.
 * - `device`: what computes it. Two backends, or WebAssembly's two arithmetics, run the same training and differ in rounding only.
 * - `bookkeeping`: how often it is evaluated, measured or saved. No bit of the weights depends on it.
 *
 * `same-training.ts` derives from it which runs repeat each other.
 */
export type Affects = 'numbers' | 'device' | 'bookkeeping';

interface Described {
  /** Short name shown beside the control, sentence case. */
  label: string;
  section: Section;
  affects: Affects;
  /** One sentence: what the setting changes. */
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
  options: readonly Option<V>[];
}

export interface Option<V extends string = string> {
  value: V;
  label: string;
  help: string;
  /** Distinguishes this label from an equal English one that other languages translate differently; `optionLabel` uses it. */
  context?: string;
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
/** A switch of an instrument; `src/instruments/measure.ts` says what that measures. */
export interface InstrumentSetting extends ToggleSetting {
  instrument: true;
}
const instrument = (setting: Omit<ToggleSetting, 'kind' | 'section' | 'affects'>): InstrumentSetting => ({
  kind: 'toggle',
  instrument: true,
  section: 'instruments',
  affects: 'bookkeeping',
  ...setting,
});
const list = (setting: Omit<ListSetting, 'kind'>): ListSetting => ({ kind: 'list', ...setting });

/** What follows a branch before the sum: one row per transform, as the panel offers it. */
const TRANSFORMS = {
  none: { label: phrase('Bare'), help: phrase('The branch goes into the sum as it is.') },
  constant: {
    label: phrase('Constant'),
    help: phrase('The branch is multiplied by its first scale, which is never trained (CSLA).'),
  },
  scale: {
    label: phrase('Scale'),
    help: phrase('One learned factor per output channel multiplies the branch.'),
  },
  weightnorm: {
    label: phrase('Weight norm'),
    help: phrase(
      'A learned factor per output channel multiplies the kernel at norm 1: s ⊙ W/‖W‖ (DiracNet).',
    ),
  },
  bn: {
    label: phrase('Batch norm'),
    help: phrase('The branch has its own batch norm, as in RepVGG.'),
  },
} as const satisfies Record<string, { label: string; help: string }>;
export type TransformKind = keyof typeof TRANSFORMS;

/** A branch of the block: its value is the branch's transform, or 'off'. `src/network/branches.ts` says what it computes. */
export interface BranchSetting<T extends TransformKind = TransformKind> extends ChoiceSetting<'off' | T> {
  branch: true;
}

const OFF = { value: 'off', label: phrase('Off'), help: phrase('The branch does not exist.') } as const;
const branch = <T extends TransformKind>(
  transforms: readonly T[],
  texts: Pick<ChoiceSetting<'off' | NoInfer<T>>, 'label' | 'default' | 'help' | 'formula'>,
): BranchSetting<T> => ({
  kind: 'choice',
  branch: true,
  section: 'block',
  affects: 'numbers',
  ...texts,
  options: [
    OFF,
    ...transforms.map((value) => {
      const { label, help } = TRANSFORMS[value];
      return { value, label, help };
    }),
  ],
});

/** Key = name in an experiment and in a URL; order = order in the panel and in the URL. */
export const SETTINGS = {
  family: choice<'repvgg' | 'resnet' | 'wrn'>({
    section: 'network',
    affects: 'numbers',
    label: phrase('Family'),
    default: 'repvgg',
    help: phrase('How blocks make a network.'),
    options: [
      {
        value: 'repvgg',
        label: phrase('RepVGG'),
        help: phrase('A plain stack of blocks in stages, a global mean, a linear classifier.'),
      },
      {
        value: 'resnet',
        label: phrase('ResNet'),
        help: phrase(
          'CIFAR ResNet of depth 6n + 2: three stages of n basic blocks of two layers, a shortcut without parameters over each (option A).',
        ),
      },
      {
        value: 'wrn',
        label: phrase('Wide ResNet'),
        help: phrase(
          'WRN of depth 6n + 4: pre-activation blocks (batch norm, ReLU, convolution, twice), k times as wide.',
        ),
      },
    ],
  }),
  depths: list({
    section: 'network',
    affects: 'numbers',
    label: phrase('Depths'),
    default: [3, 4, 4],
    min: 1,
    max: 40,
    maxLength: 6,
    help: phrase('Blocks in each stage; the layers are counted from the image on.'),
  }),
  widths: list({
    section: 'network',
    affects: 'numbers',
    label: phrase('Widths'),
    default: [8, 16, 32],
    min: 1,
    max: 4096,
    maxLength: 6,
    help: phrase('Output channels of the blocks in each stage.'),
  }),
  strides: list({
    section: 'network',
    affects: 'numbers',
    label: phrase('Strides'),
    default: [1, 2, 2],
    min: 1,
    max: 2,
    maxLength: 6,
    help: phrase('Stride of the first block of each stage; 2 halves the image’s sides.'),
  }),
  shortcuts: choice<'none' | 'pairs'>({
    section: 'network',
    affects: 'numbers',
    label: phrase('Shortcuts'),
    default: 'none',
    help: phrase(
      'Whether shortcuts span pairs of layers, as in ResNet-18 (RepVGG’s “residual reorg” ablation); a 1x1 convolution with batch norm where the shape changes.',
    ),
    formula: 'relu(layer₂(layer₁(x)) + shortcut(x))',
    options: [
      {
        value: 'none',
        label: phrase('None'),
        help: phrase('A plain stack: identities only inside the blocks.'),
      },
      {
        value: 'pairs',
        label: phrase('Over pairs'),
        help: phrase('Every two layers of a stage are a residual block.'),
      },
    ],
  }),
  n: number({
    section: 'network',
    affects: 'numbers',
    label: phrase('Blocks per stage n'),
    default: 3,
    min: 1,
    max: 18,
    step: 1,
    integer: true,
    help: phrase(
      'Residual blocks in each of the three stages: ResNet’s depth is 6n + 2 (3: 20, 5: 32, 7: 44, 9: 56, 18: 110), a Wide ResNet’s 6n + 4 (1: 10, 2: 16, 6: 40).',
    ),
  }),
  width: number({
    section: 'network',
    affects: 'numbers',
    label: phrase('Base width'),
    default: 16,
    min: 1,
    max: 256,
    step: 4,
    integer: true,
    unit: phrase('channels'),
    help: phrase(
      'Channels of the first stage of a ResNet, and of a Wide ResNet’s first convolution; the stages have 1, 2 and 4 times as many (times k).',
    ),
  }),
  widen: number({
    section: 'network',
    affects: 'numbers',
    label: phrase('Widening k'),
    default: 2,
    min: 1,
    max: 12,
    step: 1,
    integer: true,
    help: phrase('How many times wider than the base width a Wide ResNet’s stages are.'),
  }),

  conv3x3: branch(['none', 'constant', 'scale', 'weightnorm', 'bn'], {
    label: phrase('3x3 branch'),
    default: 'bn',
    help: phrase('The 3x3 convolution, and what follows it before the sum.'),
    formula: 'W₃ ∗ x',
  }),
  conv1x1: branch(['none', 'constant', 'scale', 'weightnorm', 'bn'], {
    label: phrase('1x1 branch'),
    default: 'bn',
    help: phrase('The 1x1 convolution, and what follows it before the sum.'),
    formula: 'W₁ ∗ x',
  }),
  identity: branch(['none', 'constant', 'scale', 'bn'], {
    label: phrase('Identity branch'),
    default: 'bn',
    help: phrase(
      'The input itself, where a block keeps its shape (same channels, stride 1), and what follows it before the sum.',
    ),
    formula: 'x',
  }),
  identityAt: choice<'sum' | 'past'>({
    section: 'block',
    affects: 'numbers',
    label: phrase('Identity is added'),
    default: 'sum',
    help: phrase('Whether the identity is part of the sum that the norm sees, or goes past the norm.'),
    formula: phrase('norm(Σ convolutions + x), or norm(Σ convolutions) + x'),
    options: [
      {
        value: 'sum',
        label: phrase('Before the norm'),
        help: phrase('The identity is one of the branches of the sum.'),
      },
      {
        value: 'past',
        label: phrase('After the norm'),
        help: phrase('The identity is added to the norm’s output.'),
      },
    ],
  }),
  copies: number({
    section: 'block',
    affects: 'numbers',
    label: phrase('3x3 copies'),
    default: 1,
    min: 1,
    max: 8,
    step: 1,
    integer: true,
    help: phrase('Number of 3x3 branches, each with its own kernel and transform (MobileOne).'),
    // not translated: a formula
    formula: 'Σⱼ Wⱼ ∗ x',
  }),
  conv3x1: branch(['none', 'scale', 'bn'], {
    label: phrase('3x1 branch'),
    default: 'off',
    help: phrase('A vertical 3x1 convolution, and what follows it before the sum (ACB).'),
    formula: 'W₃ₓ₁ ∗ x',
  }),
  conv1x3: branch(['none', 'scale', 'bn'], {
    label: phrase('1x3 branch'),
    default: 'off',
    help: phrase('A horizontal 1x3 convolution, and what follows it before the sum (ACB).'),
    formula: 'W₁ₓ₃ ∗ x',
  }),
  seq3x3: branch(['bn'], {
    label: phrase('1x1 → 3x3 branch'),
    default: 'off',
    help: phrase('A 1x1 convolution with batch norm, then a 3x3 convolution with batch norm (DBB).'),
    formula: 'BN(V₃ ∗ BN(V₁ ∗ x))',
  }),
  seqAvg: branch(['bn'], {
    label: phrase('1x1 → average branch'),
    default: 'off',
    help: phrase('A 1x1 convolution with batch norm, then a 3x3 average with batch norm (DBB).'),
    formula: 'BN(avg₃ₓ₃ BN(U₁ ∗ x))',
  }),
  branchRelu: toggle({
    section: 'block',
    affects: 'numbers',
    label: phrase('ReLU in branches'),
    default: false,
    help: phrase(
      'A ReLU after every branch’s transform, before the sum: such a block can no longer be fused.',
    ),
    formula: phrase('Σ relu(branch)'),
  }),
  form: choice<'branches' | 'gradmult'>({
    section: 'block',
    affects: 'numbers',
    label: phrase('Trained as'),
    default: 'branches',
    help: phrase(
      'Whether every branch is trained, or one 3x3 kernel whose gradient is multiplied so that it trains as the branches would (RepOpt’s GradMult). Equal without weight decay.',
    ),
    formula: phrase(
      'K = s·W₃ + pad(t·W₁) + δ;  ∂K · (s², + t² at the centre, + 1 on its diagonal for an identity with a scale)',
    ),
    options: [
      { value: 'branches', label: phrase('Branches'), help: phrase('Every branch has its own kernel.') },
      {
        value: 'gradmult',
        label: phrase('One kernel'),
        help: phrase(
          'One kernel that starts as the sum of the branches; needs bare or constant convolutions.',
        ),
      },
    ],
  }),
  norm: choice<'post' | 'none'>({
    section: 'block',
    affects: 'numbers',
    label: phrase('Norm after the sum'),
    default: 'none',
    help: phrase('Whether a batch norm follows the sum of the branches.'),
    formula: 'γ · (y − μ) / √(σ² + ε) + β',
    options: [
      { value: 'post', label: phrase('Batch norm'), help: phrase('One batch norm after the sum.') },
      { value: 'none', label: phrase('None'), help: phrase('No norm follows the sum.') },
    ],
  }),
  factor: number({
    section: 'block',
    affects: 'numbers',
    label: phrase('Factor k'),
    default: 2,
    min: 1,
    max: 4,
    step: 0.25,
    help: phrase('A constant that multiplies every block (the study’s “2x scale up”).'),
    formula: phrase('relu(k · norm(Σ branches))'),
  }),
  factorAt: choice<'output' | 'norm' | 'sum'>({
    section: 'block',
    affects: 'numbers',
    label: phrase('Factor position'),
    default: 'output',
    help: phrase('Where the factor multiplies; before a batch norm it changes nothing but ε’s share.'),
    options: [
      { value: 'output', label: phrase('Before the ReLU'), help: phrase('relu(k · everything)') },
      {
        value: 'norm',
        label: phrase('On the norm'),
        help: phrase(
          'relu(k · norm(y) + x): an identity past the norm is left as it is; else the same as before the ReLU.',
        ),
      },
      { value: 'sum', label: phrase('Before the norm'), help: phrase('relu(norm(k · y))') },
    ],
  }),

  kernelInit: choice<'default' | 'he' | 'dirac-add' | 'dirac'>({
    section: 'start',
    affects: 'numbers',
    label: phrase('Initial kernels'),
    default: 'default',
    help: phrase('Initial values of the blocks’ kernels.'),
    options: [
      {
        value: 'default',
        label: phrase('PyTorch’s default'),
        help: phrase('Uniform in ±1/√fan-in: an output channel’s ‖W‖² is 1/3.'),
      },
      { value: 'he', label: phrase('He normal'), help: phrase('Normal with variance 2/fan-in: ‖W‖² is 2.') },
      {
        value: 'dirac-add',
        label: phrase('Default + identity'),
        help: phrase('PyTorch’s default, and 1 added where the 3x3 kernel passes a channel on.'),
      },
      {
        value: 'dirac',
        label: phrase('Identity'),
        help: phrase('The 3x3 kernel passes its input on: 1 in the centre, 0 elsewhere.'),
      },
    ],
  }),
  scaleInit: choice<'one' | 'repopt' | 'rms' | 'value'>({
    section: 'start',
    affects: 'numbers',
    label: phrase('Initial scales'),
    default: 'one',
    help: phrase(
      'Initial value of the convolutions’ scales, learned or constant; the identity’s always starts at 1.',
    ),
    formula: phrase('1, √(2/l) with l the block’s index in its stage, 1/‖W‖, or a value'),
    options: [
      { value: 'one', label: phrase('One'), help: phrase('Every scale starts at 1, as in the study.') },
      {
        value: 'repopt',
        label: phrase('RepOpt'),
        help: phrase('√(2/l), l = 1, 2, … after the first block of a stage, which starts at 1.'),
      },
      {
        value: 'rms',
        label: phrase('RMS-matched'),
        help: phrase(
          '1/‖W‖ per output channel: white input of RMS 1 leaves every branch with RMS 1, like the identity.',
        ),
      },
      { value: 'value', label: phrase('A value'), help: phrase('The value below.') },
    ],
  }),
  scaleValue: number({
    section: 'start',
    affects: 'numbers',
    label: phrase('Scale value'),
    default: 0.1,
    min: 0,
    max: 10,
    step: 0.1,
    help: phrase('Where the convolutions’ scales start when a value is asked for (DiracNet: 0.1).'),
  }),
  gammaInit: number({
    section: 'start',
    affects: 'numbers',
    label: phrase('Initial branch gammas'),
    default: 1,
    min: 0,
    max: 10,
    step: 0.1,
    help: phrase('Initial value of the gammas of the branches’ batch norms (ACB on CIFAR: 1/3).'),
  }),

  lr: number({
    section: 'optimiser',
    affects: 'numbers',
    label: phrase('Learning rate'),
    default: 0.3,
    min: 0,
    max: 10,
    step: 0.05,
    help: phrase('Step size η of SGD at its peak.'),
    formula: 'w ← w − η · v',
  }),
  momentum: number({
    section: 'optimiser',
    affects: 'numbers',
    label: phrase('Momentum'),
    default: 0.9,
    min: 0,
    max: 0.999,
    step: 0.05,
    help: phrase('The share of the previous update that is added to the next.'),
    formula: 'v ← μ · v + g + λ · w',
  }),
  nesterov: toggle({
    section: 'optimiser',
    affects: 'numbers',
    label: phrase('Nesterov'),
    default: false,
    help: phrase('Looks one momentum step ahead.'),
    formula: 'w ← w − η · (g + λ · w + μ · v)',
  }),
  wd: number({
    section: 'optimiser',
    affects: 'numbers',
    label: phrase('Weight decay'),
    default: 0,
    min: 0,
    max: 0.1,
    step: 0.0001,
    help: phrase(
      'Pull λ of kernels, of the classifier and of the identity’s batch norm gamma towards zero; never of biases or other gammas.',
    ),
    formula: 'g + λ · w',
  }),
  decayScales: choice<'none' | 'identity' | 'all'>({
    section: 'optimiser',
    affects: 'numbers',
    label: phrase('Decay on scales'),
    default: 'all',
    help: phrase('Which of the branches’ scales the weight decay pulls on.'),
    options: [
      { value: 'none', label: phrase('None'), help: phrase('No scale decays.') },
      { value: 'identity', label: phrase('Identity'), help: phrase('Only the identity’s scale decays.') },
      { value: 'all', label: phrase('All'), help: phrase('Every scale decays.') },
    ],
  }),
  biasLr: number({
    section: 'optimiser',
    affects: 'numbers',
    label: phrase('Bias lr ×'),
    default: 1,
    min: 0,
    max: 128,
    step: 1,
    help: phrase(
      'Multiplies the learning rate of biases: the betas of batch norms and the classifier’s bias (RepVGG: 2, the study: 6).',
    ),
  }),
  scaleLr: number({
    section: 'optimiser',
    affects: 'numbers',
    label: phrase('Scale lr ×'),
    default: 1,
    min: 0,
    max: 128,
    step: 0.5,
    help: phrase('Multiplies the learning rate of the branches’ scales.'),
  }),
  smoothing: number({
    section: 'optimiser',
    affects: 'numbers',
    label: phrase('Label smoothing'),
    default: 0,
    min: 0,
    max: 0.9,
    step: 0.05,
    help: phrase('Share of the target spread evenly over all classes.'),
    formula: phrase('t = (1 − α) · onehot + α / classes'),
  }),
  schedule: choice<'cosine' | 'step' | 'constant'>({
    section: 'optimiser',
    affects: 'numbers',
    label: phrase('Schedule'),
    default: 'cosine',
    help: phrase('How the learning rate changes over the run.'),
    options: [
      {
        value: 'cosine',
        label: phrase('Cosine'),
        help: phrase('η/2 · (1 + cos πt/T), down to 0 at the end.'),
      },
      {
        value: 'step',
        label: phrase('Steps'),
        context: 'schedule',
        help: phrase('Divided by 10 at half and again at three quarters of the run.'),
      },
      { value: 'constant', label: phrase('Constant'), help: phrase('The same at every step.') },
    ],
  }),
  warmup: number({
    section: 'optimiser',
    affects: 'numbers',
    label: phrase('Warm-up'),
    default: 0,
    min: 0,
    max: 100000,
    step: 10,
    integer: true,
    unit: phrase('steps'),
    help: phrase(
      'Steps in which the learning rate rises in a straight line to its peak, before the schedule begins.',
    ),
  }),

  batch: number({
    section: 'training',
    affects: 'numbers',
    label: phrase('Batch size'),
    default: 64,
    min: 1,
    max: 1024,
    step: 16,
    integer: true,
    unit: phrase('images'),
    help: phrase('Images in one step.'),
  }),
  length: number({
    section: 'training',
    affects: 'numbers',
    label: phrase('Length'),
    default: 400,
    min: 1,
    max: 1000000,
    step: 50,
    integer: true,
    help: phrase('How long the run is; the schedule ends where the run ends.'),
  }),
  lengthUnit: choice<'steps' | 'epochs'>({
    section: 'training',
    affects: 'numbers',
    label: phrase('Length in'),
    default: 'steps',
    help: phrase('Whether the length counts steps or passes over the training images.'),
    options: [
      { value: 'steps', label: phrase('Steps'), help: phrase('One step is one batch.') },
      {
        value: 'epochs',
        label: phrase('Epochs'),
        help: phrase('One epoch is one pass over the training images; an incomplete last batch is left out.'),
      },
    ],
  }),
  evalEvery: number({
    section: 'training',
    affects: 'bookkeeping',
    label: phrase('Evaluate every'),
    default: 50,
    min: 0,
    max: 100000,
    step: 50,
    integer: true,
    unit: phrase('steps'),
    help: phrase('Steps between evaluations on test images; 0 evaluates only at the end.'),
  }),
  test: number({
    section: 'training',
    affects: 'numbers',
    label: phrase('Test images'),
    default: 1000,
    min: 0,
    max: 10000,
    step: 100,
    integer: true,
    unit: phrase('images'),
    help: phrase('How many test images an evaluation uses, the same from every class; 0 uses all.'),
  }),
  seed: number({
    section: 'training',
    affects: 'numbers',
    label: phrase('Seed'),
    default: 1,
    min: 0,
    max: 4294967295,
    step: 1,
    integer: true,
    help: phrase(
      'Initial weights, order of the images, crops and flips are drawn from it: same seed, same numbers.',
    ),
  }),

  checkpointEvery: number({
    section: 'training',
    affects: 'bookkeeping',
    label: phrase('Checkpoint every'),
    default: 100,
    min: 0,
    max: 100000,
    step: 50,
    integer: true,
    unit: phrase('steps'),
    help: phrase(
      'Steps between two checkpoints, from which a run resumes after a reload or a crash; at most one in two seconds. 0 keeps one only at the start, before a pause, when the page is hidden and at the end. Training’s numbers do not depend on it.',
    ),
  }),
  measureEvery: number({
    section: 'instruments',
    affects: 'bookkeeping',
    label: phrase('Measure every'),
    default: 10,
    min: 0,
    max: 10000,
    step: 5,
    integer: true,
    unit: phrase('steps'),
    help: phrase(
      'Steps between two readings of the instruments below; 0 switches them all off. Training’s numbers do not depend on it.',
    ),
  }),
  channels: instrument({
    label: phrase('Scales by channel'),
    default: true,
    help: phrase('Every channel’s scale or gamma, and the effective scale of a branch with batch norm.'),
    formula: phrase('s, γ, and γ/√(σ² + ε)'),
  }),
  conservation: instrument({
    label: phrase('Conservation'),
    default: true,
    help: phrase(
      'Sum of every layer’s squared scales against its prediction, and two exact laws of the gradients as a self-test.',
    ),
    formula: 'Σ s² ≈ Σ s₀² · exp(−2λ Ση/(1 − μ));  Σ s·∂L/∂s = 0;  s·∂L/∂s = ⟨W, ∂L/∂W⟩',
  }),
  rms: instrument({
    label: phrase('Activations by depth'),
    default: true,
    help: phrase('Root mean square of every layer’s output on the training batch.'),
    formula: phrase('√(mean of y²)'),
  }),
  share: instrument({
    label: phrase('Share of the fused kernel'),
    default: true,
    help: phrase(
      'How much of the fused kernel each branch contributes, and how much of it lies on the centre’s diagonal.',
    ),
    formula: '⟨K_b, K⟩/‖K‖²;  Σ_c K[1,1,c,c]²/‖K‖²',
  }),
  updates: instrument({
    label: phrase('Update directions'),
    default: true,
    help: phrase(
      'Every kernel’s update split into the part along the kernel and the part that turns it, and its angle to where it started.',
    ),
    formula: phrase('ΔW = radial · W/‖W‖ + tangential;  at rest |tangential|/‖W‖ ≈ √(2ηλ/(1 + μ))'),
  }),
  gradients: instrument({
    label: phrase('Gradient norms'),
    default: true,
    help: phrase('Norm of the loss’s gradient by layer and branch.'),
    formula: '‖∂L/∂W‖',
  }),

  data: choice<'builtin' | 'cifar100'>({
    section: 'data',
    affects: 'numbers',
    label: phrase('Data set'),
    default: 'builtin',
    help: phrase('What to train on.'),
    options: [
      {
        value: 'builtin',
        label: phrase('Built-in'),
        help: phrase('Drawn from a fixed seed: 100 classes of shapes. Not CIFAR-100.'),
      },
      {
        value: 'cifar100',
        label: phrase('CIFAR-100'),
        help: phrase('The real images, from your copy of the archive.'),
      },
    ],
  }),
  difficulty: choice<'easy' | 'medium' | 'hard'>({
    section: 'data',
    affects: 'numbers',
    label: phrase('Difficulty'),
    default: 'medium',
    help: phrase('How the built-in shapes are shown; the 100 classes are the same at every level.'),
    options: [
      {
        value: 'easy',
        label: phrase('Easy'),
        help: phrase('Large, upright and clear, on a plain ground; its colour leans to the family’s.'),
      },
      {
        value: 'medium',
        label: phrase('Medium'),
        help: phrase(
          'Any place and size, turned a little; dots and dashes behind the figure, waves and noise.',
        ),
      },
      {
        value: 'hard',
        label: phrase('Hard'),
        help: phrase(
          'Turned any way, dashes over the figure too, on some images a small figure of another class in a corner; stronger noise; colours hardly depend on the class.',
        ),
      },
    ],
  }),
  train: number({
    section: 'data',
    affects: 'numbers',
    label: phrase('Training images'),
    default: 0,
    min: 0,
    max: 50000,
    step: 1000,
    integer: true,
    unit: phrase('images'),
    help: phrase('How many training images to use, the same from every class; 0 uses all there are.'),
  }),
  crop: toggle({
    section: 'data',
    affects: 'numbers',
    label: phrase('Random crop'),
    default: false,
    help: phrase('Pads each training image by 4 black pixels and cuts a 32x32 window out of it.'),
  }),
  flip: toggle({
    section: 'data',
    affects: 'numbers',
    label: phrase('Random flip'),
    default: true,
    help: phrase('Mirrors every other training image, at random.'),
  }),

  backend: choice<'auto' | BackendName>({
    section: 'backend',
    affects: 'device',
    label: phrase('Backend'),
    default: 'auto',
    help: phrase(
      'What computes the run. Automatic takes the first that works of WebGPU (on a real adapter), WebAssembly, WebGL and plain JavaScript.',
    ),
    options: [
      { value: 'auto', label: phrase('Automatic'), help: phrase('The fastest that works here.') },
      ...BACKEND_NAMES.map((value) => ({
        value,
        label: backendRow(value).label,
        help: backendRow(value).help,
      })),
    ],
  }),
  arithmetic: choice<'reproducible' | 'fastest'>({
    section: 'backend',
    affects: 'device',
    label: phrase('Arithmetic on WebAssembly'),
    default: 'reproducible',
    help: phrase(
      'Whether a link gives the same numbers to the last bit on every machine, or this machine may round in its own way.',
    ),
    formula: phrase('a·b + c rounded twice, or once where the processor can'),
    options: [
      {
        value: 'reproducible',
        label: phrase('Reproducible'),
        help: phrase('The same link gives the same weights in every browser, on any number of threads.'),
      },
      {
        value: 'fastest',
        label: phrase('Fastest here'),
        help: phrase('Relaxed SIMD where there is any: a few per cent on some processors, more on others.'),
      },
    ],
  }),
  precision: choice<'single' | 'half'>({
    section: 'backend',
    affects: 'numbers',
    label: phrase('Precision on WebGPU'),
    default: 'single',
    help: phrase(
      'How many bits the numbers between the layers have in memory. Sums, weights and batch norms are in single precision either way.',
    ),
    formula: phrase('gradients · 2ᵏ in memory, so that small ones are not lost'),
    options: [
      { value: 'single', label: phrase('Single'), help: phrase('32 bits: what every other backend has.') },
      {
        value: 'half',
        label: phrase('Half'),
        help: phrase(
          '16 bits, three digits, in half the memory; logits are off by about a thousandth. The Benchmark view measures whether it is faster here.',
        ),
      },
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

export type BranchKey = {
  [K in SettingKey]: (typeof SETTINGS)[K] extends { branch: true } ? K : never;
}[SettingKey];

export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[];

export type InstrumentName = {
  [K in SettingKey]: (typeof SETTINGS)[K] extends { instrument: true } ? K : never;
}[SettingKey];

/** Switches of the instruments: they only decide what is measured. */
export const INSTRUMENT_KEYS = SETTING_KEYS.filter(
  (key): key is InstrumentName => 'instrument' in SETTINGS[key],
);

export const BRANCH_KEYS = SETTING_KEYS.filter((key): key is BranchKey => 'branch' in SETTINGS[key]);

/** Every branch that has a kernel or an average: all but the identity. */
export const CONVOLUTION_KEYS = BRANCH_KEYS.filter((key) => key !== 'identity');

/** A block without branches, to which a preset or a family adds its own. */
export const NO_BRANCHES = Object.fromEntries(BRANCH_KEYS.map((key) => [key, 'off'])) as Record<
  BranchKey,
  'off'
>;

/** The row of a key, as one of the four kinds. */
export const settingOf = (key: SettingKey): Setting => SETTINGS[key];

/** An option's name in the reader's language. */
export const optionLabel = ({ label, context }: Option): string => t(label, { context });

export const DEFAULT_EXPERIMENT: Experiment = Object.freeze(
  Object.fromEntries(SETTING_KEYS.map((key) => [key, SETTINGS[key].default])),
) as Experiment;

export const SECTION_LABELS: Record<Section, string> = {
  network: phrase('Network'),
  block: phrase('Block'),
  start: phrase('Initial values'),
  optimiser: phrase('Optimiser'),
  training: phrase('Training'),
  instruments: phrase('Instruments'),
  data: phrase('Data'),
  backend: phrase('Backend'),
};
