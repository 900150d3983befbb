import { describe, expect, test } from 'vitest';
import { keptMessage, verbatim } from '../language/message';
import { DEFAULT_EXPERIMENT } from '../experiment/settings';
import { STUDY_ROWS, STUDY_SECTIONS } from '../experiment/study';
import { conflictIn } from '../experiment/validation';
import { planNetwork } from '../network/plan-network';
import { repetitionKey } from '../experiment/same-training';
import { compare, summarise, tiers, type BoardResult, type Summary } from './study-board';

const result = (query: string, seed: number, top1: number | null, digest = 'd'): BoardResult => ({
  query,
  seed,
  top1,
  steps: 10,
  images: 100,
  dataset: keptMessage(verbatim('CIFAR-100')),
  digest,
  backend: 'wasm',
  finishedAt: '',
});
const summary = (mean: number, deviation: number | null, seeds: number): Summary => ({
  mean,
  deviation,
  seeds,
  diverged: 0,
  about: '',
});

describe('the study’s rows', () => {
  test('all plan a network, each another one or another recipe', () => {
    const keys = STUDY_ROWS.map(({ id, values }) => {
      const experiment = { ...DEFAULT_EXPERIMENT, ...values };
      expect(conflictIn(experiment), id).toBeNull();
      expect(planNetwork(experiment).cost.parameters, id).toBeGreaterThan(1000);
      return `${id.split('-')[0]} ${repetitionKey(experiment)}`;
    });
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(STUDY_ROWS.map(({ id }) => id)).size).toBe(STUDY_ROWS.length);
  });

  test('hold every published number of the table', () => {
    const numbers = STUDY_SECTIONS.map(({ rows }) => rows.map(({ published }) => published.top1));
    expect(numbers[0]).toEqual([71.1, 71.86, 71.94, 72.01, 71.79, 72.02, 71.55]);
    expect(numbers[1]).toEqual([74.19, 74.13, 74.6, 74.55]);
    expect(numbers[2]).toEqual([75.14, 74.79, 73.15, 72.39, 74.18, 73.52, 74.56, 74.78]);
    expect(numbers[3]!.filter((_, i) => i % 2 === 0)).toEqual([null, 69.45, 69.5, 77]);
  });
});

describe('repetitions', () => {
  test('count once a seed; other data and diverged runs do not enter the mean', () => {
    const results = [
      result('q', 1, 0.9, 'other data'),
      result('q', 1, 0.1),
      result('q', 2, 0.2),
      result('q', 2, 0.3),
      result('q', 3, null),
      result('other', 1, 0.9),
    ];
    const found = summarise(results, 'q')!;
    expect(found).toMatchObject({ seeds: 2, diverged: 1 });
    expect(found.mean).toBeCloseTo(20);
    expect(found.deviation).toBeCloseTo(Math.SQRT2 * 10);
    expect(summarise(results, 'none')).toBeNull();
    expect(summarise([result('one', 1, 0.5)], 'one')!.deviation).toBeNull();
  });
});

describe('comparison', () => {
  test('needs three seeds on either side, and a 95 % interval of the difference without zero', () => {
    expect(compare(summary(70, 1, 3), summary(60, 1, 2)).verdict).toBe('too few');
    expect(compare(summary(70, 1, 3), summary(69, 1, 3)).verdict).toBe('undecided');
    expect(compare(summary(70, 0.1, 3), summary(69, 0.1, 3))).toMatchObject({
      difference: 1,
      verdict: 'higher',
    });
    // More than twice the standard error, which would not do with so few seeds.
    expect(compare(summary(70, 1, 3), summary(68, 1, 3)).verdict).toBe('undecided');
  });

  test('rows that cannot be told apart share a tier; rows with too few seeds have none', () => {
    const found = tiers(
      new Map([
        ['a', summary(70, 1, 3)],
        ['b', summary(69.5, 1, 3)],
        ['c', summary(60, 1, 3)],
        ['d', summary(90, 1, 2)],
      ]),
    );
    expect([...found]).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 2],
    ]);
  });
});
