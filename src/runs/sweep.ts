/**
 * Sweeps: one or two settings varied, every combination with every seed. A sweep is a small JSON file that the page
 * writes and the command line reads; `planSweep` makes runs of it, `resultsOf` collects their results.
 */
import { z } from 'zod';
import { inWords } from '../experiment/difference';
import { sameValue } from '../experiment/presets';
import { SETTINGS, settingOf, type Experiment, type SettingKey } from '../experiment/settings';
import { experimentFromQuery, experimentToQuery, formatValue, parseValue } from '../experiment/url';
import { conflictIn, problemWith } from '../experiment/validation';
import { t } from '../language/language';
import { messageOf } from '../language/message-of';
import { repetitionKey } from '../experiment/same-training';
import { groupRuns, oncePerSeed } from './groups';
import { isComplete, type Concluded, type Outcome } from './outcomes';
import { spreadOf, type Spread } from './statistics';

/** Runs of one sweep at most. */
export const MOST_RUNS = 1000;

const isKey = (key: string): key is SettingKey => Object.hasOwn(SETTINGS, key);

const axisSchema = z
  .strictObject({
    key: z.string().refine(isKey, {
      error: ({ input }) => t('there is no setting “{{key}}”', { key: String(input) }),
      abort: true,
    }),
    /** As they stand in a link: "0.1", "bn", "on", "3,4,4". */
    values: z.array(z.string()).min(1, { error: () => t('expected one value at least') }),
  })
  .superRefine(({ key, values }, context) => {
    const refuse = (path: PropertyKey[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    if (key === 'seed') return refuse(['key'], t('seeds have a list of their own'));
    const seen = new Set<string>();
    values.forEach((text, i) => {
      const value = parseValue(key, text);
      const problem = problemWith(key, value);
      if (problem) return refuse(['values', i], t('found “{{text}}”, {{problem}}', { text, problem }));
      const canonical = formatValue(value as Experiment[SettingKey]);
      if (seen.has(canonical)) refuse(['values', i], t('“{{text}}” is there twice', { text }));
      seen.add(canonical);
    });
  });

const oneOrTwo = () => t('expected one or two settings');

export const sweepSchema = z
  .strictObject({
    format: z.literal('branch-lab-sweep'),
    version: z.literal(1),
    name: z.string(),
    /** The experiment that the axes vary, as a link's query; its seed, and what runs beside it, do not count. */
    base: z.string().superRefine((query, context) => {
      const notices = experimentFromQuery(query).notices;
      if (notices.length > 0) context.addIssue({ code: 'custom', message: notices[0]!.message });
    }),
    /** One or two settings, each with its values; together all combinations. */
    axes: z.array(axisSchema).min(1, { error: oneOrTwo }).max(2, { error: oneOrTwo }),
    seeds: z
      .array(z.int().min(0).max(SETTINGS.seed.max))
      .min(1, { error: () => t('expected one seed at least') })
      .refine((seeds) => new Set(seeds).size === seeds.length, { error: () => t('a seed is there twice') }),
  })
  .superRefine(({ axes, seeds }, context) => {
    if (axes.length === 2 && axes[0]!.key === axes[1]!.key)
      context.addIssue({
        code: 'custom',
        path: ['axes', 1, 'key'],
        message: t('the same setting as the first'),
      });
    const problem = tooMany(axes, seeds);
    if (problem) context.addIssue({ code: 'custom', path: [], message: problem });
  });

export type Sweep = z.infer<typeof sweepSchema>;

/** Why a sweep of these axes and seeds has too many runs, in a sentence; null where it has not. */
export function tooMany(
  axes: readonly { values: readonly string[] }[],
  seeds: readonly number[],
): string | null {
  const counts = [...axes.map(({ values }) => values.length), seeds.length];
  const runs = counts.reduce((product, count) => product * count, 1);
  return runs <= MOST_RUNS
    ? null
    : t('These are {{product}} = {{runs}} runs; at most {{most}} are allowed. Take fewer values or seeds.', {
        product: counts.join(' × '),
        runs: runs.toLocaleString('en'),
        most: MOST_RUNS.toLocaleString('en'),
      });
}

export class SweepError extends Error {}

/** Reads a sweep from JSON text. Throws SweepError with the place and the reason where it is none. */
export function parseSweep(text: string): Sweep {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new SweepError(
      t('This is not a sweep: expected JSON, but {{problem}}.', {
        problem: messageOf(error),
      }),
    );
  }
  const result = sweepSchema.safeParse(json);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  const place = path.length > 0 ? path.join('.') : t('the top level');
  const problem = message.replace(/[.。]$/, '');
  throw new SweepError(t('This is not a sweep of version 1: at {{place}}, {{problem}}.', { place, problem }));
}

export interface PlannedRun {
  /** The whole experiment, seed included, as a link's query. */
  query: string;
  experiment: Experiment;
  /** One value per axis, as in a link. */
  values: string[];
  seed: number;
}

export interface LeftOut {
  values: string[];
  /** Why there is no such experiment, in a sentence. */
  reason: string;
}

/** All runs of a sweep, the first seed of every combination before the second; combinations that make no experiment apart. */
export function planSweep(sweep: Sweep): { runs: PlannedRun[]; leftOut: LeftOut[] } {
  const combinations = combinationsOf(sweep);
  const leftOut = combinations.flatMap(({ values, reason }) => (reason === null ? [] : [{ values, reason }]));
  const runs = sweep.seeds.flatMap((seed) =>
    combinations
      .filter(({ reason }) => reason === null)
      .map(({ values, experiment: combined }) => {
        const experiment = { ...combined, seed };
        return { query: experimentToQuery(experiment), experiment, values, seed };
      }),
  );
  return { runs, leftOut };
}

interface Combination {
  values: string[];
  experiment: Experiment;
  /** Why it cannot be run; null where it can. */
  reason: string | null;
}

/** In the order of the first axis, within that of the second. */
function combinationsOf({ base, axes }: Sweep): Combination[] {
  const { experiment } = experimentFromQuery(base);
  let combinations: Combination[] = [{ values: [], experiment, reason: null }];
  for (const { key, values } of axes) {
    combinations = combinations.flatMap((before) =>
      values.map((text) => {
        const value = parseValue(key, text);
        const problem = problemWith(key, value);
        return {
          values: [...before.values, text],
          experiment: { ...before.experiment, [key]: value },
          reason:
            before.reason ??
            (problem &&
              t('{{setting}}: found “{{text}}”, {{problem}}.', {
                setting: t(settingOf(key).label),
                text,
                problem,
              })),
        };
      }),
    );
  }
  return combinations.map((found) => ({ ...found, reason: found.reason ?? conflictIn(found.experiment) }));
}

/**
 * What a person typed as an axis's values: numbers as "0.1, 0.2, 0.5", "1..5" (every whole number) or "0.1:0.5:0.1" (from,
 * to, step; both ends belong to it), mixed by commas; choices by their names in the panel or in a link; on, off; lists
 * separated by ";", "3,4,4; 5,5,5". Commas and semicolons may be those of Chinese. Values that are there twice count once. `problem` says what is wrong, in a sentence;
 * then there are no values.
 */
export function parseValues(key: SettingKey, text: string): { values: string[]; problem: string | null } {
  const setting = settingOf(key);
  const values: string[] = [];
  const entries = text
    .replaceAll(/[，、]/g, ',')
    .replaceAll('；', ';')
    .split(setting.kind === 'list' ? ';' : ',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const refused = (problem: string) => ({ values: [], problem });
  if (entries.length === 0) return refused(t('Type one value at least.'));
  for (const entry of entries) {
    const spelled = setting.kind === 'number' ? numbersIn(entry) : [entry];
    if (spelled === null)
      return refused(
        t('“{{entry}}” has no end: take a step that leads from the first number to the second.', { entry }),
      );
    if (values.length + spelled.length > MOST_RUNS)
      return refused(
        t('“{{entry}}” makes more than {{most}} values.', { entry, most: MOST_RUNS.toLocaleString('en') }),
      );
    for (const one of spelled) {
      const value = parseValue(key, spelledAs(key, one));
      const problem = problemWith(key, value);
      if (problem) return refused(t('Found “{{text}}”, {{problem}}.', { text: one, problem }));
      values.push(formatValue(value as Experiment[SettingKey]));
    }
  }
  return { values: [...new Set(values)], problem: null };
}

/** The numbers that "1..5" or "0.1:0.5:0.1" stands for, or the entry itself; null where a step leads nowhere. */
function numbersIn(entry: string): string[] | null {
  const range = entry.includes('..') ? [...entry.split('..'), '1'] : entry.split(':');
  if (range.length !== 3 || range.some((part) => part.trim() === '')) return [entry];
  const [from, to, step] = range.map(Number) as [number, number, number];
  if (![from, to, step].every(Number.isFinite)) return [entry];
  const count = from === to ? 1 : Math.floor((to - from) / step + 1e-9) + 1;
  if (!Number.isFinite(count) || count < 1) return null;
  // One more than allowed is enough to refuse; twelve digits hide what binary fractions add.
  return Array.from({ length: Math.min(count, MOST_RUNS + 1) }, (_, i) =>
    String(Number((from + i * step).toPrecision(12))),
  );
}

/** A choice's or a switch's value, as in a link, by what it is called, in any case. */
function spelledAs(key: SettingKey, text: string): string {
  const setting = settingOf(key);
  const named = (name: string) => name.toLowerCase() === text.toLowerCase();
  if (setting.kind === 'toggle') {
    const found = [true, false].find((value) => named(inWords(key, value)));
    return found === undefined ? text : formatValue(found);
  }
  const options = setting.kind === 'choice' ? setting.options : [];
  const called = ({ value, label }: (typeof options)[number]) =>
    named(value) || named(label) || named(inWords(key, value as Experiment[SettingKey]));
  return options.find(called)?.value ?? text;
}

export interface SweepAxis {
  key: SettingKey;
  /** In the panel's words. */
  label: string;
  values: {
    /** As in a link. */
    text: string;
    /** In the panel's words. */
    words: string;
    /** Of number settings. */
    number: number | null;
  }[];
}

/** The results of one combination over its seeds. */
export interface SweepCell {
  /** Place of its value on each axis. */
  at: number[];
  /** Of the runs that finished, each seed's last one; n is 0 while there is none. */
  spread: Spread;
  singles: { seed: number; value: number; runId: string }[];
  /** Seeds whose last run diverged. */
  diverged: number;
  /** Seeds without a finished or diverged run. */
  missing: number;
  /** Why the combination makes no experiment; null where it does. */
  leftOut: string | null;
}

export interface SweepResults {
  outcome: Outcome;
  axes: SweepAxis[];
  /** Every combination, in the order of the first axis, within that of the second. */
  cells: SweepCell[];
}

/**
 * An outcome's spread over the seeds of every combination. Runs that are not the sweep's do not matter; backend and
 * instruments may differ where no axis varies them. As on the study board, runs on other data (by digest) than the
 * sweep's last one do not count.
 */
export function resultsOf(sweep: Sweep, runs: readonly Concluded[], outcome: Outcome): SweepResults {
  const combinations = combinationsOf(sweep);
  const keys = new Set(combinations.map(({ experiment }) => repetitionKey(experiment)));
  const own = groupRuns(runs.filter((run) => isComplete(run) || run.end?.how === 'diverged')).filter(
    ({ key }) => keys.has(key),
  );
  const inOrder = new Set(own.flatMap((group) => group.runs));
  const digest = runs.findLast((run) => inOrder.has(run))?.dataset?.digest;
  const byKey = new Map(
    own.map((group) => [group.key, group.runs.filter(({ dataset }) => dataset?.digest === digest)]),
  );
  const axes = sweep.axes.map(({ key, values }) => ({
    key,
    label: t(settingOf(key).label),
    values: values.map((text) => {
      const value = parseValue(key, text) as Experiment[SettingKey];
      return { text, words: inWords(key, value), number: typeof value === 'number' ? value : null };
    }),
  }));
  const cells = combinations.map(({ values, experiment, reason }) => {
    const found = reason === null ? (byKey.get(repetitionKey(experiment)) ?? []) : [];
    const ended = oncePerSeed(
      found.filter(
        (run) =>
          sweep.seeds.includes(run.experiment.seed) &&
          sweep.axes.every(({ key }) => sameValue(run.experiment[key], experiment[key])),
      ),
    );
    const singles = ended.flatMap((run) => {
      const value = isComplete(run) ? run.outcome(outcome) : null;
      return value === null ? [] : [{ seed: run.experiment.seed, value, runId: run.id }];
    });
    return {
      at: values.map((text, axis) => sweep.axes[axis]!.values.indexOf(text)),
      spread: spreadOf(singles.map(({ value }) => value)),
      singles,
      diverged: ended.filter((run) => !isComplete(run)).length,
      missing: reason === null ? sweep.seeds.length - ended.length : 0,
      leftOut: reason,
    };
  });
  return { outcome, axes, cells };
}
