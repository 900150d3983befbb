/** What is remembered of lessons, in the browser: answers and how far one is, lessons of one’s own, and what the panel showed before. */
import { z } from 'zod';
import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import { answerSchema, type Answer } from '../../lessons/answers';
import type { Message } from '../../language/message';
import { readKept } from './persisted-store';

const progressSchema = z.object({
  /** The step that one was at, counted from 1. */
  step: z.int().positive(),
  /** Ids of the steps that were seen, and of those whose reveal was. */
  seen: z.array(z.string()),
  revealed: z.array(z.string()),
  answers: z.record(z.string(), answerSchema),
});
export type LessonProgress = z.infer<typeof progressSchema>;

const ownSchema = z.object({
  /** Under which it stands in the address: its id after "own-", or where it was read from. */
  key: z.string(),
  /** The file’s text; read anew when it is opened. */
  json: z.string(),
});
export type OwnLesson = z.infer<typeof ownSchema>;

/** Other keys are passed over: the lessons once had a language of their own. */
const keptSchema = z.object({
  progress: z.record(z.string(), progressSchema),
  own: z.array(ownSchema),
  /** The experiment and the run that the page showed before a lesson first set it up; null where none has. */
  before: z.object({ query: z.string(), runId: z.string().nullable() }).nullable(),
});
type Kept = z.infer<typeof keptSchema>;

export interface LessonsState extends Kept {
  /** What became of what was kept where it could not be read. */
  notice: Message | null;
}

const EMPTY: Kept = { progress: {}, own: [], before: null };
export const LESSONS_KEY = 'branch-lab-lessons';
/** Lessons of one's own that are kept; the oldest goes. */
const MOST_OWN = 12;

export const useLessons = create<LessonsState>()(
  persist((): LessonsState => ({ ...EMPTY, notice: null }), {
    name: LESSONS_KEY,
    version: 1,
    storage: createJSONStorage(() => localStorage),
    partialize: ({ progress, own, before }) => ({ progress, own, before }),
    merge: (kept, state) =>
      kept === undefined
        ? state
        : {
            ...state,
            ...readKept(kept, {
              key: LESSONS_KEY,
              notice: 'notice.lessons',
              schema: keptSchema,
              empty: EMPTY,
            }),
          },
  }),
);

export const NO_PROGRESS: LessonProgress = { step: 1, seen: [], revealed: [], answers: {} };

function change(key: string, by: (progress: LessonProgress) => Partial<LessonProgress>): void {
  useLessons.setState(({ progress }) => {
    const own = progress[key] ?? NO_PROGRESS;
    return { progress: { ...progress, [key]: { ...own, ...by(own) } } };
  });
}

const withId = (ids: readonly string[], id: string) => (ids.includes(id) ? [...ids] : [...ids, id]);

/** One is at this step now. */
export const noteStep = (key: string, step: number, id: string): void =>
  change(key, ({ seen }) => ({ step, seen: withId(seen, id) }));

/** Null takes the answer and its reveal back. */
export const answer = (key: string, id: string, given: Answer | null): void =>
  change(key, ({ answers, revealed }) => {
    const { [id]: _before, ...others } = answers;
    return given
      ? { answers: { ...others, [id]: given } }
      : { answers: others, revealed: revealed.filter((other) => other !== id) };
  });

export const reveal = (key: string, id: string): void =>
  change(key, ({ revealed }) => ({ revealed: withId(revealed, id) }));

/** Forgets answers and reveals. */
export const beginAgain = (key: string): void => change(key, () => ({ ...NO_PROGRESS }));

/** Keeps a lesson of one's own; one with the same key is replaced. */
export function keepOwn(lesson: OwnLesson): void {
  useLessons.setState(({ own }) => ({
    own: [...own.filter(({ key }) => key !== lesson.key), lesson].slice(-MOST_OWN),
  }));
}

/** Takes a lesson of one's own away, with its progress; returns how to put it back. */
export function removeOwn(key: string): () => void {
  const { own, progress } = useLessons.getState();
  const { [key]: _gone, ...others } = progress;
  useLessons.setState({ own: own.filter((lesson) => lesson.key !== key), progress: others });
  return () => useLessons.setState({ own, progress });
}
