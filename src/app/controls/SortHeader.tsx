/** The head of a column that a press sorts by; an arrow shows which way, for screen readers `aria-sort` does. */
import { Table, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconSelector } from '@tabler/icons-react';
import classes from './SortHeader.module.css';

interface SortHeaderProps {
  label: string;
  /** Whether, and which way, the table is sorted by this column. */
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

/** What `SortHeader` is to show of a column, where a table is sorted by one. */
export const sortedBy = <Key,>(sort: { key: Key; down: boolean }, key: Key) =>
  sort.key !== key ? null : sort.down ? 'down' : 'up';
