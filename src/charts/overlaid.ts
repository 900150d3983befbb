/**
 * The lines of a chart that shows several runs: single runs, and groups of repeated runs; and what the chart reads of them.
 */
import type { RunState } from '../runs/record';
import { oncePerSeed } from '../runs/groups';
import type { Evaluation } from '../training/protocol';
import { isPanel, linesOf, measureSpec, valuesByStep, type ChartId } from './chart-specs';
import {
  curveOfLayer,
  meanOverLayers,
  panelCurves,
  type DrawnStatistic,
  type LayerChoice,
  type OverlaidRun,
  type RunView,
} from './run-view';

export interface OverlaidGroup {
  id: string;
  name: string;
  /** "#rrggbb". */
  colour: string;
  /** Repetitions of one experiment; at least one. */
  runs: readonly (RunView & Pick<RunState, 'experiment'>)[];
}

export type Overlaid = OverlaidRun | OverlaidGroup;

/** What the panels show of a run. */
export interface OverlaySeries {
  /** Summarises a layer's channels. */
  statistic: DrawnStatistic;
  /** One layer (by its index, from 0), the last block's layer, or the mean over layers. */
  layer: LayerChoice | 'mean';
  /** What a group's band covers: least to greatest, the mean ± the standard deviation over seeds, or the mean's 95 % interval. */
  band: 'range' | 'deviation' | 'interval';
}

export const isGroup = (drawn: Overlaid): drawn is OverlaidGroup => 'runs' in drawn;
export const runsIn = (drawn: Overlaid): readonly RunView[] => (isGroup(drawn) ? drawn.runs : [drawn.run]);
/** Runs included in a mean: each seed once. */
export const countedIn = (drawn: Overlaid): readonly RunView[] =>
  isGroup(drawn) ? oncePerSeed(drawn.runs) : [drawn.run];

/** How a chart reads a run: one value per step, one per evaluation, or both; in the unit of its axis. */
export interface Reader {
  /** Gives null where the run has no such curve; null in charts without a line by step. */
  byStep: ((run: RunView) => Float32Array | null) | null;
  byEvaluation: ((evaluation: Evaluation) => number) | null;
  /** Which of the two a group's band and single runs are drawn for. */
  main: 'step' | 'evaluation';
}

export function readerOf(chart: ChartId, { statistic, layer }: OverlaySeries): Reader {
  if (isPanel(chart)) {
    const byStep = (run: RunView) => {
      if (layer === 'mean') {
        const curves = panelCurves(run, chart);
        return curves.length > 0 ? meanOverLayers(run, curves, statistic) : null;
      }
      const curve = curveOfLayer(run, chart, layer);
      return curve === undefined ? null : run.series.curve(curve, statistic);
    };
    return { byStep, byEvaluation: null, main: 'step' };
  }
  const spec = measureSpec(chart);
  const { step, evaluation } = linesOf(spec);
  return {
    byStep: step ? (run) => valuesByStep(run, step, spec.unit) : null,
    byEvaluation: evaluation ? (one) => evaluation.value(one) * spec.unit.factor : null,
    main: spec.main,
  };
}
