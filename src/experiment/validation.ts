/**
 * Validates single values and whole experiments, and replaces invalid values by defaults with a notice for each.
 */
import { listed, sentences } from '../language/join';
import { t } from '../language/language';
import {
  CONVOLUTION_KEYS,
  DEFAULT_EXPERIMENT,
  SETTINGS,
  settingOf,
  type Experiment,
  type SettingKey,
} from './settings';

/** A problem with one setting, or with a key that is no setting, for the author of a link. */
export interface Notice {
  key: string;
  /** What was found, what was expected and what is used instead, as a sentence in the reader's language. */
  readonly message: string;
}

/** A notice whose sentence is translated on every read, because the language may change while a notice is shown. */
export const noticeOf = (key: string, say: () => string): Notice => ({
  key,
  get message() {
    return say();
  },
});

/** Why `value` is not allowed for setting `key` ("expected …"), or null where it is. */
export function problemWith(key: SettingKey, value: unknown): string | null {
  const setting = settingOf(key);
  switch (setting.kind) {
    case 'choice':
      return setting.options.some((option) => option.value === value)
        ? null
        : t('expected one of {{values}}', {
            values: setting.options.map((option) => option.value).join(', '),
          });
    case 'toggle':
      return typeof value === 'boolean' ? null : t('expected on or off');
    case 'number': {
      const { min, max } = setting;
      const good =
        typeof value === 'number' &&
        Number.isFinite(value) &&
        value >= min &&
        value <= max &&
        (!setting.integer || Number.isInteger(value));
      if (good) return null;
      return setting.integer
        ? t('expected a whole number from {{min}} to {{max}}', { min, max })
        : t('expected a number from {{min}} to {{max}}', { min, max });
    }
    case 'list': {
      const good =
        Array.isArray(value) &&
        value.length >= 1 &&
        value.length <= setting.maxLength &&
        value.every((entry) => Number.isInteger(entry) && entry >= setting.min && entry <= setting.max);
      return good
        ? null
        : t('expected 1 to {{most}} whole numbers from {{min}} to {{max}}, separated by commas', {
            most: setting.maxLength,
            min: setting.min,
            max: setting.max,
          });
    }
    default:
      return setting satisfies never;
  }
}

/** A rule about several settings. If an experiment breaks it, all of them fall back to their defaults. */
interface Rule {
  keys: readonly SettingKey[];
  /** Why the experiment breaks the rule, as a sentence about `names` (the settings' names or keys); null if it does not. */
  broken: (e: Experiment, names: string) => string | null;
}

const RULES: readonly Rule[] = [
  {
    keys: ['depths', 'widths', 'strides'],
    broken: ({ depths, widths, strides }, names) =>
      depths.length === widths.length && widths.length === strides.length
        ? null
        : t('{{names}} need one number per stage each, but have {{depths}}, {{widths}} and {{strides}}.', {
            names,
            depths: depths.length,
            widths: widths.length,
            strides: strides.length,
          }),
  },
  {
    keys: ['depths', 'widths', 'strides'],
    broken: ({ depths }, names) => {
      const blocks = depths.reduce((sum, depth) => sum + depth, 0);
      return blocks <= 120
        ? null
        : t('{{names}} make {{blocks}} blocks; at most 120 are allowed.', { names, blocks });
    },
  },
  {
    keys: CONVOLUTION_KEYS,
    broken: (e, names) =>
      CONVOLUTION_KEYS.every((branch) => e[branch] === 'off')
        ? t(
            '{{names}} cannot all be off, one convolution at least is needed: blocks that change the shape have no identity and would be empty.',
            { names },
          )
        : null,
  },
  {
    keys: ['form'],
    broken: (e, names) => {
      if (e.form !== 'gradmult') return null;
      const untrained = ['off', 'none', 'constant'];
      const plainBranches =
        [e.conv3x3, e.conv1x1].every((branch) => untrained.includes(branch)) && e.identity !== 'bn';
      const noOthers = CONVOLUTION_KEYS.every(
        (branch) => branch === 'conv3x3' || branch === 'conv1x1' || e[branch] === 'off',
      );
      return plainBranches && noOthers && e.copies === 1 && !e.branchRelu && e.identityAt === 'sum'
        ? null
        : t(
            '{{names}} as one kernel needs bare or constant 3x3 and 1x1 branches and an identity without batch norm, one of each, all before the norm and without a ReLU.',
            { names },
          );
    },
  },
];

/** The first rule that the experiment breaks as a sentence, or null. */
export function conflictIn(experiment: Experiment): string | null {
  for (const rule of RULES) {
    const why = rule.broken(experiment, listed(rule.keys.map((key) => t(SETTINGS[key].label))));
    if (why) return why;
  }
  return null;
}

/** Replaces settings that break a rule by their defaults, with a notice for each rule broken. */
export function resolveConflicts(experiment: Experiment): { experiment: Experiment; notices: Notice[] } {
  const notices: Notice[] = [];
  let result = experiment;
  for (const rule of RULES) {
    const names = rule.keys.join(', ');
    const broken = result;
    if (rule.broken(broken, names) === null) continue;
    notices.push(
      noticeOf(names, () => sentences(rule.broken(broken, names) ?? '', t('Their defaults are used.'))),
    );
    result = { ...result, ...Object.fromEntries(rule.keys.map((key) => [key, DEFAULT_EXPERIMENT[key]])) };
  }
  return { experiment: result, notices };
}
