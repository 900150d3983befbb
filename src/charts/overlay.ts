/**
 * Several runs, and groups of repeated runs, in one chart. Pure; nothing is drawn here. The first line is in front and
 * thick; every line has its own colour. A group is drawn as the mean over its runs with a band.
 */
import type { Data } from 'plotly.js';
import { findDip } from '../instruments/dips';
import { t } from '../language/language';
import { isPanel, measureSpec, unitOf, type ChartId } from './chart-specs';
import type { Points } from './decimate';
import { combine, evaluationsOf } from './overlay-mean';
import {
  countedIn,
  isGroup,
  readerOf,
  runsIn,
  type Overlaid,
  type OverlaidGroup,
  type OverlaySeries,
  type Reader,
} from './overlaid';
import { panelCurves, type OverlaidRun } from './run-view';
import { atStep, faded } from './theme';
import {
  dipMark,
  framed,
  line,
  panelTitle,
  rangeOf,
  decimator,
  type Figure,
  type LineStyle,
  type Viewing,
} from './traces';
import { hoverValue, type Unit } from './unit';

export interface OverlayOptions extends Viewing, OverlaySeries {
  /** Whether a group's single runs are drawn, thin, behind its mean. */
  singles: boolean;
  /** Whether names and colours are shown above the plot; otherwise the page shows them elsewhere. */
  legend: boolean;
}

/** What every trace of a figure depends on. */
interface Drawing {
  chart: ChartId;
  options: OverlayOptions;
  reader: Reader;
  unit: Unit;
  thin: (values: ArrayLike<number>) => Points;
}

