/** From a run to plotly figures: pure functions, nothing is drawn here. Lines are decimated to the width asked for, never smoothed. */
import type { Data } from 'plotly.js';
import { findDip } from '../instruments/dips';
import { t } from '../language/language';
import type { Panel } from '../network/curves';
import type { SeriesView } from '../runs/series';
import { withAxesOf } from './fixed-axes';
import { depthColour, faded, paletteOf } from './theme';
import {
  dipMark,
  evaluated,
  framed,
  inPercent,
  line,
  panelTitle,
  PERCENT,
  rangeOf,
  thinner,
  type Figure,
  type LineStyle,
  type Viewing,
} from './traces';
import {
  curveOfLayer,
  isPanel,
  lastStep,
  layerName,
  meanOverLayers,
  panelCurves,
  type ChartId,
  type DrawnStatistic,
  type OverlaidRun,
  type RunView,
} from './run-view';

export type { Figure } from './traces';

export interface FigureOptions extends Viewing {
  statistic: DrawnStatistic;
  /** A curve that stands out, by its number in the run; the other layers' fade. */
  highlight?: number | null;
  /** Other runs, drawn thin in their colours behind the run's own lines. */
  behind?: readonly OverlaidRun[];
}

/** Layers that are drawn at most; of deeper networks an even choice, first and last included. The mean is over all of them. */
export const MAX_LAYERS = 24;

/**
 * The figure of any chart. Panels need curves: ask `panelCurves` first. Of a run at one step it is that of the whole run, with
 * the marks of that step and `until` it.
 */
export function figureOf(run: RunView, chart: ChartId, options: FigureOptions): Figure {
  if (!run.whole) return plainFigure(run, chart, options);
  const whole = wholeFigure(run.whole, chart, options);
  const { annotations } = plainFigure(run, chart, { ...options, behind: [], xRange: whole.xRange }).layout;
  return { ...whole, layout: { ...whole.layout, annotations: annotations ?? [] }, until: lastStep(run) };
}

/** The last figure of each chart of a whole run: while the step moves it is asked for again and again. */
const wholes = new WeakMap<SeriesView, Map<ChartId, { asked: FigureOptions; to: number; figure: Figure }>>();

function wholeFigure(run: RunView, chart: ChartId, options: FigureOptions): Figure {
  const known =
    wholes.get(run.series) ?? new Map<ChartId, { asked: FigureOptions; to: number; figure: Figure }>();
  wholes.set(run.series, known);
  const kept = known.get(chart);
  const to = lastStep(run);
  const keys = Object.keys(options) as (keyof FigureOptions)[];
  if (kept?.to === to && keys.every((key) => kept.asked[key] === options[key])) return kept.figure;
  const plain = plainFigure(run, chart, options);
  const figure = withAxesOf(plain, plain);
  known.set(chart, { asked: options, to, figure });
  return figure;
}

function plainFigure(run: RunView, chart: ChartId, options: FigureOptions): Figure {
  if (isPanel(chart)) return panelFigure(run, chart, options);
  switch (chart) {
    case 'loss':
      return lossFigure(run, options);
    case 'accuracy':
      return accuracyFigure(run, options);
    case 'testAccuracy':
      return testAccuracyFigure(run, options);
    case 'logitStd':
      return logitFigure(run, options);
  }
}

/** All runs of a figure: those behind, then its own. */
const runsOf = (run: RunView, { behind = [] }: FigureOptions): RunView[] => [
  ...behind.map((other) => other.run),
  run,
];

/** One line a layer for one branch, or for the norm after the sum; the last block's dip is marked. Of runs behind, the same layer, else the last. */
export function panelFigure(run: RunView, panel: Panel, options: FigureOptions): Figure {
  const { statistic, dark, highlight = null, behind = [] } = options;
  const palette = paletteOf(dark);
  const runs = runsOf(run, options);
  const thin = thinner(runs, options);
  const curves = panelCurves(run, panel);
  const picked = highlight !== null && curves.includes(highlight) ? highlight : null;
  const last = picked ?? curves.at(-1);
  const depth = Math.max(1, ...run.curves.map((curve) => curve.layer));

  const others = behind.flatMap(({ name, colour, dashed, run: other }) => {
    const found = picked === null ? undefined : curveOfLayer(other, panel, run.curves[picked]!.layer);
    const k = found ?? curveOfLayer(other, panel, 'last');
    if (k === undefined) return [];
    // Dashes are wide enough to be seen behind a run that is the same.
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
      // Before the run's own curves there may be those of a result behind.
      (curves.length > 0 ? [run] : behind.map((other) => other.run)).flatMap((of) =>
        panelCurves(of, panel).map((k) => of.curves[k]!),
      ),
    ),
    annotations: visible ? [dipMark(dip, xRange, options, palette.accent)] : [],
  });
}

