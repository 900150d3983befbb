/** What differs between two experiments, key by key and as one line. */
import { sameValue } from './presets';
import {
  DEFAULT_EXPERIMENT,
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

/** A value in the panel's words: "Batch norm", "3,4,4", "on". */
export function inWords(key: SettingKey, value: Experiment[SettingKey]): string {
  const setting = settingOf(key);
  const option = setting.kind === 'choice' && setting.options.find((candidate) => candidate.value === value);
  return option ? option.label : formatValue(value);
}

/** One line: what `experiment` has that `base` has not, e.g. "Factor k 2 (not 1) · 1x1 branch Off (not Batch norm)"; "no difference" where there is none. */
export function describeDifference(experiment: Experiment, base: Experiment): string {
  const parts = differingKeys(experiment, base).map(
    (key) => `${settingOf(key).label} ${inWords(key, experiment[key])} (not ${inWords(key, base[key])})`,
  );
  return parts.length > 0 ? parts.join(' · ') : 'no difference';
}

/** A name for each of two experiments that says how it differs from the other: "Factor k 2" and "Factor k 1". */
export function namesOfTwo(a: Experiment, b: Experiment): [string, string] {
  const keys = differingKeys(a, b).filter((key) => SETTINGS[key].section !== 'instruments');
  if (keys.length === 0) return ['First run', 'Second run'];
  const shown = keys.slice(0, 2);
  const more = keys.length > shown.length ? ` and ${keys.length - shown.length} more` : '';
  const name = (experiment: Experiment) =>
    shown.map((key) => `${settingOf(key).label} ${inWords(key, experiment[key])}`).join(', ') + more;
  return [name(a), name(b)];
}

/** An experiment by what it has that the default has not; "the default one" where there is nothing. */
export const besideDefault = (experiment: Experiment): string =>
  differingKeys(experiment, DEFAULT_EXPERIMENT).length > 0
    ? describeDifference(experiment, DEFAULT_EXPERIMENT)
    : 'the default one';
