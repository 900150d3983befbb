/** The view "Lessons": the lab's own, how far one is in each, and lessons of one's own. */
import { noticeInWords } from '../store/notices';
import { Button, FileButton, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { IconDownload, IconFileUpload, IconTrash } from '@tabler/icons-react';
import { download } from '../../charts/plotly';
import { LESSONS } from '../../lessons';
import type { Lesson } from '../../lessons/schema';
import { goTo, useLessonPlace } from '../store/lesson-place';
import { beginAgain, removeOwn, useLessons } from '../store/lessons';
import { offerUndo } from '../undo';
import { LanguageChoice } from './LanguageChoice';
import classes from './lessons.module.css';
import { openFile, openLesson, ownLesson } from './open';
import { useWords } from './useWords';

function LessonCard({ lesson, lessonKey, number }: { lesson: Lesson; lessonKey: string; number?: number }) {
  const { say, word } = useWords();
  const progress = useLessons((state) => state.progress[lessonKey]);
  const isOpen = useLessonPlace()?.lesson === lessonKey;
  const { steps, minutes } = lesson;
  const seen = steps.filter(({ id }) => progress?.seen.includes(id)).length;
  const begun = seen > 0;
  const title = `${number === undefined ? '' : `${number}. `}${say(lesson.title)}`;
  const save = () =>
    download(
      new Blob([JSON.stringify(lesson, null, 2)], { type: 'application/json' }),
      `lesson-${lesson.id}.json`,
    );
  const remove = () => {
    if (isOpen) goTo(null);
    offerUndo(word('removed'), removeOwn(lessonKey));
  };
  return (
    <article className={classes.card} aria-label={title} data-open={isOpen || undefined}>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="baseline">
        <Title order={3} size="h5">
          {title}
        </Title>
        <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          {minutes[0]}–{minutes[1]} {word('minutes')}
        </Text>
      </Group>
      <Text size="sm" className={classes.summary}>
        {say(lesson.summary)}
      </Text>
      <div>
        <Text size="xs" c="dimmed" mb={4}>
          {seen} / {steps.length} {word('stepsSeen')}
        </Text>
        <Progress
          size="sm"
          value={(100 * seen) / steps.length}
          aria-label={`${title}: ${word('stepsSeen')}`}
        />
      </div>
      <Group gap="xs">
        <Button
          size="xs"
          aria-label={`${word(begun ? 'goOn' : 'begin')}: ${say(lesson.title)}`}
          onClick={() => openLesson(lessonKey)}
        >
          {word(isOpen ? 'openHere' : begun ? 'goOn' : 'begin')}
        </Button>
        {begun && (
          <Button
            size="xs"
            variant="default"
            aria-label={`${word('again')}: ${say(lesson.title)}`}
            onClick={() => {
              beginAgain(lessonKey);
              openLesson(lessonKey);
            }}
          >
            {word('again')}
          </Button>
        )}
        {number === undefined && (
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            leftSection={<IconTrash size={14} aria-hidden />}
            aria-label={`${word('remove')}: ${say(lesson.title)}`}
            onClick={remove}
          >
            {word('remove')}
          </Button>
        )}
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          leftSection={<IconDownload size={14} aria-hidden />}
          aria-label={`${word('savedFile')}: ${say(lesson.title)}`}
          onClick={save}
        >
          {word('savedFile')}
        </Button>
      </Group>
    </article>
  );
}

export function LessonsView() {
  const { language, word } = useWords();
  const own = useLessons((state) => state.own);
  const notice = useLessons((state) => state.notice);
  return (
    <Stack gap="lg" lang={language === 'zh' ? 'zh-CN' : 'en'}>
      <Group justify="space-between" align="start" gap="md">
        <div>
          <Title order={2} size="h4">
            {word('lessons')}
          </Title>
          <Text size="sm" maw={680} mt={4}>
            {word('intro')}
          </Text>
        </div>
        <LanguageChoice />
      </Group>
      {notice !== null && <Text size="sm">{noticeInWords(notice)}</Text>}
      <div className={classes.cards}>
        {LESSONS.map((lesson, i) => (
          <LessonCard key={lesson.id} lesson={lesson} lessonKey={lesson.id} number={i + 1} />
        ))}
      </div>
      <Stack gap="xs">
        <Title order={3} size="h5">
          {word('own')}
        </Title>
        <Text size="sm" maw={680}>
          {word('ownHelp')}
        </Text>
        <FileButton
          accept="application/json,.json"
          inputProps={{ 'aria-label': word('chooseFile') }}
          onChange={(file) => file && void openFile(file)}
        >
          {(props) => (
            <Button
              {...props}
              size="xs"
              variant="default"
              style={{ alignSelf: 'start' }}
              leftSection={<IconFileUpload size={16} aria-hidden />}
            >
              {word('chooseFile')}
            </Button>
          )}
        </FileButton>
      </Stack>
      {own.length > 0 && (
        <div className={classes.cards}>
          {own.map((kept) => {
            const lesson = ownLesson(kept);
            return lesson && <LessonCard key={kept.key} lesson={lesson} lessonKey={kept.key} />;
          })}
        </div>
      )}
    </Stack>
  );
}
