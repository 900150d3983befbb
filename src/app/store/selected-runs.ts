/** Store of the runs selected in the table, which are overlaid. Lasts as long as the tab. */
import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import { useHistory } from './history';

/** Greatest number of selected runs: curves of more cannot be told apart. */
export const MOST_SELECTED = 10;

interface Selection {
  /** Ids in the order of selection. */
  ids: readonly string[];
  /** Selects or deselects a run; does nothing if the limit is reached. */
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

/** Deselects runs that leave the history. Returns a function that stops it. */
export const followSelection = (): (() => void) =>
  useHistory.subscribe(({ ready, entries }, before) => {
    if (!ready || entries === before.entries) return;
    const { ids } = useSelection.getState();
    const left = ids.filter((id) => entries.some((entry) => entry.id === id));
    if (left.length < ids.length) useSelection.setState({ ids: left });
  });
