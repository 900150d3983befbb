/** Asks the reader before a lesson is read from an address in a link. */
import { Button, Code, Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { t } from '../../language/language';
import { goTo, type LessonPlace } from '../store/lesson-place';
import { addressOf, openAddress } from './open-lesson';

export function AskAddress({ place }: { place: LessonPlace }) {
  const [busy, setBusy] = useState(false);
  const open = async () => {
    setBusy(true);
    await openAddress(place.lesson, place.step);
    setBusy(false);
  };
  return (
    <Stack gap="sm">
      <Title order={2} size="h5">
        {t('Open a lesson from elsewhere?')}
      </Title>
      <Text size="sm">
        {t(
          'This link asks the lab to read a lesson from the address below. It can show texts and set up experiments; it cannot run programs. Open it if you trust whoever sent the link.',
        )}
      </Text>
      <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {(addressOf(place.lesson)?.href ?? place.lesson).slice(0, 500)}
      </Code>
      <Group gap="xs">
        <Button size="xs" loading={busy} onClick={() => void open()}>
          {busy ? t('Reading') : t('Read and open it')}
        </Button>
        <Button size="xs" variant="default" onClick={() => goTo(null)}>
          {t('Do not open it')}
        </Button>
      </Group>
    </Stack>
  );
}