/** The figure of a chart; lines without anything to draw there have empty traces. `lines` may be empty. */
export function overlayFigure(lines: readonly Overlaid[], chart: ChartId, options: OverlayOptions): Figure {
  const all = lines.flatMap(runsIn);
  const drawing: Drawing = {
    chart,
    options,
    reader: readerOf(chart, options),
    unit: unitOf(chart),
    thin: decimator(all, options),
  };
  const parts = lines.map((drawn, i) =>
    isGroup(drawn) ? groupTraces(drawn, drawing, i === 0) : runTraces(drawn, drawing, i === 0),
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
  const figure = framed(all, options, data, {
    yTitle: isPanel(chart)
      ? panelTitle(
          options.statistic,
          all.flatMap((run) => panelCurves(run, chart).map((k) => run.curves[k]!)),
        )
      : t(measureSpec(chart).axis),
    legend: options.legend,
    annotations: mark,
    yAxis: !isPanel(chart) && measureSpec(chart).fromZero ? { rangemode: 'tozero' } : {},
  });
  // The first line is the last trace, and the first in the legend.
  figure.layout.legend = { ...figure.layout.legend, traceorder: 'reversed' };
  return figure;
}

interface Traces {
  /** Two traces, the lower edge and the upper edge with the fill between them; empty for a single run. */
  band: Data[];
  singles: Data[];
  traces: Data[];
  dip: ReturnType<typeof findDip>;
}

/** A run's line by step and its line by evaluation, where the chart has them, and the mark of its dip in a panel. */
function runTraces({ name, colour, run }: OverlaidRun, drawing: Drawing, first: boolean): Traces {
  const { chart, options, reader, unit, thin } = drawing;
  const { byStep, byEvaluation } = reader;
  const values = byStep?.(run) ?? null;
  const traces: Data[] = [];
  const isTested = byEvaluation !== null && run.evaluations.length > 0;
  if (byStep) traces.push(inLegend(stepLine(name, thin(values ?? []), drawing, colour, first), !isTested));
  if (byEvaluation) {
    const { steps, series } = evaluationsOf([run], byEvaluation);
    const points = pointsAt(steps, series[0]!, options);
    traces.push(inLegend(testLine(name, points, colour, unit, first), isTested));
  }
  const dip = isPanel(chart) && values ? findDip(values) : null;
  if (isPanel(chart)) traces.push(dipPoint(name, dip, colour, options));
  return { band: [], singles: [], traces, dip };
}

/** A group's means, drawn like a run's lines; its band is drawn around the chart's main line. */
function groupTraces(group: OverlaidGroup, drawing: Drawing, first: boolean): Traces {
  const { name, colour } = group;
  const { chart, options, reader, unit, thin } = drawing;
  const { byStep, byEvaluation, main } = reader;
  const runs = countedIn(group);
  const isTested = byEvaluation !== null && runs.some(({ evaluations }) => evaluations.length > 0);
  const traces: Data[] = [];
  let band: Data[] = [];
  let dip: Traces['dip'] = null;
  if (byStep) {
    const series = runs.flatMap((run) => byStep(run) ?? []);
    const { mean, low, high, of } = combine(series, options.band);
    const points = thin(mean);
    const counts = Array.from(points.x, (step) => of[step]!);
    const trace = inLegend(stepLine(name, points, drawing, colour, first), !isTested);
    traces.push(meanOf(trace, counts, name, unit));
    if (main === 'step') band = bandOf(name, finite(thin(low)), finite(thin(high)), colour);
    if (isPanel(chart)) {
      dip = findDip(mean);
      traces.push(dipPoint(name, dip, colour, options));
    }
  }
  if (byEvaluation) {
    const { steps, series } = evaluationsOf(runs, byEvaluation);
    const { mean, low, high, of } = combine(series, options.band);
    const points = pointsAt(steps, mean, options);
    const counts = new Map(steps.map((step, i) => [step, of[i]!]));
    const each = Array.from(points.x, (step) => counts.get(step)!);
    const trace = inLegend(testLine(name, points, colour, unit, first), isTested);
    traces.push(meanOf(trace, each, name, unit));
    if (main === 'evaluation')
      band = bandOf(
        name,
        finite(pointsAt(steps, low, options)),
        finite(pointsAt(steps, high, options)),
        colour,
      );
  }
  return { band, singles: options.singles ? singleTraces(group, drawing) : [], traces, dip };
}

/** One thin line for each run of a group, by step or by evaluation like the chart's main line. */
function singleTraces({ name, colour, runs }: OverlaidGroup, drawing: Drawing): Data[] {
  const { options, reader, unit, thin } = drawing;
  const pointsOf = (run: OverlaidGroup['runs'][number]) => {
    if (reader.main === 'step') return thin(reader.byStep!(run) ?? []);
    const { steps, series } = evaluationsOf([run], reader.byEvaluation!);
    return pointsAt(steps, series[0]!, options);
  };
  return runs.map((run) => {
    const single = t('{{name}}, seed {{seed}}', { name, seed: run.experiment.seed });
    return {
      ...line(single, pointsOf(run), { color: colour, width: 0.9 }, { unit, opacity: 0.5 }),
      showlegend: false,
    };
  });
}

/** The legend shows the line by evaluation if there is one, else the line by step. */
const inLegend = (trace: Data, shown: boolean): Data => ({ ...trace, showlegend: shown }) as Data;

/** Points by evaluation; without step 0 on a log axis. */
function pointsAt(steps: readonly number[], values: ArrayLike<number>, { xScale }: Viewing): Points {
  const kept = steps.flatMap((step, i) => (xScale === 'linear' || step > 0 ? [i] : []));
  return { x: Float64Array.from(kept, (i) => steps[i]!), y: Float64Array.from(kept, (i) => values[i]!) };
}

function finite({ x, y }: Points): Points {
  const kept = Array.from(x.keys()).filter((i) => Number.isFinite(y[i]));
  return { x: Float64Array.from(kept, (i) => x[i]!), y: Float64Array.from(kept, (i) => y[i]!) };
}

/** The line by step: thick if it is the chart's only line of a run, thin beside test results, faint if test results are the main line. */
function stepLine(
  name: string,
  points: Points,
  { reader, unit }: Drawing,
  color: string,
  first: boolean,
): Data {
  const beside = reader.byEvaluation !== null;
  const style: LineStyle = { color, width: beside ? 1 : first ? 2.75 : 1.5 };
  const opacity = reader.main === 'evaluation' ? 0.35 : beside ? 0.6 : 1;
  return {
    ...line(beside ? t('{{name}}, training', { name }) : name, points, style, { unit, opacity }),
    name,
  };
}

function testLine(name: string, points: Points, color: string, unit: Unit, first: boolean): Data {
  return {
    ...line(t('{{name}}, test', { name }), points, { color, width: first ? 2.75 : 1.75 }, { unit }),
    name,
    mode: 'lines+markers',
    marker: { size: first ? 7 : 5, color },
  } as Data;
}

/** The trace of a mean; hovering shows the number of runs it is over. */
const meanOf = (trace: Data, of: number[], name: string, unit: Unit): Data =>
  ({
    ...trace,
    customdata: of,
    hovertemplate: atStep(t('{{name}}, mean of {{runs}}', { name, runs: '%{customdata}' }), hoverValue(unit)),
  }) as Data;

/** A ring at the lowest point; an empty trace if there is no dip, so that every line has the same number of traces. */
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
