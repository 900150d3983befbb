/**
 * What a run came to, small enough to travel in a link's fragment: `#r=…`, which browsers never send to a server.
 *
 * Written are the facts as JSON, and the main curves as points with straight lines between them: the loss, the test
 * accuracy, and the mean scale of the last block of each panel. Every curve stays within 0.5 % of its range, the steps of
 * its points are exact, their values to 1/16382 of the range, and its lowest point is exact. Where that does not fit, points
 * are dropped until it does: first the loss's, then the test accuracy's, then the panels'; to some thirty points each,
 * then, in the same order, to fewer. `error` of a curve says how far off it is.
 */
import { z } from 'zod';
import { experimentToQuery } from '../experiment/url';
import { findDip } from '../instruments/dips';
import { PANELS, type Panel } from '../network/curves';
import { layersOfPanel } from './curves';
import { fromLinkText, ResultLinkError, toLinkText } from './link-wire';
import { NAME_LENGTH, type RunState } from './record';
import {
  extremesByColumn,
  rangeOfValues,
  samplesOf,
  withinTolerance,
  worstError,
  type Samples,
} from './thin-curve';

export { ResultLinkError } from './link-wire';

/** Characters of the fragment's value at most, and for one that goes into a QR code. */
export const FULL_LENGTH = 8000;
export const SMALL_LENGTH = 1200;

/** Distance from the run that a curve may have, as a share of its range. */
export const CURVE_ERROR = 0.005;
/** Values are counted from the lowest (0) to the highest. */
const LEVELS = 8191;
const MOST_STEPS = 2_000_000;
const MOST_POINTS = 4096;
const DIGEST_PREFIX = 16;

const FLOAT32 = 3.5e38;
const real = z.number().min(-FLOAT32).max(FLOAT32);
const steps = z.int().min(0).max(MOST_STEPS);
const share = z.number().min(0).max(1);
const hex = (most: number) =>
  z
    .string()
    .regex(/^[0-9a-f]*$/, 'expected hexadecimal digits')
    .max(most);

