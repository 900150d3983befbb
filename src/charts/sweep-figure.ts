/** Plotly figures of a sweep's results: an outcome against one or two settings. Pure; nothing is drawn here. */
import type { Data, LayoutAxis } from 'plotly.js';
import { listed, sentences } from '../language/join';
import { t } from '../language/language';
import { outcomeDigits, outcomeLabel, spreadText } from '../runs/outcomes';
import { intervalOf } from '../runs/statistics';
import type { SweepAxis, SweepCell, SweepResults } from '../runs/sweep';
import type { PlainFigure } from './instrument-figures';
import { depthColour, frame, paletteOf } from './theme';

export interface SweepView {
  dark: boolean;
  /** What the error bars show: the 95 % interval of the mean, or the standard deviation over seeds. */
  bars: 'interval' | 'deviation';
}

/** Least number of values of both settings for a heat map. */
const HEAT_FROM = 4;
/** Positive values that span more than this factor get a log axis. */
const LOG_FROM = 30;

const isNumeric = ({ values }: SweepAxis) => values.every(({ number }) => number !== null);

function isLog(axis: SweepAxis): boolean {
  if (!isNumeric(axis)) return false;
  const numbers = axis.values.map(({ number }) => number!);
  return Math.min(...numbers) > 0 && Math.max(...numbers) / Math.min(...numbers) > LOG_FROM;
}

/** Half the length of an error bar; null for a single seed. */
function reachOf({ spread }: SweepCell, bars: SweepView['bars']): number | null {
  if (bars === 'deviation') return spread.deviation;
  const interval = intervalOf(spread);
  return interval && interval.high - spread.mean;
}

/**
 * The outcome against the first setting on the x axis: a numeric axis for numbers, else categories in the sweep's order. Means are
 * connected by a line unless they are categories, single seeds are small dots; with two settings there is one line per value of
 * the second.
 */
export function sweepFigure(results: SweepResults, { dark, bars }: SweepView): PlainFigure {
  const { axes, cells, outcome } = results;
  const [first, second] = axes as [SweepAxis, SweepAxis | undefined];
  const palette = paletteOf(dark);
  const numeric = isNumeric(first);
  const digits = outcomeDigits(outcome);
  const lines = second ? second.values.map((value) => settingWith(second, value)) : [outcomeLabel(outcome)];
  const data = lines.flatMap((name, line): Data[] => {
    const own = cells
      .filter(({ at, spread }) => (at[1] ?? 0) === line && spread.n > 0)
      .toSorted((a, b) => (numeric ? placeOf(first, a) - placeOf(first, b) : a.at[0]! - b.at[0]!));
    const color = second ? depthColour(line / Math.max(1, lines.length - 1), dark) : palette.accent;
    const x = (cell: SweepCell) => (numeric ? placeOf(first, cell) : first.values[cell.at[0]!]!.words);
    const singles = own.flatMap((cell) => cell.singles.map((single) => ({ cell, ...single })));
    return [
      {
        type: 'scatter',
        mode: numeric ? 'lines+markers' : 'markers',
        name,
        x: own.map(x),
        y: own.map(({ spread }) => spread.mean),
        line: { color, width: 1.75 },
        marker: { size: 9, color },
        error_y: {
          type: 'data',
          array: own.map((cell) => reachOf(cell, bars) ?? 0),
          color,
          thickness: 1.5,
          width: 5,
          visible: true,
        },
        text: own.map(({ spread }) => spreadText(spread, digits)),
        hovertemplate: `${name}, %{x}: %{text}<extra></extra>`,
      },
      {
        type: 'scatter',
        mode: 'markers',
        name: t('{{name}}, single seeds', { name }),
        x: singles.map(({ cell }) => x(cell)),
        y: singles.map(({ value }) => value),
        marker: { size: 5, color, line: { color: palette.background, width: 1 } },
        showlegend: false,
        text: singles.map(({ seed }) => t('seed {{seed}}', { seed })),
        hovertemplate: `${name}, %{x}, %{text}: %{y:.${digits}f}<extra></extra>`,
      },
    ];
  });
  const { layout } = plain(dark, outcomeLabel(outcome), second !== undefined);
  return { data, layout: { ...layout, xaxis: { ...layout.xaxis, ...settingAxis(first) } } };
}

/** "Factor k 2". */
const settingWith = ({ label }: SweepAxis, { words }: SweepAxis['values'][number]) =>
  t('{{setting}} {{value}}', { setting: label, value: words });

const placeOf = ({ values }: SweepAxis, { at }: SweepCell) => values[at[0]!]!.number!;

