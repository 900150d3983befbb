/**
 * The result of a run, small enough for a link's fragment: `#r=…`, which browsers never send to a server.
 *
 * Written are the facts as JSON, and the main curves as points with straight lines between them: the loss, the test
 * accuracy, and the mean scale of the last block of each panel. Every curve stays within 0.5 % of its range, the steps of
 * its points are exact, their values to 1/16382 of the range, and its lowest point is exact. Where that does not fit, points
 * are dropped until it does: first the loss's, then the test accuracy's, then the panels'; to some thirty points each,
 * then, in the same order, to fewer. `error` of a curve says how far off it is.
 */
import type { z } from 'zod';
import { experimentToQuery } from '../experiment/url';
import { findDip } from '../instruments/dips';
import { t } from '../language/language';
import { oldTextOf } from '../language/old-texts';
import { PANELS } from '../network/curves';
import { layersOfPanel } from './curves';
import { toLinkText } from './fragment-codec';
import type { RunState } from './record';
import { NAME_LENGTH } from './record-schema';
import {
  CURVE_ERROR,
  DICTIONARY,
  DIGEST_PREFIX,
  EVALUATIONS,
  FLOAT32,
  LATEST,
  LEVELS,
  MOST_POINTS,
  MOST_STEPS,
  NO_TEXT,
  ResultLinkError,
  valueAt,
  type curveFacts,
  type SharedCurve,
  type WrittenFacts,
} from './shared-result';
import {
  extremesByColumn,
  rangeOfValues,
  samplesOf,
  withinTolerance,
  worstError,
  type Samples,
} from './thin-curve';

/** Characters of the fragment's value at most. */
export const FULL_LENGTH = 8000;
/** The same in a QR code: the smaller size where the run fits, else the larger, whose code is harder to scan. */
export const SMALL_LENGTHS = [800, 1200] as const;

const clean = (text: string, most: number): string => {
  let kept = '';
  for (const c of text.replaceAll(NO_TEXT, ' ').trim()) if (kept.length + c.length <= most) kept += c;
  return kept;
};
/** The shortest decimal that is the same float32; nine digits tell any two apart. */
function float32(value: number): number {
  const single = Math.fround(value);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short;
  }
  return Number(single.toPrecision(9));
}
/** Of numbers that only people read. */
const rounded = (value: number) => Number(value.toPrecision(6));
const bounded = (value: number) => (Number.isFinite(value) && Math.abs(value) <= FLOAT32 ? value : null);

/** A curve as recorded, which is thinned step by step. */
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

const TOLERANCES = [1, 2, 4, 8];
const COLUMNS = [400, 256, 160, 96, 64, 40, 24, 16, 8, 4, 2, 1];

/** Yields a curve with fewer and fewer points; the first stays within the error given above. */
function* rungsOf(source: Source): Generator<Thinned> {
  const { samples } = source;
  const { min, max } = rangeOfValues(samples.values);
  // Minus the error of the quantisation.
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

/** Number of points below which a curve is thinned only after all others have come down to it. */
const FEW = 34;

/**
 * The value of `#r=`, with as many points as `most` characters have room for. Throws ResultLinkError where the run has
 * recorded nothing, or cannot be put into a link.
 */
export function resultLink(run: RunState, appVersion: string, most: number = FULL_LENGTH): string {
  const facts = factsOf(run, appVersion, most < FULL_LENGTH ? 1 : EVALUATIONS);
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
      t(
        'This run does not fit into a link: its settings alone are too long for {{most}} characters. Save its record instead.',
        { most },
      ),
    );
  return text;
}

/** The value of `#r=` for a QR code: as `resultLink`, in as few characters as hold it. */
export function smallResultLink(run: RunState, appVersion: string): string {
  const [small, larger] = SMALL_LENGTHS;
  try {
    return resultLink(run, appVersion, small);
  } catch (error) {
    if (!(error instanceof ResultLinkError)) throw error;
    return resultLink(run, appVersion, larger);
  }
}

function factsOf(run: RunState, appVersion: string, evaluations: number): Omit<WrittenFacts, 'curves'> {
  const { environment, dataset, series, end } = run;
  if (!environment || !dataset || series.count <= series.first)
    throw new ResultLinkError(t('This run has recorded nothing yet; start it first.'));
  if (series.count > MOST_STEPS || run.totalSteps > MOST_STEPS)
    throw new ResultLinkError(
      t(
        'This run is too long for a link: expected at most {{most}} steps, found {{found}}. Save its record instead.',
        { most: MOST_STEPS, found: Math.max(series.count, run.totalSteps) },
      ),
    );
  return {
    id: shortId(run.id),
    startedAt: secondsOf(run.createdAt),
    name: clean(run.name, NAME_LENGTH) || 'A run',
    query: experimentToQuery(run.experiment),
    backend: environment.backend,
    adapter: clean(oldTextOf(environment.adapter), NAME_LENGTH),
    appVersion: clean(appVersion, 40),
    dataset: {
      label: clean(oldTextOf(dataset.label), NAME_LENGTH),
      digest: digestOf(dataset.digest),
    },
    steps: series.count,
    totalSteps: run.totalSteps,
    origin: run.origin && { id: shortId(run.origin.id), step: run.origin.step },
    evaluations: run.evaluations
      .filter(({ top1, top5 }) => Number.isFinite(top1) && Number.isFinite(top5))
      .slice(-evaluations)
      .map(({ step, images, loss, top1, top5 }) => {
        const known = bounded(loss);
        return {
          step,
          images,
          loss: known === null ? null : rounded(known),
          top1: rounded(top1),
          top5: rounded(top5),
        };
      }),
    dips: PANELS.flatMap((panel) => {
      const k = layersOfPanel(run.curves, panel).at(-1);
      const dip = k === undefined ? null : findDip(series.curve(k, 'mean'));
      if (!dip || bounded(dip.depth) === null) return [];
      const { step, halfRecoveryStep } = dip;
      const depth = rounded(dip.depth);
      return [{ panel, layer: run.curves[k!]!.layer, step, depth, halfRecoveryStep }];
    }),
    end: end && { how: end.how, step: end.step, digest: end.digest && digestOf(end.digest) },
  };
}

/** Two FNV-1a hashes of 32 bits each, from different beginnings, in hexadecimal. */
function shortId(runId: string): string {
  const hash = (start: number) => {
    let value = start;
    for (let i = 0; i < runId.length; i++) value = Math.imul(value ^ runId.charCodeAt(i), 16777619) >>> 0;
    return value.toString(16).padStart(8, '0');
  };
  return hash(2166136261) + hash(3735928559);
}

/** A time that cannot be read, or lies elsewhere, becomes the nearest that can be written. */
const secondsOf = (time: string) => Math.min(LATEST, Math.max(0, Math.floor(Date.parse(time) / 1000) || 0));

const digestOf = (digest: string) =>
  digest
    .toLowerCase()
    .replaceAll(/[^0-9a-f]/g, '')
    .slice(0, DIGEST_PREFIX);

/** JSON with its length before it, then every curve: its steps as distances, its levels as distances in zigzag. */
function encoded(facts: Omit<WrittenFacts, 'curves'>, curves: readonly Thinned[]): string {
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
