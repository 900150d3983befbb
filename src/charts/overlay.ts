/**
 * Several runs, and groups of repeated runs, in one chart. Pure; nothing is drawn here. The first line is in front and
 * thick, colours are the lines' own.
 *
 * A group is the mean over its runs, each seed once, with a band. At a step that not all of them have, the mean is of
 * those that have it (hovering says of how many; evaluations count at the steps that all running ones share); the band covers only the steps from the latest first to the earliest
 * last step of its runs, since elsewhere a run that is missing would pass for a narrower spread.
 */
import type { Data } from 'plotly.js';
import { findDip } from '../instruments/dips';
import { firstFinite, lastFinite } from '../instruments/finite-range';
import { listed, sentences } from '../language/join';
import { phrase, t } from '../language/language';
import { numberCell, textCell } from '../runs/csv-cell';
import { oncePerSeed } from '../runs/groups';
import type { RunState } from '../runs/record';
import { intervalOf, spreadOf } from '../runs/statistics';
import type { Evaluation } from '../training/protocol';
import type { Reading } from './captions';
import type { Points } from './decimate';
import { atStep, faded } from './theme';
import {
  dipMark,
  framed,
  line,
  panelTitle,
  PERCENT,
  rangeOf,
  thinner,
  type Figure,
  type LineOptions,
  type LineStyle,
  type Viewing,
} from './traces';
import {
  curveOfLayer,
  isPanel,
  lastStep,
  layerInSentence,
  meanOverLayers,
  panelCurves,
  type ChartId,
  type DrawnStatistic,
  type LayerChoice,
  type OverlaidRun,
  type RunView,
} from './run-view';

export type { OverlaidRun } from './run-view';

export interface OverlaidGroup {
  id: string;
  name: string;
  /** "#rrggbb". */
  colour: string;
  /** Repetitions of one experiment; at least one. */
  runs: readonly (RunView & Pick<RunState, 'experiment'>)[];
}

export type Overlaid = OverlaidRun | OverlaidGroup;

/** What of a run the panels show. */
export interface OverlaySeries {
  /** Summarises a layer's channels. */
  statistic: DrawnStatistic;
  /** One layer (by its index, from 0), that of the last block, or the mean over layers. */
  layer: LayerChoice | 'mean';
  /** What a group's band covers: least to greatest, the mean ± the standard deviation over seeds, or the mean's 95 % interval. */
  band: 'range' | 'deviation' | 'interval';
}

export interface OverlayOptions extends Viewing, OverlaySeries {
  /** Whether a group's single runs are drawn, thin, behind its mean. */
  singles: boolean;
  /** Whether names and colours stand above the plot; elsewhere the page has to say them. */
  legend: boolean;
}

const isGroup = (drawn: Overlaid): drawn is OverlaidGroup => 'runs' in drawn;
const runsIn = (drawn: Overlaid): readonly RunView[] => (isGroup(drawn) ? drawn.runs : [drawn.run]);
/** Those that a mean is of. */
const countedIn = (drawn: Overlaid): readonly RunView[] =>
  isGroup(drawn) ? oncePerSeed(drawn.runs) : [drawn.run];

const isShare = (chart: ChartId) => chart === 'accuracy' || chart === 'testAccuracy';

/** What a chart shows of a run at every step, in the unit of its axis; null where it shows nothing by step. */
function byStep(run: RunView, chart: ChartId, { statistic, layer }: OverlaySeries): Float32Array | null {
  if (isPanel(chart)) {
    if (layer === 'mean') {
      const curves = panelCurves(run, chart);
      return curves.length > 0 ? meanOverLayers(run, curves, statistic) : null;
    }
    const curve = curveOfLayer(run, chart, layer);
    return curve === undefined ? null : run.series.curve(curve, statistic);
  }
  if (chart === 'testAccuracy') return null;
  const values = run.series.scalar(chart);
  return chart === 'accuracy' ? values.map((share) => share * 100) : values;
}

/** What a chart shows of an evaluation, in the unit of its axis. */
const tested = (chart: ChartId): ((evaluation: Evaluation) => number) | null =>
  chart === 'loss' ? ({ loss }) => loss : isShare(chart) ? ({ top1 }) => top1 * 100 : null;

/** Mean over runs and its band, at every place; NaN where there is none. */
interface Combined {
  mean: Float64Array;
  low: Float64Array;
  high: Float64Array;
  /** Of how many runs the mean is. */
  of: Uint16Array;
}

