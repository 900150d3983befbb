/** The rows of the table of runs: sorted, searched and filtered by TanStack Table, which draws nothing itself. */
import {
  columnFilteringFeature,
  columnVisibilityFeature,
  createColumnHelper,
  createFilteredRowModel,
  createSortedRowModel,
  functionalUpdate,
  globalFilteringFeature,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
  type Row,
} from '@tanstack/react-table';
import { messageText } from '../../language/message-text';
import { useEffect, useMemo } from 'react';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import { experimentFromQuery } from '../../experiment/url';
import { backendName } from '../../experiment/backends';
import { look, useHistory } from '../store/history';
import { isGoingOn, useRun } from '../store/run';
import { useRunsTable } from '../store/runs-table';
import { MOST_SELECTED, useSelection } from '../store/selected-runs';
import {
  bytesOf,
  isFound,
  rowOf,
  STATES,
  type RunRow,
  type Whereabouts,
} from '../../runs/history/table-rows';

const features = tableFeatures({
  rowSortingFeature,
  columnFilteringFeature,
  globalFilteringFeature,
  columnVisibilityFeature,
  rowSelectionFeature,
  sortedRowModel: createSortedRowModel(),
  filteredRowModel: createFilteredRowModel(),
});

type TableRow = Row<typeof features, RunRow>;

/** Sorts numbers by value and texts naturally: "run 9" before "run 10". */
const sortFn = (a: TableRow, b: TableRow, column: string): number => {
  const [x, y] = [a.getValue<string | number>(column), b.getValue<string | number>(column)];
  return typeof x === 'string' ? x.localeCompare(String(y), 'en', { numeric: true }) : x - Number(y);
};

const helper = createColumnHelper<typeof features, RunRow>();
const words = { sortFn, sortDescFirst: false };
/** Missing values come last in both directions. */
const numbers = { sortFn, sortDescFirst: true, sortUndefined: 'last' } as const;

const columns = helper.columns([
  helper.display({ id: 'selected' }),
  helper.accessor(({ entry }) => Number(entry.starred), {
    id: 'starred',
    ...numbers,
    filterFn: (row) => row.original.entry.starred,
  }),
  helper.accessor(({ entry }) => entry.name, {
    id: 'name',
    ...words,
    // The column of the name carries the filter by tag, because tags are shown under the name.
    filterFn: (row, _, tag: string) => row.original.entry.tags.includes(tag),
  }),
  helper.accessor(({ entry }) => entry.loss ?? undefined, { id: 'curves', ...numbers, sortDescFirst: false }),
  helper.accessor(({ differences }) => differences, { id: 'differences', ...words }),
  helper.accessor(({ entry }) => entry.steps, { id: 'steps', ...numbers }),
  helper.accessor(({ entry }) => entry.evaluation?.top1, { id: 'top1', ...numbers }),
  helper.accessor(({ dip }) => dip?.depth, { id: 'dip', ...numbers }),
  helper.accessor(({ standing }) => STATES.indexOf(standing), {
    id: 'standing',
    ...words,
    filterFn: (row, _, standing: string) => row.original.standing === standing,
  }),
  helper.accessor(({ entry }) => entry.createdAt, { id: 'date', ...words, sortDescFirst: true }),
  helper.accessor(({ entry }) => backendName(entry.backend), { id: 'backend', ...words }),
  helper.accessor(({ entry }) => entry.imagesPerSecond, { id: 'speed', ...numbers }),
  helper.accessor(({ entry }) => messageText(entry.dataset.label), { id: 'dataset', ...words }),
  helper.accessor(({ entry }) => bytesOf(entry), { id: 'size', ...numbers }),
]);

/** Interval in ms at which locks of other tabs are checked, because a killed tab sends no message. */
const LOOK_INTERVAL = 3000;

/** Which runs are being trained, here and in other tabs. */
export function useWhereabouts(): Whereabouts {
  const elsewhere = useHistory((state) => state.elsewhere);
  const paused = useRun(({ status }) => status === 'paused');
  // One string, so that a training step causes no new render.
  const ids = useRun((state) =>
    isGoingOn(state)
      ? [state.run, state.beside].flatMap((run) => (run && !run.end ? [run.id] : [])).join(' ')
      : '',
  );
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void look();
    }, LOOK_INTERVAL);
    return () => clearInterval(timer);
  }, []);
  return useMemo(
    () => ({ here: new Set(ids.split(' ').filter(Boolean)), paused, elsewhere }),
    [ids, paused, elsewhere],
  );
}

/**
 * The table of all runs of the history. `base` is the run that the others are compared with; null means the default
 * experiment.
 */
export function useRows(whereabouts: Whereabouts) {
  const entries = useHistory((state) => state.entries);
  const { sorting, search, starred, tag, standing, base, columns: columnVisibility } = useRunsTable();
  const ids = useSelection((state) => state.ids);
  const query = entries.find(({ id }) => id === base)?.query;
  const experiment = useMemo(
    () => (query === undefined ? DEFAULT_EXPERIMENT : experimentFromQuery(query).experiment),
    [query],
  );
  const data = useMemo(
    () => entries.map((entry) => rowOf(entry, experiment, whereabouts)),
    [entries, experiment, whereabouts],
  );
  const columnFilters = useMemo(
    () => [
      ...(starred ? [{ id: 'starred', value: true }] : []),
      ...(tag !== null ? [{ id: 'name', value: tag }] : []),
      ...(standing !== null ? [{ id: 'standing', value: standing }] : []),
    ],
    [starred, tag, standing],
  );
  const rowSelection = useMemo(() => Object.fromEntries(ids.map((id) => [id, true] as const)), [ids]);
  return useTable({
    features,
    columns,
    data,
    getRowId: ({ entry }) => entry.id,
    enableSortingRemoval: false,
    enableRowSelection: ({ id }) => ids.length < MOST_SELECTED || ids.includes(id),
    getColumnCanGlobalFilter: ({ id }) => id === 'name',
    globalFilterFn: ({ original }: TableRow, _: string, text: string) => isFound(original, text),
    state: { sorting, globalFilter: search, columnFilters, columnVisibility, rowSelection },
    onSortingChange: (updater) => useRunsTable.setState({ sorting: functionalUpdate(updater, sorting) }),
  });
}

export type RowsTable = ReturnType<typeof useRows>;
