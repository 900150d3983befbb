/** Charts of runs of the history as SVG. They are drawn one at a time, so that the page stays responsive. */
import { hasPoints } from '../../charts/captions';
import { figureOf } from '../../charts/figures';
import { figureImage } from '../../charts/plotly';
import { CHARTS, isPanel, type ChartId, chartText } from '../../charts/chart-specs';
import { panelCurves } from '../../charts/run-view';
import { t } from '../../language/language';
import type { SavedChart } from '../../runs/files/export-files';
import { loadRun } from '../../runs/history/store';
import type { RunState } from '../../runs/record';
import { sourcesOf } from '../charts/run-sources';

/** Greatest number of runs whose charts are drawn: plotly needs some tenths of a second per chart. */
export const MOST_DRAWN = 50;
const WIDTH = 800;
const HEIGHT = 420;
const SHOWN = { statistic: 'mean', xScale: 'linear', dark: false, width: WIDTH, xRange: null } as const;

const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

function chartsOf(run: RunState): ChartId[] {
  if (!hasPoints(run)) return [];
  return CHARTS.filter((chart) =>
    isPanel(chart) ? panelCurves(run, chart).length > 0 : chart !== 'testAccuracy',
  );
}

/** The charts of the first `MOST_DRAWN` runs. Throws Error if a run no longer exists or plotly cannot be loaded. */
export async function chartsAsSvg(ids: readonly string[]): Promise<SavedChart[]> {
  const charts: SavedChart[] = [];
  for (const id of ids.slice(0, MOST_DRAWN)) {
    const run = await loadRun(id);
    for (const chart of chartsOf(run)) {
      const title = t(chartText(chart).title);
      const figure = figureOf(run, chart, SHOWN);
      const svg = await figureImage(figure, title, '', 'svg', WIDTH, HEIGHT, sourcesOf([run]));
      charts.push({ run: id, title, file: `${chart}.svg`, svg });
      await turn();
    }
  }
  return charts;
}
