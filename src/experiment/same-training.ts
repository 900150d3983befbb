/**
 * Which experiments are the same training, and which are repetitions of each other. Both follow from what the rows of the
 * settings table say they affect: only settings that affect the numbers tell two trainings apart.
 */
import { sameValue } from './presets';
import { DEFAULT_EXPERIMENT, SETTING_KEYS, SETTINGS, type Experiment } from './settings';
import { experimentToQuery } from './url';

const NUMBER_KEYS = SETTING_KEYS.filter((key) => SETTINGS[key].affects === 'numbers');
const OTHER_KEYS = SETTING_KEYS.filter((key) => SETTINGS[key].affects !== 'numbers');

/** Whether two experiments are the same training: they may differ in the device and in what is measured and saved. */
export const sameTraining = (a: Experiment, b: Experiment): boolean =>
  NUMBER_KEYS.every((key) => sameValue(a[key], b[key]));

/** Two experiments are repetitions of each other where they are the same training but for the seed. */
const NOT_IN_KEY = [...OTHER_KEYS, 'seed'] as const;

/**
 * Equal for two experiments exactly where they are repetitions: the experiment's query with the seed and all that does not
 * affect the numbers at its default. The study board stores it with every result, so it has to stay the same string.
 */
export function repetitionKey(experiment: Experiment): string {
  const reset = Object.fromEntries(NOT_IN_KEY.map((key) => [key, DEFAULT_EXPERIMENT[key]]));
  return experimentToQuery({ ...experiment, ...reset });
}