/** Angle brackets, controls, and what turns the direction of writing. */
const NO_TEXT = /[<>\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const plainText = (most: number) =>
  z
    .string()
    .max(most)
    .refine((text) => text.search(NO_TEXT) < 0, 'expected plain text without markup or control characters');

const SHOWN = ['loss', 'testAccuracy', ...PANELS] as const;
const EVALUATIONS = 3;

const curveFacts = z.strictObject({
  of: z.enum(SHOWN),
  /** Of a panel's curve; 0 for others. */
  layer: z.int().min(0).max(10_000),
  kind: z.enum(['scale', 'gamma']),
  min: real,
  max: real,
  /** Greatest distance from the run's own values, as a share of max − min. */
  error: share,
  points: z.int().min(1).max(MOST_POINTS),
});

const factsSchema = z.strictObject({
  name: plainText(NAME_LENGTH),
  query: plainText(4000).startsWith('?'),
  backend: z.enum(['webgpu', 'wasm', 'webgl', 'cpu']),
  adapter: plainText(NAME_LENGTH),
  appVersion: plainText(40),
  dataset: z.strictObject({ label: plainText(NAME_LENGTH), digest: hex(DIGEST_PREFIX) }),
  /** Recorded, counted from step 0. */
  steps,
  totalSteps: steps,
  /** Step of another run's checkpoint at which it began; 0 where it began anew. */
  origin: steps,
  /** The last ones, oldest first. */
  evaluations: z
    .array(z.strictObject({ step: steps, images: steps, loss: real.nullable(), top1: share, top5: share }))
    .max(EVALUATIONS),
  dips: z
    .array(
      z.strictObject({
        panel: z.enum(PANELS),
        layer: z.int().min(0).max(10_000),
        step: steps,
        value: real,
        depth: real,
        halfRecoveryStep: steps.nullable(),
      }),
    )
    .max(PANELS.length),
  /** Null while the run was going on. */
  end: z
    .strictObject({
      how: z.enum(['finished', 'stopped', 'diverged', 'failed']),
      step: steps,
      digest: hex(64).nullable(),
    })
    .nullable(),
  curves: z.array(curveFacts).max(SHOWN.length),
});
type Facts = z.infer<typeof factsSchema>;

export interface SharedCurve extends Omit<z.infer<typeof curveFacts>, 'points' | 'min' | 'max'> {
  /** Ascending. */
  steps: number[];
  values: number[];
}

export interface SharedResult extends Omit<Facts, 'curves'> {
  curves: SharedCurve[];
}

/** What version 1 is likely to say: a part of its format, never to be changed. */
export const DICTIONARY = new TextEncoder().encode(
  [
    '"WebGL 1.0""JavaScript""SwiftShader (software)"CIFAR-100Built-in drawings, easy, hard',
    '&factor=1&lr=0.&seed=&depths=1,2&widths=8,16,32&strides=2,2&batch=64&length=1000&evalEvery=100&backend=webgpu',
    ',"end":{"how":"stopped""diverged""failed"null,"layer":10,"kind":"scale","min":0.9',
    '"of":"conv3x1""conv1x3""seq3x3""seqAvg""norm"',
    '{"name":"","query":"?v=1&preset=simplified","backend":"wasm","adapter":"SIMD, 2 threads","appVersion":"0.1.0",',
    '"dataset":{"label":"Built-in drawings, medium","digest":""},"steps":400,"totalSteps":400,"origin":0,',
    '"evaluations":[{"step":400,"images":2000,"loss":3.1,"top1":0.2,"top5":0.5}],',
    '"dips":[{"panel":"identity","layer":10,"step":37,"value":0.7,"depth":0.2,"halfRecoveryStep":null},',
    '{"panel":"conv1x1","layer":10,"step":{"panel":"conv3x3","layer":10,"step":],"end":{"how":"finished","step":400,"digest":""},',
    '"curves":[{"of":"loss","layer":0,"kind":"gamma","min":2.,"max":4.,"error":0.005,"points":200},',
    '{"of":"testAccuracy","layer":0,"kind":"gamma","min":0,"max":0.2,"error":0,"points":5},',
    '{"of":"identity","layer":10,"kind":"gamma","min":0.7,"max":1,"error":0.005,"points":40},',
    '{"of":"conv1x1","layer":10,"kind":"gamma","min":0.{"of":"conv3x3","layer":10,"kind":"gamma","min":0.',
  ].join(''),
);

const clean = (text: string, most: number): string => {
  let kept = '';
  for (const c of text.replaceAll(NO_TEXT, ' ').trim()) if (kept.length + c.length <= most) kept += c;
  return kept;
};
/** Nine digits tell any two float32 apart. */
const float32 = (value: number) => Number(Math.fround(value).toPrecision(9));
const bounded = (value: number) => (Number.isFinite(value) && Math.abs(value) <= FLOAT32 ? value : null);

/** A curve as it was recorded, from which fewer and fewer points can be taken. */
interface Source {
  facts: Pick<SharedCurve, 'of' | 'layer' | 'kind'>;
  samples: Samples;
}

/** The run's curves, those first whose points are dropped first. */
function sourcesOf(run: RunState): Source[] {
  const { series, evaluations } = run;
  const source = (
    of: SharedCurve['of'],
    samples: Samples,
    { layer = 0, kind = 'gamma' as const }: { layer?: number; kind?: 'scale' | 'gamma' } = {},
  ): Source[] => (samples.steps.length > 0 ? [{ facts: { of, layer, kind }, samples }] : []);
  const tests = [...new Map(evaluations.map((evaluation) => [evaluation.step, evaluation])).values()]
    .filter(({ top1 }) => Number.isFinite(top1))
    .toSorted((a, b) => a.step - b.step);
  return [
    ...source('loss', samplesOf(series.scalar('loss'))),
    ...source('testAccuracy', {
      steps: tests.map(({ step }) => step),
      values: Float32Array.from(tests, ({ top1 }) => top1),
    }),
    ...PANELS.flatMap((panel) => {
      const k = layersOfPanel(run.curves, panel).at(-1);
      return k === undefined ? [] : source(panel, samplesOf(series.curve(k, 'mean')), run.curves[k]);
    }),
  ];
}

interface Thinned {
  facts: z.infer<typeof curveFacts>;
  steps: number[];
  /** 0 … LEVELS. */
  levels: number[];
}

function thinnedTo({ facts, samples }: Source, kept: readonly number[]): Thinned {
  const { min, max } = rangeOfValues(samples.values);
  const range = max - min;
  const levels = kept.map((i) => (range > 0 ? Math.round(((samples.values[i]! - min) / range) * LEVELS) : 0));
  const at = kept.map((i) => samples.steps[i]!);
  const values = levels.map((level) => valueAt(level, min, max));
  const worst = range > 0 ? worstError(samples, { steps: at, values }) / range : 0;
  const error = Math.min(1, Math.ceil(worst * 1e4) / 1e4);
  return {
    facts: { ...facts, min: float32(min), max: float32(max), error, points: kept.length },
    steps: at,
    levels,
  };
}

const valueAt = (level: number, min: number, max: number) => {
  if (level === 0) return Math.fround(min);
  return level === LEVELS ? Math.fround(max) : min + (max - min) * (level / LEVELS);
};

const TOLERANCES = [1, 2, 4, 8];
const COLUMNS = [400, 256, 160, 96, 64, 40, 24, 16, 8, 4, 2, 1];

/** Ever fewer points of a curve; the first holds what is promised above. */
function* rungsOf(source: Source): Generator<Thinned> {
  const { samples } = source;
  const { min, max } = rangeOfValues(samples.values);
  // Less what counting in levels may take.
  const tolerance = (max - min) * (CURVE_ERROR - 1 / LEVELS);
  let least = Infinity;
  const candidates = [
    ...TOLERANCES.map((factor) => () => withinTolerance(samples, tolerance * factor)),
    ...COLUMNS.map((columns) => () => extremesByColumn(samples, columns)),
  ];
  for (const candidate of candidates) {
    const kept = candidate();
    if (kept.length >= least || kept.length > MOST_POINTS) continue;
    least = kept.length;
    yield thinnedTo(source, kept);
  }
}

/** Points that all curves keep before any goes further down. */
const FEW = 34;

/**
 * The value of `#r=`, with as many points as `most` characters have room for. Throws ResultLinkError where the run has
 * recorded nothing, or cannot be put into a link.
 */
export function resultLink(run: RunState, appVersion: string, most: number = FULL_LENGTH): string {
  const facts = factsOf(run, appVersion);
  const ladders = sourcesOf(run).map((source) => {
    const rungs = rungsOf(source);
    return { rungs, now: rungs.next().value as Thinned, next: rungs.next() };
  });
  const write = () => {
    const text = encoded(
      facts,
      ladders.map(({ now }) => now),
    );
    return text.length <= most ? text : null;
  };
  let text = write();
  const isPanel = ({ now }: (typeof ladders)[number]) => (PANELS as readonly string[]).includes(now.facts.of);
  const groups = [
    ladders.filter(({ now }) => now.facts.of === 'loss'),
    ladders.filter(({ now }) => now.facts.of === 'testAccuracy'),
    ladders.filter(isPanel),
  ];
  for (const floor of [FEW, 0]) {
    for (const group of groups) {
      while (text === null) {
        const [widest] = group
          .filter(({ now, next }) => !next.done && now.facts.points > floor)
          .toSorted((a, b) => b.now.facts.points - a.now.facts.points);
        if (!widest) break;
        widest.now = widest.next.value as Thinned;
        widest.next = widest.rungs.next();
        text = write();
      }
    }
  }
  if (text === null)
    throw new ResultLinkError(
      `This run does not fit into a link: its settings alone are too long for ${most} characters. Save its record instead.`,
    );
  return text;
}

function factsOf(run: RunState, appVersion: string): Omit<Facts, 'curves'> {
  const { environment, dataset, series, end } = run;
  if (!environment || !dataset || series.count <= series.first)
    throw new ResultLinkError('This run has recorded nothing yet; start it first.');
  if (series.count > MOST_STEPS || run.totalSteps > MOST_STEPS)
    throw new ResultLinkError(
      `This run is too long for a link: expected at most ${MOST_STEPS} steps, found ${Math.max(series.count, run.totalSteps)}. Save its record instead.`,
    );
  return {
    name: clean(run.name, NAME_LENGTH) || 'A run',
    query: experimentToQuery(run.experiment),
    backend: environment.backend,
    adapter: clean(environment.adapter, NAME_LENGTH),
    appVersion: clean(appVersion, 40),
    dataset: {
      label: clean(dataset.label, NAME_LENGTH),
      digest: dataset.digest
        .toLowerCase()
        .replaceAll(/[^0-9a-f]/g, '')
        .slice(0, DIGEST_PREFIX),
    },
    steps: series.count,
    totalSteps: run.totalSteps,
    origin: run.origin?.step ?? 0,
    evaluations: run.evaluations
      .filter(({ top1, top5 }) => Number.isFinite(top1) && Number.isFinite(top5))
      .slice(-EVALUATIONS)
      .map(({ step, images, loss, top1, top5 }) => ({ step, images, loss: bounded(loss), top1, top5 })),
    dips: PANELS.flatMap((panel) => {
      const k = layersOfPanel(run.curves, panel).at(-1);
      const dip = k === undefined ? null : findDip(series.curve(k, 'mean'));
      if (!dip || bounded(dip.depth) === null) return [];
      const { step, halfRecoveryStep } = dip;
      const depth = Number(dip.depth.toPrecision(7));
      return [
        { panel, layer: run.curves[k!]!.layer, step, value: float32(dip.value), depth, halfRecoveryStep },
      ];
    }),
    end: end && { how: end.how, step: end.step, digest: digestOf(end.digest) },
  };
}

const digestOf = (digest: string | null) =>
  digest !== null && hex(64).safeParse(digest).success ? digest : null;

/** JSON with its length before it, then every curve: its steps as distances, its levels as distances in zigzag. */
function encoded(facts: Omit<Facts, 'curves'>, curves: readonly Thinned[]): string {
  const json = new TextEncoder().encode(
    JSON.stringify({ ...facts, curves: curves.map((curve) => curve.facts) }),
  );
  const bytes: number[] = [];
  const put = (value: number) => {
    while (value > 127) {
      bytes.push((value & 127) | 128);
      value >>>= 7;
    }
    bytes.push(value);
  };
  put(json.length);
  bytes.push(...json);
  for (const { steps: at, levels } of curves) {
    at.forEach((step, i) => put(step - (at[i - 1] ?? 0)));
    levels.forEach((level, i) => {
      const distance = level - (levels[i - 1] ?? 0);
      put(distance < 0 ? -2 * distance - 1 : 2 * distance);
    });
  }
  return toLinkText(Uint8Array.from(bytes), DICTIONARY);
}

/** Reads the value of `#r=`. Throws ResultLinkError, and nothing else. */
export function parseResultLink(text: string): SharedResult {
  const bytes = fromLinkText(text, DICTIONARY);
  let at = 0;
  const take = (what: string): number => {
    let value = 0;
    for (let i = 0; i < 4; i++) {
      const byte = bytes[at++];
      if (byte === undefined) throw new ResultLinkError(`expected ${what}, found the end`);
      value |= (byte & 127) << (7 * i);
      if (byte < 128) return value;
    }
    throw new ResultLinkError(`expected ${what} below ${2 ** 28}, found more`);
  };
  const length = take('the length of the facts');
  if (length > bytes.length - at)
    throw new ResultLinkError(`expected ${length} bytes of facts, found ${bytes.length - at}`);
  const facts = parsedFacts(bytes.subarray(at, at + length));
  at += length;
  const curves = facts.curves.map(({ points, min, max, ...about }): SharedCurve => {
    if (min > max) throw new ResultLinkError(`expected a range of ${about.of}, found ${min} to ${max}`);
    const stepsOf: number[] = [];
    for (let i = 0, step = 0; i < points; i++) {
      const distance = take(`a step of ${about.of}`);
      if (i > 0 && distance === 0)
        throw new ResultLinkError(`expected ascending steps of ${about.of}, found ${step} twice`);
      step += distance;
      if (step > facts.steps)
        throw new ResultLinkError(`expected steps of ${about.of} up to ${facts.steps}, found ${step}`);
      stepsOf.push(step);
    }
    const values: number[] = [];
    for (let i = 0, level = 0; i < points; i++) {
      const coded = take(`a value of ${about.of}`);
      level += coded % 2 === 1 ? -(coded + 1) / 2 : coded / 2;
      if (level < 0 || level > LEVELS)
        throw new ResultLinkError(`expected values of ${about.of} from 0 to ${LEVELS}, found ${level}`);
      values.push(valueAt(level, min, max));
    }
    return { ...about, steps: stepsOf, values };
  });
  if (at !== bytes.length) throw new ResultLinkError(`expected ${at} bytes, found ${bytes.length}`);
  return { ...facts, curves };
}

function parsedFacts(bytes: Uint8Array): Facts {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new ResultLinkError(`expected JSON, found something else (${String(error)})`);
  }
  const read = factsSchema.safeParse(json);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new ResultLinkError(`at ${issue!.path.join('.') || 'the top level'}: ${issue!.message}`);
  }
  const facts = read.data;
  const twice = facts.curves.find(({ of }, i) => facts.curves.some((other, j) => j < i && other.of === of));
  if (twice) throw new ResultLinkError(`expected one curve of ${twice.of}, found two`);
  const late = [
    ...facts.evaluations.map(({ step }) => step),
    ...facts.dips.flatMap(({ step, halfRecoveryStep }) => [step, halfRecoveryStep ?? 0]),
  ].find((step) => step > facts.steps);
  if (late !== undefined)
    throw new ResultLinkError(`expected evaluations and dips up to step ${facts.steps}, found ${late}`);
  return facts;
}

/** The dip of a panel's last block; null where it has none. */
export const dipOf = ({ dips }: Pick<SharedResult, 'dips'>, panel: Panel) =>
  dips.find((dip) => dip.panel === panel) ?? null;

/** Curves that were thinned further than promised, "loss within 4.2 % of its range"; empty where none was. */
export function droppedPoints({
  curves,
}: Pick<SharedResult, 'curves'>): { of: SharedCurve['of']; error: number }[] {
  return curves.filter(({ error }) => error > CURVE_ERROR).map(({ of, error }) => ({ of, error }));
}
