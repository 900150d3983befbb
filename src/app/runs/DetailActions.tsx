/** The actions on a run of the history. An action that is not possible now says why. */
import { Button, Group } from '@mantine/core';
import {
  IconChartLine,
  IconGitBranch,
  IconGitCompare,
  IconPlayerPlayFilled,
  IconTrash,
} from '@tabler/icons-react';
import { t } from '../../language/language';
import { branchLater, openRun, resumeRun } from '../store/run-actions';
import { isGoingOn, useRun } from '../store/run';
import { useRunsTable } from '../store/runs-table';
import { Excused } from './ButtonWithReason';
import { ExportMenu } from './ExportMenu';
import { removeWithUndo } from './delete-runs';
import { whyKept, whyNotResumed, type RunRow } from '../../runs/history/table-rows';
import { TABLE_ID } from './RunsTable';

const ICON = 14;

export function DetailActions({ row: { entry, standing } }: { row: RunRow }) {
  const { id, checkpoint } = entry;
  const busy = useRun(isGoingOn);
  const isBase = useRunsTable((state) => state.base === id);
  const here = standing === 'running' || standing === 'paused';
  const remove = () => {
    // The focused button disappears with the run, so the table takes the focus.
    document.getElementById(TABLE_ID)?.focus();
    void removeWithUndo([entry]);
  };
  return (
    <Group gap={6}>
      <Excused why={busy && !here ? t('Another run is going on here; stop it first.') : null}>
        <Button
          size="xs"
          leftSection={<IconChartLine size={ICON} aria-hidden />}
          onClick={() => void openRun(entry)}
        >
          {t('Open in the lab')}
        </Button>
      </Excused>
      <Excused why={whyNotResumed(entry, standing, busy)}>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlayerPlayFilled size={ICON} aria-hidden />}
          onClick={() => void resumeRun(entry)}
        >
          {t('Resume')}
        </Button>
      </Excused>
      <Excused why={checkpoint === null ? t('No checkpoint of it is kept.') : null}>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconGitBranch size={ICON} aria-hidden />}
          onClick={() => branchLater(entry)}
        >
          {t('Branch from here')}
        </Button>
      </Excused>
      <Button
        size="xs"
        variant="default"
        aria-pressed={isBase}
        leftSection={<IconGitCompare size={ICON} aria-hidden />}
        onClick={() => useRunsTable.setState({ base: isBase ? null : id })}
      >
        {isBase ? t('Compare with the default') : t('Compare with this run')}
      </Button>
      <ExportMenu ids={[id]} label={t('Export')} />
      <Excused why={whyKept(standing)}>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconTrash size={ICON} aria-hidden />}
          onClick={remove}
        >
          {t('Delete')}
        </Button>
      </Excused>
    </Group>
  );
}
