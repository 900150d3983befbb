/** From a run to plotly figures: pure functions, nothing is drawn here. Lines are decimated to the width asked for, never smoothed. */
import type { Annotations, Data, Layout } from 'plotly.js';
import { findDip } from '../instruments/dips';
import type { Panel } from '../network/curves';
import type { Evaluation } from '../training/protocol';
import { decimate, type Points } from './decimate';
import { depthColour, frame, MARGIN, onAxis, paletteOf, type XScale } from './theme';
import {
  isPanel,
  lastStep,
  layerName,
  meanOverLayers,
  panelCurves,
  type ChartId,
  type DrawnStatistic,
  type RunView,
} from './view';

export interface FigureOptions {
  statistic: DrawnStatistic;
  xScale: XScale;
  dark: boolean;
  /** Width of the whole figure in px. */
  width: number;
  /** Steps to show; all of them where null. */
  xRange: readonly [number, number] | null;
  /** A curve that stands out, by its number in the run; the other layers' fade. */
  highlight?: number | null;
}

export interface Figure {
  data: Data[];
  layout: Partial<Layout>;
  xScale: XScale;
  /** Steps at the left and right end of the x axis. */
  xRange: [number, number];
}

/** Layers that are drawn at most; of deeper networks an even choice, first and last included. The mean is over all of them. */
export const MAX_LAYERS = 24;

const STATISTIC_OF: Record<DrawnStatistic, (quantity: string) => string> = {
  mean: (quantity) => `Mean ${quantity}`,
  meanAbs: (quantity) => `Mean |${quantity}|`,
  rms: (quantity) => `RMS ${quantity}`,
  p50: (quantity) => `Median ${quantity}`,
};

/** The figure of any chart. Panels need curves: ask `panelCurves` first. */
export function figureOf(run: RunView, chart: ChartId, options: FigureOptions): Figure {
  if (isPanel(chart)) return panelFigure(run, chart, options);
  if (chart === 'loss') return lossFigure(run, options);
  return chart === 'accuracy' ? accuracyFigure(run, options) : logitFigure(run, options);
}

/** One line a layer for one branch, or for the norm after the sum; the last block's dip is marked. */
export function panelFigure(run: RunView, panel: Panel, options: FigureOptions): Figure {
  const { statistic, dark, highlight = null } = options;
  const palette = paletteOf(dark);
  const thin = thinner(run, options);
  const curves = panelCurves(run, panel);
  const picked = highlight !== null && curves.includes(highlight) ? highlight : null;
  const last = picked ?? curves.at(-1);
  const depth = Math.max(1, ...run.curves.map((curve) => curve.layer));

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
    data.push(line('Mean over layers', thin(meanOverLayers(run, curves, statistic)), style));
  }

  const dip = last === undefined ? null : findDip(run.series.curve(last, statistic));
  const xRange = rangeOf(run, options);
  const visible = dip && dip.step >= xRange[0] && dip.step <= xRange[1];
  const quantity = curves.some((k) => run.curves[k]!.kind === 'scale') ? 'scale' : 'gamma';
  return framed(run, options, data, {
    yTitle: STATISTIC_OF[statistic](quantity),
    annotations: visible ? [dipMark(dip, xRange, options)] : [],
  });
}

/** Training loss by step, test loss by evaluation. */
export function lossFigure(run: RunView, options: FigureOptions): Figure {
  const { train, accent } = paletteOf(options.dark);
  const thin = thinner(run, options);
  const data = [
    line('Train', thin(run.series.scalar('loss')), { color: train, width: 1.25 }),
    evaluated('Test', run, options, (evaluation) => evaluation.loss, { color: accent, width: 2 }),
  ];
  return framed(run, options, data, { yTitle: 'Loss (nats)', legend: true });
}

/** Top-1 of every training batch, faint, and test top-1 and top-5 by evaluation, in per cent. */
export function accuracyFigure(run: RunView, options: FigureOptions): Figure {
  const { train, accent, second } = paletteOf(options.dark);
  const points = thinner(run, options)(run.series.scalar('accuracy'));
  const percent = { x: points.x, y: points.y.map((share) => share * 100) };
  const data = [
    line('Train top-1', percent, { color: train, width: 1.25 }, { opacity: 0.5, format: '.2f', unit: ' %' }),
    evaluated(
      'Test top-1',
      run,
      options,
      (evaluation) => evaluation.top1 * 100,
      { color: accent, width: 2 },
      { format: '.2f', unit: ' %' },
    ),
    evaluated(
      'Test top-5',
      run,
      options,
      (evaluation) => evaluation.top5 * 100,
      { color: second, width: 2, dash: 'dot' },
      { format: '.2f', unit: ' %' },
    ),
  ];
  return framed(run, options, data, { yTitle: 'Accuracy (%)', legend: true, yAxis: { rangemode: 'tozero' } });
}

