/**
 * A recorded run as a small file that ships with the page: facts as JSON and columns of numbers, deflated. Of a run it has
 * the curves, the evaluations and what the instruments measured; never an image. Layout: "BLR", a byte with the version,
 * four with the checksum of what follows, and deflated: four bytes with the length of the JSON, the JSON, the columns.
 */
import { deflateSync, inflateSync } from 'fflate';
import { z } from 'zod';
import { experimentFromQuery } from '../experiment/url';
import { INSTRUMENT_KEYS } from '../experiment/settings';
import type { InstrumentColumn } from '../instruments/measurement';
import { InstrumentSeries } from '../instruments/series';
import { SCALARS } from '../instruments/scalars';
import { STATISTICS } from '../instruments/statistics';
import { t } from '../language/language';
import { messageOf } from '../language/message-of';
import { PANELS } from '../network/curves';
import { planNetwork } from '../network/plan-network';
import { checksum } from './fragment-codec';
import { ColumnsError, quantise, readQuantised } from './quantised';
import { endOf, messagesOf, type RunState } from './record';
import { RECORD_VERSION, recordShape, type RunRecord } from './record-schema';
import { RunSeries } from './series';

/** Raised when older files can no longer be read. */
const VERSION = 1;
const MARK = [0x42, 0x4c, 0x52, VERSION];
const HEAD = 8;
/** Limits of a file's size, deflated and inflated. */
export const MOST_FILE_BYTES = 150_000;
const MOST_BYTES = 8_000_000;

const index = z.int().nonnegative().max(99_999);
const line = z.string().max(2000);

const factsSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,60}$/),
  /** Of the record that it was made from. */
  recordVersion: z.int().positive(),
  appVersion: line,
  createdAt: recordShape.shape.createdAt,
  query: recordShape.shape.query,
  environment: recordShape.shape.environment,
  dataset: recordShape.shape.dataset,
  /** The network plan at the time of recording; the page plans again, and a test compares the two. */
  plan: z.unknown(),
  totalSteps: index,
  stepsPerEpoch: index,
  batch: index,
  imagesPerSecond: z.number().nonnegative(),
  /** Recorded, from step 0. */
  steps: index.min(1),
  curves: z
    .array(
      z.strictObject({
        panel: z.enum(PANELS),
        layer: index,
        copy: index,
        parameter: line,
        kind: z.enum(['scale', 'gamma']),
        channels: index.min(1),
      }),
    )
    .max(2000),
  measured: z.array(index).max(20_000),
  columns: z
    .array(
      z.strictObject({
        instrument: z.enum(INSTRUMENT_KEYS),
        quantity: line,
        layer: index,
        part: line,
        copy: index,
        channel: index.optional(),
      }),
    )
    .max(20_000),
  evaluations: recordShape.shape.evaluations.max(20_000),
  dips: recordShape.shape.dips.max(2000),
  end: recordShape.shape.end,
});
export type ReplayFacts = z.infer<typeof factsSchema>;

/** A recording that has been read. */
export interface Replay {
  facts: ReplayFacts;
  /** What was recorded, as any run; its values are within TOLERANCE of their range, lowest and first ones exact. */
  run: RunState;
}

/** The recording cannot be read, or a run cannot be made one. */
export class ReplayError extends Error {}

/** Values of each kind of column: those by step, those by measurement. */
const shapeOf = ({ steps, curves, measured, columns }: ReplayFacts) => ({
  series: { columns: SCALARS.length + curves.length * STATISTICS.length, count: steps },
  instruments: { columns: columns.length, count: measured.length },
});

/** The recording of a record, under this name. Throws ReplayError where the run does not begin at step 0, failed, or is too large. */
export function writeReplay(record: RunRecord, name: string): Uint8Array<ArrayBuffer> {
  const { series, instruments } = record;
  if (record.firstStep > 0 || series.loss.length === 0 || record.end.how === 'failed')
    throw new ReplayError(
      // not translated: for whoever makes recordings
      `expected a run from step 0 on that did not fail, found one from step ${record.firstStep} with ${series.loss.length} steps that ${record.end.how}`,
    );
  const facts: ReplayFacts = factsSchema.parse({
    name,
    recordVersion: record.version,
    appVersion: record.appVersion,
    createdAt: record.createdAt,
    query: record.query,
    environment: record.environment,
    dataset: record.dataset,
    plan: planNetwork(experimentFromQuery(record.query).experiment),
    totalSteps: record.totalSteps,
    stepsPerEpoch: record.stepsPerEpoch,
    batch: record.batch,
    imagesPerSecond: record.imagesPerSecond,
    steps: series.loss.length,
    curves: series.curves.map(({ panel, layer, copy, parameter, kind, channels }) => {
      return { panel, layer, copy, parameter, kind, channels };
    }),
    measured: instruments.steps,
    columns: instruments.columns.map(({ values: _values, ...column }) => column),
    evaluations: record.evaluations,
    dips: record.dips,
    end: record.end,
  });
  const numbers = (values: readonly (number | null)[], count: number) =>
    Float32Array.from({ length: count }, (_, i) => values[i] ?? NaN);
  const bySteps = [
    ...SCALARS.map((scalar) => series[scalar]),
    ...series.curves.flatMap((curve) => STATISTICS.map((statistic) => curve[statistic])),
  ].map((values) => numbers(values, facts.steps));
  const byMeasurement = instruments.columns.map(({ values }) => numbers(values, facts.measured.length));
  const json = new TextEncoder().encode(JSON.stringify(facts));
  const parts = [quantise(bySteps), quantise(byMeasurement)];
  const body = new Uint8Array(8 + json.length + parts[0]!.length + parts[1]!.length);
  const view = new DataView(body.buffer);
  view.setUint32(0, json.length);
  view.setUint32(4, parts[0]!.length);
  body.set(json, 8);
  body.set(parts[0]!, 8 + json.length);
  body.set(parts[1]!, 8 + json.length + parts[0]!.length);
  const deflated = deflateSync(body, { level: 9, mem: 12 });
  const file = new Uint8Array(HEAD + deflated.length);
  if (file.length > MOST_FILE_BYTES)
    // not translated: for whoever makes recordings
    throw new ReplayError(`expected a recording of ${MOST_FILE_BYTES} bytes at most, found ${file.length}`);
  file.set(MARK);
  new DataView(file.buffer).setUint32(4, checksum(deflated));
  file.set(deflated, HEAD);
  return file;
}

