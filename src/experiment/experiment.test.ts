import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeDifference, differingKeys } from './difference';
import { PRESETS, presetOf, sameValue, valuesOf } from './presets';
import { setLanguage } from '../language/language';
import { whyUnused } from './settings-without-effect';
import { experiments } from './arbitrary';
import { DEFAULT_EXPERIMENT, SETTING_KEYS, settingOf, type Experiment, type SettingKey } from './settings';
import { secondExperiment, experimentFromQuery, experimentToQuery } from './url';
import { conflictIn, problemWith } from './validation';

describe('the settings table', () => {
  test('every default is valid, and the defaults do not conflict', () => {
    for (const key of SETTING_KEYS) expect(problemWith(key, DEFAULT_EXPERIMENT[key]), key).toBeNull();
    expect(conflictIn(DEFAULT_EXPERIMENT)).toBeNull();
  });

  test('every row has a help text that is a sentence', () => {
    for (const key of SETTING_KEYS) expect(settingOf(key).help, key).toMatch(/^[A-Z0-9].*\.$/);
  });

  test('every preset is valid', () => {
    for (const preset of PRESETS) {
      const { id } = preset;
      const values = valuesOf(preset);
      for (const [key, value] of Object.entries(values))
        expect(problemWith(key as SettingKey, value), `${id}.${key}`).toBeNull();
      expect(conflictIn({ ...DEFAULT_EXPERIMENT, ...values }), id).toBeNull();
    }
  });
});

