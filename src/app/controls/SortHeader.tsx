/** A column heading that sorts the table. An arrow shows the direction; screen readers get it from `aria-sort`. */
import { Table, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconSelector } from '@tabler/icons-react';
import classes from './SortHeader.module.css';

interface SortHeaderProps {
  label: string;
  /** Direction in which the table is sorted by this column; null if it is not. */
  sorted: 'up' | 'down' | null;
  onSort: () => void;
}

export function SortHeader({ label, sorted, onSort }: SortHeaderProps) {
  const Icon = sorted === 'down' ? IconArrowDown : sorted === 'up' ? IconArrowUp : IconSelector;
  return (
    <Table.Th
      scope="col"
      aria-sort={sorted === 'down' ? 'descending' : sorted === 'up' ? 'ascending' : 'none'}
    >
      <UnstyledButton className={classes.sort} onClick={onSort}>
        {label}
        <Icon size={14} aria-hidden className={sorted ? undefined : classes.idle} />
      </UnstyledButton>
    </Table.Th>
  );
}

/** Props of `SortHeader` for a column of a table that is sorted by one column. */
export const sortedBy = <Key,>(sort: { key: Key; down: boolean }, key: Key) =>
  sort.key !== key ? null : sort.down ? 'down' : 'up';
