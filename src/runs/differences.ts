/** The settings in which runs differ, with the labels of the panel. */
import { inWords } from '../experiment/difference';
import { sameValue } from '../experiment/presets';
import { SETTING_KEYS, SETTINGS, settingOf, type Experiment, type SettingKey } from '../experiment/settings';
import { t } from '../language/language';
import { listed } from '../language/join';
import { settingWith } from './list-text';

export interface DifferenceRow {
  key: SettingKey;
  /** The setting's name in the panel, with its unit: "Batch size (images)". */
  label: string;
  /** One value per experiment, in their order. */
  values: string[];
}

/** The settings that are not the same in all, in the table's order; none for fewer than two experiments. */
export function differenceTable(experiments: readonly Experiment[]): DifferenceRow[] {
  return SETTING_KEYS.filter((key) =>
    experiments.some((experiment) => !sameValue(experiment[key], experiments[0]![key])),
  ).map((key) => ({
    key,
    label: settingLabel(key),
    values: experiments.map((experiment) => inWords(key, experiment[key])),
  }));
}

/** "Learning rate"; "Warm-up (steps)". */
export function settingLabel(key: SettingKey): string {
  const setting = settingOf(key);
  const label = t(setting.label);
  return setting.kind === 'number' && setting.unit
    ? t('{{setting}} ({{unit}})', { setting: label, unit: t(setting.unit) })
    : label;
}

/**
 * A name for each of several experiments that says how it differs from the others: "Factor k 2, Learning rate 0.1". Only
 * settings that affect the numbers are named; experiments that differ in no such setting are all called `same`.
 */
export function namesOf(experiments: readonly Experiment[], same: string): string[] {
  const rows = differenceTable(experiments).filter(({ key }) => SETTINGS[key].affects === 'numbers');
  return experiments.map(
    (_, i) => listed(rows.map(({ key, values }) => settingWith(key, values[i]!))) || same,
  );
}
