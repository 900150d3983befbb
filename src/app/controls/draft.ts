/** What is typed into a field, read as a setting's value; pure. */
import { settingOf, type Experiment, type SettingKey } from '../../experiment/settings';
import { conflictIn, problemWith } from '../../experiment/validation';

/** The same with a capital first letter, where the language has such. */
export const capitalised = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/** A number as typed: "0,1" and "1e-4" are numbers too. NaN where it is none. */
export function parseNumber(text: string): number {
  const trimmed = text
    .trim()
    .replace('−', '-')
    .replace(/^(-?\d*),(\d+)$/, '$1.$2');
  return trimmed === '' ? NaN : Number(trimmed);
}

/** "3, 4 4" and "3,4,4" are the same list. */
export function parseList(text: string): number[] {
  const trimmed = text
    .trim()
    .replace(/^\[|\]$/g, '')
    .trim();
  return trimmed === ''
    ? []
    : trimmed.split(/\s*[,;]\s*|\s+/).map((entry) => (entry === '' ? NaN : Number(entry)));
}

/** The next value up or down, on the grid of the setting's step, within its range. */
export function stepped(key: SettingKey, value: number, direction: 1 | -1): number {
  const setting = settingOf(key);
  if (setting.kind !== 'number') return value;
  const { step, min, max } = setting;
  const grid = Math.floor(value / step + 1e-9);
  const onGrid = Math.abs(value / step - Math.round(value / step)) < 1e-6;
  const next =
    direction > 0
      ? (onGrid ? Math.round(value / step) : grid) + 1
      : onGrid
        ? Math.round(value / step) - 1
        : grid;
  return Math.min(max, Math.max(min, Number((next * step).toPrecision(10))));
}

export const STAGE_KEYS = ['depths', 'widths', 'strides'] as const;
export type StageKey = (typeof STAGE_KEYS)[number];
export type StageTexts = Record<StageKey, string>;

export const stageTexts = (experiment: Pick<Experiment, StageKey>): StageTexts => ({
  depths: experiment.depths.join(', '),
  widths: experiment.widths.join(', '),
  strides: experiment.strides.join(', '),
});

/** Reads the three lists together: their values where all is well, or what is wrong with each and with all. */
export function readStages(
  experiment: Experiment,
  texts: StageTexts,
): {
  values: Pick<Experiment, StageKey>;
  problems: Partial<Record<StageKey, string>>;
  conflict: string | null;
} {
  const values = Object.fromEntries(STAGE_KEYS.map((key) => [key, parseList(texts[key])])) as unknown as Pick<
    Experiment,
    StageKey
  >;
  const problems: Partial<Record<StageKey, string>> = {};
  for (const key of STAGE_KEYS) {
    const problem = problemWith(key, values[key]);
    if (problem) problems[key] = problem;
  }
  const conflict = Object.keys(problems).length > 0 ? null : conflictIn({ ...experiment, ...values });
  return { values, problems, conflict };
}
