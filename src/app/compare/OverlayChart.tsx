/** One chart of several runs, with the values of all of them at the crosshair below it. */
import { useCallback, useMemo } from 'react';
import { useStore } from 'zustand';
import type { Crosshair } from '../../charts/crosshair';
import { Figure } from '../../charts/Figure';
import { type ChartId, chartText } from '../../charts/chart-specs';
import type { OverlaySeries } from '../../charts/overlaid';
import { overlayFigure } from '../../charts/overlay';
import { overlayCsv } from '../../charts/overlay-csv';
import { overlaySummary, readingsAllAt } from '../../charts/overlay-readings';
import { t } from '../../language/language';
import type { XScale } from '../../charts/theme';
import { ChartInfo } from '../charts/ChartInfo';
import { LineReadings } from '../charts/LineReadings';
import { sourcesOf } from '../charts/run-sources';
import type { SelectedGroup, SelectedRun } from '../charts/selected-lines';

export interface OverlayChartProps {
  chart: ChartId;
  lines: readonly (SelectedRun | SelectedGroup)[];
  series: OverlaySeries;
  singles: boolean;
  xScale: XScale;
  xRange: readonly [number, number] | null;
  crosshair: Crosshair;
  /** Grows when a run grows. */
  revision: number;
  onRangeChange: (range: [number, number] | null) => void;
}

const HEIGHT = 240;

export function OverlayChart({
  chart,
  lines,
  series,
  singles,
  xScale,
  xRange,
  crosshair,
  revision,
  onRangeChange,
}: OverlayChartProps) {
  const build = useCallback(
    (width: number, dark: boolean) =>
      overlayFigure(lines, chart, { ...series, singles, xScale, xRange, width, dark, legend: false }),
    [lines, chart, series, singles, xScale, xRange],
  );
  const text = chartText(chart);
  return (
    <Figure
      title={t(text.title)}
      info={<ChartInfo text={text} />}
      caption={<Readings {...{ chart, lines, series, crosshair, revision }} />}
      label={overlaySummary(lines, chart, t(text.title), series)}
      empty={null}
      height={HEIGHT}
      build={build}
      revision={revision}
      csv={() => overlayCsv(lines, chart, series)}
      fileName={`branch-lab-compare-${chart}`}
      subtitle={lines.map(({ name }) => name).join(' · ')}
      sources={sourcesOf(lines.flatMap((one) => ('runs' in one ? one.runs : [one.run])))}
      crosshair={crosshair}
      zoomed={xRange !== null}
      onRangeChange={onRangeChange}
    />
  );
}

type ReadingsProps = Pick<OverlayChartProps, 'chart' | 'lines' | 'series' | 'crosshair' | 'revision'>;

/** The values under the crosshair, else the latest ones; a new `revision` reads them again. */
function Readings({ chart, lines, series, crosshair, revision }: ReadingsProps) {
  const at = useStore(crosshair, (state) => state.step);
  const rows = useMemo(
    () => (revision < 0 ? [] : readingsAllAt(lines, chart, series, at)),
    [lines, chart, series, at, revision],
  );
  return <LineReadings rows={rows} latest={at === null} />;
}
