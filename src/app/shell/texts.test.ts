import { describe, expect, test } from 'vitest';
import { message, verbatim } from '../../language/message';
import { presetById, PRESETS, valuesOf } from '../../experiment/presets';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import { blockFormula } from '../block/block-formula';
import { partsOf } from '../block/BlockParts';
import { duration, magnitude, secondsLeft } from '../controls/format';
import { parseList, parseNumber, readStages, stageTexts, stepped } from '../controls/draft';
import { chosenAmong, sourceFor } from '../store/data-sets';

describe('the formula of a block', () => {
  test.each([
    [{}, 'relu(2 · (BN(W₃∗x) + BN(W₁∗x) + BN(x)))'],
    [
      { conv3x3: 'scale', conv1x1: 'scale', identity: 'scale', norm: 'post' },
      'relu(2 · BN(s₃⊙(W₃∗x) + s₁⊙(W₁∗x) + s⊙x))',
    ],
    [{ conv3x3: 'none', conv1x1: 'off', identity: 'off', norm: 'post', factor: 1 }, 'relu(BN(W₃∗x))'],
    [{ conv1x1: 'off', identity: 'none', norm: 'post', factorAt: 'sum' }, 'relu(BN(2 · (BN(W₃∗x) + x)))'],
  ] as const)('%o is %s', (values, formula) => {
    expect(blockFormula({ ...DEFAULT_EXPERIMENT, ...values })).toBe(formula);
  });
});

describe('typed input', () => {
  test('reads numbers in the usual spellings', () => {
    expect([parseNumber('1e-4'), parseNumber('0,1'), parseNumber(' .5 ')]).toEqual([1e-4, 0.1, 0.5]);
    expect(parseNumber('')).toBeNaN();
    expect(parseNumber('1,2,3')).toBeNaN();
  });

  test('reads lists with commas or spaces', () => {
    expect(parseList('3, 4 4')).toEqual([3, 4, 4]);
    expect(parseList('[1,2]')).toEqual([1, 2]);
    expect(parseList('3,')).toEqual([3, NaN]);
  });

  test('steps along the grid and stays in range', () => {
    expect(stepped('lr', 0.3, 1)).toBe(0.35);
    expect(stepped('lr', 0.3, -1)).toBe(0.25);
    expect(stepped('lr', 0.01, -1)).toBe(0);
    expect(stepped('lr', 10, 1)).toBe(10);
    expect(stepped('wd', 0.0001, 1)).toBe(0.0002);
  });

  test('holds three lists back until they have the same length', () => {
    const texts = { ...stageTexts(DEFAULT_EXPERIMENT), depths: '3, 4' };
    expect(readStages(DEFAULT_EXPERIMENT, texts).conflict).toMatch(/2, 3 and 3/);
    expect(readStages(DEFAULT_EXPERIMENT, { depths: '1, 1', widths: '8, 8', strides: '1, 2' })).toMatchObject(
      { problems: {}, conflict: null },
    );
  });
});

describe('numbers as text', () => {
  test('durations and magnitudes', () => {
    expect([duration(21), duration(725), duration(3727)]).toEqual(['0:21', '12:05', '1:02:07']);
    expect([magnitude(45_200), magnitude(15_800_000), magnitude(12)]).toEqual(['45.2 k', '15.8 M', '12']);
  });

  test('no time left is shown while the speed is unknown', () => {
    const run = { totalSteps: 10, batch: 64, imagesPerSecond: 64, done: 4 };
    expect(secondsLeft([{ ...run, imagesPerSecond: 0 }], null)).toBeNull();
    expect(secondsLeft([], null)).toBeNull();
    expect(secondsLeft([run], null)).toBe(6);
    expect(secondsLeft([run, run], null)).toBe(12);
    expect(secondsLeft([run, run], 0.1)).toBe(60);
  });
});

describe('where the data comes from', () => {
  const nothing = { checked: true, stored: null, memory: null, loading: null };

  test('the built-in set is always available, CIFAR-100 only once it is loaded', () => {
    expect(sourceFor({ data: 'builtin', difficulty: 'medium' }, nothing).source).toEqual({
      kind: 'builtin',
      difficulty: 'medium',
    });
    expect(sourceFor({ data: 'cifar100', difficulty: 'medium' }, nothing).missing).toEqual(
      message('data.none'),
    );
    const stored = { label: verbatim(''), train: 1, test: 1, bytes: 1, digest: 'd1', savedAt: 0 };
    expect(sourceFor({ data: 'cifar100', difficulty: 'medium' }, { ...nothing, stored }).source).toEqual({
      kind: 'stored',
      id: 'cifar100',
      digest: 'd1',
    });
  });
});

describe('which stored set is trained on', () => {
  const set = (digest: string, train: number, savedAt: number) => ({
    label: verbatim(''),
    train,
    test: 1,
    bytes: 1,
    digest,
    savedAt,
  });
  const sets = [set('small', 500, 3), set('late', 50_000, 2), set('early', 50_000, 1)];

  test('the chosen one if it is stored, otherwise the newest of the most complete ones', () => {
    expect(chosenAmong(sets, 'small')?.digest).toBe('small');
    expect(chosenAmong(sets, 'gone')?.digest).toBe('late');
    expect(chosenAmong([], 'gone')).toBeNull();
  });
});

describe('the parts of a block beyond the drawing', () => {
  test('agree with the settings of every preset, and removing them leaves none', () => {
    for (const preset of PRESETS.filter(({ group }) => group === 'block')) {
      const experiment = { ...DEFAULT_EXPERIMENT, ...valuesOf(preset) };
      const on = partsOf(experiment).filter((part) => part.on);
      const bare = on.reduce((e, part) => ({ ...e, ...part.remove }), experiment);
      expect(partsOf(bare).filter((part) => part.on)).toEqual([]);
      for (const part of on) expect(part.help.length).toBeGreaterThan(20);
    }
    const names = (id: string) =>
      partsOf({ ...DEFAULT_EXPERIMENT, ...valuesOf(presetById(id)!) })
        .filter(({ on }) => on)
        .map(({ label }) => label);
    expect(names('repvgg')).toEqual([]);
    expect(names('acb')).toEqual(['3x1 · BN', '1x3 · BN']);
    expect(names('dbb')).toEqual(['1x1 → 3x3 · BN', '1x1 → average · BN']);
    expect(names('gradmult')).toEqual(['One kernel, gradient multiplied']);
  });
});
