/** The view Study: the study's table, this lab's results for the same structures, and the queue. */
import { Button, Group, NumberInput, Stack, Text, Title } from '@mantine/core';
import { IconPlaylistAdd } from '@tabler/icons-react';
import { useState } from 'react';
import { sentences } from '../../language/join';
import { t } from '../../language/language';
import { partProps } from '../../page/parts';
import { messageText } from '../../language/message-text';
import { STUDY_SECTIONS } from '../../experiment/study';
import { enqueueAll, useBoard } from '../store/board';
import { startQueue, useQueue } from '../store/run-queue';
import { sourceFor, useData } from '../store/data-sets';
import { useExperiment } from '../store/experiment';
import { QueueButtons, QueueState } from '../sweeps/QueueList';
import { OwnRows } from './OwnRows';
import { SectionTable } from './SectionTable';
import classes from './StudyView.module.css';

function Queue({ seeds }: { seeds: number }) {
  const waiting = useQueue((state) => state.items.length > 0);
  const paused = useQueue((state) => state.notice);
  const unread = useBoard((state) => state.notice);
  const notice = sentences(...[unread, paused].filter((one) => one !== null).map(messageText));
  return (
    <div className={classes.queue} role="group" aria-label={t('Queue of runs')}>
      <Group gap="xs">
        <Button
          size="xs"
          variant={waiting ? 'default' : 'filled'}
          leftSection={<IconPlaylistAdd size={16} aria-hidden />}
          onClick={() => {
            enqueueAll(useExperiment.getState().experiment, seeds);
            startQueue();
          }}
        >
          {t('Run all')}
        </Button>
        <QueueButtons />
        <QueueState />
      </Group>
      {notice !== '' && <Text size="sm">{notice}</Text>}
    </div>
  );
}

export function StudyView() {
  const [seeds, setSeeds] = useState(3);
  const experiment = useExperiment((state) => state.experiment);
  const data = useData();
  const { missing } = sourceFor(experiment, data);
  const { batch, length: count } = experiment;
  const length =
    experiment.lengthUnit === 'epochs' ? t('{{count}} epochs', { count }) : t('{{count}} steps', { count });
  return (
    <Stack gap="lg" className={classes.view} {...partProps('study')}>
      <div>
        <Title order={2} size="h4">
          {t('The study, row by row')}
        </Title>
        <Text size="sm" maw={760} mt={4}>
          {t(
            'Why does RepVGG train better than the plain net it fuses into? The published numbers are of large nets on ImageNet or of full trainings on CIFAR-100. This lab’s are of the same block in the panel’s network with the panel’s recipe: {{length}} with {{batch}} images a step, on {{data}}. Compare row with row, not one column with the other; rows that are the same experiment in this network share their runs. A mean comes with its standard deviation over seeds, and a rank only where rows can be told apart: three seeds or more each, and a 95 % interval of the difference (Welch’s t) that leaves out zero.',
            {
              length,
              batch,
              data: experiment.data === 'cifar100' ? 'CIFAR-100' : t('the built-in drawings'),
            },
          )}
        </Text>
      </div>
      <Group gap="md" align="end">
        <NumberInput
          size="xs"
          w={130}
          label={t('Seeds per row')}
          min={1}
          max={20}
          allowDecimal={false}
          value={seeds}
          onChange={(value) => setSeeds(Math.max(1, Math.min(20, Number(value) || 1)))}
        />
        <Queue seeds={seeds} />
      </Group>
      {missing !== null && <Text size="sm">{messageText(missing)}</Text>}
      {STUDY_SECTIONS.map((section) => (
        <SectionTable key={section.id} section={section} seeds={seeds} />
      ))}
      <OwnRows seeds={seeds} />
    </Stack>
  );
}
