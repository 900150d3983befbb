/**
 * Quantities that a lesson reads, as data: of a run named by its experiment, of a probe, of groups of seeds, of the cost of a
 * network. `measure` computes them from this machine's measurements, and returns null while these are missing.
 */
import { z } from 'zod';
import { sameTraining } from '../experiment/same-training';
import type { Experiment } from '../experiment/settings';
import { experimentFromQuery } from '../experiment/url';
import { findDip } from '../instruments/dips';
import { firstFinite } from '../instruments/finite-range';
import { decayPrediction, growthPerLayer } from '../instruments/theory';
import { judge } from '../instruments/verdict';
import { t } from '../language/language';
import { PANELS, type Panel } from '../network/curves';
import { initialValues } from '../network/initial-values';
import { planNetwork } from '../network/plan-network';
import { outcomeOf } from '../runs/outcomes';
import type { RunState } from '../runs/record';
import { differenceOf, spreadOf } from '../runs/statistics';
import type { FuseReport, ProbeReport } from '../training/protocol';

/** An experiment as the query of a link; complete, so that it means the same on every page. */
export const querySchema = z
  .string()
  .max(2000)
  .startsWith('?v=1')
  .superRefine((query, context) => {
    for (const { message } of experimentFromQuery(query).notices)
      context.addIssue({
        code: 'custom',
        message: t('The experiment {{query}} is not one: {{problem}}', { query, problem: message }),
      });
  });

const panel = z.enum(PANELS);
/** Which block, among those that have a curve in the panel. */
const layer = z.enum(['first', 'middle', 'last']).default('last');
const run = querySchema;
/** Top-1 in per cent of an experiment with these seeds. */
const group = z.strictObject({ query: querySchema, seeds: z.array(z.int().nonnegative()).min(1).max(20) });
export type SeedGroup = z.infer<typeof group>;

const one = z.discriminatedUnion('of', [
  /** The dip of a curve's mean over channels. Depth as a share of the start, 0 if it does not fall by 1 %. */
  z.strictObject({
    of: z.literal('dip'),
    what: z.enum(['depth', 'value', 'step', 'halfBack']),
    panel,
    layer,
    /** Number of first steps to read. */
    within: z.int().positive().optional(),
    run,
  }),
  /** A curve's mean over channels: its end, or its largest distance from its start, as a share of the start. */
  z.strictObject({ of: z.literal('scale'), what: z.enum(['end', 'farthest']), panel, layer, run }),
  z.strictObject({
    of: z.literal('series'),
    name: z.enum(['loss', 'accuracy', 'logitStd']),
    at: z.enum(['first', 'end', 'lowest', 'lowestStep']),
    /** Number of first steps to read. */
    within: z.int().positive().optional(),
    run,
  }),
  /** Top-1 of the last evaluation, in per cent. */
  z.strictObject({ of: z.literal('top1'), run }),
  z.strictObject({ of: z.literal('steps'), run }),
  /** 1 if the verdict supports the cause, 0 if it excludes it, ½ if it is undecided. */
  z.strictObject({ of: z.literal('cause'), cause: z.enum(['decay', 'rotation', 'growth', 'logits']), run }),
  /** The largest residual of an exact law (T2, T5) over all measurements. */
  z.strictObject({ of: z.literal('law'), law: z.enum(['rotation', 'scale']), run }),
  /** Σ s² of a layer at its last measurement as a share of its start, and its prediction from decay alone. */
  z.strictObject({ of: z.literal('squares'), what: z.enum(['end', 'lowest', 'predicted']), layer, run }),
  /** A probe: an untrained network on noise. */
  z.strictObject({
    of: z.literal('probe'),
    what: z.enum(['first', 'last', 'growth', 'logitStd']),
    query: querySchema,
  }),
  /** The initial 3x3 kernels: ‖W‖² of an output channel on average, and T6's radial gain over the tangential one at scale 1, 1 + ‖W‖². */
  z.strictObject({ of: z.literal('kernel'), what: z.enum(['square', 'gain']), query: querySchema }),
  z.strictObject({
    of: z.literal('cost'),
    what: z.enum(['parameters', 'macs', 'fusedParameters', 'fusedMacs', 'layers']),
    query: querySchema,
  }),
  /** The last comparison of a network with its fused form. */
  z.strictObject({
    of: z.literal('fused'),
    what: z.enum(['difference', 'relative', 'speed', 'top1', 'fusedTop1']),
  }),
  z.strictObject({ of: z.literal('group'), what: z.enum(['mean', 'deviation', 'lowest', 'highest']), group }),
  /** Mean of a minus mean of b, and the ends of its 95 % interval. */
  z.strictObject({
    of: z.literal('between'),
    what: z.enum(['difference', 'low', 'high']),
    a: group,
    b: group,
  }),
]);
type One = z.infer<typeof one>;

