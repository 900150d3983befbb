import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { experiments } from './arbitrary';
import { repetitionKey, sameTraining } from './same-training';
import { DEFAULT_EXPERIMENT, SETTING_KEYS, SETTINGS } from './settings';
import { experimentFromQuery } from './url';

describe('the same training', () => {
  test('may run on another device and be measured, evaluated and saved otherwise', () => {
    const other = {
      ...DEFAULT_EXPERIMENT,
      backend: 'wasm',
      measureEvery: 5,
      evalEvery: 7,
      rms: false,
    } as const;
    expect(sameTraining(DEFAULT_EXPERIMENT, other)).toBe(true);
    expect(sameTraining(DEFAULT_EXPERIMENT, { ...other, arithmetic: 'fastest' })).toBe(true);
  });

  test('has the same seed, settings of the network and precision', () => {
    for (const other of [{ seed: 2 }, { factor: 1 }, { precision: 'half' }, { test: 500 }] as const)
      expect(sameTraining(DEFAULT_EXPERIMENT, { ...DEFAULT_EXPERIMENT, ...other })).toBe(false);
  });
});

describe('repetitions', () => {
  test('are runs that differ in nothing but seed, backend and instruments', () => {
    const key = repetitionKey(DEFAULT_EXPERIMENT);
    expect(repetitionKey({ ...DEFAULT_EXPERIMENT, seed: 9, backend: 'cpu', rms: false })).toBe(key);
    expect(repetitionKey({ ...DEFAULT_EXPERIMENT, factor: 1 })).not.toBe(key);
  });

  test('are the same trainings but for the seed', () => {
    fc.assert(
      fc.property(experiments, fc.constantFrom(...SETTING_KEYS), experiments, (experiment, key, other) => {
        const changed = { ...experiment, [key]: other[key], seed: experiment.seed };
        expect(repetitionKey(changed) === repetitionKey(experiment), key).toBe(
          sameTraining(changed, experiment),
        );
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('have a key that names the number settings only, as results in people’s browsers have it', () => {
    const query =
      '?v=1&preset=simplified&conv1x1=off&factor=1.5&lr=0.1&evalEvery=10&test=500&seed=3&checkpointEvery=7&measureEvery=0&rms=off&backend=cpu&arithmetic=fastest&precision=half';
    expect(repetitionKey(experimentFromQuery(query).experiment)).toBe(
      '?v=1&conv3x3=scale&conv1x1=off&identity=scale&norm=post&factor=1.5&lr=0.1&test=500&precision=half',
    );
    expect(SETTING_KEYS.filter((key) => SETTINGS[key].affects !== 'numbers')).toEqual([
      'evalEvery',
      'checkpointEvery',
      'measureEvery',
      'channels',
      'conservation',
      'rms',
      'share',
      'updates',
      'gradients',
      'backend',
      'arithmetic',
    ]);
  });
});
