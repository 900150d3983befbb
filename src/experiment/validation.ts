/**
 * Says whether a value, and a whole experiment, makes sense; and mends what does not, naming each repair.
 */
import { DEFAULT_EXPERIMENT, SETTINGS, settingOf, type Experiment, type SettingKey } from './settings';

/** What was wrong with one setting (or a key that is none), for the person who wrote it. */
export interface Notice {
  key: string;
  /** What was found, what was expected and what is used instead, in a sentence. */
  message: string;
}

/** Why `value` is not allowed for setting `key` ("expected …"), or null where it is. */
export function problemWith(key: SettingKey, value: unknown): string | null {
  const setting = settingOf(key);
  switch (setting.kind) {
    case 'choice':
      return setting.options.some((option) => option.value === value)
        ? null
        : `expected one of ${setting.options.map((option) => option.value).join(', ')}`;
    case 'toggle':
      return typeof value === 'boolean' ? null : 'expected on or off';
    case 'number': {
      const kind = setting.integer ? 'a whole number' : 'a number';
      const good =
        typeof value === 'number' &&
        Number.isFinite(value) &&
        value >= setting.min &&
        value <= setting.max &&
        (!setting.integer || Number.isInteger(value));
      return good ? null : `expected ${kind} from ${setting.min} to ${setting.max}`;
    }
    case 'list': {
      const good =
        Array.isArray(value) &&
        value.length >= 1 &&
        value.length <= setting.maxLength &&
        value.every((entry) => Number.isInteger(entry) && entry >= setting.min && entry <= setting.max);
      return good
        ? null
        : `expected 1 to ${setting.maxLength} whole numbers from ${setting.min} to ${setting.max}, separated by commas`;
    }
  }
}

/** Settings that only make sense together: each rule names its keys, and they fall back to their defaults together. */
const RULES: readonly { keys: readonly SettingKey[]; broken: (e: Experiment) => string | null }[] = [
  {
    keys: ['depths', 'widths', 'strides'],
    broken: ({ depths, widths, strides }) =>
      depths.length === widths.length && widths.length === strides.length
        ? null
        : `need one number per stage each, but have ${depths.length}, ${widths.length} and ${strides.length}`,
  },
  {
    keys: ['depths', 'widths', 'strides'],
    broken: ({ depths }) => {
      const blocks = depths.reduce((sum, depth) => sum + depth, 0);
      return blocks <= 120 ? null : `make ${blocks} blocks; at most 120 are allowed`;
    },
  },
  {
    keys: ['conv3x3', 'conv1x1', 'conv3x1', 'conv1x3', 'seq3x3', 'seqAvg'],
    broken: ({ conv3x3, conv1x1, conv3x1, conv1x3, seq3x3, seqAvg }) =>
      [conv3x3, conv1x1, conv3x1, conv1x3, seq3x3, seqAvg].every((branch) => branch === 'off')
        ? 'cannot all be off, one convolution at least is needed: blocks that change the shape have no identity and would be empty'
        : null,
  },
  {
    keys: ['form'],
    broken: (e) => {
      if (e.form !== 'gradmult') return null;
      const untrained = ['off', 'none', 'constant'];
      const plainBranches =
        [e.conv3x3, e.conv1x1].every((branch) => untrained.includes(branch)) && e.identity !== 'bn';
      const noOthers = [e.conv3x1, e.conv1x3, e.seq3x3, e.seqAvg].every((branch) => branch === 'off');
      return plainBranches && noOthers && e.copies === 1 && !e.branchRelu && e.identityAt === 'sum'
        ? null
        : 'as one kernel needs bare or constant 3x3 and 1x1 branches and an identity without batch norm, one of each, all before the norm and without a ReLU of their own';
    },
  },
];

/** The first rule that the experiment breaks as a sentence, or null. */
export function conflictIn(experiment: Experiment): string | null {
  for (const rule of RULES) {
    const why = rule.broken(experiment);
    if (why) return `${rule.keys.map((key) => SETTINGS[key].label).join(', ')} ${why}.`;
  }
  return null;
}

/** Replaces settings that break a rule by their defaults, with a notice for each rule broken. */
export function resolveConflicts(experiment: Experiment): { experiment: Experiment; notices: Notice[] } {
  const notices: Notice[] = [];
  let result = experiment;
  for (const rule of RULES) {
    const why = rule.broken(result);
    if (!why) continue;
    const names = rule.keys.join(', ');
    notices.push({ key: names, message: `${names} ${why}. Their defaults are used.` });
    result = { ...result, ...Object.fromEntries(rule.keys.map((key) => [key, DEFAULT_EXPERIMENT[key]])) };
  }
  return { experiment: result, notices };
}