function combine(series: readonly ArrayLike<number>[], band: OverlaySeries['band']): Combined {
  const length = Math.max(0, ...series.map((values) => values.length));
  // A run that has recorded nothing yet has no part in it.
  const begun = series.filter((values) => lastFinite(values) >= 0);
  const from = Math.max(...begun.map((values) => firstFinite(values)));
  const to = Math.min(...begun.map(lastFinite));
  const mean = new Float64Array(length).fill(NaN);
  const low = mean.slice();
  const high = mean.slice();
  const of = new Uint16Array(length);
  for (let i = 0; i < length; i++) {
    let n = 0;
    let sum = 0;
    let least = Infinity;
    let most = -Infinity;
    for (const values of series) {
      const value = values[i]!;
      if (!Number.isFinite(value)) continue;
      n++;
      sum += value;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    of[i] = n;
    if (n === 0) continue;
    mean[i] = sum / n;
    if (n < 2 || i < from || i > to) continue;
    if (band !== 'range') {
      let squares = 0;
      for (const values of series) if (Number.isFinite(values[i])) squares += (values[i]! - mean[i]!) ** 2;
      const deviation = Math.sqrt(squares / (n - 1));
      const interval =
        band === 'interval'
          ? intervalOf({ n, mean: mean[i]!, deviation })!
          : { low: mean[i]! - deviation, high: mean[i]! + deviation };
      low[i] = interval.low;
      high[i] = interval.high;
    } else {
      low[i] = least;
      high[i] = most;
    }
  }
  return { mean, low, high, of };
}

/**
 * Evaluations of several runs: each run's values at the steps, NaN before its first and after its last. Steps at which a
 * run was not evaluated although it went on are left out, since a mean over the others would jump there.
 */
function evaluationsOf(
  runs: readonly RunView[],
  value: (evaluation: Evaluation) => number,
): { steps: number[]; series: number[][] } {
  const each = runs.map(
    (run) => new Map(run.evaluations.map((evaluation) => [evaluation.step, value(evaluation)])),
  );
  const bounds = runs.map(({ evaluations }) => [
    evaluations[0]?.step ?? Infinity,
    evaluations.at(-1)?.step ?? -1,
  ]);
  const steps = [...new Set(each.flatMap((values) => [...values.keys()]))]
    .filter((step) =>
      each.every((values, r) => values.has(step) || step < bounds[r]![0]! || step > bounds[r]![1]!),
    )
    .toSorted((a, b) => a - b);
  return { steps, series: each.map((values) => steps.map((step) => values.get(step) ?? NaN)) };
}

/** The figure of a chart; lines without anything to draw there have empty traces. `lines` may be empty. */
export function overlayFigure(lines: readonly Overlaid[], chart: ChartId, options: OverlayOptions): Figure {
  const all = lines.flatMap(runsIn);
  const thin = thinner(all, options);
  const unit: LineOptions = isShare(chart) ? PERCENT : {};
  const parts = lines.map((drawn, i) =>
    isGroup(drawn)
      ? groupTraces(drawn, chart, options, thin, unit, i === 0)
      : runTraces(drawn, chart, options, thin, unit, i === 0),
  );
  const xRange = rangeOf(all, options);
  const front = parts[0]?.dip;
  const mark =
    front && front.step >= xRange[0] && front.step <= xRange[1]
      ? [dipMark(front, xRange, options, lines[0]!.colour)]
      : [];
  const behindToFront = parts.toReversed();
  const data = [
    ...behindToFront.flatMap(({ band }) => band),
    ...behindToFront.flatMap(({ singles }) => singles),
    ...behindToFront.flatMap(({ traces }) => traces),
  ];
  const curves = isPanel(chart)
    ? all.flatMap((run) => panelCurves(run, chart).map((k) => run.curves[k]!))
    : [];
  const figure = framed(all, options, data, {
    yTitle: isPanel(chart) ? panelTitle(options.statistic, curves) : t(TITLES[chart]),
    legend: options.legend,
    annotations: mark,
    yAxis: isShare(chart) || chart === 'logitStd' ? { rangemode: 'tozero' } : {},
  });
  // The first line is the last trace, and the first in the legend.
  figure.layout.legend = { ...figure.layout.legend, traceorder: 'reversed' };
  return figure;
}

const TITLES = {
  loss: phrase('Loss (nats)'),
  accuracy: phrase('Accuracy (%)'),
  testAccuracy: phrase('Accuracy (%)'),
  logitStd: phrase('Standard deviation'),
} as const;

interface Traces {
  /** Two traces, the lower edge and the upper one with the fill between; none of a single run. */
  band: Data[];
  singles: Data[];
  traces: Data[];
  dip: ReturnType<typeof findDip>;
}

type Thin = (values: ArrayLike<number>) => Points;

/** A run's line by step and its line by evaluation, as far as the chart has them, and the mark of its dip in a panel. */
function runTraces(
  { name, colour, run }: OverlaidRun,
  chart: ChartId,
  options: OverlayOptions,
  thin: Thin,
  unit: LineOptions,
  first: boolean,
): Traces {
  const values = byStep(run, chart, options);
  const value = tested(chart);
  const traces: Data[] = [];
  const isTested = value !== null && run.evaluations.length > 0;
  if (chart !== 'testAccuracy')
    traces.push(inLegend(stepLine(name, thin(values ?? []), chart, colour, unit, first), !isTested));
  if (value) {
    const { steps, series } = evaluationsOf([run], value);
    const points = pointsAt(steps, series[0]!, options);
    traces.push(inLegend(testLine(name, points, colour, unit, first), isTested));
  }
  const dip = isPanel(chart) && values ? findDip(values) : null;
  if (isPanel(chart)) traces.push(dipPoint(name, dip, colour, options));
  return { band: [], singles: [], traces, dip };
}

/** A group's means as a run's lines; its band lies around the line by step, in accuracies around that by evaluation. */
function groupTraces(
  group: OverlaidGroup,
  chart: ChartId,
  options: OverlayOptions,
  thin: Thin,
  unit: LineOptions,
  first: boolean,
): Traces {
  const { name, colour } = group;
  const runs = countedIn(group);
  const value = tested(chart);
  const isTested = value !== null && runs.some(({ evaluations }) => evaluations.length > 0);
  const traces: Data[] = [];
  let band: Data[] = [];
  let dip: Traces['dip'] = null;
  if (chart !== 'testAccuracy') {
    const series = runs.flatMap((run) => byStep(run, chart, options) ?? []);
    const { mean, low, high, of } = combine(series, options.band);
    const points = thin(mean);
    const counts = Array.from(points.x, (step) => of[step]!);
    const trace = inLegend(stepLine(name, points, chart, colour, unit, first), !isTested);
    traces.push(meanOf(trace, counts, name, unit));
    if (!isShare(chart)) band = bandOf(name, finite(thin(low)), finite(thin(high)), colour);
    if (isPanel(chart)) {
      dip = findDip(mean);
      traces.push(dipPoint(name, dip, colour, options));
    }
  }
  if (value) {
    const { steps, series } = evaluationsOf(runs, value);
    const { mean, low, high, of } = combine(series, options.band);
    const points = pointsAt(steps, mean, options);
    const counts = new Map(steps.map((step, i) => [step, of[i]!]));
    const each = Array.from(points.x, (step) => counts.get(step)!);
    const trace = inLegend(testLine(name, points, colour, unit, first), isTested);
    traces.push(meanOf(trace, each, name, unit));
    if (isShare(chart))
      band = bandOf(
        name,
        finite(pointsAt(steps, low, options)),
        finite(pointsAt(steps, high, options)),
        colour,
      );
  }
  return {
    band,
    singles: options.singles ? singleTraces(group, chart, options, thin, unit) : [],
    traces,
    dip,
  };
}

/** One thin line for each run of a group: by step, in accuracies by evaluation. */
function singleTraces(
  { name, colour, runs }: OverlaidGroup,
  chart: ChartId,
  options: OverlayOptions,
  thin: Thin,
  unit: LineOptions,
): Data[] {
  return runs.map((run) => {
    const value = isShare(chart) ? tested(chart) : null;
    const { steps, series } = value ? evaluationsOf([run], value) : { steps: [], series: [[]] };
    const points = value ? pointsAt(steps, series[0]!, options) : thin(byStep(run, chart, options) ?? []);
    const about = { ...unit, opacity: 0.5 };
    const single = t('{{name}}, seed {{seed}}', { name, seed: run.experiment.seed });
    return {
      ...line(single, points, { color: colour, width: 0.9 }, about),
      showlegend: false,
    };
  });
}

/** The legend shows the line of test results where there is one, else the one by step. */
const inLegend = (trace: Data, shown: boolean): Data => ({ ...trace, showlegend: shown }) as Data;

/** Points that a log axis can show. */
function pointsAt(steps: readonly number[], values: ArrayLike<number>, { xScale }: Viewing): Points {
  const kept = steps.flatMap((step, i) => (xScale === 'linear' || step > 0 ? [i] : []));
  return { x: Float64Array.from(kept, (i) => steps[i]!), y: Float64Array.from(kept, (i) => values[i]!) };
}

function finite({ x, y }: Points): Points {
  const kept = Array.from(x.keys()).filter((i) => Number.isFinite(y[i]));
  return { x: Float64Array.from(kept, (i) => x[i]!), y: Float64Array.from(kept, (i) => y[i]!) };
}

/** By step: thick where it is the chart's only line of a run, thin beside test results. */
function stepLine(
  name: string,
  points: Points,
  chart: ChartId,
  color: string,
  unit: LineOptions,
  first: boolean,
): Data {
  const beside = tested(chart) !== null;
  const style: LineStyle = { color, width: beside ? 1 : first ? 2.75 : 1.5 };
  const opacity = chart === 'accuracy' ? 0.35 : beside ? 0.6 : 1;
  const about = { ...unit, opacity };
  return {
    ...line(beside ? t('{{name}}, training', { name }) : name, points, style, about),
    name,
  };
}

function testLine(name: string, points: Points, color: string, unit: LineOptions, first: boolean): Data {
  return {
    ...line(t('{{name}}, test', { name }), points, { color, width: first ? 2.75 : 1.75 }, unit),
    name,
    mode: 'lines+markers',
    marker: { size: first ? 7 : 5, color },
  } as Data;
}

/** The trace of a mean: hovering says of how many runs. */
const meanOf = (trace: Data, of: number[], name: string, { format = '.4f', unit = '' }: LineOptions): Data =>
  ({
    ...trace,
    customdata: of,
    hovertemplate: atStep(
      t('{{name}}, mean of {{runs}}', { name, runs: '%{customdata}' }),
      `%{y:${format}}${unit}`,
    ),
  }) as Data;

/** A ring at the lowest point; one empty trace where there is no dip, so that a line's traces stay in their places. */
function dipPoint(name: string, dip: Traces['dip'], color: string, { dark }: OverlayOptions): Data {
  const lowest = t('{{name}}, lowest at step %{x:,d}: {{value}}, −{{depth}} %', {
    name,
    value: '%{y:.4f}',
    depth: dip ? Math.round(dip.depth * 100) : 0,
  });
  return {
    type: 'scatter',
    mode: 'markers',
    name,
    x: dip ? [dip.step] : [],
    y: dip ? [dip.value] : [],
    marker: { size: 8, color: dark ? '#1f1f1f' : '#ffffff', line: { color, width: 2 } },
    showlegend: false,
    hovertemplate: `${lowest}<extra></extra>`,
  };
}

function bandOf(name: string, low: Points, high: Points, colour: string): Data[] {
  const edge = { type: 'scatter', mode: 'lines', name, line: { width: 0 }, hoverinfo: 'skip' } as const;
  return [
    { ...edge, ...low, showlegend: false },
    { ...edge, ...high, showlegend: false, fill: 'tonexty', fillcolor: faded(colour, 0.2) },
  ];
}

/** The values of one line at a step. */
export interface LineReadings {
  id: string;
  name: string;
  colour: string;
  dashed: boolean;
  step: number;
  /** "–" where the line has nothing at the step; of a group "0.9312 ± 0.0123 (3)" or "0.9312, 0.9180 to 0.9420 (3)". */
  readings: Reading[];
}

/**
 * The exact values of all lines at a step, in their order; where it is null, of each at its own latest step (a group's
 * is the last that all its runs have). An evaluation counts until the next one, as long as the run goes on.
 */
export function readingsAllAt(
  lines: readonly Overlaid[],
  chart: ChartId,
  series: OverlaySeries,
  step: number | null,
): LineReadings[] {
  const digits = isShare(chart) ? 2 : 4;
  const unit = isShare(chart) ? ' %' : '';
  return lines.map((drawn) => {
    const runs = countedIn(drawn);
    const recorded = (run: RunView) => (tested(chart) ? lastStep(run) : run.series.count - 1);
    const latest = runs.map(recorded).filter((last) => last >= 0);
    const at = step === null ? (latest.length > 0 ? Math.min(...latest) : 0) : Math.round(step);
    const written = (values: readonly number[]) => {
      const { n, mean, deviation, min, max } = spreadOf(values);
      if (n === 0) return '–';
      const shown = mean.toFixed(digits);
      if (!isGroup(drawn)) return shown + unit;
      if (deviation === null) return `${shown}${unit} (1)`;
      if (series.band === 'interval') {
        const { low, high } = intervalOf({ n, mean, deviation })!;
        return t('{{mean}}, {{low}} to {{high}} ({{runs}})', {
          mean: shown,
          low: low.toFixed(digits),
          high: high.toFixed(digits) + unit,
          runs: n,
        });
      }
      return series.band === 'deviation'
        ? `${shown} ± ${deviation.toFixed(digits)}${unit} (${n})`
        : t('{{mean}}, {{low}} to {{high}} ({{runs}})', {
            mean: shown,
            low: min.toFixed(digits),
            high: max.toFixed(digits) + unit,
            runs: n,
          });
    };
    const readings: Reading[] = [];
    if (chart !== 'testAccuracy') {
      // The latest evaluation is one step later than the latest value.
      const values = runs.map((run) => {
        const found = byStep(run, chart, series);
        if (!found) return NaN;
        return found[step === null ? Math.min(at, found.length - 1) : at] ?? NaN;
      });
      readings.push({
        name: tested(chart) ? t('training') : whatOf(chart, series.layer),
        value: written(values),
      });
    }
    const value = tested(chart);
    if (value) {
      const values = runs.map((run) => {
        const found = run.evaluations.findLast((evaluation) => evaluation.step <= at);
        return found && at <= lastStep(run) ? value(found) : NaN;
      });
      readings.push({ name: t('test'), value: written(values) });
    }
    const dashed = !isGroup(drawn) && drawn.dashed === true;
    return { id: drawn.id, name: drawn.name, colour: drawn.colour, dashed, step: at, readings };
  });
}

/** "last block", "layer 3", "mean over layers"; "spread" of the logits. */
function whatOf(chart: ChartId, layer: OverlaySeries['layer']): string {
  if (!isPanel(chart)) return t('spread');
  if (layer === 'mean') return t('mean over layers');
  return layer === 'last' ? t('last block') : layerInSentence(layer);
}

/** The chart in words, for those who do not see it: every line's latest values, and in a panel its dip. */
export function overlaySummary(
  lines: readonly Overlaid[],
  chart: ChartId,
  title: string,
  series: OverlaySeries,
): string {
  const readings = readingsAllAt(lines, chart, series, null);
  const about = lines.map((drawn, i) => {
    const { name, step, readings: found } = readings[i]!;
    const values = listed(found.map((reading) => `${reading.name} ${reading.value}`));
    const curves = isPanel(chart) ? countedIn(drawn).flatMap((run) => byStep(run, chart, series) ?? []) : [];
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

/**
 * The numbers behind the figure as CSV: every step at which any line has a value, not decimated. One column a line; of a
 * group the mean and the edges of its band.
 */
export function overlayCsv(lines: readonly Overlaid[], chart: ChartId, series: OverlaySeries): string {
  const columns: { name: string; at: Map<number, number> | ArrayLike<number> }[] = [];
  const value = tested(chart);
  for (const drawn of lines) {
    const runs = countedIn(drawn);
    const add = (what: string, found: readonly ArrayLike<number>[], steps: number[] | null) => {
      const { mean, low, high } = combine(found, series.band);
      const parts = isGroup(drawn) ? { '': mean, ' low': low, ' high': high } : { '': mean };
      for (const [part, values] of Object.entries(parts)) {
        const at = steps ? new Map(steps.map((step, i) => [step, values[i]!])) : values;
        columns.push({ name: `${drawn.name}${what}${part}`, at });
      }
    };
    const found = runs.flatMap((run) => byStep(run, chart, series) ?? []);
    if (found.length > 0) add(value ? ' training' : '', found, null);
    if (value) {
      const { steps, series: tests } = evaluationsOf(runs, value);
      add(' test', tests, steps);
    }
  }
  const steps = new Set<number>();
  for (const { at } of columns) {
    if (at instanceof Map) for (const step of at.keys()) steps.add(step);
    else for (let step = firstFinite(at); step < at.length; step++) steps.add(step);
  }
  const rows = [...steps]
    .toSorted((a, b) => a - b)
    .map((step) =>
      [
        step,
        ...columns.map(({ at }) => numberCell((at instanceof Map ? at.get(step) : at[step]) ?? NaN)),
      ].join(','),
    );
  return [['Step', ...columns.map(({ name }) => textCell(name))].join(','), ...rows, ''].join('\r\n');
}
