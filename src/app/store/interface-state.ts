/** Interface state that is not part of an experiment: the open panel and sections. */
import { create } from 'zustand';
import type { TransformKind } from '../../experiment/settings';
import { DRAWN_BRANCHES, type DrawnBranch } from '../../network/branches';

interface InterfaceState {
  /** Transform of each branch before it was switched off. */
  lastTransform: Record<DrawnBranch, TransformKind>;
  panelOpen: boolean;
  openSections: string[];
}

export const useInterface = create<InterfaceState>(() => ({
  lastTransform: Object.fromEntries(DRAWN_BRANCHES.map((branch) => [branch, 'bn'])) as Record<
    DrawnBranch,
    TransformKind
  >,
  panelOpen: false,
  openSections: ['network', 'block', 'data'],
}));
