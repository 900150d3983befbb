/**
 * The study's figure for any two runs: one panel per branch and run, one line per layer, all on the same axes.
 * Pure; `SixPanels.tsx` in src/app/charts draws it.
 */
import type { Annotations, Data, Layout, LayoutAxis } from 'plotly.js';
import { findDip } from '../instruments/dips';
import { listed, sentences } from '../language/join';
import { t } from '../language/language';
import { isStudyPanel, PANEL_LABELS, PANELS, type Panel } from '../network/curves';
import { decimate } from './decimate';
import { atStep, depthColour, dipText, FONT, paletteOf } from './theme';
import { layerName, panelCurves, type DrawnStatistic, type RunView } from './run-view';

/** A run with its name in the figure. */
export interface NamedRun {
  name: string;
  run: RunView;
}

export interface GridFigure {
  data: Data[];
  layout: Partial<Layout>;
  height: number;
}

/** From this width in px on, runs are rows and branches are columns; below, the other way round. */
const WIDE = 760;
const PANEL_HEIGHT = 210;
const TOP = 46;
const BOTTOM = 44;
const LEFT = 56;
const RIGHT = 12;
/** Space between panels in px: for a title above each row, and for ticks between columns. */
const GAP_Y = 34;
const GAP_X = 18;

/** The study's three panels, and the other panels that one of the runs has curves for. */
export function panelsOf(runs: readonly NamedRun[]): Panel[] {
  return PANELS.filter(
    (panel) => isStudyPanel(panel) || runs.some(({ run }) => panelCurves(run, panel).length > 0),
  );
}

/** Height in px of the figure at a width. */
export function gridHeight(runs: readonly NamedRun[], width: number): number {
  const rows = width >= WIDE ? runs.length : panelsOf(runs).length;
  return TOP + rows * PANEL_HEIGHT + (rows - 1) * GAP_Y + BOTTOM;
}

export interface GridOptions {
  /** Summarises a layer's channels. */
  statistic: DrawnStatistic;
  width: number;
  /** Height to fill, in px; if left out, what the panels need. */
  height?: number;
  dark: boolean;
}

/** The figure of one or two runs. */
export function sixPanels(
  runs: readonly NamedRun[],
  { statistic, width, height: given, dark }: GridOptions,
): GridFigure {
  const palette = paletteOf(dark);
  const panels = panelsOf(runs);
  const wide = given === undefined ? width >= WIDE : width >= given;
  const columns = wide ? panels.length : runs.length;
  const rows = wide ? runs.length : panels.length;
  const height = given ?? gridHeight(runs, width);
  const panelHeight = (height - TOP - BOTTOM - (rows - 1) * GAP_Y) / rows;
  const plotWidth = width - LEFT - RIGHT;
  const plotHeight = height - TOP - BOTTOM;
  const cell = (plotWidth - (columns - 1) * GAP_X) / columns;
  const wholes = runs.map(({ run }) => run.whole ?? run);
  const steps = Math.max(10, ...wholes.map(({ series }) => series.count - 1));
  const range = valueRange(wholes, panels, statistic);

  const data: Data[] = [];
  const annotations: Partial<Annotations>[] = [];
  const axes: Record<string, Partial<LayoutAxis>> = {};
  runs.forEach(({ name, run }, r) => {
    panels.forEach((panel, p) => {
      const row = wide ? r : p;
      const column = wide ? p : r;
      const number = row * columns + column + 1;
      const suffix = number === 1 ? '' : String(number);
      const left = (column * (cell + GAP_X)) / plotWidth;
      const top = 1 - (row * (panelHeight + GAP_Y)) / plotHeight;
      const bottom = top - panelHeight / plotHeight;
      const shared: Partial<LayoutAxis> = {
        gridcolor: palette.grid,
        linecolor: palette.axis,
        tickcolor: palette.axis,
        showline: true,
        ticks: 'outside',
        ticklen: 3,
        zeroline: false,
        fixedrange: true,
        exponentformat: 'none',
        separatethousands: true,
      };
      const last = row === rows - 1;
      axes[`xaxis${suffix}`] = {
        ...shared,
        domain: [left, Math.min(1, left + cell / plotWidth)],
        anchor: `y${suffix}` as 'y',
        range: [0, steps],
        nticks: 5,
        showticklabels: last,
        ...(last && { title: { text: t('Step'), standoff: 4 } }),
      };
      axes[`yaxis${suffix}`] = {
        ...shared,
        domain: [Math.max(0, bottom), Math.min(1, top)],
        anchor: `x${suffix}` as 'x',
        range: [...range],
        nticks: 6,
        showticklabels: column === 0,
      };
      const curves = panelCurves(run, panel);
      const about = t('{{panel}}, {{run}}', { panel: `<b>${t(PANEL_LABELS[panel])}</b>`, run: name });
      annotations.push(heading(about, left, Math.min(1, top), palette.text));
      if (curves.length === 0) {
        const middle = { x: left + cell / plotWidth / 2, y: (top + bottom) / 2 };
        annotations.push({
          ...middle,
          xref: 'paper',
          yref: 'paper',
          showarrow: false,
          text: t('no scale here'),
          font: { size: 12, color: palette.axis },
        });
        // Plotly draws an axis only if it has a trace.
        data.push({ x: [0], y: [null], xaxis: `x${suffix}`, yaxis: `y${suffix}`, hoverinfo: 'skip' } as Data);
      }
      data.push(...lines(run, curves, statistic, cell, dark, suffix));
      const place = { steps, range, cell, panelHeight };
      const mark = dipMark(run, curves.at(-1), statistic, suffix, place, dark);
      if (mark) annotations.push(mark);
    });
  });
  return {
    data,
    height,
    layout: {
      font: { family: FONT, size: 12, color: palette.text },
      paper_bgcolor: palette.background,
      plot_bgcolor: palette.background,
      margin: { l: LEFT, r: RIGHT, t: TOP, b: BOTTOM },
      showlegend: false,
      hovermode: 'closest',
      hoverlabel: { namelength: 0, font: { family: FONT, size: 12 } },
      dragmode: false,
      annotations,
      ...axes,
    },
  };
}

