/** Which lesson is open, and at which step: `lesson=ID&step=N` in the address, so that a step can be linked and survives a reload. */
import { create } from 'zustand';

export interface LessonPlace {
  /** A lesson's id, or the address of a file that holds one. */
  lesson: string;
  /** Counted from 1. */
  step: number;
}

/** What a query string says; null where it names no lesson. */
export function placeFromQuery(query: string): LessonPlace | null {
  const params = new URLSearchParams(query);
  const lesson = params.get('lesson')?.trim() ?? '';
  if (lesson === '') return null;
  const step = Number(params.get('step') ?? 1);
  return { lesson, step: Number.isInteger(step) && step >= 1 ? step : 1 };
}

export const useLessonPlace = create<{ place: LessonPlace | null }>(() => ({
  place: typeof window === 'undefined' ? null : placeFromQuery(window.location.search),
}));

/** What the open lesson adds to a query string; empty where none is open. */
export function lessonSuffix(): string {
  const { place } = useLessonPlace.getState();
  if (!place) return '';
  const lesson = encodeURIComponent(place.lesson).replaceAll('%3A', ':').replaceAll('%2F', '/');
  return `&lesson=${lesson}&step=${place.step}`;
}

/** Goes to a step of a lesson; null closes it. */
export const goTo = (place: LessonPlace | null): void => useLessonPlace.setState({ place });

/** Follows the address where it is changed by going back or forth. Returns how to stop. */
export function followLessonPlace(): () => void {
  const read = () => goTo(placeFromQuery(window.location.search));
  window.addEventListener('popstate', read);
  return () => window.removeEventListener('popstate', read);
}
