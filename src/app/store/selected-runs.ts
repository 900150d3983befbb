/** The runs that are selected in the table of runs: those that are overlaid. They last as long as the tab. */
import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import { useHistory } from './history';

/** Curves of more runs on one chart cannot be told apart. */
export const MOST_SELECTED = 10;

interface Selection {
  /** In the order in which they were selected. */
  ids: readonly string[];
  /** Selects a run, or no longer; does nothing where it would be one too many. */
  toggle: (id: string) => void;
  clear: () => void;
}

export const useSelection = create<Selection>()(
  persist(
    (set) => ({
      ids: [],
      toggle: (id) =>
        set(({ ids }) => {
          if (ids.includes(id)) return { ids: ids.filter((other) => other !== id) };
          return { ids: ids.length < MOST_SELECTED ? [...ids, id] : ids };
        }),
      clear: () => set({ ids: [] }),
    }),
    {
      name: 'branch-lab-selection',
      storage: createJSONStorage(() => sessionStorage),
      partialize: ({ ids }) => ({ ids }),
      merge: (kept, state) => {
        const { ids } = (kept ?? {}) as { ids?: unknown };
        return { ...state, ids: Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [] };
      },
    },
  ),
);

/** Lets go of runs that leave the history. Returns how to stop. */
export const followSelection = (): (() => void) =>
  useHistory.subscribe(({ ready, entries }, before) => {
    if (!ready || entries === before.entries) return;
    const { ids } = useSelection.getState();
    const left = ids.filter((id) => entries.some((entry) => entry.id === id));
    if (left.length < ids.length) useSelection.setState({ ids: left });
  });
