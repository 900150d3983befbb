/** Loads plotly once, after the first paint, and saves figures as files. */
import type PlotlyBundle from 'plotly.js-cartesian-dist-min';
import type { Figure } from './figures';
import { escaped, footer, FOOTER_SIZE, withMetadata, type Source } from './sources';
import { MARGIN } from './theme';

export type Plotly = typeof PlotlyBundle;

let loading: Promise<Plotly> | null = null;

/** Resolves when plotly is loaded. After a failure (offline) the next call tries again. */
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

/** The figure as an image file with title, background and the runs it shows; PNG at twice the size. Throws if plotly cannot be loaded. */
export async function figureImage(
  figure: Pick<Figure, 'data' | 'layout'>,
  title: string,
  subtitle: string,
  format: ImageFormat,
  width: number,
  height: number,
  sources: readonly Source[],
): Promise<Blob> {
  const plotly = await loadPlotly();
  const { layout } = figure;
  const top = 56;
  const margin = { ...MARGIN, ...layout.margin };
  const { text, height: foot } = footer(sources, width - margin.l - margin.r);
  const url = await plotly.toImage(
    {
      data: figure.data,
      layout: {
        ...layout,
        title: {
          text: escaped(title),
          subtitle: { text: escaped(subtitle) },
          x: 0,
          xref: 'paper',
          xanchor: 'left',
          y: 1,
          yref: 'container',
          yanchor: 'top',
          pad: { t: 14 },
        },
        margin: { ...margin, t: (layout.margin?.t ?? 0) + top, b: margin.b + foot },
        annotations: [
          ...(layout.annotations ?? []),
          {
            text,
            x: 0,
            y: 0,
            xref: 'paper',
            yref: 'paper',
            xanchor: 'left',
            yanchor: 'top',
            yshift: -margin.b,
            align: 'left',
            showarrow: false,
            font: { size: FOOTER_SIZE },
            opacity: 0.75,
          },
        ],
      },
    },
    { format, width, height: height + top + foot, scale: format === 'png' ? 2 : 1 },
  );
  const blob = await (await fetch(url)).blob();
  return format === 'svg'
    ? new Blob([withMetadata(await blob.text(), title, sources)], { type: 'image/svg+xml' })
    : blob;
}

/** Starts the download of a file. */
export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
