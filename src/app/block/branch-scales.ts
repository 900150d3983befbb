/** How large the scales of the drawn block's branches are at a step, for the thickness of its lines. Pure. */
import { curveOfLayer } from '../../charts/run-view';
import { DRAWN_BRANCHES } from '../../network/branches';
import type { Panel } from '../../network/curves';
import type { RunState } from '../../runs/record';

/** The parts of the drawing that have a scale or gamma of their own. */
export const DRAWN_SCALES = [...DRAWN_BRANCHES, 'norm'] as const satisfies readonly Panel[];
export type DrawnScale = (typeof DRAWN_SCALES)[number];

/**
 * Mean over channels of |scale| or |gamma| at a step: of the layer that the picked curve is of, else of the last block that has
 * the branch; null where there is none.
 */
export function scaleAt(
  run: Pick<RunState, 'curves' | 'series' | 'evaluations'>,
  part: DrawnScale,
  step: number,
  picked: number | null,
): number | null {
  const layer = picked === null ? 'last' : (run.curves[picked]?.layer ?? 'last');
  const curve = curveOfLayer(run, part, layer);
  if (curve === undefined) return null;
  const value = run.series.curve(curve, 'meanAbs')[Math.min(step, run.series.count - 1)];
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** Thickness of a scale of 1 in px, and the least and greatest that is drawn. */
const UNIT = 4;
const LEAST = 0.5;
const MOST = 12;

/** As thick as the scale, within what can be drawn. */
export const thicknessOf = (scale: number): number => Math.max(LEAST, Math.min(MOST, UNIT * scale));
