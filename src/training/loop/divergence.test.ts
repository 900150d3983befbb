import { expect, test } from 'vitest';
import { messageInEnglish } from '../../language/message';
import { describeGrowth } from './divergence';

test('the reason of a divergence names the first layer that is not finite, or the one that grew most', () => {
  expect(messageInEnglish(describeGrowth(7, [1, 50, Infinity]))).toContain(
    'layer 3 are not finite, after layer 2, whose RMS is 50.0',
  );
  expect(messageInEnglish(describeGrowth(7, [1, 2, 1e9, 2e9]))).toContain(
    'grew most in layer 3: RMS 1.00e+9, from 2.00 in layer 2',
  );
});
