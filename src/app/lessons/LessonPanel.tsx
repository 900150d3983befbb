/** The lesson beside the lab: a column where there is room, a sheet at the bottom where there is not. */
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
import { PARTS } from '../../lessons/parts';
import type { Lesson } from '../../lessons/schema';
import { goTo, useLessonPlace, type LessonPlace } from '../store/lesson-place';
import { noteStep, useLessons } from '../store/lessons';
import { showView } from '../store/view';
import { forgetBefore, hasChanged, restoreBefore } from './actions';
import { AskAddress } from './AskAddress';
import { LanguageChoice } from './LanguageChoice';
import classes from './lessons.module.css';
import { findLesson, isAddress } from './open';
import { StepBody } from './StepBody';
import { useWords } from './useWords';

const SIZES = ['low', 'half', 'full'] as const;
type Size = (typeof SIZES)[number];

/** What becomes of the lesson's settings when one leaves. */
function Leaving({ onDone, onStay }: { onDone: () => void; onStay: () => void }) {
  const { word } = useWords();
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    <Stack gap="xs" className={classes.leaving} role="group" aria-label={word('leave')}>
      <Text size="sm">{word('leaveHow')}</Text>
      <Group gap="xs">
        <Button
          ref={first}
          size="xs"
          onClick={() => {
            onDone();
            void restoreBefore();
          }}
        >
          {word('restore')}
        </Button>
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            onDone();
            forgetBefore();
          }}
        >
          {word('keep')}
        </Button>
        <Button size="xs" variant="subtle" onClick={onStay}>
          {word('stay')}
        </Button>
      </Group>
    </Stack>
  );
}

function SizeButtons({ size, onSize }: { size: Size; onSize: (size: Size) => void }) {
  const { word } = useWords();
  const at = SIZES.indexOf(size);
  return (
    <span className={classes.sizes}>
      <ActionIcon
        size={32}
        aria-label={word('smaller')}
        disabled={at === 0}
        onClick={() => onSize(SIZES[at - 1]!)}
      >
        <IconChevronDown size={18} />
      </ActionIcon>
      <ActionIcon
        size={32}
        aria-label={word('larger')}
        disabled={at === 2}
        onClick={() => onSize(SIZES[at + 1]!)}
      >
        <IconChevronUp size={18} />
      </ActionIcon>
    </span>
  );
}

function Steps({ lesson, place }: { lesson: Lesson; place: LessonPlace }) {
  const { position, say, word } = useWords();
  const seen = useLessons((state) => state.progress[place.lesson]?.seen);
  const { steps } = lesson;
  const at = place.step;
  const go = (step: number) => goTo({ ...place, step });
  return (
    <nav className={classes.foot} aria-label={word('lesson')}>
      <Button
        size="xs"
        variant="default"
        disabled={at === 1}
        leftSection={<IconChevronLeft size={14} aria-hidden />}
        onClick={() => go(at - 1)}
      >
        {word('back')}
      </Button>
      <div className={classes.dots} role="group" aria-label={position(at, steps.length)}>
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
          {word('next')}
        </Button>
      ) : (
        <Button size="xs" onClick={() => showView('lessons')}>
          {word('finish')}
        </Button>
      )}
    </nav>
  );
}

function OpenLesson({ lesson, place }: { lesson: Lesson; place: LessonPlace }) {
  const { language, position, say, word } = useWords();
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
      notifications.show({ title: word('copied'), message: link, withBorder: true });
    } catch {
      notifications.show({
        color: 'yellow',
        title: word('notCopied'),
        message: link,
        autoClose: false,
        withBorder: true,
      });
    }
  };
  const where = position(at, lesson.steps.length);
  const shown = step.part ? ` ${word('highlighted')}: ${say(PARTS[step.part])}` : '';

  return (
    <aside
      className={classes.panel}
      data-size={size}
      aria-label={word('lesson')}
      lang={language === 'zh' ? 'zh-CN' : 'en'}
    >
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
        <Tooltip label={word('copyStep')}>
          <ActionIcon size={32} aria-label={word('copyStep')} onClick={() => void copyLink()}>
            <IconLink size={18} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={word('leave')}>
          <ActionIcon
            size={32}
            aria-label={word('leave')}
            aria-expanded={leaving}
            onClick={() => (hasChanged() ? setLeaving(!leaving) : (forgetBefore(), close()))}
          >
            <IconX size={18} />
          </ActionIcon>
        </Tooltip>
      </header>
      {leaving && <Leaving onDone={close} onStay={() => setLeaving(false)} />}
      <VisuallyHidden role="status" aria-live="polite">
        {said.step === step.id ? said.text : `${where}: ${say(step.title)}.${shown}`}
      </VisuallyHidden>
      <div className={classes.body} ref={body} tabIndex={0} role="region" aria-label={where}>
        <StepBody
          key={`${place.lesson} ${step.id}`}
          lessonKey={place.lesson}
          step={step}
          arrived={arrived}
          say={(text) => setSaid({ step: step.id, text })}
        />
        <div className={classes.language}>
          <LanguageChoice />
        </div>
      </div>
      <Steps lesson={lesson} place={{ ...place, step: at }} />
    </aside>
  );
}

/** The lesson that the address names; where it is not here, a question or a word about it. */
export function LessonPanel() {
  const { word } = useWords();
  const place = useLessonPlace();
  const own = useLessons((state) => state.own);
  if (!place) return null;
  const lesson = findLesson(place.lesson, own);
  if (lesson) return <OpenLesson key={place.lesson} lesson={lesson} place={place} />;
  return (
    <aside className={classes.panel} data-size="half" aria-label={word('lesson')}>
      <div className={classes.body}>
        {isAddress(place.lesson) ? (
          <AskAddress key={place.lesson} place={place} />
        ) : (
          <Stack gap="sm">
            <Title order={2} size="h5">
              {word('unknown')}
            </Title>
            <Text size="sm">
              “{place.lesson.slice(0, 60)}”. {word('unknownHelp')}
            </Text>
            <Button
              size="xs"
              style={{ alignSelf: 'start' }}
              onClick={() => {
                goTo(null);
                showView('lessons');
              }}
            >
              {word('finish')}
            </Button>
          </Stack>
        )}
      </div>
    </aside>
  );
}
