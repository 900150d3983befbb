import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verbatim } from '../language/message';
import { STATISTICS } from '../instruments/statistics';
import { PANELS, type Curve } from '../network/curves';
import { exampleState } from './example-state';
import { fromLinkText, MOST_BYTES, MOST_CHARACTERS, toLinkText } from './fragment-codec';
import type { RunState } from './record';
import { FULL_LENGTH, resultLink, SMALL_LENGTHS, smallResultLink } from './result-link';
import { RunSeries } from './series';
import {
  CURVE_ERROR,
  DICTIONARY,
  droppedPoints,
  parseResultLink,
  ResultLinkError,
  type SharedCurve,
  type SharedResult,
} from './shared-result';

/** A small generator of numbers of its own, so that long series cost fast-check one seed. */
function noise(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

interface Shape {
  seed: number;
  steps: number;
  first: number;
  panels: number;
  rough: number;
  scale: number;
  broken: boolean;
  name: string;
  evaluations: number;
}

function madeUp({ seed, steps, first, panels, rough, scale, broken, name, evaluations }: Shape): RunState {
  const random = noise(seed);
  const curves: Curve[] = PANELS.slice(0, panels).flatMap((panel) =>
    [0, 1].map((layer) => ({ panel, layer, copy: 0, parameter: panel, kind: 'gamma' as const, channels: 4 })),
  );
  const from = Math.min(first, steps - 1);
  const series = new RunSeries(curves.length, from);
  const count = steps - from;
  const line = (): number[] => {
    const [a, b, c] = [random(), random() * 40 + 1, random() * 2];
    return Array.from({ length: count }, (_, i) => {
      if (broken && i === count - 1 && count > 1) return Infinity;
      return Math.fround(
        scale * (1 + Math.exp(-i / 200) - a * Math.exp(-(((i - b) / 15) ** 2)) * c + rough * random()),
      );
    });
  };
  const columns = Array.from({ length: 5 + curves.length * STATISTICS.length }, (_, k) =>
    k < 5 || (k - 5) % STATISTICS.length === 0 ? line() : Array.from({ length: count }, () => 0),
  );
  series.appendColumns({ firstStep: from, count, values: Float32Array.from(columns.flat()) });
  const tests = Array.from({ length: evaluations }, (_, i) => ({
    step: from + Math.round(((i + 1) * count) / evaluations),
    images: 100,
    loss: broken ? NaN : random() * 5,
    top1: Math.round(random() * 100) / 100,
    top5: 0.5,
  }));
  const example = exampleState();
  return { ...example, name, curves, series, evaluations: tests, totalSteps: steps };
}

const shapes = fc.record<Shape>({
  seed: fc.integer({ min: 1, max: 2 ** 31 }),
  steps: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 1, max: 600 }) },
    { weight: 1, arbitrary: fc.integer({ min: 600, max: 6000 }) },
  ),
  first: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 })),
  panels: fc.integer({ min: 0, max: PANELS.length }),
  rough: fc.constantFrom(0, 0, 1e-6, 0.01, 1),
  scale: fc.constantFrom(1, 1, -1, 1e-30, 1e30, 0),
  broken: fc.boolean(),
  name: fc.string({ maxLength: 150, unit: 'binary' }),
  evaluations: fc.integer({ min: 0, max: 30 }),
});

/** What a run recorded of a curve: its finite values by step. */
function recorded(run: RunState, of: SharedCurve['of']): [number, number][] {
  if (of === 'testAccuracy')
    return [...new Map(run.evaluations.map(({ step, top1 }) => [step, Math.fround(top1)]))];
  const values =
    of === 'loss'
      ? run.series.scalar('loss')
      : run.series.curve(
          run.curves.findLastIndex(({ panel }) => panel === of),
          'mean',
        );
  return Array.from(values, (value, step): [number, number] => [step, value]).filter(([, value]) =>
    Number.isFinite(value),
  );
}