const unreadable = (expected: string, found: string | number) =>
  new ReplayError(
    t('This recording cannot be read: expected {{expected}}, found {{found}}.', { expected, found }),
  );

/** Reads a recording. Throws ReplayError where it is none, and nothing else. */
export function readReplay(file: Uint8Array): Replay {
  const body = inflated(file);
  if (body.length < 8) throw unreadable(t('its facts'), t('{{bytes}} bytes', { bytes: body.length }));
  const view = new DataView(body.buffer, body.byteOffset);
  const seriesAt = 8 + view.getUint32(0);
  const instrumentsAt = seriesAt + view.getUint32(4);
  if (instrumentsAt > body.length)
    throw unreadable(
      t('{{bytes}} bytes', { bytes: instrumentsAt }),
      t('{{bytes}} bytes', { bytes: body.length }),
    );
  const facts = factsIn(body.subarray(8, seriesAt));
  const shape = shapeOf(facts);
  try {
    const series = readQuantised(
      body.subarray(seriesAt, instrumentsAt),
      shape.series.columns,
      shape.series.count,
    );
    const instruments = readQuantised(
      body.subarray(instrumentsAt),
      shape.instruments.columns,
      shape.instruments.count,
    );
    return { facts, run: runOf(facts, series, instruments) };
  } catch (error) {
    if (!(error instanceof ColumnsError)) throw error;
    throw new ReplayError(t('This recording cannot be read: {{problem}}.', { problem: error.message }));
  }
}

/** Checks, each before the next does any work: length, mark, checksum, and the inflated size. */
function inflated(file: Uint8Array): Uint8Array {
  if (file.length > MOST_FILE_BYTES)
    throw unreadable(
      t('{{bytes}} bytes at most', { bytes: MOST_FILE_BYTES }),
      t('{{bytes}} bytes', { bytes: file.length }),
    );
  if (file.length <= HEAD || MARK.some((byte, i) => i < 3 && file[i] !== byte))
    throw unreadable(t('a recording of this lab'), t('another file'));
  if (file[3] !== VERSION)
    throw unreadable(
      t('version {{version}}', { version: VERSION }),
      t('version {{version}}', { version: file[3] }),
    );
  const deflated = file.subarray(HEAD);
  if (new DataView(file.buffer, file.byteOffset).getUint32(4) !== checksum(deflated))
    throw unreadable(t('an unchanged file'), t('one whose checksum is wrong'));
  let body: Uint8Array;
  try {
    // One byte more than allowed: what is longer fills it, and nothing is ever allocated beyond it.
    body = inflateSync(deflated, { out: new Uint8Array(MOST_BYTES + 1) });
  } catch (error) {
    throw unreadable(t('compressed data'), String(error));
  }
  if (body.length > MOST_BYTES)
    throw unreadable(t('{{bytes}} bytes at most', { bytes: MOST_BYTES }), t('more'));
  return body;
}

function factsIn(bytes: Uint8Array): ReplayFacts {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw unreadable('JSON', messageOf(error));
  }
  const read = factsSchema.safeParse(json);
  if (!read.success) {
    const { path, message } = read.error.issues[0]!;
    throw new ReplayError(
      t('This recording cannot be read: at {{place}}, {{problem}}.', {
        place: path.join('.') || t('the top level'),
        problem: message,
      }),
    );
  }
  const facts = read.data;
  if (facts.recordVersion > RECORD_VERSION)
    throw unreadable(
      t('a record of version {{version}} at most', { version: RECORD_VERSION }),
      t('version {{version}}', { version: facts.recordVersion }),
    );
  return facts;
}

function runOf(facts: ReplayFacts, seriesValues: Float32Array, measuredValues: Float32Array): RunState {
  const { name, query, curves, steps, measured, columns, end } = facts;
  const { experiment } = experimentFromQuery(query);
  const series = new RunSeries(curves.length);
  series.appendColumns({ firstStep: 0, count: steps, values: seriesValues });
  const instruments = new InstrumentSeries(columns as InstrumentColumn[]);
  measured.forEach((step, i) =>
    instruments.append({
      step,
      values: Float32Array.from(columns, (_, k) => measuredValues[k * measured.length + i]!),
      milliseconds: {},
    }),
  );
  return {
    id: `replay-${name}`,
    name,
    origin: null,
    sweep: null,
    experiment,
    createdAt: facts.createdAt,
    ...messagesOf(facts),
    plan: planNetwork(experiment),
    curves,
    totalSteps: facts.totalSteps,
    stepsPerEpoch: facts.stepsPerEpoch,
    batch: facts.batch,
    series,
    instruments,
    evaluations: facts.evaluations.map((evaluation) => ({ ...evaluation, loss: evaluation.loss ?? NaN })),
    imagesPerSecond: facts.imagesPerSecond,
    end: endOf(end),
  };
}
