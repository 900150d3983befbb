/** Formats numbers, sizes, dates and durations for the page. */
import type { Experiment } from '../../experiment/settings';
import { language, t } from '../../language/language';
import { LANGUAGES } from '../../language/languages';

const grouped = new Intl.NumberFormat('en-US');

/** "12,345" */
export const count = (value: number): string => grouped.format(Math.round(value));

const short = (value: number, units: readonly string[], base: number): string => {
  let unit = 0;
  while (value >= base && unit < units.length - 1) {
    value /= base;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)}${units[unit]}`;
};

/** "62", "1.24 k", "0.23 M" style numbers with three digits: "229 k", "15.8 M". */
export const magnitude = (value: number): string => short(value, ['', ' k', ' M', ' G', ' T'], 1000);

/** "168 MB" */
export const bytes = (value: number): string => short(value, [' B', ' kB', ' MB', ' GB'], 1000);

/** "25 Nov 2026, 02:53", in the reader's own time; "2026年11月25日 02:53". */
export const dateAndTime = (iso: string): string =>
  new Date(iso).toLocaleString(LANGUAGES[language()].dates, {
    dateStyle: 'medium',
    timeStyle: 'short',
  });

/** "0:21", "12:05", "1:02:07" */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const s = String(whole % 60).padStart(2, '0');
  const m = Math.floor(whole / 60) % 60;
  const h = Math.floor(whole / 3600);
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`;
}

/**
 * Seconds until all of several alternately trained runs end, with at most `stepsPerSecond` steps per second each; null
 * before their speed is known.
 */
export function secondsLeft(
  runs: readonly { totalSteps: number; batch: number; imagesPerSecond: number; done: number }[],
  stepsPerSecond: number | null,
): number | null {
  if (runs.length === 0 || runs.some(({ imagesPerSecond }) => imagesPerSecond === 0)) return null;
  const training = runs.reduce(
    (sum, run) => sum + ((run.totalSteps - run.done) * run.batch) / run.imagesPerSecond,
    0,
  );
  const paced = runs.map(({ totalSteps, done }) => (totalSteps - done) / (stepsPerSecond ?? Infinity));
  return Math.max(training, ...paced);
}

/** Images per second with useful digits: "1,240", "17", "0.6". */
export const speed = (value: number): string => (value >= 10 ? count(value) : value.toFixed(1));

/** Usual name of a network: "ResNet-20", "WRN-16-4". */
export function networkName({ family, n, widen }: Pick<Experiment, 'family' | 'n' | 'widen'>): string {
  switch (family) {
    case 'repvgg':
      return t('Stack');
    case 'resnet':
      return `ResNet-${6 * n + 2}`;
    case 'wrn':
      return `WRN-${6 * n + 4}-${widen}`;
    default:
      return family satisfies never;
  }
}
