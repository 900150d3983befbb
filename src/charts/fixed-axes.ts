/** Axes that stay fixed while the playhead moves: a figure of a run at an earlier step has the axes of the figure of the whole run. Pure. */
import type { Data, Layout, PlotData } from 'plotly.js';

interface Drawn {
  data: readonly unknown[];
  layout: Partial<Layout>;
}

/** Space beyond the outermost values, as a share of their range: plotly's own, and what the mark of a dip needs below. */
const ROOM = 0.06;
const ROOM_FOR_MARK = 0.16;

/** The range of a figure's y axis that shows all its finite values; null if it has none. */
export function valueRange({ data, layout }: Drawn): [number, number] | null {
  const axis = layout.yaxis ?? {};
  const onAxis = (value: number) => (axis.type === 'log' ? Math.log10(value) : value);
  let low = Infinity;
  let high = -Infinity;
  for (const trace of data as Partial<PlotData>[]) {
    if (trace.type !== 'scatter') continue;
    for (const value of trace.y as Iterable<number>) {
      const at = onAxis(value);
      if (!Number.isFinite(at)) continue;
      low = Math.min(low, at);
      high = Math.max(high, at);
    }
  }
  if (low > high) return null;
  const room = Math.max(high - low, 1e-6 * Math.abs(high), 1e-9);
  const marked = (layout.annotations?.length ?? 0) > 0;
  if (axis.rangemode === 'tozero' && low >= 0) return [0, high + ROOM * room];
  return [low - (marked ? ROOM_FOR_MARK : ROOM) * room, high + ROOM * room];
}

/** The figure with the other one's axes. */
export function withAxesOf<F extends Drawn>(figure: F, whole: Drawn): F {
  const { xaxis, yaxis } = figure.layout;
  const range = valueRange(whole);
  return {
    ...figure,
    layout: {
      ...figure.layout,
      xaxis: { ...xaxis, range: whole.layout.xaxis?.range },
      yaxis: { ...yaxis, ...(range && { range, autorange: false }) },
    },
  };
}

/** The traces of a figure up to a step. */
export const cutOff = (data: readonly Data[], until: number): Data[] =>
  data.map((trace) => {
    const { x, y } = trace as { x: ArrayLike<number>; y: ArrayLike<number> };
    const count = Array.from(x).filter((step) => step <= until).length;
    return { ...trace, x: Array.from(x).slice(0, count), y: Array.from(y).slice(0, count) } as Data;
  });

/** A figure whose lines end at the last step shown. */
export const upToStep = <F extends { data: Data[]; until?: number }>(figure: F): F =>
  figure.until === undefined ? figure : { ...figure, data: cutOff(figure.data, figure.until) };

/** The figure that `make` gives for a run; with the axes of the whole run if the run is one at an earlier step. */
export function figureWithFixedAxes<R, F extends Drawn>(run: R & { whole?: R }, make: (of: R) => F): F {
  return run.whole === undefined ? make(run) : withAxesOf(make(run), make(run.whole));
}
