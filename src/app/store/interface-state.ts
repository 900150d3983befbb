/** What the page remembers of itself that is no part of an experiment. */
import { create } from 'zustand';
import type { BranchTransform } from '../../experiment/settings';

/** The branches that the drawing switches. */
export type DrawnBranch = 'conv3x3' | 'conv1x1' | 'identity';
export type Transform = Exclude<BranchTransform, 'off'>;

interface InterfaceState {
  /** What each branch had before it was switched off. */
  lastTransform: Record<DrawnBranch, Transform>;
  panelOpen: boolean;
  openSections: string[];
}

export const useInterface = create<InterfaceState>(() => ({
  lastTransform: { conv3x3: 'bn', conv1x1: 'bn', identity: 'bn' },
  panelOpen: false,
  openSections: ['network', 'block', 'data'],
}));
