/** What the page remembers of itself that is no part of an experiment. */
import { create } from 'zustand';
import type { BranchName } from '../../network/plan';

export type Transform = 'none' | 'scale' | 'bn';

interface InterfaceState {
  /** What each branch had before it was switched off. */
  lastTransform: Record<BranchName, Transform>;
  panelOpen: boolean;
  openSections: string[];
}

export const useInterface = create<InterfaceState>(() => ({
  lastTransform: { conv3x3: 'bn', conv1x1: 'bn', identity: 'bn' },
  panelOpen: false,
  openSections: ['network', 'block', 'data'],
}));
