/** The queue: the current run, and the waiting runs in their order. */
import { ActionIcon, Button, Group, Progress, Text, Title, Tooltip } from '@mantine/core';
import {
  IconArrowDown,
  IconArrowUp,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipForwardFilled,
  IconTrash,
} from '@tabler/icons-react';
import { useMemo } from 'react';
import { experimentFromQuery } from '../../experiment/url';
import { t } from '../../language/language';
import { messageText } from '../../language/message-text';
import panel from '../controls/panel.module.css';
import { clearQueue, move, pauseQueue, skip, startQueue, useQueue, type QueueItem } from '../store/run-queue';
import { useRun } from '../store/run';
import { waitingInWords } from '../store/sweeps';
import { estimated, useEstimate } from './estimate';
import classes from './SweepsView.module.css';

/** Number of rows shown; the rest is only counted. */
const SHOWN = 30;

/** Pauses, continues or clears the whole queue. */
export function QueueButtons() {
  const items = useQueue((state) => state.items);
  const running = useQueue((state) => state.running);
  if (items.length === 0) return null;
  return (
    <>
      {running ? (
        <Button size="xs" leftSection={<IconPlayerPauseFilled size={14} aria-hidden />} onClick={pauseQueue}>
          {t('Pause the queue')}
        </Button>
      ) : (
        <Button size="xs" leftSection={<IconPlayerPlayFilled size={14} aria-hidden />} onClick={startQueue}>
          {t('Continue')}
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        leftSection={<IconTrash size={14} aria-hidden />}
        onClick={clearQueue}
      >
        {t('Clear the queue')}
      </Button>
    </>
  );
}

/** Shows the number of waiting runs, and the current run with its progress. */
export function QueueState() {
  const items = useQueue((state) => state.items);
  const running = useQueue((state) => state.running);
  const active = useQueue((state) => state.active);
  const run = useRun((state) => state.run);
  // The series grow outside React, so this subscribes to their revision.
  useRun((state) => state.revision);
  const current = active ? items.find(({ id }) => id === active.item) : undefined;
  const share = current && run && run.totalSteps > 0 ? (100 * run.series.count) / run.totalSteps : 0;
  const waiting = { count: items.length };
  const state = current
    ? t('{{count}} runs to go; now: {{run}}.', { ...waiting, run: waitingInWords(current) })
    : running
      ? t('{{count}} runs to go.', waiting)
      : t('{{count}} runs to go, paused.', waiting);
  return (
    <>
      <Text size="sm" role="status">
        {items.length === 0 ? t('No run is waiting.') : state}
      </Text>
      {current && (
        <Progress
          className={classes.share}
          value={share}
          size="sm"
          aria-label={t('Present run of the queue')}
        />
      )}
    </>
  );
}

function Item({
  item,
  first,
  last,
  active,
}: {
  item: QueueItem;
  first: boolean;
  last: boolean;
  active: boolean;
}) {
  const run = waitingInWords(item);
  const state = active ? t('going on') : item.runId !== null ? t('begun') : '';
  return (
    <li className={classes.item} data-active={active || undefined}>
      <span className={classes.itemName}>
        {run}
        {state && <span className={classes.itemState}> · {state}</span>}
      </span>
      <Group gap={2} wrap="nowrap">
        <Tooltip label={t('Earlier')}>
          <ActionIcon
            size={26}
            aria-label={t('Earlier: {{run}}', { run })}
            disabled={first || active}
            onClick={() => move(item.id, -1)}
          >
            <IconArrowUp size={14} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t('Later')}>
          <ActionIcon
            size={26}
            aria-label={t('Later: {{run}}', { run })}
            disabled={last || active}
            onClick={() => move(item.id, 1)}
          >
            <IconArrowDown size={14} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t('Skip')}>
          <ActionIcon size={26} aria-label={t('Skip: {{run}}', { run })} onClick={() => skip([item.id])}>
            <IconPlayerSkipForwardFilled size={14} />
          </ActionIcon>
        </Tooltip>
      </Group>
    </li>
  );
}

export function QueueList() {
  const items = useQueue((state) => state.items);
  const active = useQueue((state) => state.active);
  const notice = useQueue((state) => state.notice);
  const estimate = useEstimate();
  const time = useMemo(
    () =>
      estimated(
        estimate,
        items.map(({ query }) => experimentFromQuery(query).experiment),
      ),
    [estimate, items],
  );
  const begun = active ? 1 : 0;
  return (
    <section className={panel.panel} aria-label={t('Queue of runs')}>
      <Title order={3} size="h6">
        {t('Queue')}
      </Title>
      <Group gap="xs">
        <QueueButtons />
        <QueueState />
      </Group>
      {notice && <Text size="sm">{messageText(notice)}</Text>}
      {items.length > 0 && (
        <>
          <Text size="sm" c="dimmed">
            {t('All of it: {{time}}.', { time })}
          </Text>
          <ol className={classes.items}>
            {items.slice(0, SHOWN).map((item, i) => (
              <Item
                key={item.id}
                item={item}
                active={item.id === active?.item}
                first={i <= begun}
                last={i === items.length - 1}
              />
            ))}
          </ol>
          {items.length > SHOWN && (
            <Text size="sm" c="dimmed">
              {t('and {{more}} more', { more: (items.length - SHOWN).toLocaleString('en') })}
            </Text>
          )}
        </>
      )}
    </section>
  );
}
