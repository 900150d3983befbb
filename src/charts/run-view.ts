/** What a chart reads of a run, and the few questions every chart asks of it. Pure, no plotly. */
import { firstFinite } from '../instruments/finite-range';
import type { Statistic } from '../instruments/statistics';
import { t } from '../language/language';
import type { Panel } from '../network/curves';
import { layersOfPanel } from '../runs/curves';
import type { RunState } from '../runs/record';
import type { SeriesView } from '../runs/series';

export type RunView = Pick<RunState, 'curves' | 'evaluations'> & {
  series: SeriesView;
  /** Of a run at an earlier step: all that is recorded of it, for axes that stay while the step moves. */
  whole?: RunView;
};

/** A run among others in one chart. */
export interface OverlaidRun {
  id: string;
  /** In the legend and in texts. */
  name: string;
  /** As CSS has it, "#1971c2". */
  colour: string;
  /** Whether its lines are dashed, as those of somebody else's result. */
  dashed?: boolean;
  run: RunView;
}

/** The statistics a panel can draw. */
export const DRAWN_STATISTICS = ['mean', 'meanAbs', 'rms', 'p50'] as const satisfies readonly Statistic[];
export type DrawnStatistic = (typeof DRAWN_STATISTICS)[number];

/** Layers are counted from 1 for people. */
export const layerName = (layer: number) => t('Layer {{layer}}', { layer: layer + 1 });

/** The same inside a sentence. */
export const layerInSentence = (layer: number) => t('layer {{layer}}', { layer: layer + 1 });

/** Indices of a panel's curves, first layer first. */
export function panelCurves(run: Pick<RunView, 'curves'>, panel: Panel): number[] {
  return layersOfPanel(run.curves, panel);
}

/** A layer by its index, or that of the last block. */
export type LayerChoice = 'last' | number;

/** Index of the panel's curve of a layer, of several copies the last; undefined where there is none. */
export function curveOfLayer(
  run: Pick<RunView, 'curves'>,
  panel: Panel,
  layer: LayerChoice,
): number | undefined {
  const curves = panelCurves(run, panel);
  return layer === 'last' ? curves.at(-1) : curves.findLast((k) => run.curves[k]!.layer === layer);
}

/** Mean over layers, step by step: each layer counts once, however many channels it has. */
export function meanOverLayers(run: RunView, curves: readonly number[], statistic: Statistic): Float32Array {
  const mean = new Float32Array(run.series.count);
  for (const k of curves) {
    const values = run.series.curve(k, statistic);
    for (let i = 0; i < mean.length; i++) mean[i]! += values[i]! / curves.length;
  }
  return mean;
}

/**
 * The first step that the run recorded: where it goes on from another run's checkpoint, that of the checkpoint.
 * `series.count` where nothing is recorded.
 */
export const firstStep = ({ series }: Pick<RunView, 'series'>): number => firstFinite(series.scalar('lr'));

/** The last step at which anything was measured; −1 before the first. */
export function lastStep(run: RunView): number {
  return Math.max(run.series.count - 1, run.evaluations.at(-1)?.step ?? -1);
}