function between({ steps, values }: SharedCurve, step: number): number {
  const k = steps.findIndex((at) => at >= step);
  if (steps[k] === step) return values[k]!;
  const share = (step - steps[k - 1]!) / (steps[k]! - steps[k - 1]!);
  return values[k - 1]! * (1 - share) + values[k]! * share;
}

/** Every curve is as far off as it says and no more, its kept points and its lowest point are right. */
function expectTrue(run: RunState, shared: SharedResult): void {
  for (const curve of shared.curves) {
    const own = recorded(run, curve.of);
    const all = own.map(([, value]) => value);
    const min = all.reduce((a, b) => Math.min(a, b));
    const range = all.reduce((a, b) => Math.max(a, b)) - min;
    const byStep = new Map(own);
    const off = own.reduce(
      (most, [step, value]) => Math.max(most, Math.abs(between(curve, step) - value)),
      0,
    );
    expect(off).toBeLessThanOrEqual(range * (curve.error + 1e-9));
    const wrong = curve.steps.filter(
      (step, i) => Math.abs(byStep.get(step)! - curve.values[i]!) > range * 1e-4,
    );
    expect(wrong).toEqual([]);
    const lowest = own.find(([, value]) => value === min)!;
    expect(curve.values[curve.steps.indexOf(lowest[0])]).toBe(lowest[1]);
  }
}

describe('a result in a link', () => {
  test('a run of 400 steps takes 2 kB or so, and says what the run said', () => {
    const run = exampleState({ id: 'quiet otter', layers: 11, steps: 400 });
    const text = resultLink(run, '0.1.0');
    expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(text.length).toBeLessThan(2500);
    const shared = parseResultLink(text);
    expect(shared).toMatchObject({
      startedAt: Date.parse(run.createdAt) / 1000,
      name: 'quiet otter',
      backend: 'wasm',
      steps: 400,
      dataset: { label: verbatim('Built-in'), digest: '00' },
      end: { how: 'finished', step: 400, digest: 'c0ffee' },
    });
    expect(shared.evaluations.at(-1)).toEqual({ step: 400, images: 100, loss: 3.1, top1: 0.25, top5: 0.5 });
    expect(shared.dips.map(({ panel, step, layer }) => [panel, step, layer])).toEqual([
      ['identity', 37, 10],
      ['conv1x1', 37, 10],
      ['conv3x3', 37, 10],
    ]);
    expect(shared.curves.map(({ of }) => of)).toEqual([
      'loss',
      'testAccuracy',
      'identity',
      'conv1x1',
      'conv3x3',
    ]);
    expect(droppedPoints(shared)).toEqual([]);
    expectTrue(run, shared);
  });

  test('1,000 runs, whatever they look like, keep every curve’s shape and lowest point in 8 kB', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const run = madeUp(shape);
        const text = resultLink(run, '0.1.0');
        expect(text.length).toBeLessThanOrEqual(FULL_LENGTH);
        const shared = parseResultLink(text);
        expectTrue(run, shared);
        // What is left out of a curve is left out of those before it first.
        const order = shared.curves.map(({ of }) => (of === 'loss' ? 0 : of === 'testAccuracy' ? 1 : 2));
        const dropped = shared.curves.flatMap(({ error }, i) => (error > CURVE_ERROR ? [order[i]!] : []));
        const [loss] = shared.curves;
        if (dropped.some((place) => place > 0) && loss?.of === 'loss')
          expect(loss.error > CURVE_ERROR || loss.steps.length <= 34).toBe(true);
      }),
      { numRuns: 1000 },
    );
  }, 300_000);

  test('runs fit into a QR code, with fewer points', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const run = madeUp({ ...shape, name: 'quiet otter' });
        const text = smallResultLink(run, '0.1.0');
        expect(text.length).toBeLessThanOrEqual(SMALL_LENGTHS[1]);
        expectTrue(run, parseResultLink(text));
      }),
      { numRuns: 100 },
    );
  }, 120_000);

  test('a long and noisy run loses points of its loss, says so, and keeps its panels', () => {
    const run = madeUp({
      seed: 7,
      steps: 20_000,
      first: 0,
      panels: 3,
      rough: 0,
      scale: 1,
      broken: false,
      name: 'long',
      evaluations: 20,
    });
    const random = noise(3);
    const loss = run.series.scalar('loss');
    for (let i = 0; i < loss.length; i++) loss[i] = loss[i]! + random();
    const shared = parseResultLink(resultLink(run, '0.1.0'));
    expect(droppedPoints(shared).map(({ of }) => of)).toEqual(['loss']);
    expect(shared.curves[0]!.steps.length).toBeGreaterThan(400);
    expectTrue(run, shared);
  });

  test('a run that has recorded nothing, or too much, is refused', () => {
    const run = exampleState();
    expect(() => resultLink({ ...run, series: new RunSeries(9) }, '')).toThrow(/nothing yet/);
    expect(() => resultLink({ ...run, totalSteps: 3_000_000 }, '')).toThrow(/too long for a link/);
  });
});

