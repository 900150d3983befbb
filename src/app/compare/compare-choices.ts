/** How overlaid runs are drawn: the user's choices, stored in the browser. */
import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import type { OverlayOptions } from '../../charts/overlay';

export interface OverlayChoices extends Pick<OverlayOptions, 'layer' | 'band' | 'singles'> {
  /** Whether runs that differ only in their seeds are drawn as one mean with a band. */
  grouped: boolean;
  /** Lines (runs or groups, by id) that are switched off. */
  hidden: readonly string[];
}

export const useOverlayChoices = create<OverlayChoices>()(
  persist(
    (): OverlayChoices => ({ layer: 'last', band: 'range', singles: false, grouped: true, hidden: [] }),
    {
      name: 'branch-lab-overlay',
      version: 1,
      storage: createJSONStorage(() => localStorage),
      partialize: ({ band, singles, grouped }) => ({ band, singles, grouped }),
    },
  ),
);

/** Switches a line off or on. */
export function toggleLine(id: string): void {
  useOverlayChoices.setState(({ hidden }) => ({
    hidden: hidden.includes(id) ? hidden.filter((other) => other !== id) : [...hidden, id],
  }));
}
