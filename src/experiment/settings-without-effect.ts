/** Which settings have no effect in an experiment, and why: one row per rule. */
import { t } from '../language/language';
import { backendRow } from './backends';
import {
  BRANCH_KEYS,
  CONVOLUTION_KEYS,
  INSTRUMENT_KEYS,
  type Experiment,
  type SettingKey,
  type TransformKind,
} from './settings';

const anyBranch = (e: Experiment, ...kinds: TransformKind[]) =>
  BRANCH_KEYS.some((branch) => (kinds as string[]).includes(e[branch]));
const convolutionWith = (e: Experiment, ...kinds: TransformKind[]) =>
  CONVOLUTION_KEYS.some((branch) => (kinds as string[]).includes(e[branch]));

const respects = (backend: Experiment['backend'], key: 'arithmetic' | 'precision') =>
  backend === 'auto' || backendRow(backend).respects.includes(key);

const RULES: readonly { keys: readonly SettingKey[]; why: (e: Experiment) => string | null }[] = [
  {
    keys: ['depths', 'widths', 'strides', 'shortcuts'],
    why: ({ family }) =>
      family === 'repvgg' ? null : t('Only the RepVGG family has stages that can be set.'),
  },
  {
    keys: ['n', 'width'],
    why: ({ family }) =>
      family === 'repvgg' ? t('Only the ResNet and Wide ResNet families use this setting.') : null,
  },
  {
    keys: ['widen'],
    why: ({ family }) => (family === 'wrn' ? null : t('Only the Wide ResNet family uses this setting.')),
  },
  {
    keys: ['norm', 'factor', 'factorAt', 'identityAt'],
    why: ({ family }) =>
      family === 'wrn'
        ? t('A Wide ResNet has its batch norms before the convolutions: its blocks use the branches only.')
        : null,
  },
  { keys: ['factorAt'], why: ({ factor }) => (factor === 1 ? t('The factor is 1.') : null) },
  { keys: ['identityAt'], why: ({ identity }) => (identity === 'off' ? t('The identity is off.') : null) },
  { keys: ['copies'], why: ({ conv3x3 }) => (conv3x3 === 'off' ? t('The 3x3 branch is off.') : null) },
  {
    keys: ['scaleInit', 'scaleValue'],
    why: (e) =>
      convolutionWith(e, 'scale', 'constant', 'weightnorm')
        ? null
        : t('No convolution has a scale or a constant.'),
  },
  {
    keys: ['scaleValue'],
    why: ({ scaleInit }) => (scaleInit === 'value' ? null : t('The scales do not start at a value.')),
  },
  {
    keys: ['gammaInit'],
    why: (e) => (anyBranch(e, 'bn') ? null : t('No branch has a batch norm.')),
  },
  {
    keys: ['scaleLr', 'decayScales'],
    why: (e) => (anyBranch(e, 'scale', 'weightnorm') ? null : t('No branch has a learned scale.')),
  },
  { keys: ['decayScales'], why: ({ wd }) => (wd === 0 ? t('There is no weight decay.') : null) },
  {
    keys: ['difficulty'],
    why: ({ data }) => (data === 'builtin' ? null : t('Only the built-in set has levels.')),
  },
  { keys: ['nesterov'], why: ({ momentum }) => (momentum === 0 ? t('There is no momentum.') : null) },
  {
    keys: ['arithmetic'],
    why: ({ backend }) => (respects(backend, 'arithmetic') ? null : t('Only WebAssembly uses this setting.')),
  },
  {
    keys: ['precision'],
    why: ({ backend }) => (respects(backend, 'precision') ? null : t('Only WebGPU uses this setting.')),
  },
  {
    keys: INSTRUMENT_KEYS,
    why: ({ measureEvery }) => (measureEvery === 0 ? t('The instruments are off.') : null),
  },
];

/** Why a setting has no effect in this experiment, as a sentence; null if it has one. */
export function whyUnused(key: SettingKey, experiment: Experiment): string | null {
  for (const { keys, why } of RULES) {
    const reason = keys.includes(key) ? why(experiment) : null;
    if (reason !== null) return reason;
  }
  return null;
}
