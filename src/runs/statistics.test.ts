import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_EXPERIMENT } from '../experiment/settings';
import { groupRuns, oncePerSeed } from './groups';
import { differenceOf, intervalOf, spreadOf, tQuantile } from './statistics';

const numbers = (minLength: number) =>
  fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength, maxLength: 12 });

describe('the t quantile', () => {
  // scipy.stats.t.ppf, SciPy 1.17.1.
  test.each([
    [0.975, 1, 12.706204736174694],
    [0.975, 1.5, 6.016663104427929],
    [0.975, 2, 4.302652729749462],
    [0.975, 2.7, 3.3921483831737507],
    [0.975, 3, 3.1824463052837078],
    [0.975, 4, 2.7764451051977934],
    [0.975, 5, 2.5705818356363146],
    [0.975, 10, 2.228138851986274],
    [0.975, 30, 2.0422724563012378],
    [0.975, 120, 1.9799304050824402],
    [0.975, 1e4, 1.960201239890626],
    [0.975, 1e6, 1.959966356814107],
    [0.95, 7, 1.8945786050900062],
    [0.995, 4, 4.604094871349992],
  ])('at %d and %d degrees of freedom is the tabulated one', (p, freedom, expected) => {
    expect(Math.abs(tQuantile(p, freedom) / expected - 1)).toBeLessThan(1e-7);
  });
});

describe('a spread', () => {
  test('has the sample deviation, and none of one value', () => {
    expect(spreadOf([1, 2, 3, NaN])).toEqual({ n: 3, mean: 2, deviation: 1, min: 1, max: 3 });
    expect(spreadOf([5])).toEqual({ n: 1, mean: 5, deviation: null, min: 5, max: 5 });
    expect(spreadOf([])).toMatchObject({ n: 0, mean: NaN, deviation: null });
    expect(intervalOf(spreadOf([5]))).toBeNull();
  });

  test('holds its mean between its least and greatest value', () => {
    fc.assert(
      fc.property(numbers(1), (values) => {
        const { mean, min, max, deviation } = spreadOf(values);
        const slack = 1e-9 * (1 + Math.abs(min) + Math.abs(max));
        expect(mean).toBeGreaterThanOrEqual(min - slack);
        expect(mean).toBeLessThanOrEqual(max + slack);
        if (deviation !== null) expect(deviation).toBeLessThanOrEqual(max - min + slack);
      }),
    );
  });
});

describe('a difference', () => {
  test('has the interval of Welch’s test', () => {
    // scipy.stats.ttest_ind(…, equal_var=False).confidence_interval(), SciPy 1.17.1.
    const found = differenceOf(spreadOf([71.2, 70.4, 71.9]), spreadOf([69.1, 69.9, 68.7, 70.2]));
    expect(found.low).toBeCloseTo(0.18242093730747078, 6);
    expect(found.high).toBeCloseTo(3.2009123960258834, 6);
    expect(found.verdict).toBe('higher');
  });

  test('is decided by its interval alone, and turns round with its sides', () => {
    fc.assert(
      fc.property(numbers(2), numbers(2), (left, right) => {
        const [a, b] = [spreadOf(left), spreadOf(right)];
        const { difference, low, high, verdict } = differenceOf(a, b);
        expect(low).toBeLessThanOrEqual(difference);
        expect(high).toBeGreaterThanOrEqual(difference);
        expect(verdict).toBe(low > 0 ? 'higher' : high < 0 ? 'lower' : 'undecided');
        const turned = differenceOf(b, a);
        expect([turned.low, turned.high]).toEqual([-high, -low].map((end) => expect.closeTo(end, 6)));
      }),
    );
  });

  test('needs two values on either side; without any spread it is exact', () => {
    expect(differenceOf(spreadOf([1, 2]), spreadOf([9])).verdict).toBe('too few');
    expect(differenceOf(spreadOf([1, 2]), spreadOf([8, 9]), 3).verdict).toBe('too few');
    expect(differenceOf(spreadOf([2, 2]), spreadOf([1, 1]))).toEqual({
      difference: 1,
      low: 1,
      high: 1,
      verdict: 'higher',
    });
    expect(differenceOf(spreadOf([2, 2]), spreadOf([2, 2])).verdict).toBe('undecided');
  });
});

describe('groups', () => {
  const run = (seed: number, factor: number, id = '') => ({
    id,
    experiment: { ...DEFAULT_EXPERIMENT, seed, factor },
  });

  test('are runs that differ in the seed only, in the order of first appearance', () => {
    const groups = groupRuns([run(1, 2), run(1, 1), run(2, 2), run(2, 1)]);
    expect(groups.map(({ runs }) => runs.map(({ experiment: e }) => [e.factor, e.seed]))).toEqual([
      [
        [2, 1],
        [2, 2],
      ],
      [
        [1, 1],
        [1, 2],
      ],
    ]);
  });

  test('lose and repeat no run', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(3))), (about) => {
        const runs = about.map(([seed, factor]) => run(seed, factor));
        const found = groupRuns(runs).flatMap((group) => group.runs);
        expect(new Set(found)).toEqual(new Set(runs));
        expect(found).toHaveLength(runs.length);
      }),
    );
  });

  test('count the same seed once, its last run', () => {
    expect(oncePerSeed([run(1, 1, 'a'), run(2, 1, 'b'), run(1, 1, 'c')]).map(({ id }) => id)).toEqual([
      'c',
      'b',
    ]);
  });
});
