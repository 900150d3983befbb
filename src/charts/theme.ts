/** Colours, axes and margins that every figure shares, for a light and for a dark page. */
import type { Annotations, Layout, LayoutAxis } from 'plotly.js';
import { t } from '../language/language';

export type XScale = 'linear' | 'log';

/** Space around the plotted area in px; fixed, so that all charts are aligned and the crosshair need not be measured. */
export const MARGIN = { l: 58, r: 14, t: 8, b: 42 } as const;
/** Space above the plot in px, for a legend of one line. */
export const LEGEND_MARGIN = 30;

export const FONT =
  // not translated: names of fonts.
  'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

export interface Palette {
  text: string;
  background: string;
  grid: string;
  axis: string;
  /** Mean over layers. */
  mean: string;
  /** The last block, and what is measured on test images. */
  accent: string;
  train: string;
  /** The second of two test curves. */
  second: string;
}

export const LIGHT: Palette = {
  text: '#343a40',
  background: '#ffffff',
  grid: '#e9ecef',
  axis: '#adb5bd',
  mean: '#000000',
  accent: '#d9480f',
  train: '#1971c2',
  second: '#9c36b5',
};

export const DARK: Palette = {
  text: '#ced4da',
  background: '#1f1f1f',
  grid: '#343434',
  axis: '#5c5f66',
  mean: '#ffffff',
  accent: '#ff922b',
  train: '#4dabf7',
  second: '#da77f2',
};

export const paletteOf = (dark: boolean): Palette => (dark ? DARK : LIGHT);

/** Viridis (Smith and van der Walt, matplotlib) at eleven evenly spaced places; its lightness rises evenly, also for colour-blind readers. */
const VIRIDIS = [
  [68, 1, 84],
  [72, 36, 117],
  [65, 68, 135],
  [53, 95, 141],
  [42, 120, 142],
  [33, 145, 140],
  [34, 168, 132],
  [68, 191, 112],
  [122, 209, 81],
  [189, 223, 38],
  [253, 231, 37],
] as const;

/** Colour of a depth from 0 (first layer) to 1 (last). Deeper layers have more contrast to the page, so the colours depend on the theme. */
export function depthColour(depth: number, dark: boolean): string {
  const [shallow, deep] = dark ? [0.26, 0.86] : [0.74, 0];
  const at = (shallow + (deep - shallow) * depth) * (VIRIDIS.length - 1);
  const low = Math.min(Math.floor(at), VIRIDIS.length - 2);
  const mix = VIRIDIS[low]!.map((a, i) => Math.round(a + (at - low) * (VIRIDIS[low + 1]![i]! - a)));
  return `rgb(${mix.join(', ')})`;
}

/** Position on an axis in plotly's terms: log axes take exponents. */
export const onAxis = (step: number, scale: XScale) => (scale === 'log' ? Math.log10(step) : step);

export interface FrameOptions {
  xScale: XScale;
  xRange: readonly [number, number];
  dark: boolean;
  yTitle: string;
  legend?: boolean;
  annotations?: Partial<Annotations>[];
  yAxis?: Partial<LayoutAxis>;
}

/** The layout of a figure over steps. */
export function frame({
  xScale,
  xRange,
  dark,
  yTitle,
  legend = false,
  annotations = [],
  yAxis = {},
}: FrameOptions): Partial<Layout> {
  const palette = paletteOf(dark);
  const range = xRange.map((step) => onAxis(step, xScale));
  const axis: Partial<LayoutAxis> = {
    gridcolor: palette.grid,
    linecolor: palette.axis,
    tickcolor: palette.axis,
    showline: true,
    ticks: 'outside',
    ticklen: 4,
    zeroline: false,
    exponentformat: 'none',
    separatethousands: true,
  };
  return {
    font: { family: FONT, size: 12, color: palette.text },
    paper_bgcolor: palette.background,
    plot_bgcolor: palette.background,
    margin: { ...MARGIN, t: legend ? LEGEND_MARGIN : MARGIN.t },
    showlegend: legend,
    legend: {
      orientation: 'h',
      x: 0,
      y: 1,
      font: { size: 11 },
      xanchor: 'left',
      yanchor: 'bottom',
      bgcolor: 'rgba(0,0,0,0)',
      itemclick: false,
      itemdoubleclick: false,
    },
    hovermode: 'closest',
    hoverlabel: { namelength: 0, font: { family: FONT, size: 12 } },
    dragmode: 'zoom',
    uirevision: 'constant',
    annotations,
    xaxis: {
      ...axis,
      title: { text: t('Step'), standoff: 6 },
      type: xScale,
      range,
      // A new value lets the given range replace the range of the last gesture.
      uirevision: `${xScale} ${xRange.join(' ')}`,
      nticks: 6,
      ...(xScale === 'log' && range[1]! - range[0]! > 1.2 ? { dtick: 1 } : {}),
    },
    yaxis: { ...axis, title: { text: yTitle, standoff: 4 }, fixedrange: true, nticks: 7, ...yAxis },
  };
}

/** Hover text of a point; `value` is plotly's template for it, "%{y:.4f}". */
export const atStep = (name: string, value: string) =>
  `${t('{{name}}, step %{x:,d}: {{value}}', { name, value })}<extra></extra>`;

/** "−28 % at 37". */
export const dipText = ({ depth, step }: { depth: number; step: number }) =>
  t('−{{depth}} % at {{step}}', { depth: Math.round(depth * 100), step: step.toLocaleString('en') });

/** A colour "#rrggbb" with an opacity. */
export const faded = (colour: string, opacity: number) =>
  `rgba(${[1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)).join(', ')}, ${opacity})`;
