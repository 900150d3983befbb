/** The scales of the drawn branches at a step, and the thickness of their lines. Pure. */
import { curveOfLayer } from '../../charts/run-view';
import { DRAWN_BRANCHES } from '../../network/branches';
import type { Panel } from '../../network/curves';
import type { RunState } from '../../runs/record';

/** The parts of the drawing that can have a scale or gamma. */
export const DRAWN_SCALES = [...DRAWN_BRANCHES, 'norm'] as const satisfies readonly Panel[];
export type DrawnScale = (typeof DRAWN_SCALES)[number];

/**
 * Mean over channels of |scale| or |gamma| at a step, in the layer of the picked curve or else in the last block that has the
 * branch; null if no block has it.
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

/** Thickness of a scale of 1, and the smallest and largest thickness, in px. */
const UNIT = 4;
const LEAST = 0.5;
const MOST = 12;

/** Thickness of a scale's line in px. */
export const thicknessOf = (scale: number): number => Math.max(LEAST, Math.min(MOST, UNIT * scale));
