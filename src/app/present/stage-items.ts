/** What a presentation can show large at the moment, and the order of stepping through it. Pure. */
import { LAB_MEASURES } from '../../charts/chart-specs';
import { panelCurves } from '../../charts/run-view';
import { isStudyPanel, PANELS } from '../../network/curves';
import type { RunState } from '../../runs/record';
import type { Presentable } from '../../page/link-names';

/** Everything that can be shown now, in the order of the page. */
export function presentables({
  run,
  expectNorm,
  two,
}: {
  run: Pick<RunState, 'curves' | 'plan'> | null;
  /** Whether blocks will have a norm after the sum; used before a run has started. */
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
    ...LAB_MEASURES.map((chart) => `chart.${chart}` as const),
    'diagram',
  ];
}

/** The next or previous item, wrapping around at the ends; the first item if `shown` is not in the list. */
export function neighbour(all: readonly Presentable[], shown: Presentable, by: 1 | -1): Presentable {
  const at = all.indexOf(shown);
  return at < 0 ? all[0]! : all[(at + by + all.length) % all.length]!;
}
