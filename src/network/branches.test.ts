/** The branch catalogue is complete: whatever its settings allow can be planned, computed, exported and fused. */
import { describe, expect, test } from 'vitest';
import { BRANCH_KEYS, DEFAULT_EXPERIMENT, NO_BRANCHES, SETTINGS } from '../experiment/settings';
import { BRANCH_NAMES, kernelSize, tapsOf } from './branches';
import { PANELS } from './curves';
import { fusedBranches, fuseNetwork } from './fuse';
import { randomValues } from './fuse.test-values';
import { planNetwork } from './plan-network';

const SMALL = { ...DEFAULT_EXPERIMENT, ...NO_BRANCHES, depths: [2], widths: [3], strides: [1] };
const cases = BRANCH_KEYS.flatMap((branch) =>
  SETTINGS[branch].options.flatMap(({ value }) => (value === 'off' ? [] : [[branch, value] as const])),
);

describe('the branch catalogue', () => {
  test('has a row per branch setting, and a panel per row', () => {
    expect(BRANCH_NAMES.toSorted()).toEqual(BRANCH_KEYS.toSorted());
    expect(PANELS.toSorted()).toEqual([...BRANCH_NAMES, 'norm'].toSorted());
  });

  test('puts every kernel in the middle of 3x3 taps', () => {
    for (const name of BRANCH_NAMES) {
      const [height, width] = kernelSize(name);
      const taps = tapsOf(name);
      expect(taps, name).toHaveLength(height * width);
      expect(taps[(taps.length - 1) / 2], name).toBe(4);
      expect(
        taps.every((tap) => tap >= 0 && tap < 9),
        name,
      ).toBe(true);
    }
    expect(tapsOf('conv3x1')).toEqual([1, 4, 7]);
    expect(tapsOf('conv1x3')).toEqual([3, 4, 5]);
  });

  test.each(cases)('%s with %s fuses into one convolution', (branch, transform) => {
    const plan = planNetwork({ ...SMALL, conv3x3: 'none', [branch]: transform }, 7, 8);
    const values = randomValues(plan);
    const second = plan.blocks[1]!;
    expect(second.branches.map((one) => [one.branch, one.transform.kind])).toContainEqual([
      branch,
      transform,
    ]);
    const fused = fuseNetwork(plan, values);
    expect(fused.plan.blocks[1]!.branches).toHaveLength(1);
    expect(fusedBranches(second, values)).toHaveLength(second.branches.length);
  });
});
