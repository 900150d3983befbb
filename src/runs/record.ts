/**
 * The run record: an experiment carried out, as JSON that stands on its own. `RunState` is a run in memory while it
 * grows; `toRecord` writes it down, `fromRecord` makes a run of what `./record-schema` has read.
 */
import type { Experiment } from '../experiment/settings';
import { experimentFromQuery, experimentToQuery } from '../experiment/url';
import { findDip } from '../instruments/dips';
import type { InstrumentColumn } from '../instruments/measurement';
import { forScalars, scalarFormat, SCALARS } from '../instruments/scalars';
import { InstrumentSeries } from '../instruments/series';
import { STATISTICS } from '../instruments/statistics';
import { t } from '../language/language';
import { keptMessage, message, messageOfKept, type Message } from '../language/message';
import { messageOfStored } from '../language/old-texts';
import type { Curve } from '../network/curves';
import type { NetworkPlan } from '../network/plan';
import { planNetwork } from '../network/plan-network';
import type { DatasetSummary, Environment, Evaluation, RunEnd } from '../training/protocol';
import { RECORD_VERSION, type Remarks, type RunRecord } from './record-schema';
import { RunSeries } from './series';

/** Where a branched run began: at another run's checkpoint. */
export interface Origin {
  id: string;
  /** Name of that run at that time. */
  name: string;
  step: number;
  /** Tensors that the checkpoint did not have. */
  fresh: readonly string[];
}

/** A run in memory. Fields are null until the worker has reported them. */
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

/** Losses are written exactly, so that two records can be compared bit by bit; statistics with 7 digits, the precision of float32. */
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

/** What computed a run and what it was trained on, as files store it: messages with their English texts. */
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

/** The end of a run as files store it. */
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

/** The record of a run, with its user's remarks. Throws Error where the run has recorded nothing yet. */
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

/** The run of a record, as it was in memory. */
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
