/** The differences between two experiments, by key and as one line in the reader's language. */
import { listed } from '../language/join';
import { t } from '../language/language';
import { sameValue } from './presets';
import {
  DEFAULT_EXPERIMENT,
  optionLabel,
  SETTING_KEYS,
  settingOf,
  SETTINGS,
  type Experiment,
  type SettingKey,
} from './settings';
import { formatValue } from './url';

/** Keys whose values differ, in the table's order. */
export const differingKeys = (a: Experiment, b: Experiment): SettingKey[] =>
  SETTING_KEYS.filter((key) => !sameValue(a[key], b[key]));

/** A value as the settings panel shows it: "Batch norm", "3,4,4", "on". */
export function inWords(key: SettingKey, value: Experiment[SettingKey]): string {
  const setting = settingOf(key);
  const option = setting.kind === 'choice' && setting.options.find((candidate) => candidate.value === value);
  if (option) return optionLabel(option);
  if (setting.kind === 'toggle') return value === true ? t('on') : t('off');
  return formatValue(value);
}

/** One line: the values of `experiment` that differ from `base`, e.g. "Factor k 2 (not 1) · 1x1 branch Off (not Batch norm)"; "no difference" where there is none. */
export function describeDifference(experiment: Experiment, base: Experiment): string {
  const parts = differingKeys(experiment, base).map((key) =>
    t('{{setting}} {{value}} (not {{other}})', {
      setting: t(settingOf(key).label),
      value: inWords(key, experiment[key]),
      other: inWords(key, base[key]),
    }),
  );
  return parts.length > 0 ? parts.join(' · ') : t('no difference');
}

/** A name for each of two experiments that says how it differs from the other, without evaluation and measurement settings: "Factor k 2" and "Factor k 1". */
export function namesOfTwo(a: Experiment, b: Experiment): [string, string] {
  const keys = differingKeys(a, b).filter((key) => SETTINGS[key].affects !== 'bookkeeping');
  if (keys.length === 0) return [t('First run'), t('Second run')];
  const shown = keys.slice(0, 2);
  const more = keys.length - shown.length;
  const name = (experiment: Experiment) => {
    const values = listed(shown.map((key) => `${t(settingOf(key).label)} ${inWords(key, experiment[key])}`));
    return more > 0 ? t('{{values}} and {{more}} more', { values, more }) : values;
  };
  return [name(a), name(b)];
}

/** The values of an experiment that differ from the default; "the default one" where none does. */
export const besideDefault = (experiment: Experiment): string =>
  differingKeys(experiment, DEFAULT_EXPERIMENT).length > 0
    ? describeDifference(experiment, DEFAULT_EXPERIMENT)
    : t('the default one');
