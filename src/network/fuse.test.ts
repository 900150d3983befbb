import { describe, expect, test } from 'vitest';
import { PRESETS, valuesOf } from '../experiment/presets';
import { DEFAULT_EXPERIMENT, type Experiment } from '../experiment/settings';
import { fusedBranches, fuseNetwork, whyNotFusable } from './fuse';
import { randomValues } from './fuse.test-values';
import { planNetwork } from './plan-network';

const FAMILIES: Partial<Experiment>[] = [
  { family: 'repvgg', depths: [1, 2], widths: [3, 5], strides: [1, 2] },
  { family: 'repvgg', depths: [2, 2], widths: [3, 5], strides: [1, 2], shortcuts: 'pairs' },
  { family: 'resnet', n: 1, width: 3 },
  { family: 'wrn', n: 1, width: 3, widen: 2 },
];
const BLOCKS = PRESETS.filter(({ group }) => group === 'block');

describe('fusing', () => {
  test.each(BLOCKS.map((preset) => [preset.id, preset] as const))(
    '%s: the fused network has the planned cost and shapes, in every family',
    (_id, preset) => {
      for (const family of FAMILIES) {
        const plan = planNetwork({ ...DEFAULT_EXPERIMENT, ...valuesOf(preset), ...family }, 7, 8);
        if (whyNotFusable(plan) !== null) {
          expect(plan.blocks.some(({ branchRelu }) => branchRelu)).toBe(true);
          expect(plan.cost.fusedParameters).toBeNull();
          expect(() => fuseNetwork(plan, randomValues(plan))).toThrow(/ReLU/);
          continue;
        }
        const fused = fuseNetwork(plan, randomValues(plan));
        expect(fused.plan.cost.parameters).toBe(plan.cost.fusedParameters);
        for (const { name, shape } of fused.plan.parameters)
          expect(fused.values.get(name)!.length, name).toBe(shape.reduce((a, b) => a * b, 1));
      }
    },
  );

  test('the branches’ parts sum to the fused kernel', () => {
    for (const preset of BLOCKS) {
      const plan = planNetwork(
        { ...DEFAULT_EXPERIMENT, ...valuesOf(preset), ...FAMILIES[0], factor: 2 },
        7,
        8,
      );
      if (whyNotFusable(plan) !== null) continue;
      const values = randomValues(plan);
      const fused = fuseNetwork(plan, values);
      for (const block of plan.blocks) {
        const parts = fusedBranches(block, values);
        const kernel = fused.values.get(`${block.name}.weight`)!;
        kernel.forEach((value, i) => {
          const sum = parts.reduce((total, part) => total + part.kernel[i]!, 0);
          expect(Math.abs(sum - value), `${preset.id} ${block.name}`).toBeLessThan(1e-5);
        });
      }
    }
  });
});
