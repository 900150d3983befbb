/** Actions on a row: open it in the lab, run it once more, run it with several seeds. */
import { Button, Group } from '@mantine/core';
import { t } from '../../language/language';
import type { Message } from '../../language/message';
import type { Experiment } from '../../experiment/settings';
import { enqueue } from '../store/board';
import { useExperiment } from '../store/experiment';
import { startQueue } from '../store/run-queue';
import { showView } from '../store/current-view';

interface RowActionsProps {
  /** Label as the queue stores it. */
  label: Message;
  /** Label as it is shown. */
  name: string;
  experiment: Experiment;
  seeds: number;
}

export function RowActions({ label, name, experiment, seeds }: RowActionsProps) {
  const run = (count: number) => {
    enqueue(label, experiment, count);
    startQueue();
  };
  const open = () => {
    useExperiment.getState().change(experiment);
    showView('lab');
  };
  const plural = t('{{count}} seeds', { count: seeds });
  return (
    <Group gap={4} wrap="nowrap">
      <Button
        size="compact-xs"
        variant="default"
        aria-label={t('Open {{row}}', { row: name })}
        onClick={open}
      >
        {t('Open')}
      </Button>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={t('Run {{row}}', { row: name })}
        onClick={() => run(1)}
      >
        {t('Run')}
      </Button>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={t('Run {{row}}, {{seeds}}', { row: name, seeds: plural })}
        onClick={() => run(seeds)}
      >
        {plural}
      </Button>
    </Group>
  );
}
