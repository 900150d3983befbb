/** What one does with a row: open it in the lab, run it once more, run it with several seeds. */
import { Button, Group } from '@mantine/core';
import type { Experiment } from '../../experiment/settings';
import { enqueue } from '../store/board';
import { useExperiment } from '../store/experiment';
import { startQueue } from '../store/queue';
import { showView } from '../store/view';

interface RowActionsProps {
  label: string;
  experiment: Experiment;
  seeds: number;
}

export function RowActions({ label, experiment, seeds }: RowActionsProps) {
  const run = (count: number) => {
    enqueue(label, experiment, count);
    startQueue();
  };
  const open = () => {
    useExperiment.getState().change(experiment);
    showView('lab');
  };
  const plural = `${seeds} ${seeds === 1 ? 'seed' : 'seeds'}`;
  return (
    <Group gap={4} wrap="nowrap">
      <Button size="compact-xs" variant="default" aria-label={`Open ${label}`} onClick={open}>
        Open
      </Button>
      <Button size="compact-xs" variant="default" aria-label={`Run ${label}`} onClick={() => run(1)}>
        Run
      </Button>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`Run ${label}, ${plural}`}
        onClick={() => run(seeds)}
      >
        {plural}
      </Button>
    </Group>
  );
}
