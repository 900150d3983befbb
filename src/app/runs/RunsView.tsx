/** The view Runs: every run stored in this browser, to find, compare, annotate, open and resume. */
import { Anchor, Group, Stack, Text, Title, useComputedColorScheme } from '@mantine/core';
import { useMemo } from 'react';
import { t } from '../../language/language';
import { Rich } from '../../language/Rich';
import { ComparePanel } from '../compare/ComparePanel';
import { useHistory } from '../store/history';
import { useRunsTable } from '../store/runs-table';
import { useSelection } from '../store/selected-runs';
import { RecordingsMenu } from '../time/RecordingsMenu';
import { ImportButton } from './ImportButton';
import { RoomLine, ScarceRoom } from './StorageBar';
import { RunDetail } from './RunDetail';
import { RunsTable } from './RunsTable';
import { SelectionBar } from './SelectionBar';
import { Toolbar } from './Toolbar';
import { useRows, useWhereabouts } from './useTableRows';
import classes from './RunsView.module.css';

/** Names the run that the others are compared with, if it is not the default experiment, with a way back. */
function BaseLine({ name }: { name: string | undefined }) {
  if (name === undefined) return null;
  return (
    <Text size="sm" role="status">
      <Rich text="“What differs” is beside <run/>." parts={{ run: <b>{name}</b> }} />{' '}
      <Anchor
        component="button"
        type="button"
        size="sm"
        onClick={() => useRunsTable.setState({ base: null })}
      >
        {t('Compare with the default')}
      </Anchor>
    </Text>
  );
}

function Runs() {
  const entries = useHistory((state) => state.entries);
  const opened = useRunsTable((state) => state.opened);
  const base = useRunsTable((state) => state.base);
  const ids = useSelection((state) => state.ids);
  const dark = useComputedColorScheme('light', { getInitialValueInEffect: false }) === 'dark';
  const whereabouts = useWhereabouts();
  const table = useRows(whereabouts);
  const all = table.getCoreRowModel();
  const rows = all.rows.map(({ original }) => original);
  const open = rows.find(({ entry }) => entry.id === opened);
  const tags = useMemo(
    () => [...new Set(entries.flatMap((entry) => entry.tags))].sort((a, b) => a.localeCompare(b)),
    [entries],
  );
  return (
    <>
      <ScarceRoom whereabouts={whereabouts} />
      <Toolbar all={rows.length} shown={table.getRowModel().rows.length} tags={tags} />
      <SelectionBar rows={rows.filter(({ entry }) => ids.includes(entry.id))} />
      <BaseLine name={entries.find(({ id }) => id === base)?.name} />
      <div className={classes.layout} data-open={open !== undefined || undefined}>
        <RunsTable table={table} dark={dark} />
        {open && <RunDetail key={open.entry.id} row={open} tags={tags} dark={dark} />}
      </div>
      <ComparePanel />
    </>
  );
}

export function RunsView() {
  const ready = useHistory((state) => state.ready);
  const empty = useHistory((state) => state.entries.length === 0);
  return (
    <Stack gap="sm" className={classes.view}>
      <Group justify="space-between" gap="xs">
        <Title order={2} size="h4">
          {t('Runs')}
        </Title>
        <Group gap="xs">
          <RecordingsMenu label={t('Recordings')} />
          <ImportButton />
        </Group>
      </Group>
      {!ready ? (
        <Text size="sm" role="status">
          {t('Reading the history…')}
        </Text>
      ) : empty ? (
        <Text size="sm" maw={640}>
          {t(
            'Nothing has been trained in this browser yet. From its first steps on, every run will stand here with its curves, what differs from the default, its accuracy, and how deep the scales of its last block dipped; it stays when the page is closed. You can name, star and annotate runs, show them in the lab again, go on with those that were interrupted, and branch from any of them.',
          )}
        </Text>
      ) : (
        <Runs />
      )}
      <RoomLine />
    </Stack>
  );
}
