import { describe, expect, test } from 'vitest';
import { verbatim } from '../language/message';
import {
  classOutcome,
  groupsOf,
  machineDifferences,
  mergeResults,
  readClassResult,
  spreadIn,
  type ClassResult,
} from './class-results';
import { exampleState, type Example } from './example-state';
import { outcomeOf } from './outcomes';
import type { RunState } from './record';
import { resultLink, smallResultLink } from './result-link';
import { differenceOf, intervalOf } from './statistics';

/** Student's t at 0.975 and nine degrees of freedom, from a table. */
const T9 = 2.262157;

const read = (run: RunState): ClassResult => readClassResult(resultLink(run, '0.1.0'));
const result = (example: Example, changes: Partial<RunState> = {}) =>
  read({ ...exampleState({ steps: 80, ...example }), ...changes });

/** Three experiments of ten seeds each, whose values follow from their numbers. */
const CLASS = [1, 2, 4].flatMap((factor, e) =>
  Array.from({ length: 10 }, (_, i) => ({
    factor,
    seed: i + 1,
    top1: 0.2 + 0.05 * e + 0.004 * ((i * 7) % 10),
    depth: 0.1 + 0.08 * e + 0.006 * ((i * 3) % 10),
  })),
);
const classResults = () =>
  CLASS.map(({ factor, seed, top1, depth }) =>
    result({ id: `${factor}-${seed}`, experiment: { factor, seed }, top1, depth }),
  );

describe('a class of thirty', () => {
  test('gives three groups with the means and intervals that one computes by hand', () => {
    const groups = groupsOf(classResults());
    expect(groups.map(({ name, counted }) => [name, counted.length])).toEqual([
      ['Factor k 1', 10],
      ['Factor k 2', 10],
      ['Factor k 4', 10],
    ]);
    groups.forEach((group, e) => {
      const own = CLASS.slice(e * 10, e * 10 + 10);
      for (const [outcome, values, digits] of [
        ['top1', own.map(({ top1 }) => top1 * 100), 9],
        ['dipDepth.identity', own.map(({ depth }) => depth * 100), 4],
      ] as const) {
        const mean = values.reduce((a, b) => a + b) / 10;
        const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 9);
        const spread = spreadIn(group, outcome);
        expect(spread.mean).toBeCloseTo(mean, digits);
        const interval = intervalOf(spread)!;
        expect(interval.low).toBeCloseTo(mean - (T9 * deviation) / Math.sqrt(10), Math.min(4, digits));
        expect(interval.high).toBeCloseTo(mean + (T9 * deviation) / Math.sqrt(10), Math.min(4, digits));
      }
    });
    const [first, second] = groups.map((group) => spreadIn(group, 'top1'));
    expect(differenceOf(second!, first!).verdict).toBe('higher');
  });

  test('says of a result what would be said of its run', () => {
    const run = exampleState({ steps: 80, top1: 0.37, depth: 0.19 });
    const shared = read(run);
    for (const outcome of ['top1', 'testLoss', 'dipDepth.conv3x3', 'dipStep.conv3x3'] as const)
      expect(classOutcome(shared, outcome)).toBeCloseTo(outcomeOf(run, outcome)!, 4);
    expect(classOutcome(shared, 'loss')).toBeCloseTo(outcomeOf(run, 'loss')!, 3);
    expect(classOutcome(shared, 'dipDepth.norm')).toBeNull();
  });
});

describe('what counts', () => {
  test('a run that comes twice is one, and the better one stays', () => {
    const run = exampleState({ id: 'a', steps: 400 });
    const loss = run.series.scalar('loss');
    for (let i = 0; i < loss.length; i++) loss[i] = loss[i]! + Math.sin(i * i);
    const fine = read(run);
    const coarse = readClassResult(smallResultLink(run, '0.1.0'));
    const first = mergeResults([], [coarse, coarse, fine]);
    expect([first.fresh.length, first.better.length, first.known.length]).toEqual([1, 1, 1]);
    expect(first.results).toEqual([fine]);
    expect(mergeResults(first.results, [coarse]).results).toEqual([fine]);
    const longer = result({ id: 'a', steps: 500 });
    expect(mergeResults(first.results, [longer]).results).toEqual([longer]);
  });

  test('a seed counts once, unfinished and diverged runs not at all', () => {
    const stopped = { how: 'stopped', step: 80, reason: verbatim(''), digest: null } as const;
    const results = [
      result({ id: 'a', experiment: { seed: 1 }, top1: 0.3 }),
      result({ id: 'b', experiment: { seed: 1 }, top1: 0.3 }),
      result({ id: 'c', experiment: { seed: 2 }, top1: 0.4 }),
      result({ id: 'd', experiment: { seed: 3 }, top1: 0.9, end: stopped }),
      result({ id: 'e', experiment: { seed: 4 }, top1: 0.9, end: { ...stopped, how: 'diverged' } }),
      result({ id: 'f', experiment: { seed: 5 }, top1: 0.9 }, { end: null }),
    ];
    const [group, ...others] = groupsOf(results);
    expect(others).toEqual([]);
    expect(group).toMatchObject({ diverged: 1, incomplete: 2, repeated: 1 });
    expect(spreadIn(group!, 'top1')).toMatchObject({ n: 2, mean: 35 });
  });

  test('other images, and another beginning, are another group', () => {
    const dataset = { ...exampleState().dataset!, digest: 'ff', label: verbatim('CIFAR-100') };
    const origin = { id: 'x', name: 'x', step: 20, fresh: [] };
    const groups = groupsOf([
      result({ id: 'a' }),
      result({ id: 'b' }, { dataset }),
      result({ id: 'c' }, { origin }),
    ]);
    expect(groups.map(({ name }) => name)).toEqual([
      'The same settings, Built-in 00',
      'The same settings, CIFAR-100 ff',
      'The same settings, Built-in 00, from step 20',
    ]);
  });

  test('who differs in backend, device or weights is told', () => {
    const on = (backend: 'wasm' | 'webgpu', adapter: string) => ({
      environment: { backend, adapter: verbatim(adapter), reason: verbatim('') },
    });
    const end = { how: 'finished', step: 80, reason: verbatim(''), digest: 'bad' } as const;
    const results = [
      result({ id: 'a' }, on('wasm', 'SIMD, 2 threads')),
      result({ id: 'b', experiment: { seed: 3 } }, on('wasm', 'SIMD, 2 threads')),
      result({ id: 'c', experiment: { seed: 4 } }, on('wasm', 'SIMD, 8 threads')),
      result({ id: 'd' }, on('webgpu', 'Apple M2')),
      result({ id: 'e', end }, on('wasm', 'SIMD, 2 threads')),
    ];
    const [group] = groupsOf(results);
    expect(group!.backends).toEqual([
      ['wasm', 4],
      ['webgpu', 1],
    ]);
    expect(results.map((one) => machineDifferences(one, group!))).toEqual([
      ['other weights than e, of the same seed'],
      [],
      ['other device'],
      ['other backend'],
      ['other weights than a, of the same seed'],
    ]);
  });
});
