/** Plotly figures of the instruments' measurements. Pure; the cards in src/app/instruments draw them. */
import type { Data, Layout } from 'plotly.js';
import type { Experiment } from '../experiment/settings';
import { firstFinite } from '../instruments/finite-range';
import type { InstrumentColumn, Part, Quantity } from '../instruments/measurement';
import type { InstrumentSeries } from '../instruments/series';
import type { STATISTICS } from '../instruments/statistics';
import { decayPrediction, restingAngle } from '../instruments/theory';
import { t } from '../language/language';
import type { RunState } from '../runs/record';
import { decimate } from './decimate';
import { atStep, depthColour, FONT, frame, paletteOf } from './theme';
import { layerName } from './run-view';

export interface PlainFigure {
  data: Data[];
  layout: Partial<Layout>;
}

export interface LayerLines {
  quantity: Quantity;
  part: Part;
  yTitle: string;
  log?: boolean;
  /** Draws every layer relative to its first value. */
  relative?: boolean;
  /** What a theory predicts, as a dashed line. */
  theory?: { name: string; values: Float64Array } | null;
}

type Measured = Pick<RunState, 'instruments' | 'series' | 'experiment' | 'curves'>;

const measuredTo = ({ instruments }: Measured) => Math.max(10, instruments.steps.at(-1) ?? 0);

/** The parts that a quantity was measured for, in the order of the columns. */
export const partsOf = (instruments: InstrumentSeries, quantity: Quantity): Part[] => [
  ...new Set(instruments.find(quantity).map((k) => instruments.columns[k]!.part)),
];

const columnName = ({ layer, copy }: InstrumentColumn) =>
  copy > 0 ? t('Layer {{layer}}, copy {{copy}}', { layer: layer + 1, copy: copy + 1 }) : layerName(layer);

/** One line per layer over the measured steps; the last layer thick, a prediction dashed. */
export function layerLines(run: Measured, about: LayerLines, dark: boolean): PlainFigure {
  const { instruments } = run;
  const palette = paletteOf(dark);
  const columns = instruments.find(about.quantity, { part: about.part });
  const depth = Math.max(1, ...columns.map((k) => instruments.columns[k]!.layer));
  const steps = instruments.steps;
  const data: Data[] = columns.map((k) => {
    const column = instruments.columns[k]!;
    const values = instruments.column(k);
    const y = about.relative ? values.map((value) => value / values[0]!) : values;
    const last = k === columns.at(-1);
    return {
      type: 'scatter',
      mode: steps.length > 1 ? 'lines' : 'markers',
      x: steps,
      y,
      name: columnName(column),
      line: last
        ? { color: palette.accent, width: 2.5 }
        : { color: depthColour(column.layer / depth, dark), width: 1.25 },
      hovertemplate: atStep(columnName(column), '%{y:.4~g}'),
    };
  });
  if (about.theory) {
    const points = decimate(Float32Array.from(about.theory.values), {
      columns: 200,
      logX: false,
      from: 0,
      to: run.series.count,
    });
    data.push({
      type: 'scatter',
      mode: 'lines',
      ...points,
      name: about.theory.name,
      line: { color: palette.mean, width: 2, dash: 'dash' },
      hovertemplate: atStep(about.theory.name, '%{y:.4~g}'),
    });
  }
  return {
    data,
    layout: frame({
      xScale: 'linear',
      xRange: [0, measuredTo(run)],
      dark,
      yTitle: about.yTitle,
      yAxis: about.log ? { type: 'log', exponentformat: 'power' } : {},
    }),
  };
}

/** The sum of squared scales under weight decay alone (T3); null unless decay acts on all scales of the run. */
export function decayLine(run: Measured): LayerLines['theory'] {
  const { wd, momentum, decayScales, scaleLr, norm } = run.experiment;
  const scaled = run.curves.some(({ kind }) => kind === 'scale');
  if (!scaled || wd === 0 || decayScales !== 'all' || norm !== 'post') return null;
  const lr = run.series.scalar('lr').map((value) => value * scaleLr);
  return { name: t('Decay alone'), values: decayPrediction(lr, wd, momentum) };
}

