/** The view Sweeps: repetitions, sweeps over settings, the queue, and results. */
import { Stack, Text, Title } from '@mantine/core';
import { t } from '../../language/language';
import { message } from '../../language/message';
import { messageText } from '../../language/message-text';
import { enqueue } from '../store/board';
import { startQueue } from '../store/run-queue';
import { useSweeps } from '../store/sweeps';
import { QueueList } from './QueueList';
import { RepeatForm, SweepForm } from './SweepForm';
import { SweepResult } from './SweepResult';

export function SweepsView() {
  const sweeps = useSweeps((state) => state.sweeps);
  const notice = useSweeps((state) => state.notice);
  return (
    <Stack gap="md" pb={32}>
      <div>
        <Title order={2} size="h4">
          {t('Seeds and sweeps')}
        </Title>
        <Text size="sm" maw={760} mt={4}>
          {t(
            'One run is an anecdote. Repeat an experiment with other seeds, or vary one or two settings over all of them; the runs go one by one, land in the history under Runs, and survive a reload.',
          )}
        </Text>
      </div>
      {notice && <Text size="sm">{messageText(notice)}</Text>}
      <RepeatForm
        onRepeat={(experiment, seeds) => {
          enqueue(message('queue.panel'), experiment, seeds);
          startQueue();
        }}
      />
      <SweepForm />
      <QueueList />
      {sweeps.map((kept) => (
        <SweepResult key={kept.id} kept={kept} />
      ))}
    </Stack>
  );
}
