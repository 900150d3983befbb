/**
 * The presentation style: makes a figure readable from the last row of a room. All sizes are multiplied by one scale, so the
 * figure has to be made for a plot that is smaller by that scale. Lines get a least width, and pale colours are replaced by
 * colours of the same hue with enough contrast. Pure; nothing is drawn here.
 */
import type { Annotations, Data, Layout, LayoutAxis } from 'plotly.js';
import { standingOut } from './contrast';

/** Size of a figure's body text on a page, in px. */
export const FIGURE_TEXT = 12;
/** Least width of a line that is visible from the last row, in px at 1920x1080. */
export const LEAST_LINE = 3;
/** Least contrast ratio of lines and texts to the background. */
export const LEAST_CONTRAST = 7;

interface Drawn {
  data: Data[];
  layout: Partial<Layout>;
}

type Line = { color?: string; width?: number };
type Trace = { line?: Line; marker?: { size?: number; color?: string }; opacity?: number };

/** The figure, `scale` times as large as on a page. The caller sets its width and height. */
export function magnified<F extends Drawn>(figure: F, scale: number): F {
  const { layout } = figure;
  const background = String(layout.paper_bgcolor ?? '#ffffff');
  const clear = (colour: string | undefined) =>
    colour === undefined ? undefined : standingOut(colour, background, LEAST_CONTRAST);
  const px = (size: number | undefined) => (size === undefined ? undefined : size * scale);
  const text = <T extends { size?: number; color?: unknown }>(font: T | undefined): T =>
    ({
      ...font,
      size: Math.max(FIGURE_TEXT, font?.size ?? FIGURE_TEXT) * scale,
      ...(typeof font?.color === 'string' && { color: clear(font.color) }),
    }) as T;
  const stroke = (line: Line): Line => ({
    ...line,
    color: clear(line.color),
    width: Math.max(LEAST_LINE, (line.width ?? 1) * scale),
  });

  const data = figure.data.map((trace) => {
    const { line, marker, opacity } = trace as Trace;
    return {
      ...trace,
      // A translucent line has too little contrast as well.
      ...(opacity !== undefined && { opacity: 1 }),
      ...(line && { line: stroke(line) }),
      ...(marker && { marker: { ...marker, size: px(marker.size) } }),
    } as Data;
  });

  const annotation = (one: Partial<Annotations>): Partial<Annotations> => ({
    ...one,
    font: text(one.font),
    ax: typeof one.ax === 'number' ? px(one.ax) : one.ax,
    ay: typeof one.ay === 'number' ? px(one.ay) : one.ay,
    yshift: px(one.yshift),
    arrowwidth: one.arrowwidth === undefined ? undefined : Math.max(LEAST_LINE, one.arrowwidth * scale),
    borderwidth: one.borderwidth === undefined ? undefined : Math.max(LEAST_LINE, one.borderwidth * scale),
    borderpad: px(one.borderpad),
    arrowcolor: clear(one.arrowcolor),
    bordercolor: clear(one.bordercolor),
  });
  const axis = (one: Partial<LayoutAxis>): Partial<LayoutAxis> => ({
    ...one,
    linewidth: LEAST_LINE,
    tickwidth: LEAST_LINE,
    linecolor: clear(typeof one.linecolor === 'string' ? one.linecolor : undefined),
    tickcolor: clear(typeof one.tickcolor === 'string' ? one.tickcolor : undefined),
    gridwidth: 2,
    ticklen: px(one.ticklen),
    // A presentation is operated by keys and a clicker, so nothing is zoomed.
    fixedrange: true,
    title:
      typeof one.title === 'object'
        ? { ...one.title, standoff: px(one.title.standoff), font: text(one.title.font) }
        : one.title,
  });
  const axes = Object.fromEntries(
    Object.entries(layout).flatMap(([key, value]) =>
      /^[xy]axis\d*$/.test(key) ? [[key, axis(value as Partial<LayoutAxis>)]] : [],
    ),
  );
  const { margin = {}, legend } = layout;
  return {
    ...figure,
    data,
    layout: {
      ...layout,
      ...axes,
      font: text(layout.font),
      margin: { l: px(margin.l), r: px(margin.r), t: px(margin.t), b: px(margin.b) },
      ...(legend && { legend: { ...legend, font: text(legend.font), itemwidth: 30 * scale } }),
      ...(layout.hoverlabel && {
        hoverlabel: { ...layout.hoverlabel, font: text(layout.hoverlabel.font) },
      }),
      annotations: layout.annotations?.map(annotation),
      dragmode: false,
    },
  };
}
