/**
 * The run record as JSON: its schema, and reading one back. `parseRecord` returns a record of any version as one of the
 * present version, or says where and why the text is none.
 */
import { z } from 'zod';
import { BACKEND_NAMES } from '../experiment/backends';
import { INSTRUMENT_KEYS } from '../experiment/settings';
import { forScalars, scalarFormat, SCALARS } from '../instruments/scalars';
import { STATISTICS } from '../instruments/statistics';
import { t } from '../language/language';
import { messageOf } from '../language/message-of';
import { keptMessageSchema } from '../language/message-schema';
import { PANELS } from '../network/curves';
import { nameOf } from './run-names';

/**
 * 1 had neither names and remarks nor runs that begin at a checkpoint; 1 and 2 had English texts where 3 has messages as
 * data (`keptMessageSchema` reads both).
 */
export const RECORD_VERSION = 3;

const numbers = z.array(z.number().nullable());

/** Limits for counts that the page loops over and for texts that it shows, because a record may come from anywhere. */
const index = z.int().nonnegative().max(99_999);
const line = z.string().max(2000);

const curveSchema = z.object({
  panel: z.enum(PANELS),
  layer: index,
  copy: index.default(0),
  parameter: line,
  kind: z.enum(['scale', 'gamma']),
  channels: index.min(1),
  ...(Object.fromEntries(STATISTICS.map((name) => [name, numbers])) as Record<
    (typeof STATISTICS)[number],
    typeof numbers
  >),
});

export const originSchema = z.object({
  id: line,
  name: line,
  step: z.int().nonnegative(),
  fresh: z.array(z.string()),
});

export const NAME_LENGTH = 120;
export const NOTE_LENGTH = 20_000;
export const MOST_TAGS = 50;

/** The user's remarks on a run. */
export const remarksSchema = z.object({
  name: z.string().min(1).max(NAME_LENGTH),
  note: z.string().max(NOTE_LENGTH),
  tags: z.array(z.string().min(1).max(NAME_LENGTH)).max(MOST_TAGS),
  starred: z.boolean(),
});
export type Remarks = z.infer<typeof remarksSchema>;

/** The record, part by part. */
export const recordShape = z.object({
  format: z.literal('branch-lab-run'),
  version: z.literal(RECORD_VERSION),
  id: z.string().min(1).max(NAME_LENGTH),
  ...remarksSchema.shape,
  origin: originSchema.nullable(),
  sweep: line.nullable(),
  /** The first step that the run made itself; series are null before it. */
  firstStep: z.int().nonnegative(),
  createdAt: z.string().refine((text) => Number.isFinite(Date.parse(text)), {
    error: () => t('expected a time'),
  }),
  appVersion: line,
  userAgent: line,
  query: z.string().max(20_000),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.number())])),
  environment: z.object({
    backend: z.enum(BACKEND_NAMES),
    adapter: keptMessageSchema,
    reason: keptMessageSchema,
  }),
  dataset: z.object({
    id: z.enum(['builtin', 'cifar100']),
    label: keptMessageSchema,
    digest: line,
    train: z.int().nonnegative(),
    test: z.int().nonnegative(),
    trainUsed: z.int().nonnegative(),
    testUsed: z.int().nonnegative(),
  }),
  network: z.object({
    parameters: z.int(),
    macs: z.number(),
    /** Null where the network cannot be fused. */
    fusedParameters: z.int().nullable(),
    fusedMacs: z.number().nullable(),
    layers: z.array(
      z.object({
        name: z.string(),
        stage: z.int(),
        cin: z.int(),
        cout: z.int(),
        stride: z.int(),
        branches: z.array(z.object({ branch: z.string(), transform: z.string() })),
        norm: z.boolean(),
      }),
    ),
  }),
  totalSteps: z.int(),
  stepsPerEpoch: z.int(),
  batch: z.int(),
  imagesPerSecond: z.number(),
  /** Values by step, from step 0; null where a value was not finite. */
  series: z.object({
    ...forScalars((name) => (scalarFormat(name).optional ? numbers.default([]) : numbers)),
    curves: z.array(curveSchema),
  }),
  /** What the instruments measured: `values` of a column at `steps`. */
  instruments: z
    .object({
      steps: z.array(z.int().nonnegative()),
      columns: z.array(
        z.object({
          instrument: z.enum(INSTRUMENT_KEYS),
          quantity: line,
          layer: index,
          part: line,
          copy: index,
          channel: index.optional(),
          values: numbers,
        }),
      ),
    })
    .default({ steps: [], columns: [] }),
  evaluations: z.array(
    z.object({
      step: z.int(),
      images: z.int(),
      loss: z.number().nullable(),
      top1: z.number(),
      top5: z.number(),
    }),
  ),
  dips: z.array(
    z.object({
      panel: z.string(),
      layer: z.int(),
      step: z.int(),
      value: z.number(),
      depth: z.number(),
      halfRecoveryStep: z.int().nullable(),
    }),
  ),
  end: z.object({
    how: z.enum(['finished', 'stopped', 'diverged', 'failed', 'unfinished']),
    step: z.int(),
    reason: keptMessageSchema,
    digest: line.nullable().default(null),
  }),
});

