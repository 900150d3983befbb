/** Which scales the lines of the drawing show, and the limits of their thickness. */
import { expect, test } from 'vitest';
import { exampleState } from '../../runs/example-state';
import { scaleAt, thicknessOf } from './branch-scales';

const run = exampleState({ layers: 3, steps: 60 });

test('it is that of the last block, or of the layer that is picked', () => {
  const last = run.curves.findLastIndex(({ panel }) => panel === 'conv3x3');
  expect(scaleAt(run, 'conv3x3', 37, null)).toBeCloseTo(run.series.curve(last, 'meanAbs')[37]!, 6);
  const first = run.curves.findIndex(({ panel }) => panel === 'conv3x3');
  expect(scaleAt(run, 'conv3x3', 37, first)).toBeCloseTo(run.series.curve(first, 'meanAbs')[37]!, 6);
});

test('a part without a scale has none', () => {
  expect(scaleAt(run, 'norm', 37, null)).toBeNull();
});

test('lines stay between a hair and what fits', () => {
  expect([0, 0.5, 1, 100].map(thicknessOf)).toEqual([0.5, 2, 4, 12]);
});
