/** The values of several runs at one step, and the summary of their chart for screen readers. */
import { findDip } from '../instruments/dips';
import { listed, sentences } from '../language/join';
import { t } from '../language/language';
import { intervalOf, spreadOf } from '../runs/statistics';
import type { Reading } from './captions';
import { isPanel, unitOf, type ChartId } from './chart-specs';
import { countedIn, isGroup, readerOf, type Overlaid, type OverlaySeries } from './overlaid';
import { combine } from './overlay-mean';
import { lastStep, layerInSentence, type RunView } from './run-view';
import type { Unit } from './unit';

/** The values of one line at a step. */
export interface LineReadings {
  id: string;
  name: string;
  colour: string;
  dashed: boolean;
  step: number;
  /** "–" if the line has no value at the step; for a group "0.9312 ± 0.0123 (3)" or "0.9312, 0.9180 to 0.9420 (3)". */
  readings: Reading[];
}

/**
 * The exact values of all lines at a step, in their order. If `step` is null, each line is read at its own latest step (for a
 * group, the last step that all its runs have). Between two evaluations the earlier one is given.
 */
export function readingsAllAt(
  lines: readonly Overlaid[],
  chart: ChartId,
  series: OverlaySeries,
  step: number | null,
): LineReadings[] {
  const { byStep, byEvaluation } = readerOf(chart, series);
  const unit = unitOf(chart);
  return lines.map((drawn) => {
    const runs = countedIn(drawn);
    const recorded = (run: RunView) => (byEvaluation ? lastStep(run) : run.series.count - 1);
    const latest = runs.map(recorded).filter((last) => last >= 0);
    const at = step === null ? (latest.length > 0 ? Math.min(...latest) : 0) : Math.round(step);
    const written = (values: readonly number[]) => spreadText(values, isGroup(drawn), series.band, unit);
    const readings: Reading[] = [];
    if (byStep) {
      // The latest evaluation is one step later than the latest value.
      const values = runs.map((run) => {
        const found = byStep(run);
        if (!found) return NaN;
        return found[step === null ? Math.min(at, found.length - 1) : at] ?? NaN;
      });
      readings.push({
        name: byEvaluation ? t('training') : whatOf(chart, series.layer),
        value: written(values),
      });
    }
    if (byEvaluation) {
      const values = runs.map((run) => {
        const found = run.evaluations.findLast((evaluation) => evaluation.step <= at);
        return found && at <= lastStep(run) ? byEvaluation(found) : NaN;
      });
      readings.push({ name: t('test'), value: written(values) });
    }
    const dashed = !isGroup(drawn) && drawn.dashed === true;
    return { id: drawn.id, name: drawn.name, colour: drawn.colour, dashed, step: at, readings };
  });
}

/** A run's value, or the mean and spread over a group's runs. */
function spreadText(
  values: readonly number[],
  ofGroup: boolean,
  band: OverlaySeries['band'],
  { digits, suffix }: Unit,
): string {
  const { n, mean, deviation, min, max } = spreadOf(values);
  if (n === 0) return '–';
  const shown = mean.toFixed(digits);
  if (!ofGroup) return shown + suffix;
  if (deviation === null) return `${shown}${suffix} (1)`;
  if (band === 'deviation') return `${shown} ± ${deviation.toFixed(digits)}${suffix} (${n})`;
  const { low, high } = band === 'interval' ? intervalOf({ n, mean, deviation })! : { low: min, high: max };
  return t('{{mean}}, {{low}} to {{high}} ({{runs}})', {
    mean: shown,
    low: low.toFixed(digits),
    high: high.toFixed(digits) + suffix,
    runs: n,
  });
}

/** "last block", "layer 3", "mean over layers"; "spread" of the logits. */
function whatOf(chart: ChartId, layer: OverlaySeries['layer']): string {
  if (!isPanel(chart)) return t('spread');
  if (layer === 'mean') return t('mean over layers');
  return layer === 'last' ? t('last block') : layerInSentence(layer);
}

/** The chart as text for screen readers: every line's latest values, and in a panel its dip. */
export function overlaySummary(
  lines: readonly Overlaid[],
  chart: ChartId,
  title: string,
  series: OverlaySeries,
): string {
  const { byStep } = readerOf(chart, series);
  const readings = readingsAllAt(lines, chart, series, null);
  const about = lines.map((drawn, i) => {
    const { name, step, readings: found } = readings[i]!;
    const values = listed(found.map((reading) => `${reading.name} ${reading.value}`));
    const curves = isPanel(chart) ? countedIn(drawn).flatMap((run) => byStep?.(run) ?? []) : [];
    const dip = curves.length > 0 ? findDip(combine(curves, series.band).mean) : null;
    if (!dip) return t('{{name}} at step {{step}}: {{values}}.', { name, step, values });
    return t('{{name}} at step {{step}}: {{values}}, lowest at step {{dip}}, {{depth}} % below its start.', {
      name,
      step,
      values,
      dip: dip.step,
      depth: Math.round(dip.depth * 100),
    });
  });
  return sentences(t('{{title}} of {{count}} lines.', { title, count: lines.length }), ...about);
}
