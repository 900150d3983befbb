/** What differs between two experiments, key by key and as one line. */
import { sameValue } from './presets';
import { SETTING_KEYS, settingOf, type Experiment, type SettingKey } from './settings';
import { formatValue } from './url';

/** Keys whose values differ, in the table's order. */
export const differingKeys = (a: Experiment, b: Experiment): SettingKey[] =>
  SETTING_KEYS.filter((key) => !sameValue(a[key], b[key]));

/** A value in the panel's words: "Batch norm", "3,4,4", "on". */
function inWords(key: SettingKey, value: Experiment[SettingKey]): string {
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