const good = resultLink(exampleState({ steps: 400 }), '0.1.0');
type Facts = Record<string, unknown> & { curves: Record<string, unknown>[] };

/** The parts of a good link. */
function parts(): { facts: Facts; curves: number[] } {
  const bytes = fromLinkText(good, DICTIONARY);
  const length = (bytes[0]! & 127) | (bytes[1]! << 7);
  const facts = JSON.parse(new TextDecoder().decode(bytes.subarray(2, 2 + length))) as Facts;
  return { facts, curves: [...bytes.subarray(2 + length)] };
}

/** A link with a right checksum and these parts. */
function put(facts: unknown, curves: readonly number[]): string {
  const json = [...new TextEncoder().encode(typeof facts === 'string' ? facts : JSON.stringify(facts))];
  const length = [(json.length & 127) | 128, json.length >>> 7];
  return toLinkText(Uint8Array.from([...length, ...json, ...curves]), DICTIONARY);
}

/** What reading says; null where nothing is wrong. */
function refusal(text: string): string | null {
  try {
    parseResultLink(text);
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(ResultLinkError);
    return (error as Error).message;
  }
}

const changed = (values: Record<string, unknown>) => put({ ...parts().facts, ...values }, parts().curves);
const first = (values: Record<string, unknown>, curves = parts().curves) => {
  const { facts } = parts();
  return put({ ...facts, curves: [{ ...facts.curves[0], ...values }, ...facts.curves.slice(1)] }, curves);
};

