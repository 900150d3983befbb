/** Plotly figures of a run: pure functions, nothing is drawn here. Lines are decimated to the requested width, never smoothed. */
import type { Data } from 'plotly.js';
import { findDip } from '../instruments/dips';
import { t } from '../language/language';
import type { Panel } from '../network/curves';
import type { SeriesView } from '../runs/series';
import {
  isPanel,
  linesOf,
  measureSpec,
  type ChartId,
  type EvaluationLine,
  type MeasureSpec,
  type StepLine,
} from './chart-specs';
import { withAxesOf } from './fixed-axes';
import { depthColour, faded, paletteOf } from './theme';
import {
  dipMark,
  evaluated,
  framed,
  inUnit,
  line,
  panelTitle,
  rangeOf,
  decimator,
  type Figure,
  type LineStyle,
  type Viewing,
} from './traces';
import {
  curveOfLayer,
  lastStep,
  layerName,
  meanOverLayers,
  panelCurves,
  type DrawnStatistic,
  type OverlaidRun,
  type RunView,
} from './run-view';

export type { Figure } from './traces';

export interface FigureOptions extends Viewing {
  statistic: DrawnStatistic;
  /** Number of a curve in the run that is highlighted; the curves of the other layers fade. */
  highlight?: number | null;
  /** Other runs, drawn thin in their colours behind the run's own lines. */
  behind?: readonly OverlaidRun[];
}

/** Largest number of layers drawn. Of a deeper network this many are drawn, evenly spaced, with the first and the last; the mean is over all layers. */
export const MAX_LAYERS = 24;

/**
 * The figure of any chart. A panel needs curves: check `panelCurves` first. For a run at an earlier step it is the figure of the
 * whole run, with the marks of that step and `until` set to it.
 */
export function figureOf(run: RunView, chart: ChartId, options: FigureOptions): Figure {
  if (!run.whole) return plainFigure(run, chart, options);
  const whole = wholeFigure(run.whole, chart, options);
  const { annotations } = plainFigure(run, chart, { ...options, behind: [], xRange: whole.xRange }).layout;
  return { ...whole, layout: { ...whole.layout, annotations: annotations ?? [] }, until: lastStep(run) };
}

/** The last figure of each chart of a whole run, because moving the playhead requests it repeatedly. */
const wholeFigures = new WeakMap<
  SeriesView,
  Map<ChartId, { asked: FigureOptions; to: number; figure: Figure }>
>();

function wholeFigure(run: RunView, chart: ChartId, options: FigureOptions): Figure {
  const known =
    wholeFigures.get(run.series) ?? new Map<ChartId, { asked: FigureOptions; to: number; figure: Figure }>();
  wholeFigures.set(run.series, known);
  const kept = known.get(chart);
  const to = lastStep(run);
  const keys = Object.keys(options) as (keyof FigureOptions)[];
  if (kept?.to === to && keys.every((key) => kept.asked[key] === options[key])) return kept.figure;
  const plain = plainFigure(run, chart, options);
  const figure = withAxesOf(plain, plain);
  known.set(chart, { asked: options, to, figure });
  return figure;
}

const plainFigure = (run: RunView, chart: ChartId, options: FigureOptions): Figure =>
  isPanel(chart) ? panelFigure(run, chart, options) : measureFigure(run, measureSpec(chart), options);

/** All runs of a figure: the runs behind, then its own. */
const runsOf = (run: RunView, { behind = [] }: FigureOptions): RunView[] => [
  ...behind.map((other) => other.run),
  run,
];

