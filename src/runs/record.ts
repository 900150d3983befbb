/**
 * The run record: an experiment carried out, as JSON that stands on its own. `RunState` is a run in memory while it
 * grows; `toRecord` writes it down; `parseRecord` reads one back, or says where and why it is none.
 */
import { z } from 'zod';
import type { Experiment } from '../experiment/settings';
import { experimentToQuery } from '../experiment/url';
import { findDip } from '../instruments/dips';
import { INSTRUMENT_KEYS } from '../experiment/settings';
import type { InstrumentSeries } from '../instruments/series';
import { STATISTICS } from '../instruments/statistics';
import { PANELS, type Curve } from '../network/curves';
import type { NetworkPlan } from '../network/plan';
import type { DatasetSummary, Environment, Evaluation, RunEnd } from '../training/protocol';
import type { RunSeries } from './series';

/** A run in memory. Fields are null until the worker has said them. */
export interface RunState {
  id: string;
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
}

const numbers = z.array(z.number().nullable());

const curveSchema = z.object({
  panel: z.enum(PANELS),
  layer: z.int().nonnegative(),
  copy: z.int().nonnegative().default(0),
  parameter: z.string(),
  kind: z.enum(['scale', 'gamma']),
  channels: z.int().positive(),
  ...(Object.fromEntries(STATISTICS.map((name) => [name, numbers])) as Record<
    (typeof STATISTICS)[number],
    typeof numbers
  >),
});

export const recordSchema = z.object({
  format: z.literal('branch-lab-run'),
  version: z.literal(1),
  id: z.string(),
  createdAt: z.string(),
  appVersion: z.string(),
  userAgent: z.string(),
  query: z.string(),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.number())])),
  environment: z.object({
    backend: z.enum(['webgpu', 'wasm', 'webgl', 'cpu']),
    adapter: z.string(),
    reason: z.string(),
  }),
  dataset: z.object({
    id: z.enum(['builtin', 'cifar100']),
    label: z.string(),
    digest: z.string(),
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
    loss: numbers,
    accuracy: numbers,
    lr: numbers,
    logitStd: numbers,
    logitNorm: numbers.default([]),
    curves: z.array(curveSchema),
  }),
  /** What the instruments measured: `values` of a column at `steps`. */
  instruments: z
    .object({
      steps: z.array(z.int().nonnegative()),
      columns: z.array(
        z.object({
          instrument: z.enum(INSTRUMENT_KEYS),
          quantity: z.string(),
          layer: z.int().nonnegative(),
          part: z.string(),
          copy: z.int().nonnegative(),
          channel: z.int().nonnegative().optional(),
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
    reason: z.string(),
    digest: z.string().nullable().default(null),
  }),
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

/** Writes a run down. Throws Error where the run has not got as far as a first step. */
export function toRecord(run: RunState, app: { version: string; userAgent: string }): RunRecord {
  const { environment, plan, dataset, series } = run;
  if (!environment || !plan || !dataset)
    throw new Error('This run has recorded nothing yet; start it first.');
  return {
    format: 'branch-lab-run',
    version: 1,
    id: run.id,
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
    environment,
    dataset,
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
      loss: exact(series.scalar('loss')),
      accuracy: rounded(series.scalar('accuracy')),
      lr: rounded(series.scalar('lr')),
      logitStd: rounded(series.scalar('logitStd')),
      logitNorm: rounded(series.scalar('logitNorm')),
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
    end: run.end ?? {
      how: 'unfinished',
      step: series.count,
      reason: 'The run was going on when this record was written.',
      digest: null,
    },
  };
}

/** Reads a record from JSON text. Throws RecordError with the place and the reason where it is none. */
export function parseRecord(text: string): RunRecord {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new RecordError(
      `This is not a run record: expected JSON, but ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  const result = recordSchema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const place = issue.path.length > 0 ? issue.path.join('.') : 'the top level';
  throw new RecordError(`This is not a run record of version 1: at ${place}, ${issue.message}.`);
}

export class RecordError extends Error {}