describe('a link that is not what it should be', () => {
  test('what the helpers put together again is the good link', () => {
    expect(put(parts().facts, parts().curves)).toBe(good);
    expect(refusal(good)).toBeNull();
  });

  test.each([
    ['nothing', '', /cut short/],
    ['another alphabet', `${good.slice(0, 20)}+${good.slice(20)}`, /found "\+" at place 21/],
    ['a blank', `${good} `, /found " " at place/],
    ['cut short', good.slice(0, -7), /checksum|cut short/],
    [
      'one letter changed',
      `${good.slice(0, 90)}${good[90] === 'A' ? 'B' : 'A'}${good.slice(91)}`,
      /checksum/,
    ],
    ['endless text', 'A'.repeat(MOST_CHARACTERS + 1), /at most 16384 characters, found 16385/],
    ['a later version', `Ag${good.slice(2)}`, /expected version 1, found 2; a newer Branch Lab/],
    ['no JSON', put('{', []), /expected JSON/],
    ['no object', put('[]', []), /at the top level/],
    ['markup in a name', changed({ name: '<img src=x onerror=alert(1)>' }), /at name: expected plain text/],
    ['markup in a label', changed({ dataset: { label: '<b>', digest: '' } }), /at dataset.label/],
    ['a turned name', changed({ name: 'a\u202eb' }), /at name/],
    ['an id that is none', changed({ id: 'xyz' }), /at id/],
    ['a time past all times', changed({ startedAt: 1e18 }), /at startedAt/],
    ['an endless name', changed({ name: 'a'.repeat(121) }), /at name/],
    ['a query that is none', changed({ query: 'https://example.org' }), /at query/],
    ['negative steps', changed({ steps: -1 }), /at steps/],
    ['too many steps', changed({ steps: 1e12 }), /at steps/],
    ['no number', changed({ steps: null }), /at steps/],
    [
      'a huge number',
      put(JSON.stringify(parts().facts).replace('"min":', '"min":1e999,"x":'), []),
      /at curves/,
    ],
    ['NaN', put(JSON.stringify(parts().facts).replace('"top1":0.25', '"top1":NaN'), []), /expected JSON/],
    ['an unknown field', changed({ extra: 1 }), /Unrecognized key/],
    ['a digest that is none', changed({ end: { how: 'finished', step: 1, digest: 'xyz' } }), /at end.digest/],
    ['a million points', first({ points: 1_000_000 }), /at curves.0.points/],
    ['fewer points than said', first({ points: 4000 }), /expected|found/],
    ['more points than said', first({ points: 1 }), /expected|found/],
    ['a curve twice', first({ of: 'testAccuracy' }), /one curve of testAccuracy, found two/],
    ['a range upside down', first({ min: 9, max: 1 }), /expected a range of loss/],
    [
      'the same step twice',
      first({}, [5, 0, ...parts().curves.slice(2)]),
      /ascending steps of loss, found 5/,
    ],
    ['a step past the end', first({}, [255, 127, ...parts().curves]), /steps of loss up to 400, found 16383/],
    [
      'an endless number',
      first(
        {},
        Array.from({ length: 50 }, () => 255),
      ),
      /below 268435456/,
    ],
    ['something at the end', put(parts().facts, [...parts().curves, 0]), /expected \d+ bytes, found \d+/],
    [
      'a dip past the end',
      changed({ steps: 400, dips: [{ ...(parts().facts.dips as object[])[0], step: 401 }] }),
      /up to step 400, found 401/,
    ],
    ['endless compression', toLinkText(new Uint8Array(5_000_000), DICTIONARY), /at most 65536 bytes/],
    ['the most that inflates', toLinkText(new Uint8Array(MOST_BYTES), DICTIONARY), /expected JSON/],
  ])('%s is refused with what was expected', (_what, text, message) => {
    expect(refusal(text)).toMatch(message);
  });

  test('1,000 changed links are refused or harmless', () => {
    const json = fc.jsonValue();
    const { facts, curves } = parts();
    const keys = Object.keys(facts);
    const mutated = fc.oneof(
      fc.string(),
      fc.base64String().map((text) => `AQ${text}`),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => toLinkText(bytes, DICTIONARY)),
      fc.nat({ max: good.length }).map((length) => good.slice(0, length)),
      fc
        .tuple(fc.nat({ max: good.length - 1 }), fc.string({ minLength: 1, maxLength: 3 }))
        .map(([at, text]) => good.slice(0, at) + text + good.slice(at + 1)),
      fc.tuple(fc.constantFrom(...keys), json).map(([key, value]) => put({ ...facts, [key]: value }, curves)),
      fc
        .tuple(fc.nat({ max: curves.length - 1 }), fc.nat({ max: 255 }))
        .map(([at, byte]) => put(facts, curves.with(at, byte))),
      fc.uint8Array({ maxLength: 500 }).map((bytes) => put(facts, [...bytes])),
      fc
        .tuple(fc.constantFrom('points', 'min', 'max', 'error', 'of'), json)
        .map(([key, value]) => put({ ...facts, curves: [{ ...facts.curves[0], [key]: value }] }, curves)),
    );
    fc.assert(
      fc.property(mutated, (text) => {
        if (refusal(text) !== null) return;
        const shared = parseResultLink(text);
        expect(JSON.stringify(shared)).not.toMatch(/[<>]/);
        for (const { steps, values } of shared.curves) {
          expect(steps.every((step, i) => step >= 0 && (i === 0 || step > steps[i - 1]!))).toBe(true);
          expect(steps.at(-1)!).toBeLessThanOrEqual(shared.steps);
          expect(values.every(Number.isFinite)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
