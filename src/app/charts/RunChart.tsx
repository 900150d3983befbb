/** One chart of a run: its figure, its explanation, and its values as text. */
import { Fragment, useCallback } from 'react';
import { useStore } from 'zustand';
import { hasPoints, readingsAt, summary } from '../../charts/captions';
import type { Crosshair } from '../../charts/crosshair';
import { chartCsv } from '../../charts/csv';
import { Figure } from '../../charts/Figure';
import { figureOf } from '../../charts/figures';
import { isDrawn, isLabChart, isPanel, type ChartId, chartText } from '../../charts/chart-specs';
import type { OverlaySeries } from '../../charts/overlaid';
import { overlayCsv } from '../../charts/overlay-csv';
import { overlaySummary, readingsAllAt } from '../../charts/overlay-readings';
import { panelCurves, type OverlaidRun, type RunView } from '../../charts/run-view';
import { t } from '../../language/language';
import { partProps } from '../../page/parts';
import type { RunState } from '../../runs/record';
import { RunSeries } from '../../runs/series';
import { sourcesOf } from './run-sources';
import { usePicked } from '../store/picked-curve';
import type { ChartChoices } from './chart-choices';
import { ChartInfo } from './ChartInfo';
import { LineReadings } from './LineReadings';

export interface RunChartProps extends ChartChoices {
  chart: ChartId;
  run: RunState | null;
  revision: number;
  xRange: readonly [number, number] | null;
  /** Runs drawn behind it: of the history, from a link, recordings. */
  behind: readonly OverlaidRun[];
  crosshair: Crosshair;
  onRangeChange: (range: [number, number] | null) => void;
  /** Height of the plot in px. */
  height?: number;
}

const HEIGHT = 240;
/** An empty run: lets results from a link be drawn before there is a run. */
export const NO_RUN: RunView = { curves: [], series: new RunSeries(0), evaluations: [] };
const BEHIND_SERIES = { layer: 'last', band: 'range' } as const;

export function RunChart({
  chart,
  run,
  revision,
  statistic,
  xScale,
  xRange,
  behind,
  crosshair,
  onRangeChange,
  height = HEIGHT,
}: RunChartProps) {
  const text = chartText(chart);
  const title = t(text.title);
  const own = run?.plan && hasPoints(run) ? run : null;
  // Before the reader has a run, the chart shows results from links.
  const ghosts = own ? [] : behind.filter((other) => other.dashed && isDrawn(other.run, chart));
  const why = emptyText(chart, run);
  const empty = ghosts.length > 0 && why === text.before() ? null : why;
  const series: OverlaySeries = { statistic, ...BEHIND_SERIES };
  const highlight = usePicked((state) => (state.runId === run?.id ? state.curve : null));
  const build = useCallback(
    (width: number, dark: boolean) =>
      figureOf(run?.plan ? run : NO_RUN, chart, {
        statistic,
        xScale,
        dark,
        width,
        xRange,
        highlight,
        behind,
      }),
    [run, chart, statistic, xScale, xRange, highlight, behind],
  );
  return (
    <Figure
      {...(isLabChart(chart) && { attributes: partProps(`chart-${chart}`) })}
      title={title}
      info={<ChartInfo text={text} />}
      caption={
        empty !== null ? null : own ? (
          <Caption {...{ run: own, chart, statistic, revision, crosshair, behind }} />
        ) : (
          <Behind {...{ chart, statistic, behind: ghosts, at: null }} />
        )
      }
      label={
        empty !== null
          ? text.before()
          : own
            ? summary(own, chart, title, statistic)
            : overlaySummary(ghosts, chart, title, series)
      }
      empty={empty}
      height={height}
      build={build}
      revision={revision}
      csv={() => (own ? chartCsv(own, chart, statistic) : overlayCsv(ghosts, chart, series))}
      fileName={`branch-lab-${chart}-seed-${run?.experiment.seed ?? 0}`}
      subtitle={
        isPanel(chart)
          ? t('Colour: depth. Thick orange: last block, or the one picked below. Dashed: mean over layers.')
          : ''
      }
      sources={sourcesOf([run])}
      crosshair={crosshair}
      zoomed={xRange !== null}
      onRangeChange={onRangeChange}
    />
  );
}

/** Why there is nothing to draw; null if there is something. */
export function emptyText(chart: ChartId, run: RunState | null): string | null {
  const { before, never } = chartText(chart);
  if (!run?.plan) return before();
  if (isPanel(chart) && panelCurves(run, chart).length === 0) return (never ?? before)();
  return hasPoints(run) ? null : before();
}

type CaptionProps = Pick<RunChartProps, 'chart' | 'statistic' | 'crosshair' | 'revision' | 'behind'> & {
  run: RunState;
};

/** The values under the crosshair, else the latest ones. A new `revision` renders it again. */
function Caption({ run, chart, statistic, crosshair, behind }: CaptionProps) {
  const at = useStore(crosshair, (state) => state.step);
  const { step, readings } = readingsAt(run, chart, statistic, at);
  return (
    <>
      <span style={{ whiteSpace: 'nowrap' }}>{t('Step {{step}}', { step: step.toLocaleString('en') })}</span>
      {readings.map(({ name, value }) => (
        <Fragment key={name}>
          {' · '}
          <span style={{ whiteSpace: 'nowrap' }}>
            {name} {value}
          </span>
        </Fragment>
      ))}
      {behind.length > 0 && <Behind {...{ chart, statistic, behind, at: at === null ? null : step }} />}
    </>
  );
}

/** The values of the runs behind, at the same step, or at the latest step of each. */
function Behind({
  chart,
  statistic,
  behind,
  at,
}: Pick<CaptionProps, 'chart' | 'statistic' | 'behind'> & { at: number | null }) {
  return (
    <LineReadings
      rows={readingsAllAt(behind, chart, { statistic, ...BEHIND_SERIES }, at)}
      latest={at === null}
    />
  );
}
