/** Store of the table's layout: columns (saved in the browser), sorting and filters (per page load). */
import type { SortingState } from '@tanstack/react-table';
import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import { phrase } from '../../language/language';
import type { RunStanding } from '../../runs/history/table-rows';

/** The columns with what stands in their heads, to be translated there. In the order in which they stand; `shown`: unless the user chooses otherwise; those without a label are always there. */
export const COLUMNS = [
  { id: 'selected', label: null, shown: true },
  { id: 'starred', label: phrase('Star'), shown: true },
  { id: 'name', label: null, shown: true },
  { id: 'curves', label: phrase('Curves'), shown: true },
  { id: 'differences', label: phrase('What differs'), shown: true },
  { id: 'steps', label: phrase('Steps'), shown: true },
  { id: 'top1', label: phrase('Top-1'), shown: true },
  { id: 'dip', label: phrase('Dip, last block'), shown: true },
  { id: 'standing', label: phrase('State'), shown: true },
  { id: 'date', label: phrase('Date'), shown: true },
  { id: 'backend', label: phrase('Backend'), shown: false },
  { id: 'speed', label: phrase('Images/s'), shown: false },
  { id: 'dataset', label: phrase('Data set'), shown: false },
  { id: 'size', label: phrase('Size'), shown: false },
] as const;
export type ColumnId = (typeof COLUMNS)[number]['id'];

interface RunsTable {
  sorting: SortingState;
  search: string;
  /** Filters; null and false mean no filter. */
  starred: boolean;
  tag: string | null;
  standing: RunStanding | null;
  /** Id of the run that the others are compared with; null for the default experiment. */
  base: string | null;
  /** Id of the run whose details are open. */
  opened: string | null;
  columns: Record<ColumnId, boolean>;
}

const columnsOf = (chosen: Partial<Record<string, unknown>>) =>
  Object.fromEntries(
    COLUMNS.map(({ id, label, shown }) => {
      const choice = label === null ? undefined : chosen[id];
      return [id, typeof choice === 'boolean' ? choice : shown];
    }),
  ) as Record<ColumnId, boolean>;

export const useRunsTable = create<RunsTable>()(
  persist(
    (): RunsTable => ({
      sorting: [{ id: 'date', desc: true }],
      search: '',
      starred: false,
      tag: null,
      standing: null,
      base: null,
      opened: null,
      columns: columnsOf({}),
    }),
    {
      name: 'branch-lab-runs-columns',
      storage: createJSONStorage(() => localStorage),
      partialize: ({ columns }) => ({ columns }),
      merge: (kept, state) => {
        const { columns } = (kept ?? {}) as { columns?: Record<string, unknown> | null };
        return { ...state, columns: columnsOf(columns ?? {}) };
      },
    },
  ),
);
