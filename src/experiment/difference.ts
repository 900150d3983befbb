/** What differs between two experiments, key by key and as one line. */
import { sameValue } from './presets';
import { SETTING_KEYS, type Experiment, type SettingKey } from './settings';
import { formatValue } from './url';

/** Keys whose values differ, in the table's order. */
export const differingKeys = (a: Experiment, b: Experiment): SettingKey[] =>
  SETTING_KEYS.filter((key) => !sameValue(a[key], b[key]));

/** One line: what `experiment` has that `base` has not, e.g. "factor 2 (not 1) · lr 0.1 (not 0.3)"; "no difference" where there is none. */
export function describeDifference(experiment: Experiment, base: Experiment): string {
  const parts = differingKeys(experiment, base).map(
    (key) => `${key} ${formatValue(experiment[key])} (not ${formatValue(base[key])})`,
  );
  return parts.length > 0 ? parts.join(' · ') : 'no difference';
}
