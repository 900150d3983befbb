import { beforeEach, describe, expect, test } from 'vitest';
import { PRESETS } from '../../experiment/presets';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import { otherSeed, useExperiment } from './experiment';

const state = () => useExperiment.getState();

beforeEach(() => state().readQuery(''));

describe('the experiment store', () => {
  test('takes a change that is allowed', () => {
    expect(state().change({ lr: 0.1 })).toBeNull();
    expect(state().experiment.lr).toBe(0.1);
  });

  test('refuses a value out of range, says why and keeps the last good one', () => {
    expect(state().change({ lr: 99 })).toMatch(/from 0 to 10/);
    expect(state().experiment.lr).toBe(DEFAULT_EXPERIMENT.lr);
  });

  test('refuses to switch both convolutions off', () => {
    expect(state().change({ conv1x1: 'off' })).toBeNull();
    expect(state().change({ conv3x3: 'off' })).toMatch(/cannot all be off/);
    expect(state().experiment.conv3x3).toBe('bn');
  });

  test('is left alone, as an object too, by a change to what it is already', () => {
    const before = state().experiment;
    state().change({ lr: before.lr, depths: [...before.depths] });
    expect(state().experiment).toBe(before);
  });

  test('resets the three stage lists together where one alone would not fit', () => {
    state().applyPreset(PRESETS.find((preset) => preset.id === 'a0-m8')!);
    state().resetSetting('depths');
    const { depths, widths, strides } = state().experiment;
    expect([depths, widths, strides]).toEqual([
      DEFAULT_EXPERIMENT.depths,
      DEFAULT_EXPERIMENT.widths,
      DEFAULT_EXPERIMENT.strides,
    ]);
  });

  test('reads a link, keeps its notices until each is dismissed', () => {
    state().readQuery('?v=1&lr=abc&factor=3');
    expect(state().experiment.factor).toBe(3);
    expect(state().notices).toHaveLength(1);
    state().dismissNotice(state().notices[0]!);
    expect(state().notices).toHaveLength(0);
  });

  test('draws a seed that differs from the last', () => {
    for (const random of [0, 0.5, 0.99999]) {
      for (const seed of [0, 1, 5000, 9998]) expect(otherSeed(seed, () => random)).not.toBe(seed);
    }
  });
});
