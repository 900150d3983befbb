/** The data of a run that charts read, and functions that every chart needs. Pure, no plotly. */
import { firstFinite } from '../instruments/finite-range';
import type { Statistic } from '../instruments/statistics';
import { t } from '../language/language';
import type { Panel } from '../network/curves';
import { layersOfPanel } from '../runs/curves';
import type { RunState } from '../runs/record';
import type { SeriesView } from '../runs/series';

export type RunView = Pick<RunState, 'curves' | 'evaluations'> & {
  series: SeriesView;
  /** For a run at an earlier step: the whole run, so that axes stay fixed while the playhead moves. */
  whole?: RunView;
};

/** A run among others in one chart. */
export interface OverlaidRun {
  id: string;
  /** In the legend and in texts. */
  name: string;
  /** As in CSS, "#1971c2". */
  colour: string;
  /** Whether its lines are dashed: results from links, and recordings. */
  dashed?: boolean;
  run: RunView;
}

/** The statistics a panel can draw. */
export const DRAWN_STATISTICS = ['mean', 'meanAbs', 'rms', 'p50'] as const satisfies readonly Statistic[];
export type DrawnStatistic = (typeof DRAWN_STATISTICS)[number];

/** "Layer 1" for index 0. */
export const layerName = (layer: number) => t('Layer {{layer}}', { layer: layer + 1 });

/** The same within a sentence. */
export const layerInSentence = (layer: number) => t('layer {{layer}}', { layer: layer + 1 });

/** Indices of a panel's curves, first layer first. */
export function panelCurves(run: Pick<RunView, 'curves'>, panel: Panel): number[] {
  return layersOfPanel(run.curves, panel);
}

/** A layer by its index, or that of the last block. */
export type LayerChoice = 'last' | number;

/** Index of the panel's curve of a layer, the last one of several copies; undefined if there is none. */
export function curveOfLayer(
  run: Pick<RunView, 'curves'>,
  panel: Panel,
  layer: LayerChoice,
): number | undefined {
  const curves = panelCurves(run, panel);
  return layer === 'last' ? curves.at(-1) : curves.findLast((k) => run.curves[k]!.layer === layer);
}

/** Mean over layers at every step; each layer counts once, whatever its number of channels. */
export function meanOverLayers(run: RunView, curves: readonly number[], statistic: Statistic): Float32Array {
  const mean = new Float32Array(run.series.count);
  for (const k of curves) {
    const values = run.series.curve(k, statistic);
    for (let i = 0; i < mean.length; i++) mean[i]! += values[i]! / curves.length;
  }
  return mean;
}

/**
 * The first step that the run recorded; for a run that started from a checkpoint, the step of the checkpoint.
 * `series.count` if nothing is recorded.
 */
export const firstStep = ({ series }: Pick<RunView, 'series'>): number => firstFinite(series.scalar('lr'));

/** The last step at which anything was measured; −1 before the first. */
export function lastStep(run: RunView): number {
  return Math.max(run.series.count - 1, run.evaluations.at(-1)?.step ?? -1);
}
