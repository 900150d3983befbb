/**
 * The run record: an experiment carried out, as JSON that stands on its own. `RunState` is a run in memory while it
 * grows; `toRecord` writes it down; `parseRecord` reads one back, or says where and why it is none.
 */
import { z } from 'zod';
import { BACKEND_NAMES } from '../experiment/backends';
import type { Experiment } from '../experiment/settings';
import { experimentFromQuery, experimentToQuery } from '../experiment/url';
import { findDip } from '../instruments/dips';
import { INSTRUMENT_KEYS } from '../experiment/settings';
import type { InstrumentColumn } from '../instruments/measurement';
import { forScalars, scalarFormat, SCALARS } from '../instruments/scalars';
import { InstrumentSeries } from '../instruments/series';
import { STATISTICS } from '../instruments/statistics';
import { t } from '../language/language';
import { messageOf } from '../language/message-of';
import { keptMessage, message, messageOfKept, type Message } from '../language/message';
import { keptMessageSchema } from '../language/message-schema';
import { messageOfStored } from '../language/old-texts';
import { PANELS, type Curve } from '../network/curves';
import type { NetworkPlan } from '../network/plan';
import { planNetwork } from '../network/plan-network';
import type { DatasetSummary, Environment, Evaluation, RunEnd } from '../training/protocol';
import { nameOf } from './run-names';
import { RunSeries } from './series';

/** Where a branched run began: at another run's checkpoint. */
export interface Origin {
  id: string;
  /** What that run was called then. */
  name: string;
  step: number;
  /** Tensors that the checkpoint did not have. */
  fresh: readonly string[];
}

/** A run in memory. Fields are null until the worker has said them. */
export interface RunState {
  id: string;
  name: string;
  /** Null where it began at step 0. */
  origin: Origin | null;
  /** The sweep that it belongs to. */
  sweep: string | null;
  experiment: Experiment;
  createdAt: string;
  environment: Environment | null;
  plan: NetworkPlan | null;
  curves: readonly Curve[];
  dataset: DatasetSummary | null;
  totalSteps: number;
  stepsPerEpoch: number;
  batch: number;
  series: RunSeries;
  instruments: InstrumentSeries;
  evaluations: readonly Evaluation[];
  imagesPerSecond: number;
  end: RunEnd | null;
  /** Of a run as it was at an earlier step (./at-step): the run with all that is recorded. */
  whole?: RunState;
}

/**
 * 1 had neither names and remarks nor runs that begin at a checkpoint; 1 and 2 had English texts where 3 has messages as
 * data (`keptMessageSchema` reads both).
 */
export const RECORD_VERSION = 3;

const numbers = z.array(z.number().nullable());

/** A count that pages loop over, and texts that they show: records come from anywhere. */
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

/** What the user says of a run. */
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
  /** The first step of the run's own; series are null before it. */
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

/** Losses are written to the last bit, so that two records can be compared; statistics to 7 digits, float32's precision. */
const exact = (values: Float32Array) => Array.from(values, (v) => (Number.isFinite(v) ? v : null));
const rounded = (values: Float32Array) =>
  Array.from(values, (v) => (Number.isFinite(v) ? Number(v.toPrecision(7)) : null));
const finite = (value: number) => (Number.isFinite(value) ? value : null);

/** Dips of every curve's mean, in the order of the curves. */
export function dipsOf(run: Pick<RunState, 'curves' | 'series'>): RunRecord['dips'] {
  return run.curves.flatMap((curve, k) => {
    const dip = findDip(run.series.curve(k, 'mean'));
    return dip ? [{ panel: curve.panel, layer: curve.layer, ...dip }] : [];
  });
}

/** What computed a run and what it was trained on, as files keep it: messages with their English texts. */
export const keptTexts = ({
  environment,
  dataset,
}: {
  environment: Environment;
  dataset: DatasetSummary;
}) => ({
  environment: {
    ...environment,
    adapter: keptMessage(environment.adapter),
    reason: keptMessage(environment.reason),
  },
  dataset: { ...dataset, label: keptMessage(dataset.label) },
});

/** The end of a run as files keep it. */
export const keptEnd = <End extends { reason: Message }>(end: End) => ({
  ...end,
  reason: keptMessage(end.reason),
});

/** The same as files and stores have it: before version 3 the messages were English texts. */
export interface StoredTexts {
  environment: Omit<Environment, 'adapter' | 'reason'> & Record<'adapter' | 'reason', string | Message>;
  dataset: Omit<DatasetSummary, 'label'> & { label: string | Message };
}

/** The opposite of `keptTexts`. */
export const messagesOf = ({
  environment,
  dataset,
}: StoredTexts): { environment: Environment; dataset: DatasetSummary } => ({
  environment: {
    ...environment,
    adapter: messageOfStored(environment.adapter),
    reason: messageOfStored(environment.reason),
  },
  dataset: { ...dataset, label: messageOfStored(dataset.label) },
});

