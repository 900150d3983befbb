/** The bar above the table of runs: search, filters, columns, and the number of matching runs. */
import { Button, Group, Menu, Select, Text, TextInput } from '@mantine/core';
import { IconColumns3, IconSearch, IconStar, IconStarFilled } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { t } from '../../language/language';
import { count } from '../controls/format';
import { COLUMNS, useRunsTable, type ColumnId } from '../store/runs-table';
import { STATE_LABELS, STATES, type RunStanding } from '../../runs/history/table-rows';
import classes from './RunsView.module.css';

function Columns() {
  const columns = useRunsTable((state) => state.columns);
  const choose = (id: ColumnId, shown: boolean) =>
    useRunsTable.setState(({ columns: before }) => ({ columns: { ...before, [id]: shown } }));
  return (
    <Menu position="bottom-end" shadow="md" withinPortal>
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconColumns3 size={16} aria-hidden />}>
          {t('Columns')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {COLUMNS.map(({ id, label }) =>
          label === null ? null : (
            <Menu.CheckboxItem key={id} checked={columns[id]} onChange={(shown) => choose(id, shown)}>
              {t(label)}
            </Menu.CheckboxItem>
          ),
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

interface ToolbarProps {
  /** Number of runs, and number of runs that match the filters. */
  all: number;
  shown: number;
  /** Tags in use. */
  tags: readonly string[];
  /** Further actions. */
  children?: ReactNode;
}

export function Toolbar({ all, shown, tags, children }: ToolbarProps) {
  const { search, starred, tag, standing } = useRunsTable();
  const Star = starred ? IconStarFilled : IconStar;
  return (
    <Group gap="xs" role="search" aria-label={t('Runs')}>
      <TextInput
        size="xs"
        type="search"
        className={classes.search}
        aria-label={t('Search runs')}
        placeholder={t('Name, note, tag, setting, data')}
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
        {t('Starred')}
      </Button>
      {(tags.length > 0 || tag !== null) && (
        <Select
          size="xs"
          w={140}
          aria-label={t('Tag')}
          placeholder={t('Any tag')}
          clearable
          clearButtonProps={{ 'aria-label': t('Any tag') }}
          data={[...tags]}
          value={tag}
          onChange={(chosen) => useRunsTable.setState({ tag: chosen })}
        />
      )}
      <Select
        size="xs"
        w={165}
        aria-label={t('State')}
        placeholder={t('Any state')}
        clearable
        clearButtonProps={{ 'aria-label': t('Any state') }}
        data={STATES.map((value) => ({ value, label: t(STATE_LABELS[value]) }))}
        value={standing}
        onChange={(chosen) => useRunsTable.setState({ standing: chosen as RunStanding | null })}
      />
      <Text size="sm" role="status" className={classes.counted}>
        {shown === all
          ? t('{{runs}} runs', { count: all, runs: count(all) })
          : t('{{shown}} of {{all}} runs', { shown: count(shown), all: count(all) })}
      </Text>
      <Columns />
      {children}
    </Group>
  );
}
