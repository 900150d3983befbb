/**
 * An experiment as a query string and back: `?v=1&preset=repvgg&factor=2&lr=0.1`. Only what differs from the default
 * (or from the presets named) is written. Reading never throws: whatever is unknown or bad falls back to the default
 * and is named in a notice.
 */
import { t } from '../language/language';
import { presetById, presetsToName, PRESETS, sameValue, valuesOf } from './presets';
import {
  DEFAULT_EXPERIMENT,
  SETTING_KEYS,
  settingOf,
  SETTINGS,
  type Experiment,
  type SettingKey,
} from './settings';
import { conflictIn, noticeOf, problemWith, resolveConflicts, type Notice } from './validation';

/** Version of the URL contract; raised when a key changes its meaning. */
export const URL_VERSION = 1;

/** The settings in which the second run differs from the first; null where there is no second run. */
export type SecondRunChanges = Partial<Experiment> | null;

/** The second run of a link without settings, which a new visitor opens: factor 1 against the default factor 2. */
export const FIRST_VISIT_CHANGES: SecondRunChanges = { factor: 1 };

/** A setting's value as a URL spells it. */
export function formatValue(value: Experiment[SettingKey]): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'object' ? value.join(',') : String(value);
}

/** The value that `text` spells for `key`; not yet validated. */
export function parseValue(key: SettingKey, text: string): unknown {
  const { kind } = settingOf(key);
  switch (kind) {
    case 'choice':
      return text;
    case 'toggle':
      return { on: true, true: true, '1': true, off: false, false: false, '0': false }[text];
    case 'number':
      return text.trim() === '' ? NaN : Number(text);
    case 'list':
      return text.split(',').map((entry) => (entry.trim() === '' ? NaN : Number(entry)));
    default:
      return kind satisfies never;
  }
}

/** The experiment of the second run; null where it would equal the first. */
export function secondExperiment(experiment: Experiment, beside: SecondRunChanges): Experiment | null {
  if (!beside) return null;
  const other = { ...experiment, ...beside };
  const differs = SETTING_KEYS.some((key) => !sameValue(experiment[key], other[key]));
  return differs && conflictIn(other) === null ? other : null;
}

/** The query string, with its leading "?", of an experiment and of a second run: `vs=factor:1;norm:post`. */
export function experimentToQuery(experiment: Experiment, beside: SecondRunChanges = null): string {
  const presets = presetsToName(experiment);
  const base: Experiment = Object.assign({}, DEFAULT_EXPERIMENT, ...presets.map(valuesOf));
  const parts = [`v=${URL_VERSION}`];
  if (presets.length > 0) parts.push(`preset=${presets.map((preset) => preset.id).join(',')}`);
  for (const key of SETTING_KEYS) {
    if (!sameValue(experiment[key], base[key]))
      parts.push(`${key}=${encodeURIComponent(formatValue(experiment[key])).replaceAll('%2C', ',')}`);
  }
  const different = SETTING_KEYS.filter((key) => beside !== null && Object.hasOwn(beside, key)).map(
    (key) => `${key}:${encodeURIComponent(formatValue(beside![key]!)).replaceAll('%2C', ',')}`,
  );
  if (different.length > 0) parts.push(`vs=${different.join(';')}`);
  return `?${parts.join('&')}`;
}

const quoted = (text: string) => `“${text.length > 60 ? `${text.slice(0, 60)}…` : text}”`;

/** Parses `vs`: the settings in which the second run differs. */
function parseSecondRun(text: string, experiment: Experiment, notices: Notice[]): SecondRunChanges {
  const values: Partial<Record<SettingKey, unknown>> = {};
  for (const entry of text.split(';').filter((part) => part !== '')) {
    const [key = '', ...rest] = entry.split(':');
    if (!Object.hasOwn(SETTINGS, key)) {
      notices.push(
        noticeOf('vs', () => t('vs: there is no setting {{key}}. It is ignored.', { key: quoted(key) })),
      );
      continue;
    }
    const known = key as SettingKey;
    const value = parseValue(known, rest.join(':'));
    if (problemWith(known, value) !== null) {
      notices.push(
        noticeOf('vs', () =>
          t('vs, {{key}}: found {{text}}, {{problem}}. It is left as in the first run.', {
            key,
            text: quoted(rest.join(':')),
            problem: problemWith(known, value),
          }),
        ),
      );
    } else values[known] = value;
  }
  const beside = values as Partial<Experiment>;
  const other = { ...experiment, ...beside };
  if (conflictIn(other) !== null) {
    notices.push(
      noticeOf('vs', () =>
        t('The settings of the second run contradict each other: {{conflict}} There will be no second run.', {
          conflict: conflictIn(other),
        }),
      ),
    );
    return null;
  }
  return Object.keys(beside).length > 0 ? beside : null;
}

/** Reads a query string. The experiment is always valid; `notices` says what was not understood. */
export function experimentFromQuery(query: string): {
  experiment: Experiment;
  beside: SecondRunChanges;
  notices: Notice[];
} {
  const params = new URLSearchParams(query);
  const notices: Notice[] = [];
  const values: Partial<Record<SettingKey, unknown>> = {};

  const version = params.get('v');
  if (version !== null && version !== String(URL_VERSION)) {
    notices.push(
      noticeOf('v', () =>
        t(
          'This link says version {{version}}; this lab reads version {{own}}. Settings that this lab knows are read.',
          { version: quoted(version), own: URL_VERSION },
        ),
      ),
    );
  }
  for (const id of params.get('preset')?.split(',') ?? []) {
    const preset = presetById(id);
    if (preset) Object.assign(values, valuesOf(preset));
    else {
      const known = PRESETS.map(({ id: name }) => name).join(', ');
      notices.push(
        noticeOf('preset', () =>
          t('There is no preset {{id}}; there are {{known}}. It is ignored.', { id: quoted(id), known }),
        ),
      );
    }
  }
  for (const key of new Set(params.keys())) {
    if (key === 'v' || key === 'preset' || key === 'vs') continue;
    if (!Object.hasOwn(SETTINGS, key)) {
      notices.push(
        noticeOf(key, () => t('There is no setting {{key}}. It is ignored.', { key: quoted(key) })),
      );
      continue;
    }
    if (params.getAll(key).length > 1) {
      notices.push(
        noticeOf(key, () => t('{{key}} is given more than once; the first value is used.', { key })),
      );
    }
    const known = key as SettingKey;
    const text = params.get(key) ?? '';
    const value = parseValue(known, text);
    if (problemWith(known, value) !== null) {
      const fallback = formatValue((values[known] ?? DEFAULT_EXPERIMENT[known]) as Experiment[SettingKey]);
      notices.push(
        noticeOf(key, () =>
          t('{{key}}: found {{text}}, {{problem}}. {{fallback}} is used instead.', {
            key,
            text: quoted(text),
            problem: problemWith(known, value),
            fallback,
          }),
        ),
      );
    } else values[known] = value;
  }
  const resolved = resolveConflicts({ ...DEFAULT_EXPERIMENT, ...values } as Experiment);
  notices.push(...resolved.notices);
  const { experiment } = resolved;
  const isBare = [...params.keys()].length === 0;
  const beside = isBare ? FIRST_VISIT_CHANGES : parseSecondRun(params.get('vs') ?? '', experiment, notices);
  return { experiment, beside, notices };
}