export const measureSchema = z.union([
  one,
  /** a / b, or a − b. */
  z.strictObject({ of: z.literal('ratio'), a: one, b: one }),
  z.strictObject({ of: z.literal('difference'), a: one, b: one }),
]);
export type Measure = z.infer<typeof measureSchema>;
/** A measure as a lesson's file writes it. */
export type MeasureInput = z.input<typeof measureSchema>;

/** The measurements of this machine. */
export interface Measured {
  /** The latest run of that experiment that is complete or diverged. */
  run: (query: string) => RunState | null;
  probe: (query: string) => ProbeReport | null;
  /** Top-1 in per cent by seed, of complete runs. */
  top1: (query: string, seed: number) => number | null;
  fused: FuseReport | null;
}

/** Whether a recorded experiment may represent another one: the same training, on any images. */
export const standsFor = (recorded: Experiment, wanted: Experiment): boolean =>
  sameTraining({ ...recorded, data: wanted.data }, wanted);

export const experimentOf = (query: string): Experiment => experimentFromQuery(query).experiment;

/** The number of a curve in a run: of the first, the middle or the last block that has one in the panel. */
export function curveOf(
  { curves }: Pick<RunState, 'curves'>,
  of: Panel,
  at: 'first' | 'middle' | 'last',
): number {
  const own = curves.flatMap(({ panel: other }, k) => (other === of ? [k] : []));
  const index = { first: 0, middle: Math.floor((own.length - 1) / 2), last: own.length - 1 }[at];
  return own[index] ?? -1;
}

const meanOf = (state: RunState, of: Panel, at: 'first' | 'middle' | 'last'): Float32Array | null => {
  const curve = curveOf(state, of, at);
  return curve < 0 || state.series.count === 0 ? null : state.series.curve(curve, 'mean');
};

const finite = (value: number | null | undefined): number | null =>
  value !== null && value !== undefined && Number.isFinite(value) ? value : null;

function ofDip(values: Float32Array, what: 'depth' | 'value' | 'step' | 'halfBack'): number | null {
  const dip = findDip(values);
  if (what === 'depth') return dip?.depth ?? 0;
  if (!dip) return null;
  return what === 'halfBack' ? dip.halfRecoveryStep : dip[what];
}

function ofScale(values: Float32Array, what: 'end' | 'farthest'): number | null {
  const start = values[firstFinite(values)];
  if (what === 'end') return finite(values.at(-1));
  if (start === undefined) return null;
  return values.reduce((most, value) => Math.max(most, Math.abs(value / start - 1) || 0), 0);
}

function ofSeries(values: Float32Array, at: 'first' | 'end' | 'lowest' | 'lowestStep'): number | null {
  if (at === 'first') return finite(values[firstFinite(values)]);
  if (at === 'end') return finite(values.at(-1));
  let lowest = -1;
  values.forEach((value, step) => {
    if (Number.isFinite(value) && (lowest < 0 || value < values[lowest]!)) lowest = step;
  });
  return lowest < 0 ? null : at === 'lowest' ? values[lowest]! : lowest;
}

function ofSquares(state: RunState, what: 'end' | 'lowest' | 'predicted', at: 'first' | 'middle' | 'last') {
  const columns = state.instruments.find('sumSquares');
  const column = columns[{ first: 0, middle: (columns.length - 1) >> 1, last: columns.length - 1 }[at]];
  if (column === undefined || state.instruments.count === 0) return null;
  const values = state.instruments.column(column);
  const steps = state.instruments.steps;
  if (what === 'lowest') return values.reduce((least, value) => Math.min(least, value / values[0]!), 1);
  if (what === 'end') return finite(values.at(-1)! / values[0]!);
  const { wd, momentum } = state.experiment;
  return finite(decayPrediction(state.series.scalar('lr'), wd, momentum)[steps.at(-1)!]);
}

function ofLaw({ instruments }: RunState, law: 'rotation' | 'scale'): number | null {
  const columns = instruments.find(law === 'rotation' ? 'rotationResidual' : 'scaleResidual');
  if (columns.length === 0 || instruments.count === 0) return null;
  return Math.max(...columns.flatMap((k) => [...instruments.column(k)]));
}

