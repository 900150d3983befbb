/** Finds the lesson that the address names, and imports custom lessons: from files, and from addresses with the reader's consent. */
import { notifications } from '@mantine/notifications';
import { t } from '../../language/language';
import { messageOf } from '../../language/message-of';
import { LESSONS } from '../../lessons/all-lessons';
import { LessonError, MOST_BYTES, parseLesson, type Lesson } from '../../lessons/schema';
import { forgetBefore } from './lesson-actions';
import { goTo } from '../store/lesson-place';
import { usePage } from '../store/page-options';
import { keepOwn, NO_PROGRESS, useLessons, type OwnLesson } from '../store/lessons';

/** How long an address may take to answer, in ms. */
const PATIENCE = 20_000;

/** Whether a lesson's name in a link is an address rather than an id. */
export const isAddress = (name: string): boolean => !/^[a-z0-9-]+$/.test(name);

/** The complete address, or null if a page may not read it. */
export function addressOf(name: string): URL | null {
  try {
    const url = new URL(name, window.location.href);
    return ['http:', 'https:'].includes(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

/** Custom lessons that were parsed already, by their text. */
const read = new Map<string, Lesson | null>();

/** A stored custom lesson; null if this version of the lab cannot read it. */
export function ownLesson({ json }: OwnLesson): Lesson | null {
  if (!read.has(json)) {
    try {
      read.set(json, parseLesson(json));
    } catch {
      read.set(json, null);
    }
  }
  return read.get(json) ?? null;
}

/** The lesson of a name in the address; null if it is not available. */
export function findLesson(name: string, own: readonly OwnLesson[]): Lesson | null {
  const kept = own.find(({ key }) => key === name);
  return LESSONS.find(({ id }) => id === name) ?? (kept ? ownLesson(kept) : null);
}

function showFailure(error: unknown): void {
  notifications.show({
    color: 'red',
    title: t('The lesson could not be opened'),
    message: messageOf(error),
    autoClose: false,
    withBorder: true,
  });
}

/** Goes to a step. If no lesson was open, the page's current experiment is the one that is restored at the end. */
function enter(lesson: string, step: number): void {
  if (usePage.getState().lesson === null) forgetBefore();
  goTo({ lesson, step });
}

/** Stores a lesson and opens it at a step. */
function take(json: string, key: (lesson: Lesson) => string, step: number): void {
  const lesson = parseLesson(json);
  const name = key(lesson);
  keepOwn({ key: name, json });
  enter(name, Math.min(step, lesson.steps.length));
}

/** Reads a lesson from a file and opens it; shows what is wrong if it is not a lesson. */
export async function openFile(file: Blob): Promise<void> {
  try {
    if (file.size > MOST_BYTES)
      throw new LessonError(
        t('This file has {{size}} kB; a lesson has at most {{most}} kB. Choose the lesson’s JSON file.', {
          size: Math.round(file.size / 1024),
          most: MOST_BYTES / 1024,
        }),
      );
    take(await file.text(), ({ id }) => `own-${id}`, 1);
  } catch (error) {
    showFailure(error);
  }
}

/** The text at an address, up to the size limit of a lesson. */
async function textAt(url: URL): Promise<string> {
  const response = await fetch(url, {
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (!response.ok)
    throw new LessonError(
      t('{{host}} answered {{status}} {{text}}. Ask for a new link.', {
        host: url.host,
        status: response.status,
        text: response.statusText,
      }),
    );
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let size = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > MOST_BYTES) {
      await reader.cancel();
      throw new LessonError(
        t('The file from {{host}} is larger than {{most}} kB, the limit for lessons.', {
          host: url.host,
          most: MOST_BYTES / 1024,
        }),
      );
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** Reads a lesson from an address, after the reader has agreed, and opens it at a step; shows what is wrong if it is not a lesson. */
export async function openAddress(name: string, step: number): Promise<void> {
  const url = addressOf(name);
  try {
    if (!url)
      throw new LessonError(
        t('Expected an http or https address, found “{{name}}”.', { name: name.slice(0, 80) }),
      );
    const json = await textAt(url).catch((error: unknown) => {
      if (error instanceof LessonError) throw error;
      const why = messageOf(error);
      throw new LessonError(
        t(
          '{{host}} could not be read ({{why}}). Its server may be unreachable, or may not allow other pages to read the file (CORS); save the file and drop it here instead.',
          { host: url.host, why },
        ),
      );
    });
    take(json, () => name, step);
  } catch (error) {
    showFailure(error);
  }
}

/** Opens a lesson at the step where the reader left it. */
export function openLesson(key: string): void {
  const { step } = useLessons.getState().progress[key] ?? NO_PROGRESS;
  enter(key, step);
}
