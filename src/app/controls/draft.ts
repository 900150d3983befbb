/** Parses typed text as a setting's value. Pure. */
import { settingOf, type Experiment, type SettingKey } from '../../experiment/settings';
import { conflictIn, problemWith } from '../../experiment/validation';

/** The text with a capital first letter, in scripts that have capitals. */
export const capitalised = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/** Parses a typed number; "0,1" and "1e-4" are accepted. NaN if it is not a number. */
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

/** Parses the three stage lists together: their values if all are valid, else one error per list and one for all. */
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
