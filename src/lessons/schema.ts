/**
 * The format of a lesson: data that this schema checks. A lesson is a list of steps; a step has a text and may point at a part of
 * the page, ask a question, start an activity (run experiments, change settings, probe networks), and compare the answer with
 * measurements. `parseLesson` reads a custom lesson from JSON, or throws with the place and the reason.
 */
import { z } from 'zod';
import { t } from '../language/language';
import { messageOf } from '../language/message-of';
import { PANELS } from '../network/curves';
import { replayByName, REPLAYS } from '../runs/replays';
import { challengeSchema } from './challenge';
import { checkSchema } from './conditions';
import { formatSchema } from './number-format';
import { LESSON_FORMAT } from './lesson-format';
import { experimentOf, measureSchema, querySchema, standsFor } from './measures';
import { LESSON_PARTS } from '../page/parts';
import { lineSchema, proseSchema } from './localised-text';

export const LESSON_VERSION = 1;
/** Largest file of a lesson, in bytes. */
export const MOST_BYTES = 512 * 1024;

/** Lower-case letters, digits and hyphens, because it is part of links. */
const id = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: () => t('expected lower-case letters, digits and hyphens') });

const conditionSchema = z
  .strictObject({ value: measureSchema, atLeast: z.number().optional(), below: z.number().optional() })
  .refine(({ atLeast, below }) => atLeast !== undefined || below !== undefined, {
    error: () => t('expected atLeast or below'),
  });
export type Condition = z.infer<typeof conditionSchema>;

const optionSchema = z.strictObject({
  id,
  text: lineSchema,
  /** Set if this option is right by theory. */
  right: z.literal(true).optional(),
  /** Conditions on measurements under which this option is right. */
  when: z.array(conditionSchema).min(1).optional(),
});

const choiceSchema = z
  .strictObject({
    kind: z.literal('choice'),
    prompt: lineSchema,
    options: z.array(optionSchema).min(2).max(8),
  })
  .superRefine(({ options }, context) => {
    const right = options.filter((option) => option.right).length;
    const measured = options.filter((option) => option.when).length;
    if (!(right === 1 && measured === 0) && !(right === 0 && measured === options.length))
      context.addIssue({
        code: 'custom',
        message: t('Expected one option that is right, or for every option when it would be'),
      });
    if (new Set(options.map((option) => option.id)).size < options.length)
      context.addIssue({ code: 'custom', message: t('Two options have the same id') });
  });
export type ChoiceQuestion = z.infer<typeof choiceSchema>;

const axisSchema = z
  .strictObject({ label: lineSchema, min: z.number(), max: z.number() })
  .refine(({ min, max }) => min < max, { error: () => t('min is not below max') });

const curveSchema = z.strictObject({
  kind: z.literal('curve'),
  prompt: lineSchema,
  x: axisSchema,
  y: axisSchema,
  /** Where the curve begins. */
  start: z.number(),
  /** The curve to draw: the mean over channels of this panel's curve, by step. */
  panel: z.enum(PANELS),
  layer: z.enum(['first', 'middle', 'last']).default('last'),
  run: querySchema,
});
export type CurveQuestion = z.infer<typeof curveSchema>;

export const questionSchema = z.discriminatedUnion('kind', [choiceSchema, curveSchema]);
export type Question = z.infer<typeof questionSchema>;

const label = lineSchema;
/** A recording of the page, by its name. Whether it fits the run is checked where both are known. */
const recordingSchema = z.string().refine((name) => replayByName(name) !== null, {
  error: ({ input }) =>
    t('expected a recording of the page ({{names}}), found {{name}}', {
      names: REPLAYS.map(({ name }) => name).join(', '),
      name: String(input),
    }),
});
const runSchema = z
  .strictObject({
    kind: z.literal('run'),
    query: querySchema,
    /** A recording that can be watched instead: the same experiment on other images. */
    recording: recordingSchema.optional(),
  })
  .refine(
    ({ query, recording }) => {
      const recorded = recording === undefined ? null : replayByName(recording);
      return recorded === null || standsFor(experimentOf(recorded.query), experimentOf(query));
    },
    {
      path: ['recording'],
      error: () => t('expected a recording of this experiment, found one of another'),
    },
  );
