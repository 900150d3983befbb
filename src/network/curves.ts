/** The curves of a network: one per learned scale or gamma of a branch, and one per gamma of a norm after the sum. */
import { phrase } from '../language/language';
import { BRANCH_NAMES, branchRow, DRAWN_BRANCHES, type BranchName, type DrawnBranch } from './branches';
import { branchesOf, learnedVector, type NetworkPlan } from './plan';

export type Panel = BranchName | 'norm';

const isDrawn = (panel: Panel): panel is DrawnBranch => (DRAWN_BRANCHES as readonly Panel[]).includes(panel);

/** The panels of the study's figure, in the order in which they are drawn, then those of the other branches. */
export const PANELS: readonly Panel[] = [
  ...DRAWN_BRANCHES.toReversed(),
  ...BRANCH_NAMES.filter((name) => !isDrawn(name)),
  'norm',
];

/** Whether a panel belongs to the study's figure, which shows it even without curves. */
export const isStudyPanel: (panel: Panel) => boolean = isDrawn;

export const PANEL_LABELS = Object.fromEntries(
  PANELS.map((panel) => [panel, panel === 'norm' ? phrase('After the sum') : branchRow(panel).label]),
) as Record<Panel, string>;

export interface Curve {
  panel: Panel;
  /** Index of the block, from 0. */
  layer: number;
  /** Index among the copies of the branch, from 0. */
  copy: number;
  /** Name of the parameter whose channels the curve summarises. */
  parameter: string;
  kind: 'scale' | 'gamma';
  channels: number;
}

/** Curves in the order of the blocks. Branches without a scale or batch norm have none. */
export function curvesOf(plan: NetworkPlan): Curve[] {
  return plan.blocks.flatMap((block) => {
    const curves: Curve[] = [];
    const add = (panel: Panel, parameter: string, kind: Curve['kind'], copy = 0) =>
      curves.push({ panel, layer: block.index, copy, parameter, kind, channels: block.cout });
    for (const { branch, copy, transform } of branchesOf(block)) {
      const vector = learnedVector(transform);
      if (vector) add(branch, vector.parameter, vector.kind, copy);
    }
    if (block.norm) add('norm', block.norm.gamma, 'gamma');
    return curves;
  });
}
