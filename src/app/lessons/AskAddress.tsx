/** Asks before a lesson is read from an address that a link names. */
import { Button, Code, Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { goTo, type LessonPlace } from '../store/lesson-place';
import { LanguageChoice } from './LanguageChoice';
import { addressOf, openAddress } from './open';
import { useWords } from './useWords';

export function AskAddress({ place }: { place: LessonPlace }) {
  const { word } = useWords();
  const [busy, setBusy] = useState(false);
  const open = async () => {
    setBusy(true);
    await openAddress(place.lesson, place.step);
    setBusy(false);
  };
  return (
    <Stack gap="sm">
      <Title order={2} size="h5">
        {word('askTitle')}
      </Title>
      <Text size="sm">{word('askText')}</Text>
      <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {(addressOf(place.lesson)?.href ?? place.lesson).slice(0, 500)}
      </Code>
      <Group gap="xs">
        <Button size="xs" loading={busy} onClick={() => void open()}>
          {word(busy ? 'reading' : 'askOpen')}
        </Button>
        <Button size="xs" variant="default" onClick={() => goTo(null)}>
          {word('askNo')}
        </Button>
      </Group>
      <div>
        <LanguageChoice />
      </div>
    </Stack>
  );
}
