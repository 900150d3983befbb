/**
 * The metadata of a safetensors file of the lab: enough to make a run, without its series, from the file alone.
 */
import { z } from 'zod';
import { experimentFromQuery, experimentToQuery } from '../../experiment/url';
import { Instruments } from '../../instruments/measure';
import { InstrumentSeries } from '../../instruments/series';
import { curvesOf } from '../../network/curves';
import { t } from '../../language/language';
import { planNetwork } from '../../network/plan-network';
import { endOf, keptEnd, keptTexts, messagesOf, type RunState } from '../record';
import { recordShape, remarksSchema } from '../record-schema';
import { RunSeries } from '../series';

/** "checkpoint" has velocities and instruments besides the weights as trained. */
export const FORMS = ['trained', 'fused', 'checkpoint'] as const;
export type FileForm = (typeof FORMS)[number];

export const FORMAT = 'branch-lab';

const { shape } = recordShape;
/** Metadata that only the lab reads, as JSON in one string. */
const detailsSchema = z.object({
  createdAt: shape.createdAt,
  origin: shape.origin,
  sweep: shape.sweep,
  environment: shape.environment,
  dataset: shape.dataset,
  totalSteps: shape.totalSteps,
  stepsPerEpoch: shape.stepsPerEpoch,
  batch: shape.batch,
  /** Null where it is going on. */
  end: z
    .object({
      how: z.enum(['finished', 'stopped', 'diverged', 'failed']),
      step: z.int(),
      reason: shape.end.shape.reason,
      digest: z.string().nullable(),
    })
    .nullable(),
});

const aboutSchema = z.object({
  format: z.literal(FORMAT),
  form: z.enum(FORMS),
  /** The whole experiment, seed included, as a link. */
  query: z.string(),
  name: remarksSchema.shape.name,
  run: shape.id,
  /** Updates made. */
  step: z.string().regex(/^\d{1,9}$/, { error: () => t('expected a whole number') }),
  /** Digest of the data set. */
  dataset: z.string(),
  /** Version of the lab that wrote the file. */
  app: z.string(),
  details: z.string(),
});

/** The strings of a file, as they are written. */
export type About = z.infer<typeof aboutSchema>;

/** The metadata of a file of a run after `step` updates. Throws Error where the run has recorded nothing yet. */
export function aboutOf(
  run: RunState,
  form: FileForm,
  step: number,
  appVersion: string,
): Record<string, string> {
  const { environment, dataset } = run;
  if (!environment || !dataset) throw new Error(t('This run has recorded nothing yet.'));
  const { createdAt, origin, sweep, totalSteps, stepsPerEpoch, batch, end } = run;
  const details: z.input<typeof detailsSchema> = {
    createdAt,
    origin: origin && { ...origin, fresh: [...origin.fresh] },
    sweep,
    ...keptTexts({ environment, dataset }),
    totalSteps,
    stepsPerEpoch,
    batch,
    end: end && keptEnd(end),
  };
  return {
    format: FORMAT,
    form,
    query: experimentToQuery(run.experiment),
    name: run.name,
    run: run.id,
    step: String(step),
    dataset: dataset.digest,
    app: appVersion,
    details: JSON.stringify(details),
  } satisfies About;
}

/** What a file says of itself; null where it is not the lab's. Throws Error, with the place, where that is damaged. */
export function readAbout(metadata: ReadonlyMap<string, string>): About | null {
  if (metadata.get('format') !== FORMAT) return null;
  return checked(aboutSchema, Object.fromEntries(metadata));
}

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new Error(
    t('What it says of its run is damaged: at {{place}}, {{problem}}.', {
      place: path.join('.') || t('the top level'),
      problem: message,
    }),
  );
}

/** The run of a file, without series: its first step is the file's. Throws as `readAbout`. */
export function runOf({ query, name, run: id, step, details }: About): RunState {
  let json: unknown;
  try {
    json = JSON.parse(details);
  } catch {
    throw new Error(t('What it says of its run is damaged: its details are no JSON.'));
  }
  const known = checked(detailsSchema, json);
  const { experiment } = experimentFromQuery(query);
  const plan = planNetwork(experiment);
  const curves = curvesOf(plan);
  return {
    ...known,
    ...messagesOf(known),
    end: known.end && endOf(known.end),
    id,
    name,
    experiment,
    plan,
    curves,
    series: new RunSeries(curves.length, Number(step)),
    instruments: new InstrumentSeries([...new Instruments(plan, curves, experiment, new Map()).columns]),
    evaluations: [],
    imagesPerSecond: 0,
  };
}
