/** Generators of valid settings and experiments for property-based tests (fast-check). */
import fc from 'fast-check';
import { SETTING_KEYS, settingOf, type Experiment, type SettingKey } from './settings';
import { resolveConflicts } from './validation';

/** Any valid value of a setting. */
function valueOf(key: SettingKey): fc.Arbitrary<unknown> {
  const setting = settingOf(key);
  switch (setting.kind) {
    case 'choice':
      return fc.constantFrom(...setting.options.map(({ value }) => value));
    case 'toggle':
      return fc.boolean();
    case 'number':
      return setting.integer
        ? fc.integer({ min: setting.min, max: setting.max })
        : fc.double({ min: setting.min, max: setting.max, noNaN: true }).map((v) => v + 0);
    case 'list':
      return fc.array(fc.integer({ min: setting.min, max: setting.max }), {
        minLength: 1,
        maxLength: setting.maxLength,
      });
    default:
      return setting satisfies never;
  }
}

/** Any experiment that the settings table allows, with conflicts between settings resolved. */
export const experiments = fc
  .record(Object.fromEntries(SETTING_KEYS.map((key) => [key, valueOf(key)])))
  .map((values) => resolveConflicts(values as unknown as Experiment).experiment);
