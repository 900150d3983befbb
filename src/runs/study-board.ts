/** The statistics of the study board: which runs count for a row, their mean and spread, and which rows differ. Pure. */
import { z } from 'zod';
import { t } from '../language/language';
import { keptMessageSchema } from '../language/message-schema';
import { messageText } from '../language/message-text';
import { differenceOf, spreadOf, type Difference } from './statistics';

export const boardResultSchema = z.object({
  /** What was run: its `repetitionKey`. */
  query: z.string(),
  seed: z.number(),
  /** Share of test images, 0 … 1; null where the run diverged. */
  top1: z.number().min(0).max(1).nullable(),
  steps: z.number(),
  images: z.number(),
  dataset: keptMessageSchema,
  digest: z.string(),
  backend: z.string(),
  finishedAt: z.string(),
});
export type BoardResult = z.infer<typeof boardResultSchema>;

export interface Summary {
  /** Number of finished seeds; the latest result of each counts. */
  seeds: number;
  diverged: number;
  /** Top-1 in per cent. */
  mean: number;
  /** Sample standard deviation over seeds; null with fewer than two. */
  deviation: number | null;
  /** Data set, number of test images and steps of the runs. */
  about: string;
}

/** Mean and spread of an experiment's repetitions; null where there are none. Results of other data (by digest) than the latest one's do not count. */
export function summarise(results: readonly BoardResult[], key: string): Summary | null {
  const own = results.filter(({ query }) => query === key);
  const latest = own.at(-1);
  if (!latest) return null;
  const bySeed = new Map(
    own.filter(({ digest }) => digest === latest.digest).map((result) => [result.seed, result]),
  );
  const finished = [...bySeed.values()].flatMap(({ top1 }) => (top1 === null ? [] : [top1 * 100]));
  const { n, mean, deviation } = spreadOf(finished);
  return {
    seeds: n,
    diverged: bySeed.size - n,
    mean,
    deviation,
    about: t('{{dataset}}, {{images}} test images, {{steps}} steps', {
      dataset: messageText(latest.dataset),
      images: latest.images.toLocaleString('en'),
      steps: latest.steps.toLocaleString('en'),
    }),
  };
}

/** The fewest seeds per row for a comparison. */
export const ENOUGH_SEEDS = 3;

/** Whether two rows can be told apart, as any two groups of runs in the lab, but with three seeds at least on either side. */
export const compare = (a: Summary, b: Summary): Difference =>
  differenceOf({ n: a.seeds, ...a }, { n: b.seeds, ...b }, ENOUGH_SEEDS);

/**
 * Rows from best to worst; a row begins a new tier when the best row of the
 * present one is higher by `compare`. Tiers are counted from 1; rows with fewer than three seeds have none.
 */
export function tiers(summaries: ReadonlyMap<string, Summary>): Map<string, number> {
  const ranked = [...summaries]
    .filter(([, { seeds }]) => seeds >= ENOUGH_SEEDS)
    .toSorted(([, a], [, b]) => b.mean - a.mean);
  const result = new Map<string, number>();
  let tier = 0;
  let leader: Summary | null = null;
  for (const [id, summary] of ranked) {
    if (leader === null || compare(leader, summary).verdict === 'higher') {
      tier++;
      leader = summary;
    }
    result.set(id, tier);
  }
  return result;
}
