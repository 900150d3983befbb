/** The lesson next to the lab: a column if there is space, else a sheet at the bottom. */
import { ActionIcon, Button, Group, Stack, Text, Title, Tooltip, VisuallyHidden } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import {
  IconChevronDown,
  IconChevronLeft,
  IconChevronRight,
  IconChevronUp,
  IconLink,
  IconX,
} from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { t } from '../../language/language';
import { say } from '../../lessons/localised-text';
import { partLabel } from '../../page/parts';
import type { Lesson } from '../../lessons/schema';
import { goTo, useLessonPlace, type LessonPlace } from '../store/lesson-place';
import { noteStep, useLessons } from '../store/lessons';
import { showView } from '../store/current-view';
import { forgetBefore, hasChanged, restoreBefore } from './lesson-actions';
import { AskAddress } from './AskAddress';
import classes from './lessons.module.css';
import { findLesson, isAddress } from './open-lesson';
import { StepBody } from './StepBody';

const SIZES = ['low', 'half', 'full'] as const;
type Size = (typeof SIZES)[number];

/** Asks on leaving whether to restore the experiment from before the lesson or to keep the lesson's settings. */
function Leaving({ onDone, onStay }: { onDone: () => void; onStay: () => void }) {
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    <Stack gap="xs" className={classes.leaving} role="group" aria-label={t('Leave the lesson')}>
      <Text size="sm">{t('The lesson has changed the settings. What should the lab show?')}</Text>
      <Group gap="xs">
        <Button
          ref={first}
          size="xs"
          onClick={() => {
            onDone();
            void restoreBefore();
          }}
        >
          {t('My earlier experiment')}
        </Button>
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            onDone();
            forgetBefore();
          }}
        >
          {t('The lesson’s settings')}
        </Button>
        <Button size="xs" variant="subtle" onClick={onStay}>
          {t('Stay in the lesson')}
        </Button>
      </Group>
    </Stack>
  );
}

function SizeButtons({ size, onSize }: { size: Size; onSize: (size: Size) => void }) {
  const at = SIZES.indexOf(size);
  return (
    <span className={classes.sizes}>
      <ActionIcon
        size={32}
        aria-label={t('Make the lesson smaller')}
        disabled={at === 0}
        onClick={() => onSize(SIZES[at - 1]!)}
      >
        <IconChevronDown size={18} />
      </ActionIcon>
      <ActionIcon
        size={32}
        aria-label={t('Make the lesson larger')}
        disabled={at === 2}
        onClick={() => onSize(SIZES[at + 1]!)}
      >
        <IconChevronUp size={18} />
      </ActionIcon>
    </span>
  );
}

function Steps({ lesson, place }: { lesson: Lesson; place: LessonPlace }) {
  const seen = useLessons((state) => state.progress[place.lesson]?.seen);
  const { steps } = lesson;
  const at = place.step;
  const go = (step: number) => goTo({ ...place, step });
  return (
    <nav className={classes.foot} aria-label={t('Lesson')}>
      <Button
        size="xs"
        variant="default"
        disabled={at === 1}
        leftSection={<IconChevronLeft size={14} aria-hidden />}
        onClick={() => go(at - 1)}
      >
        {t('Back')}
      </Button>
      <div
        className={classes.dots}
        role="group"
        aria-label={t('Step {{at}} of {{all}}', { at, all: steps.length })}
      >
        {steps.map(({ id, title }, i) => (
          <Tooltip key={id} label={say(title)}>
            <button
              type="button"
              className={classes.dot}
              aria-label={`${i + 1}. ${say(title)}`}
              aria-current={i + 1 === at ? 'step' : undefined}
              data-seen={seen?.includes(id) || undefined}
              onClick={() => go(i + 1)}
            />
          </Tooltip>
        ))}
      </div>
      {at < steps.length ? (
        <Button
          size="xs"
          rightSection={<IconChevronRight size={14} aria-hidden />}
          onClick={() => go(at + 1)}
        >
          {t('Next')}
        </Button>
      ) : (
        <Button size="xs" onClick={() => showView('lessons')}>
          {t('All lessons')}
        </Button>
      )}
    </nav>
  );
}