describe('a link', () => {
  test('opens the experiment that it was copied from', () => {
    fc.assert(
      fc.property(experiments, (experiment) => {
        const read = experimentFromQuery(experimentToQuery(experiment));
        expect(read.notices).toEqual([]);
        for (const key of SETTING_KEYS)
          expect(sameValue(read.experiment[key], experiment[key]), key).toBe(true);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('of the default experiment has only its version', () => {
    expect(experimentToQuery(DEFAULT_EXPERIMENT)).toBe('?v=1');
  });

  test('names the settings of the second run', () => {
    const { experiment, beside } = experimentFromQuery('?v=1&lr=0.1&vs=factor:1;depths:1,2,3');
    expect(beside).toEqual({ factor: 1, depths: [1, 2, 3] });
    expect(secondExperiment(experiment, beside)).toEqual({ ...experiment, factor: 1, depths: [1, 2, 3] });
    expect(experimentToQuery(experiment, beside)).toBe('?v=1&lr=0.1&vs=depths:1,2,3;factor:1');
    expect(secondExperiment(experiment, { lr: 0.1 })).toBeNull();
  });

  test('without any setting opens two runs with different factors', () => {
    expect(experimentFromQuery('').beside).toEqual({ factor: 1 });
    expect(experimentFromQuery('?v=1').beside).toBeNull();
  });

  test('a block preset replaces all values of another', () => {
    const blocks = PRESETS.filter(({ group }) => group === 'block');
    for (const from of blocks) {
      for (const to of blocks) {
        const after = { ...DEFAULT_EXPERIMENT, ...valuesOf(from), ...valuesOf(to) };
        expect(after, `${from.id} to ${to.id}`).toEqual({ ...DEFAULT_EXPERIMENT, ...valuesOf(to) });
        expect(presetOf(after, 'block')?.id).toBe(to.id);
      }
    }
  });

  test('names presets and only what differs from them', () => {
    const { experiment } = experimentFromQuery('?v=1&preset=simplified&factor=3&lr=0.1');
    expect(experiment).toMatchObject({ conv3x3: 'scale', norm: 'post', factor: 3, lr: 0.1 });
    expect(experimentToQuery(experiment)).toBe('?v=1&preset=simplified&factor=3&lr=0.1');
  });

  test('1,000 random ones open without an exception, as valid experiments', () => {
    const keys = fc.oneof(
      fc.constantFrom<string>(...SETTING_KEYS, 'v', 'preset', '__proto__', 'constructor'),
      fc.string(),
    );
    const values = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.constantFrom('1,2,3', '1e999', '-0', 'NaN', 'on', '%', 'repvgg', 'bn'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(keys, values), { maxLength: 12 }), fc.boolean(), (pairs, encoded) => {
        const query = `?${pairs.map(([key, value]) => (encoded ? `${encodeURIComponent(key)}=${encodeURIComponent(value)}` : `${key}=${value}`)).join('&')}`;
        const { experiment } = experimentFromQuery(query);
        for (const key of SETTING_KEYS) expect(problemWith(key, experiment[key]), key).toBeNull();
        expect(conflictIn(experiment)).toBeNull();
      }),
      { seed: 7, numRuns: 1000 },
    );
  });

  test.each([
    ['?lr=fast', 'lr', 'lr: found “fast”, expected a number from 0 to 10. 0.3 is used instead.'],
    ['?lr=', 'lr', 'expected a number'],
    ['?lr=0.3&lr=1', 'lr', 'lr is given more than once; the first value is used.'],
    ['?batch=1.5', 'batch', 'expected a whole number from 1 to 1024'],
    ['?colour=red', 'colour', 'There is no setting “colour”'],
    ['?preset=vgg', 'preset', 'There is no preset “vgg”'],
    ['?conv3x3=gone', 'conv3x3', 'expected one of off, none, constant, scale, weightnorm, bn'],
    ['?nesterov=maybe', 'nesterov', 'expected on or off'],
    ['?widths=8,x,32', 'widths', 'separated by commas'],
    ['?v=9', 'v', 'this lab reads version 1'],
    ['?depths=1,2', 'depths, widths, strides', 'need one number per stage each'],
    ['?conv3x3=off&conv1x1=off', 'conv3x3, conv1x1, conv3x1, conv1x3, seq3x3, seqAvg', 'cannot all be off'],
    ['?form=gradmult', 'form', 'needs bare or constant'],
    ['?v=1&vs=factor:9', 'vs', 'expected a number from 1 to 4'],
    ['?v=1&vs=colour:red', 'vs', 'there is no setting “colour”'],
  ])('%s falls back with a notice', (query, key, message) => {
    const { experiment, notices } = experimentFromQuery(query);
    expect(notices).toHaveLength(1);
    expect(notices[0]!.key).toBe(key);
    expect(notices[0]!.message).toContain(message);
    expect(experiment).toEqual(DEFAULT_EXPERIMENT);
  });
});

test('the notices of a link follow a later change of the language', async () => {
  const { notices } = experimentFromQuery('?lr=fast&form=gradmult');
  await setLanguage('zh');
  try {
    expect(notices.map(({ message }) => message)).toEqual([
      'lr：读到 “fast”，应为 0 到 10 之间的数。改用 0.3。',
      expect.stringMatching(/^form 为单个卷积核时，.*。将使用它们的默认值。$/),
    ]);
    const other = { ...DEFAULT_EXPERIMENT, flip: false, schedule: 'step' } as const;
    expect(describeDifference(other, DEFAULT_EXPERIMENT)).toBe(
      '学习率计划 阶梯（而非 余弦） · 随机翻转 关闭（而非 开启）',
    );
  } finally {
    await setLanguage('en');
  }
});

describe('differences', () => {
  test('name what differs, in the table’s order', () => {
    const other: Experiment = { ...DEFAULT_EXPERIMENT, lr: 0.1, conv1x1: 'off', depths: [1, 1, 1] };
    expect(differingKeys(other, DEFAULT_EXPERIMENT)).toEqual(['depths', 'conv1x1', 'lr']);
    expect(describeDifference(other, DEFAULT_EXPERIMENT)).toBe(
      'Depths 1,1,1 (not 3,4,4) · 1x1 branch Off (not Batch norm) · Learning rate 0.1 (not 0.3)',
    );
    expect(describeDifference(DEFAULT_EXPERIMENT, { ...DEFAULT_EXPERIMENT })).toBe('no difference');
  });

  test('an experiment has a preset exactly if it has all its values', () => {
    expect(presetOf(DEFAULT_EXPERIMENT, 'block')?.id).toBe('repvgg');
    expect(presetOf({ ...DEFAULT_EXPERIMENT, identity: 'off' }, 'block')).toBeUndefined();
  });
});

describe('settings without effect', () => {
  const unusedIn = (changes: Partial<Experiment>) => {
    const experiment = { ...DEFAULT_EXPERIMENT, ...changes };
    return SETTING_KEYS.filter((key) => whyUnused(key, experiment) !== null);
  };

  test('have a reason that is a sentence', () => {
    for (const key of unusedIn({ family: 'wrn', measureEvery: 0, momentum: 0 }))
      expect(whyUnused(key, { ...DEFAULT_EXPERIMENT, family: 'wrn', measureEvery: 0, momentum: 0 })).toMatch(
        /^[A-Z].*\.$/,
      );
  });

  test('are those of other families, and those of absent parts of the block', () => {
    expect(unusedIn({})).toEqual([
      'n',
      'width',
      'widen',
      'scaleInit',
      'scaleValue',
      'decayScales',
      'scaleLr',
    ]);
    expect(unusedIn({ family: 'resnet' })).toContain('depths');
    expect(unusedIn({ family: 'wrn' })).toContain('factor');
    expect(unusedIn({ conv3x3: 'scale', scaleInit: 'value', wd: 0.001 })).toEqual(['n', 'width', 'widen']);
  });
});
