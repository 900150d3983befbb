/** Which per-channel vectors of a network the lab draws: one curve for each branch's scale or gamma, and for the gamma after the sum. */
import type { BranchName, NetworkPlan } from './plan';

/** The four panels of the study's figure, in the order in which they are drawn. */
export const PANELS = ['identity', 'conv1x1', 'conv3x3', 'norm'] as const;
export type Panel = (typeof PANELS)[number];

export const PANEL_LABELS: Record<Panel, string> = {
  identity: 'Identity',
  conv1x1: '1x1',
  conv3x3: '3x3',
  norm: 'After the sum',
};

export interface Curve {
  panel: Panel;
  /** Index of the block, from 0. */
  layer: number;
  /** Name of the parameter whose channels the curve summarises. */
  parameter: string;
  kind: 'scale' | 'gamma';
  channels: number;
}

/** Curves in the order of the blocks. Branches without a scale or batch norm have none. */
export function curvesOf(plan: NetworkPlan): Curve[] {
  return plan.blocks.flatMap((block) => {
    const curves: Curve[] = [];
    const add = (panel: BranchName | 'norm', parameter: string, kind: Curve['kind']) =>
      curves.push({ panel, layer: block.index, parameter, kind, channels: block.cout });
    for (const { branch, transform } of block.branches) {
      if (transform.kind === 'scale') add(branch, transform.scale, 'scale');
      if (transform.kind === 'bn') add(branch, transform.bn.gamma, 'gamma');
    }
    if (block.norm) add('norm', block.norm.gamma, 'gamma');
    return curves;
  });
}
