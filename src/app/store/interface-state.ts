/** What the page remembers of itself that is no part of an experiment. */
import { create } from 'zustand';
import type { TransformKind } from '../../experiment/settings';
import { DRAWN_BRANCHES, type DrawnBranch } from '../../network/branches';

interface InterfaceState {
  /** What each branch had before it was switched off. */
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
