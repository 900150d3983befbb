/** Above the table of runs: search, filters, the columns, and how many runs are left. */
import { Button, Group, Menu, Select, Text, TextInput } from '@mantine/core';
import { IconColumns3, IconSearch, IconStar, IconStarFilled } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { count } from '../format';
import { COLUMNS, useRunsTable, type ColumnId } from '../store/runs-table';
import { STATE_LABELS, STATES, type RunStanding } from './rows';
import classes from './RunsView.module.css';

function Columns() {
  const columns = useRunsTable((state) => state.columns);
  const choose = (id: ColumnId, shown: boolean) =>
    useRunsTable.setState(({ columns: before }) => ({ columns: { ...before, [id]: shown } }));
  return (
    <Menu position="bottom-end" shadow="md" withinPortal>
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconColumns3 size={16} aria-hidden />}>
          Columns
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {COLUMNS.map(({ id, label }) =>
          label === null ? null : (
            <Menu.CheckboxItem key={id} checked={columns[id]} onChange={(shown) => choose(id, shown)}>
              {label}
            </Menu.CheckboxItem>
          ),
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

interface ToolbarProps {
  /** How many runs there are, and how many of them the table shows. */
  all: number;
  shown: number;
  /** All tags that any run has. */
  tags: readonly string[];
  /** What else one can do to the runs. */
  children?: ReactNode;
}

export function Toolbar({ all, shown, tags, children }: ToolbarProps) {
  const { search, starred, tag, standing } = useRunsTable();
  const Star = starred ? IconStarFilled : IconStar;
  return (
    <Group gap="xs" role="search" aria-label="Runs">
      <TextInput
        size="xs"
        type="search"
        className={classes.search}
        aria-label="Search runs"
        placeholder="Name, note, tag, setting, data"
        leftSection={<IconSearch size={15} aria-hidden />}
        value={search}
        onChange={(event) => useRunsTable.setState({ search: event.currentTarget.value })}
      />
      <Button
        size="xs"
        variant={starred ? 'light' : 'default'}
        aria-pressed={starred}
        leftSection={<Star size={15} aria-hidden />}
        onClick={() => useRunsTable.setState({ starred: !starred })}
      >
        Starred
      </Button>
      {(tags.length > 0 || tag !== null) && (
        <Select
          size="xs"
          w={140}
          aria-label="Tag"
          placeholder="Any tag"
          clearable
          clearButtonProps={{ 'aria-label': 'Any tag' }}
          data={[...tags]}
          value={tag}
          onChange={(chosen) => useRunsTable.setState({ tag: chosen })}
        />
      )}
      <Select
        size="xs"
        w={165}
        aria-label="State"
        placeholder="Any state"
        clearable
        clearButtonProps={{ 'aria-label': 'Any state' }}
        data={STATES.map((value) => ({ value, label: STATE_LABELS[value] }))}
        value={standing}
        onChange={(chosen) => useRunsTable.setState({ standing: chosen as RunStanding | null })}
      />
      <Text size="sm" role="status" className={classes.counted}>
        {shown === all
          ? `${count(all)} ${all === 1 ? 'run' : 'runs'}`
          : `${count(shown)} of ${count(all)} runs`}
      </Text>
      <Columns />
      {children}
    </Group>
  );
}
