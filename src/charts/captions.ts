/** What a chart shows, as text: the values below it, and the summary for screen readers. */
import { findDip } from '../instruments/dips';
import { listed, sentences } from '../language/join';
import { t } from '../language/language';
import type { Panel } from '../network/curves';
import { isPanel, measureSpec, unitOf, type ChartId } from './chart-specs';
import {
  firstStep,
  lastStep,
  layerInSentence,
  layerName,
  panelCurves,
  type DrawnStatistic,
  type RunView,
} from './run-view';
import { PLAIN, valueText } from './unit';

/** A value of the chart with its name. */
export interface Reading {
  name: string;
  value: string;
}

/** The exact values at a step: at the latest step if `step` is null, at the nearest recorded one if nothing was recorded there. */
export function readingsAt(
  run: RunView,
  chart: ChartId,
  statistic: DrawnStatistic,
  step: number | null,
): { step: number; readings: Reading[] } {
  const { series } = run;
  const lines = isPanel(chart) ? [] : measureSpec(chart).lines;
  const isEvaluated = lines.some(({ by }) => by === 'evaluation');
  const latest = Math.max(0, step === null && isEvaluated ? lastStep(run) : series.count - 1);
  const earliest = Math.min(firstStep(run), run.evaluations[0]?.step ?? Infinity);
  const at = step === null ? latest : Math.max(earliest, Math.min(Math.round(step), lastStep(run)));
  const recorded = Math.max(0, Math.min(Math.max(at, firstStep(run)), series.count - 1));
  if (isPanel(chart)) return { step: recorded, readings: panelReadings(run, chart, statistic, recorded) };
  const unit = unitOf(chart);
  const evaluation = run.evaluations.findLast((candidate) => candidate.step <= at);
  const readings = lines.flatMap((line): Reading[] => {
    if (line.by === 'evaluation' && !evaluation) return [];
    const value = line.by === 'step' ? series.scalar(line.scalar)[recorded]! : line.value(evaluation!);
    return [{ name: t(line.reading), value: valueText(value * unit.factor, unit) }];
  });
  return { step: isEvaluated ? at : recorded, readings };
}

/** The mean over layers, if there are several, and the last layer's value. */
function panelReadings(run: RunView, panel: Panel, statistic: DrawnStatistic, step: number): Reading[] {
  const curves = panelCurves(run, panel);
  const values = curves.map((k) => run.series.curve(k, statistic)[step]!);
  const last = curves.at(-1);
  if (last === undefined) return [];
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return [
    ...(curves.length > 1 ? [{ name: t('mean'), value: valueText(mean, PLAIN) }] : []),
    { name: layerInSentence(run.curves[last]!.layer), value: valueText(values.at(-1)!, PLAIN) },
  ];
}

/** "Identity at step 312: mean 0.9312, layer 11 0.7190. Layer 11 was lowest at step 37: 28 % below its start." */
export function summary(run: RunView, chart: ChartId, title: string, statistic: DrawnStatistic): string {
  const { step, readings } = readingsAt(run, chart, statistic, null);
  const values = listed(readings.map(({ name, value }) => `${name} ${value}`));
  const latest = t('{{name}} at step {{step}}: {{values}}.', { name: title, step, values });
  const last = isPanel(chart) ? panelCurves(run, chart).at(-1) : undefined;
  const dip = last === undefined ? null : findDip(run.series.curve(last, statistic));
  if (!dip) return latest;
  const fall = t('{{layer}} was lowest at step {{step}}: {{depth}} % below its start.', {
    layer: layerName(run.curves[last!]!.layer),
    step: dip.step,
    depth: Math.round(dip.depth * 100),
  });
  return sentences(latest, fall);
}

/** Whether a run has recorded a step. */
export function hasPoints(run: RunView | null): run is RunView {
  return run !== null && firstStep(run) < run.series.count;
}
