/** Actions on all selected runs. */
import { Button, Group, Text } from '@mantine/core';
import { IconChartLine, IconTrash } from '@tabler/icons-react';
import { t } from '../../language/language';
import { COMPARE_ID } from '../compare/ComparePanel';
import { MOST_SELECTED, useSelection } from '../store/selected-runs';
import { Excused } from './ButtonWithReason';
import { ExportMenu } from './ExportMenu';
import { removeWithUndo } from './delete-runs';
import { whyKept, type RunRow } from '../../runs/history/table-rows';

export function SelectionBar({ rows }: { rows: readonly RunRow[] }) {
  const clear = useSelection((state) => state.clear);
  if (rows.length === 0) return null;
  const kept = rows.find(({ standing }) => whyKept(standing) !== null);
  return (
    <Group gap="xs" role="group" aria-label={t('Selected runs')}>
      <Text size="sm">
        {rows.length === MOST_SELECTED
          ? t('{{selected}} selected, no more at a time', { selected: rows.length })
          : t('{{selected}} selected', { selected: rows.length })}
      </Text>
      <Button
        size="xs"
        leftSection={<IconChartLine size={14} aria-hidden />}
        onClick={() => document.getElementById(COMPARE_ID)?.scrollIntoView({ block: 'start' })}
      >
        {t('Overlay')}
      </Button>
      <ExportMenu ids={rows.map(({ entry }) => entry.id)} label={t('Export selected')} />
      <Excused
        why={kept ? t('{{run}}: {{why}}', { run: kept.entry.name, why: whyKept(kept.standing) }) : null}
      >
        <Button
          size="xs"
          variant="default"
          leftSection={<IconTrash size={14} aria-hidden />}
          onClick={() => void removeWithUndo(rows.map(({ entry }) => entry))}
        >
          {t('Delete selected')}
        </Button>
      </Excused>
      <Button size="xs" variant="subtle" color="gray" onClick={clear}>
        {t('Clear the selection')}
      </Button>
    </Group>
  );
}
