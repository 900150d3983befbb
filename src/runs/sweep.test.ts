import fc from 'fast-check';
import { verbatim } from '../language/message';
import { describe, expect, test } from 'vitest';
import { SETTING_KEYS, settingOf } from '../experiment/settings';
import { experimentFromQuery, parseValue } from '../experiment/url';
import { conflictIn, problemWith } from '../experiment/validation';
import { exampleState, type Example } from './example-state';
import { concluded } from './outcomes';
import { parseSweep, parseValues, planSweep, resultsOf, tooMany, type Sweep } from './sweep';

const sweep = (about: Partial<Sweep> = {}): Sweep => ({
  format: 'branch-lab-sweep',
  version: 1,
  name: 'Rates',
  base: '?v=1&factor=1',
  axes: [{ key: 'lr', values: ['0.1', '0.3'] }],
  seeds: [1, 2, 3],
  ...about,
});
const two = sweep({
  axes: [
    { key: 'lr', values: ['0.1', '0.3'] },
    { key: 'conv1x1', values: ['off', 'bn', 'scale'] },
  ],
});

describe('a sweep’s file', () => {
  test('is read back as it was written', () => {
    expect(parseSweep(JSON.stringify(two))).toEqual(two);
  });

  test.each([
    ['{', 'expected JSON'],
    ['{}', 'at format'],
    [JSON.stringify(sweep({ version: 2 as 1 })), 'at version'],
    [JSON.stringify({ ...sweep(), more: 1 }), 'Unrecognized key'],
    [JSON.stringify(sweep({ base: '?v=1&lr=fast' })), 'at base, lr: found “fast”'],
    [JSON.stringify(sweep({ axes: [] })), 'at axes, expected one or two settings'],
    [
      JSON.stringify(sweep({ axes: [{ key: 'speed' as 'lr', values: ['1'] }] })),
      'at axes.0.key, there is no setting “speed”',
    ],
    [JSON.stringify(sweep({ axes: [{ key: 'seed', values: ['1'] }] })), 'at axes.0.key, seeds have a list'],
    [
      JSON.stringify(sweep({ axes: [{ key: 'lr', values: ['0.1', '99'] }] })),
      'at axes.0.values.1, found “99”, expected a number from 0 to 10',
    ],
    [
      JSON.stringify(sweep({ axes: [{ key: 'lr', values: ['0.1', '0.10'] }] })),
      'at axes.0.values.1, “0.10” is there twice',
    ],
    [JSON.stringify(sweep({ axes: [...sweep().axes, ...sweep().axes] })), 'at axes.1.key, the same setting'],
    [JSON.stringify(sweep({ seeds: [1, 1] })), 'at seeds, a seed is there twice'],
    [JSON.stringify(sweep({ seeds: [-1] })), 'at seeds.0'],
    [
      JSON.stringify(sweep({ seeds: Array.from({ length: 501 }, (_, i) => i) })),
      '2 × 501 = 1,002 runs; at most 1,000',
    ],
  ])('that is none is refused with the place and the reason: %s', (text, reason) => {
    expect(() => parseSweep(text)).toThrow(reason);
  });

  test('may ask for a thousand runs and no more', () => {
    const seeds = Array.from({ length: 500 }, (_, i) => i);
    expect(tooMany(sweep().axes, seeds)).toBeNull();
    expect(tooMany(sweep().axes, [...seeds, 500])).toMatch(/Take fewer values or seeds\.$/);
  });
});

