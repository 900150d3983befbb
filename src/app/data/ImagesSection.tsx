/** The images of the set in use, with controls for which are shown, and how. */
import { t } from '../../language/language';
import {
  Button,
  Group,
  Loader,
  Paper,
  SegmentedControl,
  Select,
  Stack,
  Switch,
  Text,
  Title,
} from '@mantine/core';
import { IconDice5 } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { DatasetId } from '../../data/dataset';
import type { Part, SetFacts } from '../../data/contact-sheet/sheet';
import type { SheetClient } from '../../data/contact-sheet/sheet-client';
import { useExperiment } from '../store/experiment';
import { ContactSheet } from './ContactSheet';
import { spoken } from '../../data/names';
import { SetFactsTable } from './SetFactsTable';
import { useOpenedSet } from './useSheet';

const ALL = 'all';
const labelOf = (value: string) => (value === ALL ? null : Number(value));

/** What the settings do to a training image. */
function augmentationText(crop: boolean, flip: boolean, seed: number): string {
  if (!crop && !flip)
    return t('Random crop and random flip are off in the settings: the network sees the images unchanged.');
  if (crop && flip)
    return t(
      'With random crop and random flip of seed {{seed}}, as in the settings, before the colours are normalised.',
      { seed },
    );
  return crop
    ? t('With random crop of seed {{seed}}, as in the settings, before the colours are normalised.', {
        seed,
      })
    : t('With random flip of seed {{seed}}, as in the settings, before the colours are normalised.', {
        seed,
      });
}

function Images({ client, facts }: { client: SheetClient; facts: SetFacts }) {
  const { crop, flip, seed } = useExperiment((state) => state.experiment);
  const [part, setPart] = useState<Part>('train');
  const [family, setFamily] = useState(ALL);
  const [member, setMember] = useState(ALL);
  const [asSeen, setAsSeen] = useState(false);
  const [step, setStep] = useState(0);
  const augmented = asSeen && part === 'train';
  const augment = useMemo(
    () => (augmented ? { crop, flip, seed, step } : null),
    [augmented, crop, flip, seed, step],
  );
  const chosenFamily = labelOf(family);
  const option = (name: string, label: number) => ({ value: String(label), label: spoken(name) });
  const members = facts.fineNames
    .map(option)
    .filter((_, label) => chosenFamily === null || facts.coarseOf[label] === chosenFamily);
  return (
    <Stack gap="sm">
      <Group gap="sm" align="end">
        <SegmentedControl
          aria-label={t('Part of the set')}
          size="xs"
          transitionDuration={0}
          data={[
            { value: 'train', label: t('Training') },
            { value: 'test', label: t('Test') },
          ]}
          value={part}
          onChange={(value) => setPart(value as Part)}
        />
        <Select
          label={t('Superclass')}
          size="xs"
          w={220}
          data={[{ value: ALL, label: t('All superclasses') }, ...facts.coarseNames.map(option)]}
          value={family}
          allowDeselect={false}
          searchable
          onChange={(value) => {
            setFamily(value ?? ALL);
            setMember(ALL);
          }}
        />
        <Select
          label={t('Class')}
          size="xs"
          w={170}
          data={[{ value: ALL, label: t('All classes') }, ...members]}
          value={member}
          allowDeselect={false}
          searchable
          onChange={(value) => setMember(value ?? ALL)}
        />
        {(family !== ALL || member !== ALL) && (
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              setFamily(ALL);
              setMember(ALL);
            }}
          >
            {t('Show all')}
          </Button>
        )}
      </Group>
      <Group gap="sm" mih={32}>
        <Switch
          label={t('As the network sees it')}
          checked={asSeen}
          onChange={(event) => setAsSeen(event.currentTarget.checked)}
        />
        {augmented && (crop || flip) && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconDice5 size={16} aria-hidden />}
            onClick={() => setStep(step + 1)}
          >
            {t('Draw again')}
          </Button>
        )}
        {asSeen && (
          <Text size="xs" c="dimmed" role="status">
            {part === 'train'
              ? augmentationText(crop, flip, seed)
              : t('Test images are never cropped or mirrored: the network sees them unchanged.')}
          </Text>
        )}
      </Group>
      <ContactSheet
        client={client}
        facts={facts}
        part={part}
        family={chosenFamily}
        member={labelOf(member)}
        augment={augment}
        onPick={(label) => {
          setFamily(String(facts.coarseOf[label]));
          setMember(String(label));
        }}
      />
    </Stack>
  );
}

function Contents() {
  const { source, opened } = useOpenedSet();
  if (!source)
    return (
      <Text size="sm">
        {t(
          'This experiment trains on CIFAR-100, which is not loaded yet. Its images will appear here, class by class. To see the built-in shapes, press Use next to them.',
        )}
      </Text>
    );
  if (!opened)
    return (
      <Group gap="xs" role="status">
        <Loader size="xs" aria-hidden />
        <Text size="sm">
          {source.kind === 'builtin' ? t('Drawing the built-in shapes …') : t('Reading the set …')}
        </Text>
      </Group>
    );
  if (opened.failed !== null)
    return (
      <Text size="sm" role="alert">
        {opened.failed}
      </Text>
    );
  const id: DatasetId = source.kind === 'builtin' ? 'builtin' : 'cifar100';
  return (
    <Stack gap="md">
      <Paper withBorder p="sm">
        <SetFactsTable facts={opened.facts} id={id} />
      </Paper>
      <Images key={opened.facts.digest} client={opened.client} facts={opened.facts} />
    </Stack>
  );
}

export function ImagesSection() {
  return (
    <Stack gap="sm" component="section" aria-label={t('Images')}>
      <Title order={3} size="h5">
        {t('Images of the set in use')}
      </Title>
      <Contents />
    </Stack>
  );
}
