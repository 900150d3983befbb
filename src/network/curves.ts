/** Which per-channel vectors of a network the lab draws: one curve for each branch's scale or gamma, and for the gamma after the sum. */
import { phrase } from '../language/language';
import { branchesOf, type BranchName, type NetworkPlan } from './plan';

/** The panels of the study's figure, in the order in which they are drawn, then those of its relatives. */
export const PANELS = [
  'identity',
  'conv1x1',
  'conv3x3',
  'conv3x1',
  'conv1x3',
  'seq3x3',
  'seqAvg',
  'norm',
] as const satisfies readonly (BranchName | 'norm')[];
export type Panel = (typeof PANELS)[number];

export const PANEL_LABELS: Record<Panel, string> = {
  identity: phrase('Identity'),
  conv1x1: '1x1',
  conv3x3: '3x3',
  conv3x1: '3x1',
  conv1x3: '1x3',
  seq3x3: '1x1 → 3x3',
  seqAvg: phrase('1x1 → average'),
  norm: phrase('After the sum'),
};

export interface Curve {
  panel: Panel;
  /** Index of the block, from 0. */
  layer: number;
  /** Which of several copies of the branch, from 0. */
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
      if (transform.kind === 'scale' || transform.kind === 'weightnorm')
        add(branch, transform.scale, 'scale', copy);
      if (transform.kind === 'bn') add(branch, transform.bn.gamma, 'gamma', copy);
    }
    if (block.norm) add('norm', block.norm.gamma, 'gamma');
    return curves;
  });
}
