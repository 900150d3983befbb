/** The view "Lessons": the lab's lessons with the reader's progress, and custom lessons. */
import { t } from '../../language/language';
import { messageText } from '../../language/message-text';
import { say } from '../../lessons/localised-text';
import { Button, FileButton, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { IconDownload, IconFileUpload, IconTrash } from '@tabler/icons-react';
import { download } from '../../charts/plotly';
import { LESSONS } from '../../lessons/all-lessons';
import type { Lesson } from '../../lessons/schema';
import { goTo, useLessonPlace } from '../store/lesson-place';
import { beginAgain, removeOwn, useLessons } from '../store/lessons';
import { offerUndo } from '../controls/undo';
import classes from './lessons.module.css';
import { openFile, openLesson, ownLesson } from './open-lesson';

function LessonCard({ lesson, lessonKey, number }: { lesson: Lesson; lessonKey: string; number?: number }) {
  const progress = useLessons((state) => state.progress[lessonKey]);
  const isOpen = useLessonPlace()?.lesson === lessonKey;
  const { steps, minutes } = lesson;
  const seen = steps.filter(({ id }) => progress?.seen.includes(id)).length;
  const begun = seen > 0;
  const name = say(lesson.title);
  const title = number === undefined ? name : t('{{number}}. {{title}}', { number, title: name });
  const save = () =>
    download(
      new Blob([JSON.stringify(lesson, null, 2)], { type: 'application/json' }),
      `lesson-${lesson.id}.json`,
    );
  const remove = () => {
    if (isOpen) goTo(null);
    offerUndo(t('Lesson removed'), removeOwn(lessonKey));
  };
  return (
    <article className={classes.card} aria-label={title} data-open={isOpen || undefined}>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="baseline">
        <Title order={3} size="h5">
          {title}
        </Title>
        <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          {t('{{from}}–{{to}} minutes', { from: minutes[0], to: minutes[1] })}
        </Text>
      </Group>
      <Text size="sm" className={classes.summary}>
        {say(lesson.summary)}
      </Text>
      <div>
        <Text size="xs" c="dimmed" mb={4}>
          {t('{{seen}} / {{all}} steps seen', { seen, all: steps.length })}
        </Text>
        <Progress
          size="sm"
          value={(100 * seen) / steps.length}
          aria-label={t('{{lesson}}: steps seen', { lesson: title })}
        />
      </div>
      <Group gap="xs">
        <Button
          size="xs"
          aria-label={
            begun ? t('Continue: {{lesson}}', { lesson: name }) : t('Begin: {{lesson}}', { lesson: name })
          }
          onClick={() => openLesson(lessonKey)}
        >
          {isOpen ? t('Open now') : begun ? t('Continue') : t('Begin')}
        </Button>
        {begun && (
          <Button
            size="xs"
            variant="default"
            aria-label={t('Begin again: {{lesson}}', { lesson: name })}
            onClick={() => {
              beginAgain(lessonKey);
              openLesson(lessonKey);
            }}
          >
            {t('Begin again')}
          </Button>
        )}
        {number === undefined && (
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            leftSection={<IconTrash size={14} aria-hidden />}
            aria-label={t('Remove: {{lesson}}', { lesson: name })}
            onClick={remove}
          >
            {t('Remove')}
          </Button>
        )}
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          leftSection={<IconDownload size={14} aria-hidden />}
          aria-label={t('Save as a file to start from: {{lesson}}', { lesson: name })}
          onClick={save}
        >
          {t('Save as a file to start from')}
        </Button>
      </Group>
    </article>
  );
}

export function LessonsView() {
  const own = useLessons((state) => state.own);
  const notice = useLessons((state) => state.notice);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="start" gap="md">
        <div>
          <Title order={2} size="h4">
            {t('Lessons')}
          </Title>
          <Text size="sm" maw={680} mt={4}>
            {t(
              'Each lesson is shown next to the lab: it explains, asks what you expect, trains a small network on this machine, and compares your answer with the measurement.',
            )}
          </Text>
        </div>
      </Group>
      {notice !== null && <Text size="sm">{messageText(notice)}</Text>}
      <div className={classes.cards}>
        {LESSONS.map((lesson, i) => (
          <LessonCard key={lesson.id} lesson={lesson} lessonKey={lesson.id} number={i + 1} />
        ))}
      </div>
      <Stack gap="xs">
        <Title order={3} size="h5">
          {t('Your own lessons')}
        </Title>
        <Text size="sm" maw={680}>
          {t(
            'A lesson of your own is a JSON file: drop it anywhere on the page, choose it here, or send a link with lesson= and its address. It stays in this browser.',
          )}
        </Text>
        <FileButton
          accept="application/json,.json"
          inputProps={{ 'aria-label': t('Open a lesson file') }}
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
              {t('Open a lesson file')}
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