/** Longer names would leave the legend a line each. */
const LEGEND_LENGTH = 14;
const shortened = (name: string) =>
  name.length > LEGEND_LENGTH ? `${name.slice(0, LEGEND_LENGTH - 1).trimEnd()}…` : name;

const styleOf = ({ colour, dashed }: Pick<OverlaidRun, 'colour' | 'dashed'>, width: number): LineStyle =>
  dashed ? { color: faded(colour, 0.6), width: width + 0.5, dash: 'dash' } : { color: colour, width };

/** A line of every run behind, and its second, paler one where there is one. The page names them beside the charts: a legend of ten runs would leave no room for the plot; only dashed ones are in it. */
function linesBehind(
  { behind = [] }: FigureOptions,
  main: (other: RunView, name: string, style: LineStyle) => Data,
  pale?: (other: RunView, name: string, style: LineStyle) => Data,
): Data[] {
  return behind.flatMap(({ name, run, ...drawn }) => [
    ...(pale ? [{ ...pale(run, name, styleOf(drawn, 1)), opacity: 0.4, showlegend: false }] : []),
    { ...main(run, name, styleOf(drawn, 1.5)), name: shortened(name), showlegend: drawn.dashed === true },
  ]);
}

/** Training loss by step, test loss by evaluation. */
export function lossFigure(run: RunView, options: FigureOptions): Figure {
  const { train, accent } = paletteOf(options.dark);
  const runs = runsOf(run, options);
  const thin = thinner(runs, options);
  const trained = (of: RunView, name: string, style: LineStyle) =>
    line(name, thin(of.series.scalar('loss')), style);
  const tested = (of: RunView, name: string, style: LineStyle) =>
    evaluated(name, of, options, (evaluation) => evaluation.loss, style);
  const data = [
    ...linesBehind(
      options,
      (other, name, style) => trained(other, name, style),
      (other, name, style) => tested(other, t('{{name}}, test', { name }), style),
    ),
    trained(run, t('Train'), { color: train, width: 1.25 }),
    tested(run, t('Test'), { color: accent, width: 2 }),
  ];
  return framed(runs, options, data, { yTitle: t('Loss (nats)'), legend: true });
}

/** Top-1 of every training batch, faint, and test top-1 and top-5 by evaluation, in per cent. */
export function accuracyFigure(run: RunView, options: FigureOptions): Figure {
  const { train, accent, second } = paletteOf(options.dark);
  const runs = runsOf(run, options);
  const thin = thinner(runs, options);
  const trained = (of: RunView, name: string, style: LineStyle) =>
    line(name, inPercent(thin(of.series.scalar('accuracy'))), style, { opacity: 0.5, ...PERCENT });
  const data = [
    ...linesBehind(
      options,
      (other, name, style) => topOne(other, name, options, style),
      (other, name, style) => trained(other, t('{{name}}, train', { name }), style),
    ),
    trained(run, t('Train top-1'), { color: train, width: 1.25 }),
    topOne(run, t('Test top-1'), options, { color: accent, width: 2 }),
    evaluated(
      t('Test top-5'),
      run,
      options,
      (evaluation) => evaluation.top5 * 100,
      { color: second, width: 2, dash: 'dot' },
      PERCENT,
    ),
  ];
  return framed(runs, options, data, accuracyFrame());
}

const accuracyFrame = () =>
  ({ yTitle: t('Accuracy (%)'), legend: true, yAxis: { rangemode: 'tozero' } }) as const;

const topOne = (run: RunView, name: string, options: FigureOptions, style: LineStyle) =>
  evaluated(name, run, options, (evaluation) => evaluation.top1 * 100, style, PERCENT);

/** Test top-1 alone, by evaluation, in per cent. */
export function testAccuracyFigure(run: RunView, options: FigureOptions): Figure {
  const { accent } = paletteOf(options.dark);
  const data = [
    ...linesBehind(options, (other, name, style) => topOne(other, name, options, style)),
    topOne(run, t('Test top-1'), options, { color: accent, width: 2 }),
  ];
  return framed(runsOf(run, options), options, data, { ...accuracyFrame(), legend: false });
}

/** Standard deviation over all logits of the training batch, by step. */
export function logitFigure(run: RunView, options: FigureOptions): Figure {
  const { train } = paletteOf(options.dark);
  const runs = runsOf(run, options);
  const thin = thinner(runs, options);
  const spread = (of: RunView, name: string, style: LineStyle) =>
    line(name, thin(of.series.scalar('logitStd')), style);
  const data = [
    ...linesBehind(options, spread),
    spread(run, t('Standard deviation of the logits'), { color: train, width: 1.5 }),
  ];
  return framed(runs, options, data, { yTitle: t('Standard deviation'), yAxis: { rangemode: 'tozero' } });
}

/** At most `count` of the items at even distances, the first and the last among them. */
function evenChoice<T>(items: readonly T[], count: number): readonly T[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, i) => items[Math.round((i * (items.length - 1)) / (count - 1))]!);
}