function ofCause(state: RunState, cause: string): number | null {
  const verdict = judge({
    ...state,
    mean: (k) => state.series.curve(k, 'mean'),
    scalar: (name) => state.series.scalar(name),
  });
  const found = verdict?.causes.find(({ id }) => id === cause);
  return found ? { supported: 1, undecided: 0.5, excluded: 0 }[found.finding] : null;
}

/** ‖W‖² of an output channel's 3x3 kernel before the first step, on average over all layers. */
function kernelSquare(query: string): number {
  const experiment = experimentOf(query);
  const plan = planNetwork(experiment);
  const values = initialValues(plan, experiment.seed);
  const kernels = plan.blocks.flatMap(({ branches, cout }) =>
    branches.flatMap(({ branch, kernel }) => (branch === 'conv3x3' && kernel ? [{ kernel, cout }] : [])),
  );
  const squares = kernels.map(
    ({ kernel, cout }) => values.get(kernel)!.reduce((sum, value) => sum + value * value, 0) / cout,
  );
  return spreadOf(squares).mean;
}

function ofCost(query: string, what: 'parameters' | 'macs' | 'fusedParameters' | 'fusedMacs' | 'layers') {
  const { cost, blocks } = planNetwork(experimentOf(query));
  return what === 'layers' ? blocks.length : cost[what];
}

function ofFused({ largestDifference, largestLogit, trained, fused }: FuseReport, what: string): number {
  if (what === 'difference') return largestDifference;
  if (what === 'relative') return largestDifference / largestLogit;
  if (what === 'speed') return fused.imagesPerSecond / trained.imagesPerSecond;
  return 100 * (what === 'top1' ? trained : fused).top1;
}

/** Spread of a group; null until every seed of it has been run. */
function spreadIn({ query, seeds }: SeedGroup, measured: Measured) {
  const values = seeds.map((seed) => measured.top1(query, seed));
  return values.every((value) => value !== null) ? spreadOf(values as number[]) : null;
}

function valueOf(wanted: One, measured: Measured): number | null {
  switch (wanted.of) {
    case 'probe': {
      const report = measured.probe(wanted.query);
      if (!report) return null;
      const { rms, logitStd } = report;
      return { first: rms[0]!, last: rms.at(-1)!, growth: growthPerLayer(rms), logitStd }[wanted.what];
    }
    case 'kernel':
      return kernelSquare(wanted.query) + (wanted.what === 'gain' ? 1 : 0);
    case 'cost':
      return ofCost(wanted.query, wanted.what);
    case 'fused':
      return measured.fused && ofFused(measured.fused, wanted.what);
    case 'group': {
      const spread = spreadIn(wanted.group, measured);
      if (!spread) return null;
      return { ...spread, lowest: spread.min, highest: spread.max }[wanted.what];
    }
    case 'between': {
      const a = spreadIn(wanted.a, measured);
      const b = spreadIn(wanted.b, measured);
      return a && b ? finite(differenceOf(a, b)[wanted.what]) : null;
    }
  }
  const state = measured.run(wanted.run);
  if (!state) return null;
  switch (wanted.of) {
    case 'dip': {
      const values = meanOf(state, wanted.panel, wanted.layer);
      return values && ofDip(values.subarray(0, wanted.within), wanted.what);
    }
    case 'scale': {
      const values = meanOf(state, wanted.panel, wanted.layer);
      return values && ofScale(values, wanted.what);
    }
    case 'series':
      return ofSeries(state.series.scalar(wanted.name).subarray(0, wanted.within), wanted.at);
    case 'top1':
      return outcomeOf(state, 'top1');
    case 'steps':
      return state.end?.step ?? state.series.count;
    case 'cause':
      return ofCause(state, wanted.cause);
    case 'law':
      return ofLaw(state, wanted.law);
    case 'squares':
      return ofSquares(state, wanted.what, wanted.layer);
    default:
      return wanted satisfies never;
  }
}

/** The quantity from this machine's measurements; null if it was not measured or does not exist. */
export function measure(wanted: Measure, measured: Measured): number | null {
  if (wanted.of !== 'ratio' && wanted.of !== 'difference') return valueOf(wanted, measured);
  const a = valueOf(wanted.a, measured);
  const b = valueOf(wanted.b, measured);
  if (a === null || b === null) return null;
  return wanted.of === 'ratio' ? finite(a / b) : a - b;
}

const needs = (wanted: One): string[] => ('run' in wanted ? [wanted.run] : []);

/** The experiments whose runs a measure reads. */
export const runsOf = (wanted: Measure): string[] =>
  wanted.of === 'ratio' || wanted.of === 'difference'
    ? [...needs(wanted.a), ...needs(wanted.b)]
    : needs(wanted);
