/** Offers a newer version of the lab; takes it when asked, and not while something is being trained. */
import { Button, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { reloadInto } from '../anywhere/versions';
import { Bar } from './Bar';
import { useAnywhere } from './store/anywhere';
import { useQueue } from './store/queue';
import { isGoingOn, useRun } from './store/run';
import classes from './layout.module.css';

export function UpdateBar() {
  const waiting = useAnywhere((state) => state.waiting);
  const training = useRun(isGoingOn);
  const queued = useQueue((state) => state.running);
  const [dismissed, setDismissed] = useState<ServiceWorker | null>(null);
  const [asked, setAsked] = useState(false);
  if (!waiting || waiting === dismissed) return null;
  const busy = training || queued;
  const take = () => {
    setAsked(true);
    void reloadInto(waiting);
  };
  return (
    <Bar
      tint="lab"
      icon={<IconRefresh />}
      withCloseButton
      closeButtonLabel="Not now"
      onClose={() => setDismissed(waiting)}
    >
      <div className={classes.bar}>
        <Text size="sm" id="update-said">
          A new version is here.{' '}
          {busy
            ? `It can be taken when ${queued ? 'the queue' : 'the run'} has ended or is stopped.`
            : 'Runs and settings stay.'}
        </Text>
        <Button
          size="xs"
          variant="default"
          loading={asked}
          aria-describedby="update-said"
          data-disabled={busy || undefined}
          aria-disabled={busy || undefined}
          onClick={busy ? undefined : take}
        >
          Reload
        </Button>
      </div>
    </Bar>
  );
}