describe('a plan', () => {
  test('has every combination with every seed, one seed of all before the next', () => {
    const { runs, leftOut } = planSweep(two);
    expect(leftOut).toEqual([]);
    expect(runs).toHaveLength(2 * 3 * 3);
    expect(runs.slice(0, 6).map(({ seed }) => seed)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(runs[1]).toMatchObject({
      values: ['0.1', 'bn'],
      experiment: { lr: 0.1, conv1x1: 'bn', factor: 1 },
    });
    for (const { query, experiment } of runs) {
      expect(experimentFromQuery(query)).toMatchObject({ experiment, notices: [] });
    }
  });

  test('lists apart what makes no experiment, with the reason', () => {
    const { runs, leftOut } = planSweep(
      sweep({
        base: '?v=1&conv1x1=off',
        axes: [
          { key: 'conv3x3', values: ['off', 'bn'] },
          { key: 'depths', values: ['1,1', '1,1,1'] },
        ],
      }),
    );
    expect(runs.map(({ values }) => values)).toEqual(Array.from({ length: 3 }, () => ['bn', '1,1,1']));
    expect(leftOut).toEqual([
      { values: ['off', '1,1'], reason: expect.stringContaining('need one number per stage') },
      { values: ['off', '1,1,1'], reason: expect.stringContaining('cannot all be off') },
      { values: ['bn', '1,1'], reason: expect.stringContaining('need one number per stage') },
    ]);
    expect(planSweep(sweep({ axes: [{ key: 'lr', values: ['x'] }] })).leftOut[0]!.reason).toMatch(
      /^Learning rate: found “x”, expected a number/,
    );
  });

  test('makes experiments that can be run, and counts each combination once, whatever the axes', () => {
    const axis = fc.constantFrom(...SETTING_KEYS.filter((key) => key !== 'seed')).chain((key) => {
      const setting = settingOf(key);
      const texts =
        setting.kind === 'choice'
          ? setting.options.map(({ value }) => value)
          : setting.kind === 'toggle'
            ? ['on', 'off']
            : setting.kind === 'list'
              ? ['1,1', '1,2,2']
              : [String(setting.min), String(setting.max)];
      return fc.record({
        key: fc.constant(key),
        values: fc.uniqueArray(fc.constantFrom(...texts), { minLength: 1 }),
      });
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(axis, { minLength: 1, maxLength: 2, selector: ({ key }) => key }),
        (axes) => {
          const { runs, leftOut } = planSweep(sweep({ axes }));
          const combinations = axes.reduce((product, { values }) => product * values.length, 1);
          expect(runs.length / 3 + leftOut.length).toBe(combinations);
          expect(runs.every(({ experiment }) => conflictIn(experiment) === null)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('typed values', () => {
  test.each([
    ['lr', '0.1, 0.2, 0.5', ['0.1', '0.2', '0.5']],
    ['lr', '0.1:0.5:0.1', ['0.1', '0.2', '0.3', '0.4', '0.5']],
    ['lr', '0.3:0.1:-0.1', ['0.3', '0.2', '0.1']],
    ['n', '1..5', ['1', '2', '3', '4', '5']],
    ['n', '1..3, 8, 2', ['1', '2', '3', '8']],
    ['conv1x1', 'Batch norm, off', ['bn', 'off']],
    ['nesterov', 'on, off', ['on', 'off']],
    ['depths', '3,4,4; 5, 5, 5', ['3,4,4', '5,5,5']],
  ] as const)('of %s, “%s”', (key, text, values) => {
    expect(parseValues(key, text)).toEqual({ values, problem: null });
  });

  test.each([
    ['lr', '', 'Type one value'],
    ['lr', 'fast', 'Found “fast”, expected a number from 0 to 10.'],
    ['lr', '1:2', 'Found “1:2”, expected a number'],
    ['lr', '1:2:0', 'has no end'],
    ['lr', '2:1:0.5', 'has no end'],
    ['lr', '5..1', 'has no end'],
    ['lr', '0:10:0.0001', 'more than 1,000 values'],
    ['n', '1.5', 'expected a whole number'],
    ['conv1x1', 'sideways', 'expected one of off'],
    ['depths', '3,4,x', 'expected 1 to 6 whole numbers'],
  ] as const)('of %s are refused where they are none: “%s”', (key, text, problem) => {
    expect(parseValues(key, text)).toEqual({ values: [], problem: expect.stringContaining(problem) });
  });

  test('are allowed values, none twice, or a reason, whatever is typed', () => {
    const typed = fc.string({ unit: fc.constantFrom(...'0123456789.:,;-e offn'), maxLength: 12 });
    fc.assert(
      fc.property(fc.constantFrom(...SETTING_KEYS), typed, (key, text) => {
        const { values, problem } = parseValues(key, text);
        expect(values.length > 0).toBe(problem === null);
        expect(new Set(values).size).toBe(values.length);
        for (const value of values) expect(problemWith(key, parseValue(key, value))).toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  test('of a range are as many as asked for, without what binary fractions add', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 100 }), (first, count) => {
        const text = (cents: number) => String(cents / 100);
        const { values } = parseValues('lr', `${text(first)}:${text(first + count - 1)}:0.01`);
        expect(values).toEqual(Array.from({ length: count }, (_, i) => text(first + i)));
      }),
    );
  });
});

describe('the results', () => {
  const run = (seed: number, lr: number, more: Example = {}) =>
    exampleState({ id: `${lr}-${seed}`, experiment: { factor: 1, lr, seed }, ...more });
  const diverged = {
    how: 'diverged',
    step: 5,
    reason: verbatim('The loss is not finite.'),
    digest: null,
  } as const;

  test('are spreads over the sweep’s seeds; diverged and missing ones are counted apart', () => {
    const runs = [
      run(1, 0.1, { top1: 0.2 }),
      run(2, 0.1, { top1: 0.3 }),
      run(3, 0.1, { end: diverged }),
      run(9, 0.1, { top1: 0.9 }),
      run(1, 0.2, { top1: 0.9 }),
      run(1, 0.3, { top1: 0.1 }),
      run(1, 0.3, { top1: 0.5 }),
    ];
    const { axes, cells } = resultsOf(sweep(), runs.map(concluded), 'top1');
    expect(axes).toMatchObject([
      { label: 'Learning rate', values: [{ number: 0.1, words: '0.1' }, { text: '0.3' }] },
    ]);
    expect(cells[0]).toMatchObject({ at: [0], spread: { n: 2, mean: 25 }, diverged: 1, missing: 0 });
    expect(cells[1]).toMatchObject({ at: [1], spread: { n: 1, mean: 50 }, diverged: 0, missing: 2 });
  });

  test('can be of the last block’s dip', () => {
    const runs = [run(1, 0.1, { depth: 0.2 }), run(2, 0.1, { depth: 0 })];
    expect(
      resultsOf(sweep(), runs.map(concluded), 'dipDepth.identity').cells[0]!.singles.map(
        ({ value }) => value,
      ),
    ).toEqual([expect.closeTo(20, 4), 0]);
    expect(resultsOf(sweep(), runs.map(concluded), 'dipStep.identity').cells[0]!.singles).toMatchObject([
      { seed: 1, value: 37 },
    ]);
  });

  test('do not mix data sets, and leave out what cannot be run', () => {
    const other = run(1, 0.1);
    const runs = [{ ...other, dataset: { ...other.dataset!, digest: 'ff' } }, run(2, 0.1)];
    expect(resultsOf(sweep(), runs.map(concluded), 'top1').cells[0]).toMatchObject({
      spread: { n: 1 },
      missing: 2,
    });
    const broken = sweep({ axes: [{ key: 'depths', values: ['1', '3,4,4'] }] });
    expect(
      resultsOf(broken, [], 'top1').cells.map(({ leftOut, missing }) => [leftOut === null, missing]),
    ).toEqual([
      [false, 0],
      [true, 3],
    ]);
  });
});