/** Standard deviation over all logits of the training batch, by step. */
export function logitFigure(run: RunView, options: FigureOptions): Figure {
  const { train } = paletteOf(options.dark);
  const data = [
    line('Standard deviation of the logits', thinner(run, options)(run.series.scalar('logitStd')), {
      color: train,
      width: 1.5,
    }),
  ];
  return framed(run, options, data, { yTitle: 'Standard deviation', yAxis: { rangemode: 'tozero' } });
}

type LineStyle = { color: string; width: number; dash?: 'dash' | 'dot' };
type LineOptions = { opacity?: number; format?: string; unit?: string };

function line(
  name: string,
  { x, y }: Points,
  style: LineStyle,
  { opacity = 1, format = '.4f', unit = '' }: LineOptions = {},
): Data {
  return {
    type: 'scatter',
    mode: 'lines',
    name,
    x,
    y,
    opacity,
    line: style,
    hovertemplate: `${name}, step %{x:,d}: %{y:${format}}${unit}<extra></extra>`,
  };
}

function evaluated(
  name: string,
  run: RunView,
  { xScale }: FigureOptions,
  value: (evaluation: Evaluation) => number,
  style: LineStyle,
  options?: LineOptions,
): Data {
  const drawn = run.evaluations.filter((evaluation) => xScale === 'linear' || evaluation.step > 0);
  const points = {
    x: Float64Array.from(drawn, (evaluation) => evaluation.step),
    y: Float64Array.from(drawn, value),
  };
  return { ...line(name, points, style, options), mode: 'lines+markers', marker: { size: 6 } } as Data;
}

function dipMark(
  dip: { step: number; value: number; depth: number },
  [from, to]: [number, number],
  { dark, xScale }: FigureOptions,
): Partial<Annotations> {
  const palette = paletteOf(dark);
  const at = (step: number) => onAxis(step, xScale);
  const left = at(dip.step) - at(from) < (at(to) - at(from)) / 2;
  return {
    x: at(dip.step),
    y: dip.value,
    text: `−${Math.round(dip.depth * 100)} % at ${dip.step.toLocaleString('en')}`,
    showarrow: true,
    arrowcolor: palette.accent,
    arrowhead: 2,
    arrowsize: 0.9,
    arrowwidth: 1.5,
    ax: left ? 22 : -22,
    ay: 20,
    xanchor: left ? 'left' : 'right',
    font: { size: 11, color: palette.text },
    bgcolor: palette.background,
    bordercolor: palette.accent,
    borderwidth: 1,
    borderpad: 2,
  };
}

/** The steps shown: those asked for, else from the start to the last one measured. A log axis starts at step 1. */
function rangeOf(run: RunView, { xScale, xRange }: FigureOptions): [number, number] {
  const start = xScale === 'log' ? 1 : 0;
  const [from, to] = xRange ?? [start, Math.max(10, lastStep(run))];
  return [Math.max(start, from), Math.max(to, Math.max(start, from) + 1)];
}

/** Decimates to the extremes of every two pixels of the plotted area, over the steps in view and one more at either end. */
function thinner(run: RunView, options: FigureOptions): (values: Float32Array) => Points {
  const [from, to] = rangeOf(run, options);
  const columns = Math.max(50, Math.round((options.width - MARGIN.l - MARGIN.r) / 2));
  const window = { from: Math.floor(from) - 1, to: Math.ceil(to) + 1 };
  return (values) => decimate(values, { columns, logX: options.xScale === 'log', ...window });
}

type Frame = Pick<Parameters<typeof frame>[0], 'yTitle' | 'legend' | 'annotations' | 'yAxis'>;

function framed(run: RunView, options: FigureOptions, data: Data[], about: Frame): Figure {
  const xRange = rangeOf(run, options);
  const { xScale, dark } = options;
  return { data, layout: frame({ ...about, xScale, xRange, dark }), xScale, xRange };
}

/** At most `count` of the items at even distances, the first and the last among them. */
function evenChoice<T>(items: readonly T[], count: number): readonly T[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, i) => items[Math.round((i * (items.length - 1)) / (count - 1))]!);
}