function OpenLesson({ lesson, place }: { lesson: Lesson; place: LessonPlace }) {
  const [size, setSize] = useState<Size>('half');
  const [leaving, setLeaving] = useState(false);
  const [said, setSaid] = useState({ step: '', text: '' });
  const body = useRef<HTMLDivElement>(null);
  const at = Math.min(place.step, lesson.steps.length);
  const step = lesson.steps[at - 1]!;
  const [first] = useState(`${place.lesson} ${at}`);
  const arrived = `${place.lesson} ${at}` !== first;
  const close = () => goTo(null);

  useEffect(() => {
    noteStep(place.lesson, at, step.id);
    body.current?.scrollTo({ top: 0 });
  }, [place.lesson, at, step.id]);

  const copyLink = async () => {
    const link = `${window.location.origin}${window.location.pathname}?v=1&lesson=${encodeURIComponent(place.lesson)}&step=${at}`;
    try {
      await navigator.clipboard.writeText(link);
      notifications.show({ title: t('Link to this step copied'), message: link, withBorder: true });
    } catch {
      notifications.show({
        color: 'yellow',
        title: t('The link could not be copied'),
        message: link,
        autoClose: false,
        withBorder: true,
      });
    }
  };
  const where = t('Step {{at}} of {{all}}', { at, all: lesson.steps.length });

  const values = { where, title: say(step.title) };
  const arrival = step.part
    ? t('{{where}}: {{title}}. Highlighted: {{part}}', { ...values, part: partLabel(step.part) })
    : t('{{where}}: {{title}}.', values);

  return (
    <aside className={classes.panel} data-size={size} aria-label={t('Lesson')}>
      <header className={classes.head}>
        <div className={classes.titles}>
          <Title order={2} size="h6" lineClamp={2}>
            {say(lesson.title)}
          </Title>
          <Text size="xs" c="dimmed">
            {where}
          </Text>
        </div>
        <SizeButtons size={size} onSize={setSize} />
        <Tooltip label={t('Copy a link to this step')}>
          <ActionIcon size={32} aria-label={t('Copy a link to this step')} onClick={() => void copyLink()}>
            <IconLink size={18} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t('Leave the lesson')}>
          <ActionIcon
            size={32}
            aria-label={t('Leave the lesson')}
            aria-expanded={leaving}
            onClick={() => (hasChanged() ? setLeaving(!leaving) : (forgetBefore(), close()))}
          >
            <IconX size={18} />
          </ActionIcon>
        </Tooltip>
      </header>
      {leaving && <Leaving onDone={close} onStay={() => setLeaving(false)} />}
      <VisuallyHidden role="status" aria-live="polite">
        {said.step === step.id ? said.text : arrival}
      </VisuallyHidden>
      <div className={classes.body} ref={body} tabIndex={0} role="region" aria-label={where}>
        <StepBody
          key={`${place.lesson} ${step.id}`}
          lessonKey={place.lesson}
          step={step}
          arrived={arrived}
          say={(text) => setSaid({ step: step.id, text })}
        />
      </div>
      <Steps lesson={lesson} place={{ ...place, step: at }} />
    </aside>
  );
}

/** The lesson that the address names; if it is not available, a question whether to read it, or a message. */
export function LessonPanel() {
  const place = useLessonPlace();
  const own = useLessons((state) => state.own);
  if (!place) return null;
  const lesson = findLesson(place.lesson, own);
  if (lesson) return <OpenLesson key={place.lesson} lesson={lesson} place={place} />;
  return (
    <aside className={classes.panel} data-size="half" aria-label={t('Lesson')}>
      <div className={classes.body}>
        {isAddress(place.lesson) ? (
          <AskAddress key={place.lesson} place={place} />
        ) : (
          <Stack gap="sm">
            <Title order={2} size="h5">
              {t('There is no lesson of this name')}
            </Title>
            <Text size="sm">
              {t(
                '“{{name}}”. The link names a lesson that neither the lab nor this browser has. Choose another one from the list.',
                { name: place.lesson.slice(0, 60) },
              )}
            </Text>
            <Button
              size="xs"
              style={{ alignSelf: 'start' }}
              onClick={() => {
                goTo(null);
                showView('lessons');
              }}
            >
              {t('All lessons')}
            </Button>
          </Stack>
        )}
      </div>
    </aside>
  );
}
