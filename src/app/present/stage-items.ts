/** What a presentation can show large, in which order one goes through it, and what of it a lesson's step is about. Pure. */
import { type ChartId, chartText } from '../../charts/chart-specs';
import { panelCurves } from '../../charts/run-view';
import { phrase } from '../../language/language';
import type { PartName } from '../../lessons/page-parts';
import { isStudyPanel, PANELS } from '../../network/curves';
import type { RunState } from '../../runs/record';
import type { Presentable } from '../address/page-link';

/** English, to be translated where it is shown. */
export const titleOf = (shown: Presentable): string =>
  shown === 'two-runs'
    ? phrase('Two runs side by side')
    : shown === 'diagram'
      ? phrase('The block')
      : chartText(chartOf(shown)!).title;

/** The chart among what can be shown; null for the others. */
export const chartOf = (shown: Presentable): ChartId | null =>
  shown.startsWith('chart.') ? (shown.slice('chart.'.length) as ChartId) : null;

/** Everything that there is to show now, in the order of the page. */
export function presentables({
  run,
  expectNorm,
  two,
}: {
  run: Pick<RunState, 'curves' | 'plan'> | null;
  /** Whether blocks will have a norm after the sum, for the time before a run has said so. */
  expectNorm: boolean;
  /** Whether there are two runs, or will be. */
  two: boolean;
}): Presentable[] {
  const panels = PANELS.filter(
    (panel) =>
      isStudyPanel(panel) ||
      (run?.plan ? panelCurves(run, panel).length > 0 : panel === 'norm' && expectNorm),
  );
  return [
    ...(two ? (['two-runs'] as const) : []),
    ...panels.map((panel) => `chart.${panel}` as const),
    'chart.loss',
    'chart.accuracy',
    'chart.logitStd',
    'diagram',
  ];
}

/** The one so many places further, round the end; the first where the present one is not among them. */
export function neighbour(all: readonly Presentable[], shown: Presentable, by: 1 | -1): Presentable {
  const at = all.indexOf(shown);
  return at < 0 ? all[0]! : all[(at + by + all.length) % all.length]!;
}

/** What is shown beside a step that is about a part of the page; null leaves what is there. */
export const SHOWN_FOR: Record<PartName, Presentable | null> = {
  'run-controls': 'chart.loss',
  beside: 'two-runs',
  block: 'diagram',
  presets: 'diagram',
  cost: 'diagram',
  'settings-network': 'diagram',
  'settings-block': 'diagram',
  'settings-start': null,
  'settings-optimiser': null,
  'settings-training': null,
  'two-runs': 'two-runs',
  'chart-identity': 'chart.identity',
  'chart-conv1x1': 'chart.conv1x1',
  'chart-conv3x3': 'chart.conv3x3',
  'chart-norm': 'chart.norm',
  'chart-loss': 'chart.loss',
  'chart-accuracy': 'chart.accuracy',
  'chart-logitStd': 'chart.logitStd',
  dips: 'chart.identity',
  activations: 'diagram',
  conservation: 'chart.conv3x3',
  fuse: 'diagram',
  study: 'diagram',
};
