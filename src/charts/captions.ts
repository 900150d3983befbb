/** What a chart shows, in words: the line below it, and the summary for those who do not see it. */
import { findDip } from '../instruments/dips';
import { listed, sentences } from '../language/join';
import { t } from '../language/language';
import {
  firstStep,
  isPanel,
  lastStep,
  layerInSentence,
  layerName,
  panelCurves,
  type ChartId,
  type DrawnStatistic,
  type RunView,
} from './run-view';

/** A value of the chart with what it is called. */
export interface Reading {
  name: string;
  value: string;
}

/** The exact values at a step: at the latest one where null, at the nearest recorded one where there is none there. */
export function readingsAt(
  run: RunView,
  chart: ChartId,
  statistic: DrawnStatistic,
  step: number | null,
): { step: number; readings: Reading[] } {
  const { series } = run;
  const latest = Math.max(
    0,
    step === null && !isPanel(chart) && chart !== 'logitStd' ? lastStep(run) : series.count - 1,
  );
  const earliest = Math.min(firstStep(run), run.evaluations[0]?.step ?? Infinity);
  const at = step === null ? latest : Math.max(earliest, Math.min(Math.round(step), lastStep(run)));
  const recorded = Math.max(0, Math.min(Math.max(at, firstStep(run)), series.count - 1));
  const evaluation = run.evaluations.findLast((candidate) => candidate.step <= at);
  const readings: Reading[] = [];
  if (isPanel(chart)) {
    const curves = panelCurves(run, chart);
    const last = curves.at(-1);
    if (last !== undefined) {
      const values = curves.map((k) => series.curve(k, statistic)[recorded]!);
      if (curves.length > 1)
        readings.push({
          name: t('mean'),
          value: scaled(values.reduce((sum, v) => sum + v, 0) / values.length),
        });
      readings.push({
        name: layerInSentence(run.curves[last]!.layer),
        value: scaled(values.at(-1)!),
      });
    }
    return { step: recorded, readings };
  }
  if (chart === 'logitStd') {
    return {
      step: recorded,
      readings: [{ name: t('spread'), value: scaled(series.scalar('logitStd')[recorded]!) }],
    };
  }
  if (chart === 'loss') {
    readings.push({ name: t('training'), value: scaled(series.scalar('loss')[recorded]!) });
    if (evaluation) readings.push({ name: t('test'), value: scaled(evaluation.loss) });
  } else if (chart === 'testAccuracy') {
    if (evaluation) readings.push({ name: t('test'), value: percent(evaluation.top1) });
  } else {
    readings.push({ name: t('training'), value: percent(series.scalar('accuracy')[recorded]!) });
    if (evaluation) {
      readings.push(
        { name: t('test'), value: percent(evaluation.top1) },
        { name: t('test top-5'), value: percent(evaluation.top5) },
      );
    }
  }
  return { step: at, readings };
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

/** Whether there is anything to draw yet. */
export function hasPoints(run: RunView | null): run is RunView {
  return run !== null && firstStep(run) < run.series.count;
}

const scaled = (value: number) => (Number.isFinite(value) ? value.toFixed(4) : t('not a number'));
const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