/** A recorded end; null where the run was going on. */
export const endOf = ({ how, ...end }: RunRecord['end']): RunEnd | null =>
  how === 'unfinished' ? null : { ...end, how, reason: messageOfKept(end.reason) };

/** Writes a run down, with what its user says of it. Throws Error where the run has not got as far as a first step. */
export function toRecord(
  run: RunState,
  app: { version: string; userAgent: string },
  { note, tags, starred }: Omit<Remarks, 'name'> = { note: '', tags: [], starred: false },
): RunRecord {
  const { environment, plan, dataset, series } = run;
  if (!environment || !plan || !dataset)
    throw new Error(t('This run has recorded nothing yet; start it first.'));
  return {
    format: 'branch-lab-run',
    version: RECORD_VERSION,
    id: run.id,
    name: run.name,
    note,
    tags,
    starred,
    origin: run.origin && { ...run.origin, fresh: [...run.origin.fresh] },
    sweep: run.sweep,
    firstStep: series.first,
    createdAt: run.createdAt,
    appVersion: app.version,
    userAgent: app.userAgent,
    query: experimentToQuery(run.experiment),
    settings: Object.fromEntries(
      Object.entries(run.experiment).map(([key, value]) => [
        key,
        typeof value === 'object' ? [...value] : value,
      ]),
    ),
    ...keptTexts({ environment, dataset }),
    network: {
      ...plan.cost,
      layers: plan.blocks.map((block) => ({
        name: block.name,
        stage: block.stage,
        cin: block.cin,
        cout: block.cout,
        stride: block.stride,
        branches: block.branches.map(({ branch, transform }) => ({ branch, transform: transform.kind })),
        norm: block.norm !== null,
      })),
    },
    totalSteps: run.totalSteps,
    stepsPerEpoch: run.stepsPerEpoch,
    batch: run.batch,
    imagesPerSecond: run.imagesPerSecond,
    series: {
      ...forScalars((name) => (scalarFormat(name).exact ? exact : rounded)(series.scalar(name))),
      curves: run.curves.map((curve, k) => ({
        ...curve,
        ...(Object.fromEntries(STATISTICS.map((name) => [name, rounded(series.curve(k, name))])) as Record<
          (typeof STATISTICS)[number],
          (number | null)[]
        >),
      })),
    },
    instruments: {
      steps: run.instruments.steps,
      columns: run.instruments.columns.map((column, k) => ({
        ...column,
        values: rounded(run.instruments.column(k)),
      })),
    },
    evaluations: run.evaluations.map((evaluation) => ({ ...evaluation, loss: finite(evaluation.loss) })),
    dips: dipsOf(run),
    end: keptEnd(
      run.end ?? { how: 'unfinished', step: series.count, reason: message('run.unfinished'), digest: null },
    ),
  };
}

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

/** The run that a record tells of, as it was in memory. */
export function fromRecord(record: RunRecord): RunState {
  const { experiment } = experimentFromQuery(record.query);
  const { series: recorded, end } = record;
  const curves = recorded.curves.map(({ panel, layer, copy, parameter, kind, channels }) => {
    return { panel, layer, copy, parameter, kind, channels };
  });
  const series = new RunSeries(curves.length, record.firstStep);
  const count = recorded.loss.length - record.firstStep;
  const columnsOf = [
    ...SCALARS.map((name) => recorded[name]),
    ...recorded.curves.flatMap((curve) => STATISTICS.map((name) => curve[name])),
  ];
  const values = new Float32Array(columnsOf.length * count);
  columnsOf.forEach((column, k) => {
    for (let i = 0; i < count; i++) values[k * count + i] = column[record.firstStep + i] ?? NaN;
  });
  series.appendColumns({ firstStep: record.firstStep, count, values });
  const columns = record.instruments.columns.map(
    ({ values: _values, ...column }) => column as InstrumentColumn,
  );
  const instruments = new InstrumentSeries(columns);
  record.instruments.steps.forEach((step, i) =>
    instruments.append({
      step,
      values: Float32Array.from(record.instruments.columns, (column) => column.values[i] ?? NaN),
      milliseconds: {},
    }),
  );
  return {
    id: record.id,
    name: record.name,
    origin: record.origin,
    sweep: record.sweep,
    experiment,
    createdAt: record.createdAt,
    ...messagesOf(record),
    plan: planNetwork(experiment),
    curves,
    totalSteps: record.totalSteps,
    stepsPerEpoch: record.stepsPerEpoch,
    batch: record.batch,
    series,
    instruments,
    evaluations: record.evaluations.map((evaluation) => ({ ...evaluation, loss: evaluation.loss ?? NaN })),
    imagesPerSecond: record.imagesPerSecond,
    end: endOf(end),
  };
}

export class RecordError extends Error {}