const doSchema = z.discriminatedUnion('kind', [
  /** Sets the panel up and starts: "Set up and run". */
  runSchema,
  /** Sets the panel up; the reader starts the run. */
  z.strictObject({ kind: z.literal('set-up'), query: querySchema }),
  /** Sends noise through untrained networks. */
  z.strictObject({
    kind: z.literal('probe'),
    cases: z
      .array(z.strictObject({ label, query: querySchema }))
      .min(1)
      .max(12),
  }),
  /** Runs experiments with several seeds each, one after the other. */
  z.strictObject({
    kind: z.literal('seeds'),
    groups: z
      .array(
        z.strictObject({
          label,
          query: querySchema,
          seeds: z.array(z.int().nonnegative()).min(1).max(20),
        }),
      )
      .min(1)
      .max(8),
  }),
  z.strictObject({ kind: z.literal('challenge'), challenge: challengeSchema }),
]);
export type Doing = z.infer<typeof doSchema>;

const stepSchema = z.strictObject({
  id,
  title: lineSchema,
  text: proseSchema,
  /** A part of the page that the step is about. */
  part: z.enum(LESSON_PARTS).optional(),
  question: questionSchema.optional(),
  do: doSchema.optional(),
  /** Tasks for the reader. */
  tasks: z
    .array(z.strictObject({ text: lineSchema, check: checkSchema }))
    .min(1)
    .max(8)
    .optional(),
  reveal: z
    .strictObject({
      text: proseSchema,
      rows: z
        .array(z.strictObject({ label, value: measureSchema, format: formatSchema }))
        .max(16)
        .default([]),
    })
    .optional(),
  /** For the teacher. */
  notes: proseSchema.optional(),
});
export type Step = z.infer<typeof stepSchema>;

export const lessonSchema = z
  .strictObject({
    format: z.literal(LESSON_FORMAT),
    version: z.literal(LESSON_VERSION),
    id,
    title: lineSchema,
    summary: lineSchema,
    /** How long it takes, in minutes. */
    minutes: z.tuple([z.int().positive(), z.int().positive().max(240)]),
    steps: z.array(stepSchema).min(1).max(40),
  })
  .superRefine(({ steps }, context) => {
    const seen = new Set<string>();
    steps.forEach(({ id: name, question, reveal }, i) => {
      if (seen.has(name))
        context.addIssue({ code: 'custom', path: ['steps', i, 'id'], message: t('Two steps have this id') });
      seen.add(name);
      if (question && !reveal)
        context.addIssue({ code: 'custom', path: ['steps', i], message: t('A question needs a reveal') });
    });
  });
export type Lesson = z.infer<typeof lessonSchema>;
/** A lesson as written in its file. */
export type LessonFile = z.input<typeof lessonSchema>;

/** Thrown when a lesson cannot be read. The message names the place, what was expected and what to do. */
export class LessonError extends Error {}

/** Reads a lesson from JSON. Throws LessonError with the place and the reason if it is not a lesson. */
export function parseLesson(text: string): Lesson {
  if (text.length > MOST_BYTES)
    throw new LessonError(
      t('This lesson has {{size}} kB; at most {{most}} kB are read. Divide it into two.', {
        size: Math.round(text.length / 1024),
        most: MOST_BYTES / 1024,
      }),
    );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const why = messageOf(error);
    throw new LessonError(t('This is not a lesson: expected JSON, but {{why}}.', { why }));
  }
  const result = lessonSchema.safeParse(json);
  if (result.success) return result.data;
  const version = typeof json === 'object' && json !== null && 'version' in json ? json.version : null;
  if (typeof version === 'number' && version > LESSON_VERSION)
    throw new LessonError(
      t(
        'This lesson has version {{version}}, and this lab reads version {{read}}. Open it in a newer Branch Lab.',
        { version, read: LESSON_VERSION },
      ),
    );
  const issue = result.error.issues[0]!;
  const place = issue.path.length > 0 ? issue.path.join('.') : t('the top level');
  throw new LessonError(
    t(
      'This is not a lesson that the lab knows: at {{place}}, {{problem}}. Correct the file there and open it again.',
      { place, problem: issue.message },
    ),
  );
}
