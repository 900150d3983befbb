/**
 * An experiment as a query string and back: `?v=1&preset=repvgg&factor=2&lr=0.1`. Only what differs from the default
 * (or from the presets named) is written. Reading never throws: whatever is unknown or bad falls back to the default
 * and is named in a notice.
 */
import { presetById, presetsToName, PRESETS, sameValue } from './presets';
import {
  DEFAULT_EXPERIMENT,
  SETTING_KEYS,
  settingOf,
  SETTINGS,
  type Experiment,
  type SettingKey,
} from './settings';
import { problemWith, resolveConflicts, type Notice } from './validation';

/** Version of the URL contract; raised when a key changes its meaning. */
export const URL_VERSION = 1;

/** A setting's value as it stands in a URL. */
export function formatValue(value: Experiment[SettingKey]): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'object' ? value.join(',') : String(value);
}

/** The value that `text` spells for `key`; not yet validated. */
function parseValue(key: SettingKey, text: string): unknown {
  switch (settingOf(key).kind) {
    case 'choice':
      return text;
    case 'toggle':
      return { on: true, true: true, '1': true, off: false, false: false, '0': false }[text];
    case 'number':
      return text.trim() === '' ? NaN : Number(text);
    case 'list':
      return text.split(',').map((entry) => (entry.trim() === '' ? NaN : Number(entry)));
  }
}

/** The query string (with its leading "?") that stands for an experiment. */
export function experimentToQuery(experiment: Experiment): string {
  const presets = presetsToName(experiment);
  const base: Experiment = Object.assign({}, DEFAULT_EXPERIMENT, ...presets.map((preset) => preset.values));
  const parts = [`v=${URL_VERSION}`];
  if (presets.length > 0) parts.push(`preset=${presets.map((preset) => preset.id).join(',')}`);
  for (const key of SETTING_KEYS) {
    if (!sameValue(experiment[key], base[key]))
      parts.push(`${key}=${encodeURIComponent(formatValue(experiment[key])).replaceAll('%2C', ',')}`);
  }
  return `?${parts.join('&')}`;
}

const quoted = (text: string) => `“${text.length > 60 ? `${text.slice(0, 60)}…` : text}”`;

/** Reads a query string. The experiment is always valid; `notices` says what was not understood. */
export function experimentFromQuery(query: string): { experiment: Experiment; notices: Notice[] } {
  const params = new URLSearchParams(query);
  const notices: Notice[] = [];
  const values: Partial<Record<SettingKey, unknown>> = {};

  const version = params.get('v');
  if (version !== null && version !== String(URL_VERSION)) {
    notices.push({
      key: 'v',
      message: `This link says version ${quoted(version)}; this lab reads version ${URL_VERSION}. Its settings are read as far as they are known.`,
    });
  }
  for (const id of params.get('preset')?.split(',') ?? []) {
    const preset = presetById(id);
    if (preset) Object.assign(values, preset.values);
    else {
      const known = PRESETS.map(({ id: name }) => name).join(', ');
      notices.push({
        key: 'preset',
        message: `There is no preset ${quoted(id)}; there are ${known}. It is ignored.`,
      });
    }
  }
  for (const key of new Set(params.keys())) {
    if (key === 'v' || key === 'preset') continue;
    if (!Object.hasOwn(SETTINGS, key)) {
      notices.push({ key, message: `There is no setting ${quoted(key)}. It is ignored.` });
      continue;
    }
    if (params.getAll(key).length > 1) {
      notices.push({ key, message: `${key} is given more than once; the first value is used.` });
    }
    const known = key as SettingKey;
    const text = params.get(key) ?? '';
    const value = parseValue(known, text);
    const problem = problemWith(known, value);
    if (problem) {
      const fallback = formatValue((values[known] ?? DEFAULT_EXPERIMENT[known]) as Experiment[SettingKey]);
      notices.push({
        key,
        message: `${key}: found ${quoted(text)}, ${problem}. ${fallback} is used instead.`,
      });
    } else values[known] = value;
  }
  const resolved = resolveConflicts({ ...DEFAULT_EXPERIMENT, ...values } as Experiment);
  return { experiment: resolved.experiment, notices: [...notices, ...resolved.notices] };
}