/** Series have a value for every step, and instruments one for every measured step. */
export const recordSchema = recordShape.superRefine((record, context) => {
  const { series, instruments, firstStep } = record;
  const steps = series.loss.length;
  const wrong = (path: (string | number)[], found: number, expected: number) =>
    context.addIssue({
      code: 'custom',
      path,
      message: t('expected {{expected}} values, found {{found}}', { expected, found }),
    });
  if (steps < firstStep) wrong(['series', 'loss'], steps, firstStep);
  for (const name of SCALARS)
    if (!scalarFormat(name).optional && series[name].length !== steps)
      wrong(['series', name], series[name].length, steps);
  series.curves.forEach((curve, k) => {
    for (const name of STATISTICS)
      if (curve[name].length !== steps) wrong(['series', 'curves', k, name], curve[name].length, steps);
  });
  instruments.columns.forEach(({ values }, k) => {
    const expected = instruments.steps.length;
    if (values.length !== expected) wrong(['instruments', 'columns', k, 'values'], values.length, expected);
  });
});

export type RunRecord = z.infer<typeof recordSchema>;

/** Reads a record from JSON text. Throws RecordError with the place and the reason where it is none. */
export function parseRecord(text: string): RunRecord {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new RecordError(
      t('This is not a run record: expected JSON, but {{problem}}.', {
        problem: messageOf(error),
      }),
    );
  }
  const result = recordSchema.safeParse(migrated(json));
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const place = issue.path.length > 0 ? issue.path.join('.') : t('the top level');
  const version = typeof json === 'object' && json !== null && 'version' in json ? json.version : null;
  if (typeof version === 'number' && version > RECORD_VERSION) {
    throw new RecordError(
      t(
        'This record has version {{version}}, and this lab reads versions up to {{most}}. Open it in a newer Branch Lab.',
        { version, most: RECORD_VERSION },
      ),
    );
  }
  throw new RecordError(
    t('This is not a run record that the lab knows: at {{place}}, {{problem}}.', {
      place,
      problem: issue.message,
    }),
  );
}

/** A record of an older version as one of the present version; anything else as it is. */
function migrated(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || !('version' in json)) return json;
  if (json.version === 2) return { ...json, version: RECORD_VERSION };
  if (json.version !== 1) return json;
  const name = 'id' in json && typeof json.id === 'string' ? nameOf(json.id) : '';
  const unknownThen = { name, note: '', tags: [], starred: false, origin: null, sweep: null, firstStep: 0 };
  return { ...unknownThen, ...json, version: RECORD_VERSION };
}

export class RecordError extends Error {}
