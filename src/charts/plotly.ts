/** Loads plotly once, after the first paint, and turns figures into files. */
import type PlotlyBundle from 'plotly.js-cartesian-dist-min';
import type { Figure } from './figures';
import { MARGIN } from './theme';

export type Plotly = typeof PlotlyBundle;

let loading: Promise<Plotly> | null = null;

/** Resolves when plotly is there; a failed attempt (offline) is forgotten, so that the next one tries again. */
export function loadPlotly(): Promise<Plotly> {
  loading ??= afterPaint()
    .then(() => import('plotly.js-cartesian-dist-min'))
    .then((bundle) => bundle.default)
    .catch((error: unknown) => {
      loading = null;
      throw error;
    });
  return loading;
}

const afterPaint = () => new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));

export type ImageFormat = 'png' | 'svg';

/** The figure as an image file with title and background; PNG at twice the size. Throws where plotly cannot be loaded. */
export async function figureImage(
  figure: Pick<Figure, 'data' | 'layout'>,
  title: string,
  subtitle: string,
  format: ImageFormat,
  width: number,
  height: number,
): Promise<Blob> {
  const plotly = await loadPlotly();
  const { layout } = figure;
  const top = 56;
  const url = await plotly.toImage(
    {
      data: figure.data,
      layout: {
        ...layout,
        title: {
          text: title,
          subtitle: { text: subtitle },
          x: 0,
          xref: 'paper',
          xanchor: 'left',
          y: 1,
          yref: 'container',
          yanchor: 'top',
          pad: { t: 14 },
        },
        margin: { ...MARGIN, ...layout.margin, t: (layout.margin?.t ?? 0) + top },
      },
    },
    { format, width, height: height + top, scale: format === 'png' ? 2 : 1 },
  );
  return (await fetch(url)).blob();
}

/** Hands a file to the browser's downloads. */
export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