/** One line per layer for one branch, or for the norm after the sum; the last block's dip is marked. Runs behind show the highlighted layer, else their last one. */
export function panelFigure(run: RunView, panel: Panel, options: FigureOptions): Figure {
  const { statistic, dark, highlight = null, behind = [] } = options;
  const palette = paletteOf(dark);
  const runs = runsOf(run, options);
  const thin = decimator(runs, options);
  const curves = panelCurves(run, panel);
  const picked = highlight !== null && curves.includes(highlight) ? highlight : null;
  const last = picked ?? curves.at(-1);
  const depth = Math.max(1, ...run.curves.map((curve) => curve.layer));

  const others = behind.flatMap(({ name, colour, dashed, run: other }) => {
    const found = picked === null ? undefined : curveOfLayer(other, panel, run.curves[picked]!.layer);
    const k = found ?? curveOfLayer(other, panel, 'last');
    if (k === undefined) return [];
    // Dashes are wide enough to be visible behind an identical run.
    const style = styleOf({ colour, dashed }, dashed ? 3.5 : 1.5);
    const drawn = line(name, thin(other.series.curve(k, statistic)), style);
    return [{ ...drawn, showlegend: false }];
  });
  const chosen = evenChoice(curves, MAX_LAYERS);
  const drawn = picked === null || chosen.includes(picked) ? chosen : [...chosen, picked];
  const data = drawn.map((k) => {
    const { layer } = run.curves[k]!;
    const style =
      k === last
        ? { color: palette.accent, width: 2.5 }
        : { color: depthColour(layer / depth, dark), width: 1.25 };
    const traced = line(layerName(layer), thin(run.series.curve(k, statistic)), style);
    return picked === null || k === picked ? traced : { ...traced, opacity: 0.35 };
  });
  if (curves.length > 1) {
    const style = { color: palette.mean, width: 2.5, dash: 'dash' as const };
    data.push(line(t('Mean over layers'), thin(meanOverLayers(run, curves, statistic)), style));
  }

  const dip = last === undefined ? null : findDip(run.series.curve(last, statistic));
  const xRange = rangeOf(runs, options);
  const visible = dip && dip.step >= xRange[0] && dip.step <= xRange[1];
  return framed(runs, options, [...others, ...data], {
    yTitle: panelTitle(
      statistic,
      // A run behind may have curves before the run itself has.
      (curves.length > 0 ? [run] : behind.map((other) => other.run)).flatMap((of) =>
        panelCurves(of, panel).map((k) => of.curves[k]!),
      ),
    ),
    annotations: visible ? [dipMark(dip, xRange, options, palette.accent)] : [],
  });
}

/** Longest name in the legend, in characters: longer ones would take one row each. */
const LEGEND_LENGTH = 14;
const shortened = (name: string) =>
  name.length > LEGEND_LENGTH ? `${name.slice(0, LEGEND_LENGTH - 1).trimEnd()}…` : name;

const styleOf = ({ colour, dashed }: Pick<OverlaidRun, 'colour' | 'dashed'>, width: number): LineStyle =>
  dashed ? { color: faded(colour, 0.6), width: width + 0.5, dash: 'dash' } : { color: colour, width };

/** The chart's main line of every run behind, and its other line, paler, where the chart has both. The page names the runs beside the chart, because a legend of ten runs would leave no space for the plot; only dashed runs are in the legend. */
function linesBehind(
  { behind = [] }: FigureOptions,
  spec: MeasureSpec,
  draw: (run: RunView, spec: StepLine | EvaluationLine, name: string, style: LineStyle) => Data,
): Data[] {
  const { step, evaluation } = linesOf(spec);
  const [main, other] = spec.main === 'step' ? [step, evaluation] : [evaluation, step];
  const named = (name: string, by: 'step' | 'evaluation') =>
    by === 'step' ? t('{{name}}, train', { name }) : t('{{name}}, test', { name });
  return behind.flatMap(({ name, run, ...drawn }) => [
    ...(other
      ? [{ ...draw(run, other, named(name, other.by), styleOf(drawn, 1)), opacity: 0.4, showlegend: false }]
      : []),
    {
      ...draw(run, main!, name, styleOf(drawn, 1.5)),
      name: shortened(name),
      showlegend: drawn.dashed === true,
    },
  ]);
}

/** The figure of a measure chart: its lines of the run, and behind them one or two lines of every other run. */
function measureFigure(run: RunView, spec: MeasureSpec, options: FigureOptions): Figure {
  const palette = paletteOf(options.dark);
  const runs = runsOf(run, options);
  const thin = decimator(runs, options);
  const { unit, fromZero } = spec;
  const draw = (of: RunView, about: StepLine | EvaluationLine, name: string, style: LineStyle): Data => {
    const { opacity } = about;
    const drawn = { unit, ...(opacity !== undefined && { opacity }) };
    return about.by === 'step'
      ? line(name, inUnit(thin(of.series.scalar(about.scalar)), unit), style, drawn)
      : evaluated(name, of, options, (evaluation) => about.value(evaluation) * unit.factor, style, drawn);
  };
  const own = spec.lines.map((about) => {
    const { colour, width, dash } = about;
    return draw(run, about, t(about.name), { color: palette[colour], width, ...(dash && { dash }) });
  });
  return framed(runs, options, [...linesBehind(options, spec, draw), ...own], {
    yTitle: t(spec.axis),
    legend: spec.lines.length > 1,
    yAxis: fromZero ? { rangemode: 'tozero' } : {},
  });
}

/** At most `count` of the items, evenly spaced, including the first and the last. */
function evenChoice<T>(items: readonly T[], count: number): readonly T[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, i) => items[Math.round((i * (items.length - 1)) / (count - 1))]!);
}
