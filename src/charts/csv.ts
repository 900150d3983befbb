/** The numbers behind a chart as CSV: every step, not decimated; one column per line of the chart. Headings are English in every language. */
import { isPanel, measureSpec, valuesByStep, type ChartId } from './chart-specs';
import { firstStep, meanOverLayers, panelCurves, type DrawnStatistic, type RunView } from './run-view';
import type { Evaluation } from '../training/protocol';

interface Column {
  /** Heading of the column. */
  key: string;
  /** Value at a step; undefined where nothing was measured. */
  at: (step: number) => number | undefined;
}

/** RFC 4180 text: a header line, then one line for each step at which anything was measured. Empty if there is no finite value. */
export function chartCsv(run: RunView, chart: ChartId, statistic: DrawnStatistic): string {
  const columns = columnsOf(run, chart, statistic);
  const first = firstStep(run);
  const kinds = isPanel(chart) ? ['step'] : measureSpec(chart).lines.map(({ by }) => by);
  const length = kinds.includes('step') ? run.series.count - first : 0;
  const steps = new Set(Array.from({ length }, (_, i) => first + i));
  if (kinds.includes('evaluation')) for (const { step } of run.evaluations) steps.add(step);
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
  const { lines, unit } = measureSpec(chart);
  return lines.map((line) => ({
    key: line.column,
    at:
      line.by === 'step'
        ? recorded(valuesByStep(run, line, unit))
        : evaluated(run, (evaluation) => line.value(evaluation) * unit.factor),
  }));
}

const recorded =
  (values: Float32Array): Column['at'] =>
  (step) =>
    values[step];

function evaluated(run: RunView, value: (evaluation: Evaluation) => number): Column['at'] {
  const values = new Map(run.evaluations.map((evaluation) => [evaluation.step, value(evaluation)]));
  return (step) => values.get(step);
}

/** A number with seven digits, the precision of float32. */
const written = (value: number | undefined) =>
  value === undefined || !Number.isFinite(value) ? '' : String(Number(value.toPrecision(7)));
