/** One chart of a run in the panel: its figure, its explanation, and its values in words. */
import { Fragment, useCallback } from 'react';
import { useStore } from 'zustand';
import { hasPoints, readingsAt, summary } from '../../charts/captions';
import type { Crosshair } from '../../charts/crosshair';
import { chartCsv } from '../../charts/csv';
import { Figure } from '../../charts/Figure';
import { figureOf } from '../../charts/figures';
import { readingsAllAt } from '../../charts/overlay';
import { isPanel, panelCurves, type ChartId, type OverlaidRun } from '../../charts/view';
import type { RunState } from '../../runs/record';
import { sourcesOf } from '../sources';
import { usePicked } from '../store/picked';
import type { ChartChoices } from './chart-choices';
import { CHART_TEXTS } from './chart-texts';
import { ChartInfo } from './ChartInfo';
import { LineReadings } from './LineReadings';

export interface RunChartProps extends ChartChoices {
  chart: ChartId;
  run: RunState | null;
  revision: number;
  xRange: readonly [number, number] | null;
  /** Runs of the history behind it. */
  behind: readonly OverlaidRun[];
  crosshair: Crosshair;
  onRangeChange: (range: [number, number] | null) => void;
}

const HEIGHT = 240;

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
}: RunChartProps) {
  const text = CHART_TEXTS[chart];
  const empty = emptyText(chart, run);
  const highlight = usePicked((state) => (state.runId === run?.id ? state.curve : null));
  const build = useCallback(
    (width: number, dark: boolean) =>
      figureOf(run!, chart, { statistic, xScale, dark, width, xRange, highlight, behind }),
    [run, chart, statistic, xScale, xRange, highlight, behind],
  );
  return (
    <Figure
      id={chart}
      title={text.title}
      info={<ChartInfo text={text} />}
      caption={
        run && empty === null && <Caption {...{ run, chart, statistic, revision, crosshair, behind }} />
      }
      label={run && empty === null ? summary(run, chart, text.title, statistic) : text.before}
      empty={empty}
      height={HEIGHT}
      build={build}
      revision={revision}
      csv={() => chartCsv(run!, chart, statistic)}
      fileName={`branch-lab-${chart}-seed-${run?.experiment.seed ?? 0}`}
      subtitle={
        isPanel(chart)
          ? 'Colour: depth. Thick orange: last block, or the one picked below. Dashed: mean over layers.'
          : ''
      }
      sources={sourcesOf([run])}
      crosshair={crosshair}
      zoomed={xRange !== null}
      onRangeChange={onRangeChange}
    />
  );
}

function emptyText(chart: ChartId, run: RunState | null): string | null {
  const { before, never } = CHART_TEXTS[chart];
  if (!run?.plan) return before;
  if (isPanel(chart) && panelCurves(run, chart).length === 0) return never ?? before;
  return hasPoints(run) ? null : before;
}

type CaptionProps = Pick<RunChartProps, 'chart' | 'statistic' | 'crosshair' | 'revision' | 'behind'> & {
  run: RunState;
};

/** The values under the crosshair, else the latest ones. `revision` is only there to draw it anew. */
function Caption({ run, chart, statistic, crosshair, behind }: CaptionProps) {
  const at = useStore(crosshair, (state) => state.step);
  const { step, readings } = readingsAt(run, chart, statistic, at);
  return (
    <>
      <span style={{ whiteSpace: 'nowrap' }}>Step {step.toLocaleString('en')}</span>
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

/** The values of the runs behind, at the same step or each at its latest. */
function Behind({
  chart,
  statistic,
  behind,
  at,
}: Pick<CaptionProps, 'chart' | 'statistic' | 'behind'> & { at: number | null }) {
  return (
    <LineReadings
      rows={readingsAllAt(behind, chart, { statistic, layer: 'last', band: 'range' }, at)}
      latest={at === null}
    />
  );
}
