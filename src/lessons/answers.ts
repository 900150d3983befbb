/** The reader's answers, and their comparison with measurements. */
import { z } from 'zod';
import { firstFinite } from '../instruments/finite-range';
import { curveOf, measure, runsOf, type Measured } from './measures';
import type { ChoiceQuestion, Condition, CurveQuestion, Step } from './schema';

/** Number of points of a drawn curve, evenly spaced over the axis. */
export const DRAWN_POINTS = 41;

export const answerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('choice'), option: z.string().max(60) }),
  z.object({ kind: z.literal('curve'), values: z.array(z.number()).length(DRAWN_POINTS) }),
]);
export type Answer = z.infer<typeof answerSchema>;

/** Position of the k-th point of a drawn curve on the x axis. */
export const drawnAt = ({ x }: Pick<CurveQuestion, 'x'>, k: number): number =>
  x.min + ((x.max - x.min) * k) / (DRAWN_POINTS - 1);

/** Completes a partly drawn curve: straight lines between the points, constant beyond the ends. Null for fewer than two points. */
export function completed(points: readonly (number | null)[]): number[] | null {
  const known = points.flatMap((value, k) => (value === null ? [] : [{ k, value }]));
  if (known.length < 2) return null;
  return points.map((value, k) => {
    if (value !== null) return value;
    const after = known.find((point) => point.k > k);
    const before = known.findLast((point) => point.k < k);
    if (!after || !before) return (after ?? before)!.value;
    return before.value + ((after.value - before.value) * (k - before.k)) / (after.k - before.k);
  });
}

const satisfied = ({ value, atLeast, below }: Condition, measured: Measured): boolean | null => {
  const found = measure(value, measured);
  return found === null
    ? null
    : (atLeast === undefined || found >= atLeast) && (below === undefined || found < below);
};

/** The right option: by theory, or the first one whose conditions hold. Null while the measurements are missing. */
export function rightOption({ options }: ChoiceQuestion, measured: Measured): string | null {
  const known = options.find(({ right }) => right);
  if (known) return known.id;
  const found = options.find(({ when }) =>
    when!.every((condition) => satisfied(condition, measured) === true),
  );
  return found?.id ?? null;
}

/** The measured curve, step by step; null while there is none. */
export function measuredCurve(
  { run, panel, layer }: Pick<CurveQuestion, 'run' | 'panel' | 'layer'>,
  measured: Measured,
): Float32Array | null {
  const state = measured.run(run);
  if (!state) return null;
  const curve = curveOf(state, panel, layer);
  return curve < 0 ? null : state.series.curve(curve, 'mean');
}

export interface CurveComparison {
  drawn: { lowest: number; step: number };
  measured: { lowest: number; step: number };
  /** Mean distance of the two curves at the drawn points. */
  distance: number;
}

/** Compares a drawn curve with the measured one. */
export function compareCurves(
  question: Pick<CurveQuestion, 'x'>,
  drawn: readonly number[],
  values: Float32Array,
): CurveComparison {
  const lowestDrawn = drawn.reduce((least, value, k) => (value < drawn[least]! ? k : least), 0);
  let lowest = firstFinite(values);
  values.forEach((value, step) => {
    if (value < values[lowest]!) lowest = step;
  });
  const gaps = drawn.flatMap((value, k) => {
    const found = values[Math.min(values.length - 1, Math.round(drawnAt(question, k)))];
    return found !== undefined && Number.isFinite(found) ? [Math.abs(value - found)] : [];
  });
  return {
    drawn: { lowest: drawn[lowestDrawn]!, step: Math.round(drawnAt(question, lowestDrawn)) },
    measured: { lowest: values[lowest]!, step: lowest },
    distance: gaps.reduce((sum, gap) => sum + gap, 0) / Math.max(1, gaps.length),
  };
}

/** Whether all measurements that a step reads are available, so that its reveal can be shown. */
export function isMeasured({ question, reveal, do: doing }: Step, measured: Measured): boolean {
  if (doing?.kind === 'run' && measured.run(doing.query) === null) return false;
  if (doing?.kind === 'probe' && doing.cases.some(({ query }) => measured.probe(query) === null))
    return false;
  if (
    doing?.kind === 'seeds' &&
    doing.groups.some(({ query, seeds }) => seeds.some((seed) => measured.top1(query, seed) === null))
  )
    return false;
  if (question?.kind === 'curve' && measuredCurve(question, measured) === null) return false;
  if (question?.kind === 'choice' && rightOption(question, measured) === null) return false;
  return (reveal?.rows ?? []).every(({ value }) => canBeMissing(value) || measure(value, measured) !== null);
}

/** The step of a dip and its half-way recovery do not exist without a dip; that is a valid outcome. */
const canBeMissing = (value: { of: string; what?: string }) =>
  value.of === 'dip' && value.what !== 'depth' && value.what !== 'value';

/** The experiments whose runs a step reads. */
export function runsNeeded({ question, reveal, do: doing }: Step): string[] {
  const conditions =
    question?.kind === 'choice'
      ? question.options.flatMap(({ when }) => (when ?? []).map(({ value }) => value))
      : [];
  const measures = [...conditions, ...(reveal?.rows ?? []).map(({ value }) => value)];
  return [
    ...new Set([
      ...(doing?.kind === 'run' ? [doing.query] : []),
      ...(question?.kind === 'curve' ? [question.run] : []),
      ...measures.flatMap(runsOf),
    ]),
  ];
}