/** One range for all panels, so that the depths of dips can be compared by eye. */
function valueRange(
  runs: readonly RunView[],
  panels: readonly Panel[],
  statistic: DrawnStatistic,
): [number, number] {
  let low = 1;
  let high = 1;
  for (const run of runs) {
    for (const k of panels.flatMap((panel) => panelCurves(run, panel))) {
      for (const value of run.series.curve(k, statistic)) {
        if (!Number.isFinite(value)) continue;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
  }
  const room = Math.max(0.02, (high - low) * 0.06);
  return [low - room, high + room];
}

function lines(
  run: RunView,
  curves: readonly number[],
  statistic: DrawnStatistic,
  cell: number,
  dark: boolean,
  suffix: string,
): Data[] {
  const palette = paletteOf(dark);
  const depth = Math.max(1, ...run.curves.map((curve) => curve.layer));
  return curves.map((k) => {
    const { layer } = run.curves[k]!;
    const isLast = k === curves.at(-1);
    const { x, y } = decimate(run.series.curve(k, statistic), {
      columns: Math.max(40, Math.round(cell / 2)),
      logX: false,
      from: 0,
      to: run.series.count,
    });
    return {
      type: 'scatter',
      mode: 'lines',
      x,
      y,
      xaxis: `x${suffix}`,
      yaxis: `y${suffix}`,
      line: isLast
        ? { color: palette.accent, width: 2.5 }
        : { color: depthColour(layer / depth, dark), width: 1.1 },
      hovertemplate: atStep(layerName(layer), '%{y:.4f}'),
    } as Data;
  });
}

const heading = (text: string, x: number, y: number, color: string): Partial<Annotations> => ({
  text,
  x,
  y,
  xref: 'paper',
  yref: 'paper',
  xanchor: 'left',
  yanchor: 'bottom',
  yshift: 4,
  showarrow: false,
  font: { size: 12, color },
});

/** Axes of a panel, and its width and height in px. */
interface Place {
  steps: number;
  range: readonly [number, number];
  cell: number;
  panelHeight: number;
}

/** In panels narrower than this, in px, a mark beside a dip would overlap the next panel. */
const NARROW = 240;
/** Half a mark's width and its distance from the dip, in px. */
const MARK = { half: 42, away: 28 };

/** Position of a dip's mark: below to the right, or to the left near the right end; within the panel if that is narrow. */
function besideDip(dip: { step: number; value: number }, { steps, range, cell, panelHeight }: Place) {
  if (cell >= NARROW) {
    const left = dip.step < steps / 2;
    return { ax: left ? 20 : -20, ay: 16, xanchor: left ? 'left' : 'right' } as const;
  }
  const x = (dip.step / steps) * cell;
  const within = Math.min(Math.max(x, MARK.half), Math.max(MARK.half, cell - MARK.half));
  const below = ((dip.value - range[0]) / (range[1] - range[0])) * panelHeight;
  const up = below < MARK.away + 12;
  return { ax: within - x, ay: up ? -MARK.away : MARK.away, xanchor: 'center' } as const;
}

function dipMark(
  run: RunView,
  curve: number | undefined,
  statistic: DrawnStatistic,
  suffix: string,
  place: Place,
  dark: boolean,
): Partial<Annotations> | null {
  const dip = curve === undefined ? null : findDip(run.series.curve(curve, statistic));
  if (!dip) return null;
  const palette = paletteOf(dark);
  return {
    ...besideDip(dip, place),
    xref: `x${suffix}` as 'x',
    yref: `y${suffix}` as 'y',
    x: dip.step,
    y: dip.value,
    text: dipText(dip),
    showarrow: true,
    arrowcolor: palette.accent,
    arrowhead: 2,
    arrowsize: 0.9,
    arrowwidth: 1.2,
    font: { size: 11, color: palette.text },
    bgcolor: palette.background,
    bordercolor: palette.accent,
    borderwidth: 1,
    borderpad: 2,
  };
}

/** The figure as text for screen readers. */
export function sixPanelsSummary(runs: readonly NamedRun[], statistic: DrawnStatistic): string {
  const parts = runs.map(({ name, run }) => {
    const dips = panelsOf(runs).flatMap((panel) => {
      const last = panelCurves(run, panel).at(-1);
      const dip = last === undefined ? null : findDip(run.series.curve(last, statistic));
      return dip
        ? [
            t('{{panel}} falls by {{depth}} % to step {{step}}', {
              panel: t(PANEL_LABELS[panel]),
              depth: Math.round(dip.depth * 100),
              step: dip.step,
            }),
          ]
        : [];
    });
    const found = dips.length > 0 ? listed(dips) : t('no dip');
    return t('{{run}}: last block, {{dips}}.', { run: name, dips: found });
  });
  return sentences(...parts);
}
