/** The list of data sets: the built-in one and those stored in this browser. Selects the one in use, and deletes. */
import { sentences } from '../../language/join';
import { phrase, t } from '../../language/language';
import { messageText } from '../../language/message-text';
import { Badge, Button, Code, Group, Paper, Popover, Stack, Text, Title } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { bytes, count, dateAndTime } from '../controls/format';
import { deleteData } from './load-data';
import { chooseMemory, chooseSet, useData } from '../store/data-sets';
import { useExperiment } from '../store/experiment';

interface Entry {
  key: string;
  label: string;
  /** Counts, size, date and other facts, one sentence each. */
  facts: string;
  digest: string | null;
  inUse: boolean;
  use: () => void;
}

const saved = (at: number) =>
  at > 0 ? t('Stored since {{dateAndTime}}.', { dateAndTime: dateAndTime(new Date(at).toISOString()) }) : '';

const LEVELS = { easy: phrase('easy'), medium: phrase('medium'), hard: phrase('hard') };

function useEntries(): Entry[] {
  const { sets, stored, memory, spare } = useData();
  const experiment = useExperiment((state) => state.experiment);
  const change = useExperiment((state) => state.change);
  const cifar = experiment.data === 'cifar100';
  const shownSet = memory ?? spare;
  return [
    {
      key: 'builtin',
      label: t('Built-in shapes'),
      facts: t(
        '{{train}} training and {{test}} test images of 100 classes in 20 superclasses, drawn from a seed when needed; {{level}}. Not CIFAR-100.',
        { train: count(10_000), test: count(2_000), level: t(LEVELS[experiment.difficulty]) },
      ),
      digest: null,
      inUse: !cifar,
      use: () => change({ data: 'builtin' }),
    },
    ...(shownSet
      ? [
          {
            key: 'memory',
            label: messageText(shownSet.label),
            facts: t(
              '{{train}} training and {{test}} test images, in memory only: lost when the page closes.',
              { train: count(shownSet.train.count), test: count(shownSet.test.count) },
            ),
            digest: shownSet.digest,
            inUse: cifar && memory !== null,
            use: () => {
              chooseMemory();
              change({ data: 'cifar100' });
            },
          },
        ]
      : []),
    ...sets.map((set) => ({
      key: set.digest,
      label: messageText(set.label),
      facts: sentences(
        t('{{train}} training and {{test}} test images, {{size}}.', {
          train: count(set.train),
          test: count(set.test),
          size: bytes(set.bytes),
        }),
        saved(set.savedAt),
      ),
      digest: set.digest,
      inUse: cifar && memory === null && set.digest === stored?.digest,
      use: () => {
        chooseSet(set.digest);
        change({ data: 'cifar100' });
      },
    })),
  ];
}

/** Deletes after a confirmation next to the button. */
function DeleteSet({ label, digest }: { label: string; digest: string }) {
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus withArrow position="bottom-end" width={240}>
      <Popover.Target>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconTrash size={14} aria-hidden />}
          aria-label={t('Delete {{label}}', { label })}
          onClick={() => setOpened(!opened)}
        >
          {t('Delete')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('Delete {{label}}?', { label })}>
        <Text size="sm" mb="xs">
          {t('To use this set again you would have to read or download it again.')}
        </Text>
        <Group gap="xs">
          <Button size="xs" color="red" onClick={() => void deleteData(digest)}>
            {t('Delete it')}
          </Button>
          <Button size="xs" variant="default" onClick={() => setOpened(false)}>
            {t('Keep it')}
          </Button>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}

function SetRow({ entry: { label, facts, digest, inUse, use } }: { entry: Entry }) {
  return (
    <Paper withBorder px="sm" py="xs" component="li" aria-label={label}>
      <Group justify="space-between" gap="xs">
        <div style={{ flex: '1 1 260px', minWidth: 0 }}>
          <Group gap={8}>
            <Text size="sm" fw={600}>
              {label}
            </Text>
            {inUse && (
              <Badge size="sm" variant="outline" tt="none">
                {t('In use')}
              </Badge>
            )}
          </Group>
          <Text size="xs" c="dimmed">
            {facts}
            {digest && (
              <>
                {' SHA-256 '}
                <Code fz="xs" title={digest}>
                  {digest.slice(0, 12)}…
                </Code>
              </>
            )}
          </Text>
        </div>
        <Group gap="xs">
          {!inUse && (
            <Button size="xs" variant="default" aria-label={t('Use {{label}}', { label })} onClick={use}>
              {t('Use')}
            </Button>
          )}
          {digest && <DeleteSet label={label} digest={digest} />}
        </Group>
      </Group>
    </Paper>
  );
}

/** Bytes that this page's storage uses and may use. */
function StorageLine() {
  const sets = useData((state) => state.sets);
  const storage = useData((state) => state.storage);
  const kept = sets.reduce((sum, set) => sum + set.bytes, 0);
  return (
    <Text size="xs" c="dimmed">
      {sentences(
        sets.length > 0
          ? t('The sets take {{size}} of this browser’s storage.', { size: bytes(kept) })
          : t('This browser stores no CIFAR-100 yet. A data set that you read or download will appear here.'),
        storage
          ? t('This page uses {{usage}} in all and may use {{quota}}.', {
              usage: bytes(storage.usage),
              quota: bytes(storage.quota),
            })
          : t('The browser does not report how much space is left.'),
      )}
    </Text>
  );
}

export function SetList() {
  const entries = useEntries();
  return (
    <Stack gap="sm" component="section" aria-label={t('Sets')}>
      <Title order={3} size="h5">
        {t('Sets')}
      </Title>
      <Stack gap={6} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
        {entries.map((entry) => (
          <SetRow key={entry.key} entry={entry} />
        ))}
      </Stack>
      <StorageLine />
    </Stack>
  );
}
