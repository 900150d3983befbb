/** One step of a lesson: its text, what to look at, the question, what to do, the reveal, the teacher's notes. */
import { Accordion, Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconFocus2 } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { t } from '../../language/language';
import { Rich } from '../../language/Rich';
import { say } from '../../lessons/localised-text';
import type { Step } from '../../lessons/schema';
import { partLabel } from '../../page/parts';
import { answer, NO_PROGRESS, reveal, useLessons } from '../store/lessons';
import { DoBox } from './TaskBox';
import { Highlight } from './Highlight';
import classes from './lessons.module.css';
import { Line, Markup } from './Markup';
import { showPart } from './show-part';
import { QuestionBox } from './QuestionBox';
import { RevealBox } from './RevealBox';
import { useMeasured } from './useMeasured';

interface StepBodyProps {
  /** Key of the lesson's stored progress. */
  lessonKey: string;
  step: Step;
  /** Whether the reader came from another step; the heading is then focused. */
  arrived: boolean;
  say: (message: string) => void;
}

export function StepBody({ lessonKey, step, arrived, say: announce }: StepBodyProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const measured = useMeasured(step);
  const { answers, revealed } = useLessons((state) => state.progress[lessonKey] ?? NO_PROGRESS);
  const given = answers[step.id] ?? null;
  const { part } = step;

  useEffect(() => {
    if (arrived) heading.current?.focus({ preventScroll: true });
  }, [arrived]);

  useEffect(() => {
    if (!part) return undefined;
    const leaving = new AbortController();
    void showPart(part, { openDrawer: false, signal: leaving.signal });
    return () => leaving.abort();
  }, [part]);

  const show = async (name: NonNullable<typeof part>) => {
    const there = await showPart(name, { openDrawer: true, signal: new AbortController().signal });
    if (there) announce(t('Highlighted: {{part}}', { part: partLabel(name) }));
  };

  return (
    <Stack gap="md">
      {part && <Highlight part={part} />}
      <Title order={3} size="h4" ref={heading} tabIndex={-1} className={classes.heading}>
        <Line text={say(step.title)} />
      </Title>
      <Markup text={say(step.text)} />
      {part && (
        <Group gap="xs" className={classes.lookAt}>
          <Text size="sm">
            <Rich text="Look at: <part/>" parts={{ part: <b>{partLabel(part)}</b> }} />
          </Text>
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconFocus2 size={14} aria-hidden />}
            aria-label={t('Show it: {{part}}', { part: partLabel(part) })}
            onClick={() => void show(part)}
          >
            {t('Show it')}
          </Button>
        </Group>
      )}
      <QuestionBox step={step} given={given} onAnswer={(value) => answer(lessonKey, step.id, value)} />
      <DoBox step={step} measured={measured} ready={!step.question || given !== null} />
      <RevealBox
        step={step}
        given={given}
        measured={measured}
        revealed={revealed.includes(step.id)}
        onReveal={() => reveal(lessonKey, step.id)}
      />
      {step.notes && (
        <Accordion variant="contained" chevronPosition="left" classNames={{ label: classes.notesLabel! }}>
          <Accordion.Item value="notes">
            <Accordion.Control>{t('Notes for the teacher')}</Accordion.Control>
            <Accordion.Panel>
              <Markup text={say(step.notes)} />
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      )}
    </Stack>
  );
}
