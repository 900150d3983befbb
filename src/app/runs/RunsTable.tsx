/** The table of runs: one row per run, sortable by every column. */
import { Table, VisuallyHidden } from '@mantine/core';
import { memo, useDeferredValue } from 'react';
import { phrase, t } from '../../language/language';
import { SortHeader } from '../controls/SortHeader';
import { COLUMNS, useRunsTable, type ColumnId } from '../store/runs-table';
import { CELLS, type CellProps } from './table-cells';
import type { RowsTable } from './useTableRows';
import classes from './RunsView.module.css';

/** Number of rows in the first render. The others follow after it, so that the page appears sooner. */
const FIRST_LINES = 24;

/** Headings of the columns that cannot be hidden. */
const ALWAYS: Partial<Record<ColumnId, string>> = {
  selected: phrase('Selected'),
  name: phrase('Run'),
};

/** `columns`: ids of the visible columns in one string, so that `memo` skips a row whose run is unchanged. */
const Line = memo(function Line({ columns, ...cell }: CellProps & { columns: string }) {
  return (
    <tr data-run={cell.row.entry.id} data-opened={cell.opened || undefined}>
      {columns.split(' ').map((id) => {
        const Cell = CELLS[id as ColumnId];
        return id === 'name' ? (
          <th key={id} scope="row">
            <Cell {...cell} />
          </th>
        ) : (
          <td key={id}>
            <Cell {...cell} />
          </td>
        );
      })}
    </tr>
  );
});

export const TABLE_ID = 'table-of-runs';

export function RunsTable({ table, dark }: { table: RowsTable; dark: boolean }) {
  const opened = useRunsTable((state) => state.opened);
  const base = useRunsTable((state) => state.base);
  const { rows } = table.getRowModel();
  const lines = useDeferredValue(rows, rows.slice(0, FIRST_LINES));
  const shown = table.getVisibleLeafColumns();
  const columns = shown.map(({ id }) => id).join(' ');
  return (
    <div
      id={TABLE_ID}
      className={classes.scroller}
      role="region"
      aria-label={t('Table of runs')}
      // A scrollable region must be focusable for keyboard users.
      tabIndex={0}
    >
      <Table className={classes.table} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            {shown.map((column) => {
              const label = t(
                COLUMNS.find(({ id }) => id === column.id)?.label ?? ALWAYS[column.id as ColumnId] ?? '',
              );
              if (!column.getCanSort())
                return (
                  <Table.Th key={column.id} scope="col">
                    <VisuallyHidden>{label}</VisuallyHidden>
                  </Table.Th>
                );
              const sorted = column.getIsSorted();
              return (
                <SortHeader
                  key={column.id}
                  label={label}
                  sorted={sorted === false ? null : sorted === 'desc' ? 'down' : 'up'}
                  onSort={() => column.toggleSorting()}
                />
              );
            })}
          </Table.Tr>
        </Table.Thead>
        <tbody>
          {lines.map((row) => (
            <Line
              key={row.id}
              row={row.original}
              selected={row.getIsSelected()}
              selectable={row.getCanSelect()}
              opened={row.id === opened}
              isBase={row.id === base}
              dark={dark}
              columns={columns}
            />
          ))}
        </tbody>
      </Table>
    </div>
  );
}
