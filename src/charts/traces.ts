/** Elements of figures over steps: lines, the mark of a dip, the range of steps, the frame. Pure; nothing is drawn here. */
import type { Annotations, Data, Layout } from 'plotly.js';
import type { Dip } from '../instruments/dips';
import { t } from '../language/language';
import type { Evaluation } from '../training/protocol';
import { decimate, type Points } from './decimate';
import { atStep, dipText, frame, MARGIN, onAxis, paletteOf, type XScale } from './theme';
import { lastStep, type DrawnStatistic, type RunView } from './run-view';
import { hoverValue, PLAIN, type Unit } from './unit';

/** How a figure over steps is viewed. */
export interface Viewing {
  xScale: XScale;
  dark: boolean;
  /** Width of the whole figure in px. */
  width: number;
  /** Steps to show; null for all. */
  xRange: readonly [number, number] | null;
}

export interface Figure {
  data: Data[];
  layout: Partial<Layout>;
  xScale: XScale;
  /** Steps at the left and right end of the x axis. */
  xRange: [number, number];
  /** The last step shown, if the lines continue beyond it: moving the playhead then only clips the drawn lines. */
  until?: number;
  /** The same without zoom. */
  xLimits: [number, number];
}

const STATISTIC_OF: Record<DrawnStatistic, (quantity: string) => string> = {
  mean: (quantity) => t('Mean {{quantity}}', { quantity }),
  meanAbs: (quantity) => t('Mean |{{quantity}}|', { quantity }),
  rms: (quantity) => t('RMS {{quantity}}', { quantity }),
  p50: (quantity) => t('Median {{quantity}}', { quantity }),
};

/** Title of a panel's y axis: scale, or gamma if none of the curves is a scale. */
export const panelTitle = (statistic: DrawnStatistic, curves: readonly { kind: 'scale' | 'gamma' }[]) =>
  STATISTIC_OF[statistic](curves.some(({ kind }) => kind === 'scale') ? t('scale') : t('gamma'));

export type LineStyle = { color: string; width: number; dash?: 'dash' | 'dot' };
export type LineOptions = { opacity?: number; unit?: Unit };

/** Points of recorded values, in the unit of the axis. */
export const inUnit = ({ x, y }: Points, { factor }: Unit): Points => ({
  x,
  y: y.map((value) => value * factor),
});

export function line(
  name: string,
  { x, y }: Points,
  style: LineStyle,
  { opacity = 1, unit = PLAIN }: LineOptions = {},
): Data {
  return {
    type: 'scatter',
    mode: 'lines',
    name,
    x,
    y,
    opacity,
    line: style,
    hovertemplate: atStep(name, hoverValue(unit)),
  };
}

export function evaluated(
  name: string,
  run: RunView,
  { xScale }: Viewing,
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

/** "−28 % at 37" beside the dip, in its line's colour. */
export function dipMark(
  dip: Dip,
  [from, to]: [number, number],
  { dark, xScale }: Viewing,
  colour: string,
): Partial<Annotations> {
  const palette = paletteOf(dark);
  const at = (step: number) => onAxis(step, xScale);
  const left = at(dip.step) - at(from) < (at(to) - at(from)) / 2;
  return {
    x: at(dip.step),
    y: dip.value,
    text: dipText(dip),
    showarrow: true,
    arrowcolor: colour,
    arrowhead: 2,
    arrowsize: 0.9,
    arrowwidth: 1.5,
    ax: left ? 22 : -22,
    ay: 20,
    xanchor: left ? 'left' : 'right',
    font: { size: 11, color: palette.text },
    bgcolor: palette.background,
    bordercolor: colour,
    borderwidth: 1,
    borderpad: 2,
  };
}

/** The steps shown: the requested ones, else from the start to the last step of any of the runs. A log axis starts at step 1. */
export function rangeOf(runs: readonly RunView[], { xScale, xRange }: Viewing): [number, number] {
  const start = xScale === 'log' ? 1 : 0;
  const [from, to] = xRange ?? [start, Math.max(10, ...runs.map(lastStep))];
  return [Math.max(start, from), Math.max(to, Math.max(start, from) + 1)];
}

/** Makes the function that decimates to the extremes of every two pixels, over the steps in view and one more at either end. */
export function decimator(runs: readonly RunView[], viewing: Viewing): (values: ArrayLike<number>) => Points {
  const [from, to] = rangeOf(runs, viewing);
  const columns = Math.max(50, Math.round((viewing.width - MARGIN.l - MARGIN.r) / 2));
  const window = { from: Math.floor(from) - 1, to: Math.ceil(to) + 1 };
  return (values) => decimate(values, { columns, logX: viewing.xScale === 'log', ...window });
}

export type Frame = Pick<Parameters<typeof frame>[0], 'yTitle' | 'legend' | 'annotations' | 'yAxis'>;

export function framed(runs: readonly RunView[], viewing: Viewing, data: Data[], about: Frame): Figure {
  const xRange = rangeOf(runs, viewing);
  const { xScale, dark } = viewing;
  const xLimits = rangeOf(runs, { ...viewing, xRange: null });
  return { data, layout: frame({ ...about, xScale, xRange, dark }), xScale, xRange, xLimits };
}