/** The rotation per step, in radians, at which decay and gradient balance; null without decay. */
export function restingLine(run: Measured): LayerLines['theory'] {
  const { wd, momentum } = run.experiment;
  if (wd === 0) return null;
  const values = Float64Array.from(run.series.scalar('lr'), (lr) => restingAngle(lr, wd, momentum));
  return { name: t('At rest'), values };
}

/** RMS of the output by layer: one line per profile. */
export function depthProfile(
  profiles: readonly { name: string; rms: ArrayLike<number> }[],
  dark: boolean,
): PlainFigure {
  const palette = paletteOf(dark);
  const colours = [palette.train, palette.accent, palette.second];
  const layers = Math.max(2, ...profiles.map(({ rms }) => rms.length));
  const { layout } = plainLayout(dark, t('Layer'), t('RMS of the output'));
  return {
    data: profiles.map(({ name, rms }, i) => ({
      type: 'scatter',
      mode: 'lines+markers',
      x: Array.from(rms, (_, layer) => layer + 1),
      y: Array.from(rms),
      name,
      marker: { size: 5 },
      line: { color: colours[i % colours.length]!, width: 2 },
      hovertemplate: `${t('{{name}}, layer %{x}: {{value}}', { name, value: '%{y:.3~g}' })}<extra></extra>`,
    })),
    layout: {
      ...layout,
      showlegend: profiles.length > 1,
      legend: { orientation: 'h', x: 0, y: 1.02, yanchor: 'bottom', font: { size: 11 } },
      xaxis: { ...layout.xaxis, range: [0.5, layers + 0.5] },
      yaxis: { ...layout.yaxis, type: 'log', exponentformat: 'power' },
    },
  };
}

function plainLayout(dark: boolean, xTitle: string, yTitle: string): PlainFigure {
  const { layout } = { layout: frame({ xScale: 'linear', xRange: [0, 1], dark, yTitle, legend: true }) };
  return {
    data: [],
    layout: { ...layout, xaxis: { ...layout.xaxis, title: { text: xTitle, standoff: 6 } } },
  };
}

/** One layer's scales: bands over its channels, their median and mean at every step, and each channel at the measured steps. */
export function channelFigure(
  run: Measured,
  curve: number,
  options: { dark: boolean; width: number; each: boolean },
): PlainFigure {
  const { dark, width, each } = options;
  const palette = paletteOf(dark);
  const { layer, panel, copy, kind } = run.curves[curve]!;
  const count = run.series.count;
  const thin = (values: Float32Array) =>
    decimate(values, { columns: Math.max(60, width / 2), logX: false, from: 0, to: count });
  const line = (
    statistic: (typeof STATISTICS)[number],
    name: string,
    style: object,
    more: object = {},
  ): Data => ({
    type: 'scatter',
    mode: 'lines',
    ...thin(run.series.curve(curve, statistic)),
    name,
    line: style,
    hovertemplate: atStep(name, '%{y:.4f}'),
    ...more,
  });
  const clear = { color: 'rgba(0,0,0,0)', width: 0 };
  const fill = (strength: number) => (dark ? `rgba(77,171,247,${strength})` : `rgba(25,113,194,${strength})`);
  const { instruments } = run;
  const channels = each
    ? instruments
        .find('channel', { layer, part: panel })
        .filter((k) => instruments.columns[k]!.copy === copy)
        .map((k): Data => ({
          type: 'scatter',
          mode: 'lines',
          x: instruments.steps,
          y: instruments.column(k),
          line: { color: palette.axis, width: 0.8 },
          hovertemplate: atStep(
            t('Channel {{channel}}', { channel: instruments.columns[k]!.channel! + 1 }),
            '%{y:.4f}',
          ),
        }))
    : [];
  return {
    data: [
      line('min', t('Minimum'), clear, { hoverinfo: 'skip' }),
      line('max', t('Maximum'), clear, { fill: 'tonexty', fillcolor: fill(0.12), hoverinfo: 'skip' }),
      line('p10', t('10th percentile'), clear, { hoverinfo: 'skip' }),
      line('p90', t('90th percentile'), clear, { fill: 'tonexty', fillcolor: fill(0.25), hoverinfo: 'skip' }),
      ...channels,
      line('p50', t('Median'), { color: palette.train, width: 1.5 }),
      line('mean', t('Mean'), { color: palette.accent, width: 2.5 }),
    ],
    layout: frame({
      xScale: 'linear',
      xRange: [0, Math.max(10, count - 1)],
      dark,
      yTitle: kind === 'scale' ? t('Scale') : t('Gamma'),
    }),
  };
}