/** The means as colours, the first setting along x, the second along y; null unless both have four values or more. */
export function sweepHeatMap(results: SweepResults, { dark }: Pick<SweepView, 'dark'>): PlainFigure | null {
  const { axes, cells, outcome } = results;
  const [first, second] = axes;
  if (!first || !second || first.values.length < HEAT_FROM || second.values.length < HEAT_FROM) return null;
  const digits = outcomeDigits(outcome);
  // Cells are evenly spaced, because a cell is a combination of values and not an interval of an axis.
  const order = (axis: SweepAxis) => {
    const places = [...axis.values.keys()];
    return isNumeric(axis)
      ? places.toSorted((a, b) => axis.values[a]!.number! - axis.values[b]!.number!)
      : places;
  };
  const columns = order(first);
  const rows = order(second);
  const cell = (column: number, row: number) => cells.find(({ at }) => at[0] === column && at[1] === row)!;
  const grid = <T>(make: (found: SweepCell) => T) =>
    rows.map((row) => columns.map((column) => make(cell(column, row))));
  const words = (axis: SweepAxis, places: readonly number[]) => places.map((i) => axis.values[i]!.words);
  const heat = {
    type: 'heatmap',
    x: words(first, columns),
    y: words(second, rows),
    z: grid(({ spread }) => (spread.n > 0 ? spread.mean : null)),
    text: grid(({ spread, leftOut, diverged }) =>
      leftOut !== null
        ? t('no such experiment')
        : spread.n > 0 || diverged === 0
          ? spreadText(spread, digits)
          : t('diverged'),
    ),
    xgap: 1,
    ygap: 1,
    colorscale: Array.from({ length: 6 }, (_, i) => [i / 5, depthColour(i / 5, dark)]),
    colorbar: { title: { text: outcomeLabel(outcome), side: 'right' }, thickness: 12, outlinewidth: 0 },
    hovertemplate: `${first.label} %{x}, ${second.label} %{y}: %{text}<extra></extra>`,
  };
  const { layout } = plain(dark, second.label, false);
  const category: Partial<LayoutAxis> = { type: 'category', showgrid: false };
  return {
    data: [heat as unknown as Data],
    layout: {
      ...layout,
      margin: { ...layout.margin, r: 84 },
      xaxis: { ...layout.xaxis, ...category, title: { text: first.label, standoff: 6 } },
      yaxis: { ...layout.yaxis, ...category },
    },
  };
}

/** A layout without a step axis. */
function plain(dark: boolean, yTitle: string, legend: boolean): PlainFigure {
  const { xaxis, ...layout } = frame({ xScale: 'linear', xRange: [0, 1], dark, yTitle, legend });
  const { range: _range, uirevision: _revision, nticks: _ticks, ...axis } = xaxis!;
  return {
    data: [],
    layout: { ...layout, dragmode: false, xaxis: { ...axis, fixedrange: true, automargin: true } },
  };
}

function settingAxis(axis: SweepAxis): Partial<LayoutAxis> {
  const title = { text: axis.label, standoff: 6 };
  if (!isNumeric(axis)) {
    const words = axis.values.map((value) => value.words);
    return {
      title,
      type: 'category',
      categoryorder: 'array',
      categoryarray: words,
      range: [-0.5, words.length - 0.5],
    };
  }
  // Up to ten values, the ticks are at the sweep's values; more labels would overlap.
  const few = axis.values.length <= 10;
  return {
    title,
    type: isLog(axis) ? 'log' : 'linear',
    ...(few && {
      tickmode: 'array',
      tickvals: axis.values.map(({ number }) => number!),
      ticktext: axis.values.map(({ words }) => words),
    }),
  };
}

/** The figure as text for screen readers. */
export function sweepSummary({ axes, cells, outcome }: SweepResults): string {
  const digits = outcomeDigits(outcome);
  const parts = cells.map(({ at, spread, diverged, missing, leftOut }) => {
    const where = listed(at.map((place, axis) => settingWith(axes[axis]!, axes[axis]!.values[place]!)));
    if (leftOut !== null) return t('{{where}}: no such experiment.', { where });
    const found = listed([
      spreadText(spread, digits),
      ...(diverged > 0 ? [t('{{runs}} diverged', { runs: diverged })] : []),
      ...(missing > 0 ? [t('{{runs}} not run', { runs: missing })] : []),
    ]);
    return t('{{where}}: {{found}}.', { where, found });
  });
  const outcomes = t('{{outcome}}, mean ± standard deviation (seeds).', { outcome: outcomeLabel(outcome) });
  return sentences(outcomes, ...parts);
}
