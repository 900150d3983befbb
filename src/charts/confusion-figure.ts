/** From a confusion matrix to a plotly heat map, and to CSV. Pure; src/app/answers draws it. */
import type { Data, Layout, LayoutAxis } from 'plotly.js';
import { imagesOf, type Confusion } from '../instruments/answers';
import { t } from '../language/language';
import type { PlainFigure } from './instrument-figures';
import { beginning, lettersOf } from './text-width';
import { FONT, paletteOf } from './theme';

export interface ConfusionView {
  /** Names of the classes. */
  names: readonly string[];
  /** Classes from top to bottom and from left to right. */
  order: readonly number[];
  /** Positions in that order before which a separating line is drawn. */
  edges: readonly number[];
  /** First and last position shown; null for all. */
  focus: readonly [number, number] | null;
  dark: boolean;
  /** Whether a drag zooms; on touch screens it scrolls the page. */
  drag: boolean;
}

/** Below this width in px names are shortened, and the colour bar and the titles of the axes are left out. */
const NARROW = 560;

const QUARTERS = [0, 0.25, 0.5, 0.75, 1];

/** Names, shortened as long as they stay different. */
function labelsAt(names: readonly string[], width: number): readonly string[] {
  const longest = width < NARROW ? 15 : 22;
  const short = names.map((name) => (lettersOf(name) > longest ? `${beginning(name, longest - 1)}…` : name));
  return new Set(short).size === names.length ? short : names;
}

/** Margins for the names, and on a wide page for the titles of the axes and the colour bar. */
function marginsAt(width: number, names: readonly string[]) {
  const longest = Math.max(...labelsAt(names, width).map(lettersOf));
  const narrow = width < NARROW;
  const room = narrow ? 10 + 5.4 * longest : 42 + 6.4 * longest;
  return { l: room, r: narrow ? 6 : 84, t: 8, b: room };
}

/** Height at which cells are square. */
export function confusionHeight(width: number, names: readonly string[]): number {
  const margin = marginsAt(width, names);
  return Math.round(Math.max(120, width - margin.l - margin.r) + margin.t + margin.b);
}

/** Heat map of the confusion matrix. Rows add up to 1; the row of a class without images is empty. */
export function confusionFigure(confusion: Confusion, view: ConfusionView, width: number): PlainFigure {
  const { size, counts } = confusion;
  const { names, order, edges, focus, dark, drag } = view;
  const palette = paletteOf(dark);
  const narrow = width < NARROW;
  const short = labelsAt(names, width);
  const labels = order.map((label) => short[label]!);
  const totals = order.map((truth) => imagesOf(confusion, truth));
  const cells = <T>(make: (count: number, of: number, truth: number, guess: number) => T): T[][] =>
    order.map((truth, row) =>
      order.map((guess) => make(counts[truth * size + guess]!, totals[row]!, truth, guess)),
    );
  const [first, last] = focus ?? [0, order.length - 1];
  const axis: Partial<LayoutAxis> = {
    type: 'category',
    showgrid: false,
    zeroline: false,
    linecolor: palette.axis,
    tickcolor: palette.axis,
    ticks: 'outside',
    ticklen: 3,
    // Up to 20 names there is space for all of them; plotly would leave some out.
    ...(last - first < 20 && { dtick: 1 }),
    tickfont: { size: narrow ? 9 : 11 },
    uirevision: `${size} ${first} ${last}`,
  };
  const line = { color: palette.axis, width: 0.5 };
  const whole = [-0.5, order.length - 0.5] as const;
  const layout: Partial<Layout> = {
    font: { family: FONT, size: 12, color: palette.text },
    paper_bgcolor: palette.background,
    plot_bgcolor: palette.background,
    margin: marginsAt(width, names),
    hoverlabel: { namelength: 0, font: { family: FONT, size: 12 } },
    dragmode: drag ? 'zoom' : false,
    showlegend: false,
    shapes: edges.flatMap((place) => [
      { type: 'line', x0: place - 0.5, x1: place - 0.5, y0: whole[0], y1: whole[1], line },
      { type: 'line', x0: whole[0], x1: whole[1], y0: place - 0.5, y1: place - 0.5, line },
    ]),
    xaxis: {
      ...axis,
      range: [first - 0.5, last + 0.5],
      tickangle: -90,
      title: { text: narrow ? '' : t('Predicted'), standoff: 6 },
    },
    yaxis: {
      ...axis,
      range: [last + 0.5, first - 0.5],
      title: { text: narrow ? '' : t('True'), standoff: 6 },
    },
  };
  const gap = size > 40 && focus === null ? 0 : 1;
  const heat = {
    type: 'heatmap',
    x: labels,
    y: labels,
    z: cells((count, of) => (of > 0 ? count / of : null)),
    text: cells((images, of, truth, guess) =>
      t('{{truth}} → {{guess}}: {{images}} of {{of}}', {
        truth: names[truth],
        guess: names[guess],
        images,
        of,
      }),
    ) as unknown as string[],
    zmin: 0,
    zmax: 1,
    xgap: gap,
    ygap: gap,
    colorscale: dark
      ? [
          [0, palette.background],
          [0.01, '#19354c'],
          [0.5, '#3a86c8'],
          [1, '#d0ebff'],
        ]
      : [
          [0, palette.background],
          [0.01, '#d6eafa'],
          [0.5, '#4a93d4'],
          [1, '#0b3d6b'],
        ],
    showscale: !narrow,
    colorbar: {
      title: { text: t('Share of the true class’s images'), side: 'right' },
      tickvals: QUARTERS,
      ticktext: QUARTERS.map((share) => `${100 * share} %`),
      thickness: 12,
      outlinewidth: 0,
    },
    hovertemplate: '%{text}<extra></extra>',
  };
  return { data: [heat as Data], layout };
}

/** Counts as CSV, one row per true class. */
export function confusionCsv(
  { size, counts }: Confusion,
  names: readonly string[],
  order: readonly number[],
) {
  const rows = order.map((truth) =>
    [names[truth], ...order.map((guess) => counts[truth * size + guess])].join(','),
  );
  return [['true \\ predicted', ...order.map((label) => names[label])].join(','), ...rows, ''].join('\r\n');
}
