/** An entry of the history: what the table of runs shows of a run, without its series. */
import { z } from 'zod';
import { BACKEND_NAMES } from '../../experiment/backends';
import { experimentFromQuery, experimentToQuery } from '../../experiment/url';
import { t } from '../../language/language';
import { keptMessage } from '../../language/message';
import { storedMessageSchema } from '../../language/message-schema';
import { messageOfStored } from '../../language/old-texts';
import { PANELS } from '../../network/curves';
import { layersOfPanel } from '../curves';
import { dipPartsOf, isPlain, type Concluded, type Outcome } from '../outcomes';
import { keptEnd, type RunState } from '../record';
import { originSchema, remarksSchema } from '../record-schema';
import { findDip } from '../../instruments/dips';

/** Points of a thumbnail's curve. */
const THUMBNAIL_POINTS = 48;

const number = z.number().nullable();

export const entrySchema = z.object({
  id: z.string(),
  ...remarksSchema.shape,
  /** Counts the runs of this history; a run keeps its number, and with it its colour. */
  number: z.int().nonnegative(),
  createdAt: z.string(),
  /** When its series, not its remarks, were last written. */
  updatedAt: z.string(),
  /** Null while it is not deleted. */
  deletedAt: z.string().nullable(),
  /** The whole experiment, seed included. */
  query: z.string(),
  appVersion: z.string(),
  backend: z.enum(BACKEND_NAMES),
  adapter: storedMessageSchema,
  dataset: z.object({ label: storedMessageSchema, digest: z.string() }),
  parameters: z.int(),
  totalSteps: z.int(),
  firstStep: z.int(),
  /** Steps recorded, counted from step 0. */
  steps: z.int(),
  imagesPerSecond: z.number(),
  /** Of the last step. */
  loss: number,
  /** The last evaluation. */
  evaluation: z
    .object({ step: z.int(), images: z.int(), loss: number, top1: z.number(), top5: z.number() })
    .nullable(),
  /** Of the deepest layer of each panel that has a dip. */
  dips: z.array(
    z.object({
      panel: z.enum(PANELS),
      layer: z.int(),
      step: z.int(),
      value: z.number(),
      depth: z.number(),
      halfRecoveryStep: z.int().nullable(),
    }),
  ),
  end: z
    .object({
      how: z.enum(['finished', 'stopped', 'diverged', 'failed']),
      step: z.int(),
      reason: storedMessageSchema,
      digest: z.string().nullable(),
    })
    .nullable(),
  /** Step of the checkpoint that is kept; null where there is none. */
  checkpoint: z.int().nullable(),
  origin: originSchema.nullable(),
  sweep: z.string().nullable(),
  /** At evenly spaced steps; null where a value was not finite. */
  thumbnail: z.object({
    loss: z.array(number),
    /** Mean over channels of the last layer of each panel. */
    panels: z.array(z.object({ panel: z.enum(PANELS), values: z.array(number) })),
  }),
  /** Bytes of its series and of its checkpoint. */
  bytes: z.object({ series: z.number(), checkpoint: z.number() }),
});
export type HistoryEntry = z.infer<typeof entrySchema>;
/** An entry as the database has it: its messages as data, or, from before version 3 of the record, as English texts. */
export type StoredEntry = z.input<typeof entrySchema>;

/** The facts of the run itself; the other fields are the user's remarks and the store's bookkeeping. */
export type RunFacts = Omit<
  StoredEntry,
  'name' | 'note' | 'tags' | 'starred' | 'number' | 'deletedAt' | 'checkpoint' | 'bytes'
>;

const finite = (value: number | undefined) =>
  value !== undefined && Number.isFinite(value) ? Number(value.toPrecision(5)) : null;

/** An entry with its messages as data. */
export const entryOf = (stored: StoredEntry): HistoryEntry => ({
  ...stored,
  adapter: messageOfStored(stored.adapter),
  dataset: { ...stored.dataset, label: messageOfStored(stored.dataset.label) },
  end: stored.end && { ...stored.end, reason: messageOfStored(stored.end.reason) },
});

/** Values at up to `points` steps, the first and the last among them. */
export function thumbnailOf(
  values: Float32Array,
  first: number,
  points = THUMBNAIL_POINTS,
): (number | null)[] {
  const count = values.length - first;
  const taken = Math.min(points, count);
  return Array.from({ length: taken }, (_, i) =>
    finite(values[first + (taken === 1 ? 0 : Math.round((i * (count - 1)) / (taken - 1)))]),
  );
}

/** The facts of a run as it is now. Throws Error where it has recorded nothing yet. */
export function factsOf(run: RunState, appVersion: string): RunFacts {
  const { environment, plan, dataset, series } = run;
  if (!environment || !plan || !dataset) throw new Error(t('This run has recorded nothing yet.'));
  const evaluation = run.evaluations.at(-1);
  const deepest = PANELS.flatMap((panel) => {
    const curve = layersOfPanel(run.curves, panel).at(-1);
    return curve === undefined ? [] : [{ panel, curve }];
  });
  return {
    id: run.id,
    createdAt: run.createdAt,
    updatedAt: new Date().toISOString(),
    query: experimentToQuery(run.experiment),
    appVersion,
    backend: environment.backend,
    adapter: keptMessage(environment.adapter),
    dataset: { label: keptMessage(dataset.label), digest: dataset.digest },
    parameters: plan.cost.parameters,
    totalSteps: run.totalSteps,
    firstStep: series.first,
    steps: series.count,
    imagesPerSecond: run.imagesPerSecond,
    loss: finite(series.scalar('loss').at(-1)),
    evaluation: evaluation ? { ...evaluation, loss: finite(evaluation.loss) } : null,
    dips: deepest.flatMap(({ panel, curve }) => {
      const dip = findDip(series.curve(curve, 'mean'));
      return dip ? [{ panel, layer: run.curves[curve]!.layer, ...dip }] : [];
    }),
    end: run.end && keptEnd(run.end),
    origin: run.origin && { ...run.origin, fresh: [...run.origin.fresh] },
    sweep: run.sweep,
    thumbnail: {
      loss: thumbnailOf(series.scalar('loss'), series.first),
      panels: deepest.map(({ panel, curve }) => ({
        panel,
        values: thumbnailOf(series.curve(curve, 'mean'), series.first),
      })),
    },
  };
}

/** The outcomes that an entry has, without the series. */
export function concludedEntry(entry: HistoryEntry): Concluded {
  const { id, query, dataset, end, evaluation, loss, imagesPerSecond, dips, thumbnail } = entry;
  const outcome = (wanted: Outcome): number | null => {
    if (!isPlain(wanted)) {
      const [what, panel] = dipPartsOf(wanted);
      if (!thumbnail.panels.some((one) => one.panel === panel)) return null;
      const dip = dips.find((one) => one.panel === panel);
      return what === 'dipDepth' ? (dip?.depth ?? 0) * 100 : (dip?.step ?? null);
    }
    switch (wanted) {
      case 'top1':
        return evaluation && evaluation.top1 * 100;
      case 'testLoss':
        return evaluation && evaluation.loss;
      case 'loss':
        return loss;
      case 'imagesPerSecond':
        return imagesPerSecond > 0 ? imagesPerSecond : null;
      default:
        return wanted satisfies never;
    }
  };
  return { id, experiment: experimentFromQuery(query).experiment, dataset, end, outcome };
}
