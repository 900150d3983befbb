/** The numbers behind a chart as CSV: every step, not decimated; one column a line of the chart. */
import {
  firstStep,
  isPanel,
  layerName,
  meanOverLayers,
  panelCurves,
  type ChartId,
  type DrawnStatistic,
  type RunView,
} from './view';
import type { Evaluation } from '../training/protocol';

interface Column {
  name: string;
  /** Value at a step; undefined where nothing was measured. */
  at: (step: number) => number | undefined;
}

/** RFC 4180 text: a header line, then one line for each step at which anything was measured. Empty where there is no finite value. */
export function chartCsv(run: RunView, chart: ChartId, statistic: DrawnStatistic): string {
  const columns = columnsOf(run, chart, statistic);
  const first = firstStep(run);
  const recorded = chart === 'testAccuracy' ? 0 : run.series.count - first;
  const steps = new Set(Array.from({ length: recorded }, (_, i) => first + i));
  if (chart !== 'logitStd' && !isPanel(chart)) for (const { step } of run.evaluations) steps.add(step);
  const rows = [...steps]
    .toSorted((a, b) => a - b)
    .map((step) => [step, ...columns.map(({ at }) => written(at(step)))].join(','));
  return [['Step', ...columns.map(({ name }) => name)].join(','), ...rows, ''].join('\r\n');
}

function columnsOf(run: RunView, chart: ChartId, statistic: DrawnStatistic): Column[] {
  if (isPanel(chart)) {
    const curves = panelCurves(run, chart);
    const layers = curves.map((k) => series(layerName(run.curves[k]!.layer), run.series.curve(k, statistic)));
    return curves.length > 1
      ? [...layers, series('Mean over layers', meanOverLayers(run, curves, statistic))]
      : layers;
  }
  if (chart === 'loss') {
    return [
      series('Training loss (nats)', run.series.scalar('loss')),
      evaluated('Test loss (nats)', run, (evaluation) => evaluation.loss),
    ];
  }
  if (chart === 'accuracy') {
    return [
      series(
        'Training top-1 (%)',
        run.series.scalar('accuracy').map((share) => share * 100),
      ),
      evaluated('Test top-1 (%)', run, (evaluation) => evaluation.top1 * 100),
      evaluated('Test top-5 (%)', run, (evaluation) => evaluation.top5 * 100),
    ];
  }
  if (chart === 'testAccuracy')
    return [evaluated('Test top-1 (%)', run, (evaluation) => evaluation.top1 * 100)];
  return [series('Standard deviation of the logits', run.series.scalar('logitStd'))];
}

const series = (name: string, values: Float32Array): Column => ({ name, at: (step) => values[step] });

function evaluated(name: string, run: RunView, value: (evaluation: Evaluation) => number): Column {
  const values = new Map(run.evaluations.map((evaluation) => [evaluation.step, value(evaluation)]));
  return { name, at: (step) => values.get(step) };
}

/** Seven digits, float32's precision. */
const written = (value: number | undefined) =>
  value === undefined || !Number.isFinite(value) ? '' : String(Number(value.toPrecision(7)));
