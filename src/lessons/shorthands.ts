/** Shorthands for frequent elements of lesson files. */
import type { Format } from './number-format';
import type { MeasureInput } from './measures';
import type { LessonFile } from './schema';

type StepFile = LessonFile['steps'][number];
type Choice = Extract<NonNullable<StepFile['question']>, { kind: 'choice' }>;
type Option = Choice['options'][number];

/** A line of a reveal: what was measured, under its name in both languages. */
export const row = (en: string, zh: string, value: MeasureInput, format: Format) => ({
  label: { en, zh },
  value,
  format,
});

/** An option of a question: right by theory (`true`), right where something was measured (conditions), or wrong. */
export const option = (
  id: string,
  en: string,
  zh: string,
  right?: true | NonNullable<Option['when']>,
): Option => ({
  id,
  text: { en, zh },
  ...(right === true ? { right } : right && { when: right }),
});
