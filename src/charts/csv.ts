/** The numbers behind a chart as CSV: every step, not decimated; one column a line of the chart. Headings are English in every language. */
import {
  firstStep,
  isPanel,
  meanOverLayers,
  panelCurves,
  type ChartId,
  type DrawnStatistic,
  type RunView,
} from './run-view';
import type { Evaluation } from '../training/protocol';

interface Column {
  /** Its heading. */
  key: string;
  /** Value at a step; undefined where nothing was measured. */
  at: (step: number) => number | undefined;
}

/** RFC 4180 text: a header line, then one line for each step at which anything was measured. Empty where there is no finite value. */
export function chartCsv(run: RunView, chart: ChartId, statistic: DrawnStatistic): string {
  const columns = columnsOf(run, chart, statistic);
  const first = firstStep(run);
  const length = chart === 'testAccuracy' ? 0 : run.series.count - first;
  const steps = new Set(Array.from({ length }, (_, i) => first + i));
  if (chart !== 'logitStd' && !isPanel(chart)) for (const { step } of run.evaluations) steps.add(step);
  const rows = [...steps]
    .toSorted((a, b) => a - b)
    .map((step) => [step, ...columns.map(({ at }) => written(at(step)))].join(','));
  return [['Step', ...columns.map(({ key }) => key)].join(','), ...rows, ''].join('\r\n');
}

function columnsOf(run: RunView, chart: ChartId, statistic: DrawnStatistic): Column[] {
  if (isPanel(chart)) {
    const curves = panelCurves(run, chart);
    const layers = curves.map((k) => ({
      key: `Layer ${run.curves[k]!.layer + 1}`,
      at: recorded(run.series.curve(k, statistic)),
    }));
    return curves.length > 1
      ? [...layers, { key: 'Mean over layers', at: recorded(meanOverLayers(run, curves, statistic)) }]
      : layers;
  }
  if (chart === 'loss') {
    return [
      { key: 'Training loss (nats)', at: recorded(run.series.scalar('loss')) },
      { key: 'Test loss (nats)', at: evaluated(run, ({ loss }) => loss) },
    ];
  }
  if (chart === 'accuracy') {
    const shares = run.series.scalar('accuracy');
    return [
      { key: 'Training top-1 (%)', at: recorded(shares.map((share) => share * 100)) },
      { key: 'Test top-1 (%)', at: evaluated(run, ({ top1 }) => top1 * 100) },
      { key: 'Test top-5 (%)', at: evaluated(run, ({ top5 }) => top5 * 100) },
    ];
  }
  if (chart === 'testAccuracy')
    return [{ key: 'Test top-1 (%)', at: evaluated(run, ({ top1 }) => top1 * 100) }];
  return [{ key: 'Standard deviation of the logits', at: recorded(run.series.scalar('logitStd')) }];
}

const recorded =
  (values: Float32Array): Column['at'] =>
  (step) =>
    values[step];

function evaluated(run: RunView, value: (evaluation: Evaluation) => number): Column['at'] {
  const values = new Map(run.evaluations.map((evaluation) => [evaluation.step, value(evaluation)]));
  return (step) => values.get(step);
}

/** Seven digits, float32's precision. */
const written = (value: number | undefined) =>
  value === undefined || !Number.isFinite(value) ? '' : String(Number(value.toPrecision(7)));
