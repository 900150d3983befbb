/** Which lesson is open, and at which step: what the link says of it, `lesson=ID&step=N`. */
import { useMemo } from 'react';
import { usePage } from './page-options';

export interface LessonPlace {
  /** A lesson's id, or the address of a file that holds one. */
  lesson: string;
  /** Counted from 1. */
  step: number;
}

/** The open lesson and its step; null where none is open. */
export function useLessonPlace(): LessonPlace | null {
  const lesson = usePage((state) => state.lesson);
  const step = usePage((state) => state.step);
  return useMemo(() => (lesson === null ? null : { lesson, step: step ?? 1 }), [lesson, step]);
}

/** Goes to a step of a lesson; null closes it. */
export const goTo = (place: LessonPlace | null): void =>
  usePage.setState({ lesson: place?.lesson ?? null, step: place?.step ?? null });