/** Largest number of columns of a heat map: a chart of a thousand pixels shows no more. */
const MOST_COLUMNS = 300;

/** Change of the mean scale since the start, by layer and step, as colours. */
export function heatMap(run: Measured, panel: string, dark: boolean): PlainFigure {
  const curves = run.curves.flatMap((curve, k) => (curve.panel === panel ? [k] : []));
  const count = run.series.count;
  const every = Math.max(1, Math.ceil(count / MOST_COLUMNS));
  const steps = Array.from({ length: Math.ceil(count / every) }, (_, i) => i * every);
  const rows = curves.map((k) => {
    const values = run.series.curve(k, 'mean');
    const start = values[firstFinite(values)]!;
    return steps.map((step) => values[step]! - start);
  });
  const most = Math.max(0.01, ...rows.flat().filter(Number.isFinite).map(Math.abs));
  const { layout } = plainLayout(dark, t('Step'), t('Layer'));
  const middle = dark ? '#1f1f1f' : '#ffffff';
  return {
    data: [
      {
        type: 'heatmap',
        x: steps,
        y: curves.map((k) => run.curves[k]!.layer + 1),
        z: rows,
        zmin: -most,
        zmax: most,
        colorscale: [
          [0, dark ? '#ff922b' : '#d9480f'],
          [0.5, middle],
          [1, dark ? '#4dabf7' : '#1971c2'],
        ],
        colorbar: { title: { text: t('Change'), side: 'right' }, thickness: 12, outlinewidth: 0 },
        hovertemplate: atStep(t('Layer {{layer}}', { layer: '%{y}' }), '%{z:+.4f}'),
      } as Data,
    ],
    layout: {
      ...layout,
      font: { ...layout.font, family: FONT },
      margin: { ...layout.margin, r: 70, t: 8 },
      showlegend: false,
      xaxis: { ...layout.xaxis, range: [0, Math.max(10, count - 1)] },
      yaxis: { ...layout.yaxis, dtick: curves.length > 16 ? 4 : 2 },
    },
  };
}

/** Measured quantities as CSV: one column per quantity, layer and part, with English headings. */
export function instrumentCsv(
  { instruments }: Pick<RunState, 'instruments'>,
  quantities: readonly Quantity[],
): string {
  const columns = quantities.flatMap((quantity) => instruments.find(quantity));
  const head = columns.map((k) => {
    const { quantity, layer, part, copy, channel } = instruments.columns[k]!;
    return [
      quantity,
      `layer ${layer + 1}`,
      part,
      copy > 0 && `copy ${copy + 1}`,
      channel !== undefined && `channel ${channel + 1}`,
    ]
      .filter(Boolean)
      .join(' ');
  });
  const rows = instruments.measurements.map(({ step, values }) =>
    [step, ...columns.map((k) => (Number.isFinite(values[k]) ? Number(values[k]!.toPrecision(7)) : ''))].join(
      ',',
    ),
  );
  return [['Step', ...head].join(','), ...rows, ''].join('\r\n');
}

/** What one measurement of an instrument takes: its mean time, and that as a share of the training time between two measurements. Null before the first measurement. */
export function costOf(
  { instruments, imagesPerSecond, batch }: Pick<RunState, 'instruments' | 'imagesPerSecond' | 'batch'>,
  name: keyof Experiment | 'read',
  every: number,
): { milliseconds: number; share: number } | null {
  const times = instruments.measurements.flatMap(({ milliseconds }) => {
    const value = milliseconds[name as 'read'];
    return value === undefined ? [] : [value];
  });
  if (times.length === 0 || imagesPerSecond === 0) return null;
  const milliseconds = times.reduce((sum, value) => sum + value, 0) / times.length;
  return { milliseconds, share: milliseconds / (((1000 * batch) / imagesPerSecond) * Math.max(1, every)) };
}
