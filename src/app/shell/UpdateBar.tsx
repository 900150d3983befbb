/** Offers a newer version of the lab, and loads it on request, but not during training. */
import { Button, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { reloadInto } from '../../offline/versions';
import { t } from '../../language/language';
import { Bar } from '../controls/Bar';
import { useAnywhere } from '../store/host-status';
import { useQueue } from '../store/run-queue';
import { isGoingOn, useRun } from '../store/run';
import classes from '../controls/layout.module.css';

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
      closeButtonLabel={t('Not now')}
      onClose={() => setDismissed(waiting)}
    >
      <div className={classes.bar}>
        <Text size="sm" id="update-said">
          {!busy
            ? t('A new version is available. Runs and settings are kept.')
            : queued
              ? t('A new version is available. You can load it when the queue has ended or is stopped.')
              : t('A new version is available. You can load it when the run has ended or is stopped.')}
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
          {t('Reload')}
        </Button>
      </div>
    </Bar>
  );
}
