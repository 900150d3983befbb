import { expect, test } from 'vitest';
import { DEFAULT_EXPERIMENT } from '../experiment/settings';
import { groupOf } from './optimiser';

test('parameter groups are those of the reference', () => {
  const group = (
    role: 'kernel' | 'scale' | 'gamma' | 'beta' | 'headWeight' | 'headBias',
    onIdentity: boolean,
    decayScales: 'none' | 'identity' | 'all' = 'all',
  ) =>
    groupOf(
      { name: '', shape: [1], role, onIdentity, init: { kind: 'constant', value: 1 } },
      { ...DEFAULT_EXPERIMENT, wd: 0.5, biasLr: 6, scaleLr: 3, decayScales },
    );
  expect(group('kernel', false)).toEqual({ lr: 1, weightDecay: 0.5 });
  expect(group('headWeight', false)).toEqual({ lr: 1, weightDecay: 0.5 });
  expect(group('gamma', false)).toEqual({ lr: 1, weightDecay: 0 });
  expect(group('gamma', true)).toEqual({ lr: 1, weightDecay: 0.5 });
  expect(group('beta', true)).toEqual({ lr: 6, weightDecay: 0 });
  expect(group('headBias', false)).toEqual({ lr: 6, weightDecay: 0 });
  expect(group('scale', false)).toEqual({ lr: 3, weightDecay: 0.5 });
  expect(group('scale', false, 'identity')).toEqual({ lr: 3, weightDecay: 0 });
  expect(group('scale', true, 'identity')).toEqual({ lr: 3, weightDecay: 0.5 });
  expect(group('scale', true, 'none')).toEqual({ lr: 3, weightDecay: 0 });
});
