import { describe, expect, test } from 'vitest';
import { PRESETS } from '../experiment/presets';
import { DEFAULT_EXPERIMENT, type Experiment } from '../experiment/settings';
import { curvesOf } from './curves';
import { initialValues } from './initial-values';
import { planNetwork } from './plan-network';

const withPreset = (id: string): Experiment => ({
  ...DEFAULT_EXPERIMENT,
  ...PRESETS.find((preset) => preset.id === id)!.values,
});

describe('a plan', () => {
  test('has identity branches only where a block keeps its shape', () => {
    for (const block of planNetwork(DEFAULT_EXPERIMENT).blocks) {
      const has = block.branches.some(({ branch }) => branch === 'identity');
      expect(has, block.name).toBe(block.cin === block.cout && block.stride === 1);
    }
  });

  test('halves the sides at stride 2, rounding up', () => {
    const sizes = planNetwork(
      { ...DEFAULT_EXPERIMENT, depths: [1, 1, 1], strides: [2, 2, 2] },
      100,
      9,
    ).blocks.map(({ outSize }) => outSize);
    expect(sizes).toEqual([5, 3, 2]);
  });

  // Published costs of the fused nets at CIFAR strides and 100 classes.
  test.each([
    ['a0-m8', 0.16e6, 11.7e6],
    ['a0-m16', 0.62e6, 46e6],
    ['9-m16', 0.23e6, 15.8e6],
  ])('%s costs what is known when fused', (id, parameters, macs) => {
    const { cost } = planNetwork(withPreset(id));
    expect(Math.abs(cost.fusedParameters! / parameters - 1)).toBeLessThan(0.04);
    expect(Math.abs(cost.fusedMacs! / macs - 1)).toBeLessThan(0.04);
  });

  test('RepOpt’s scales start at √(2/l), the first of a stage and identities at 1', () => {
    const plan = planNetwork({ ...withPreset('simplified'), scaleInit: 'repopt' });
    const start = (name: string) => plan.parameters.find((parameter) => parameter.name === name)!.init;
    expect(start('blocks.0.conv.conv3x3_t.weight')).toEqual({ kind: 'constant', value: 1 });
    expect(start('blocks.2.conv.conv1x1_t.weight')).toEqual({ kind: 'constant', value: 1 });
    expect(start('blocks.6.conv.conv3x3_t.weight')).toEqual({ kind: 'constant', value: Math.sqrt(2 / 3) });
    expect(start('blocks.6.conv.identity_t.weight')).toEqual({ kind: 'constant', value: 1 });
  });

  test('the default has 11 layers', () => {
    expect(planNetwork(DEFAULT_EXPERIMENT).blocks).toHaveLength(11);
  });
});

describe('curves', () => {
  test('RepVGG draws the gammas of its branches, the simplified block its scales and the gamma after the sum', () => {
    const repvgg = curvesOf(planNetwork(DEFAULT_EXPERIMENT));
    expect(repvgg.every(({ kind }) => kind === 'gamma')).toBe(true);
    expect(repvgg.filter(({ panel }) => panel === 'norm')).toHaveLength(0);
    expect(repvgg.filter(({ panel }) => panel === 'conv3x3')).toHaveLength(11);
    const simplified = curvesOf(planNetwork(withPreset('simplified')));
    expect(simplified.filter(({ panel }) => panel === 'norm')).toHaveLength(11);
    expect(simplified.filter(({ panel }) => panel !== 'norm').every(({ kind }) => kind === 'scale')).toBe(
      true,
    );
  });

  test('bare branches have none', () => {
    expect(curvesOf(planNetwork(withPreset('post-addition-bn'))).every(({ panel }) => panel === 'norm')).toBe(
      true,
    );
  });
});

describe('initial values', () => {
  test('kernels are uniform in ±1/√fan-in', () => {
    const plan = planNetwork({ ...DEFAULT_EXPERIMENT, widths: [64, 64, 64] });
    const values = initialValues(plan, 3).get('blocks.1.conv.conv3x3.weight')!;
    const bound = 1 / Math.sqrt(9 * 64);
    const variance = values.reduce((sum, v) => sum + v * v, 0) / values.length;
    expect(values.every((v) => Math.abs(v) <= bound)).toBe(true);
    expect(Math.abs(variance / (bound ** 2 / 3) - 1)).toBeLessThan(0.03);
  });

  test('a branch keeps its values when another is switched off', () => {
    const name = 'blocks.4.conv.conv3x3.weight';
    const all = initialValues(planNetwork(DEFAULT_EXPERIMENT), 1).get(name);
    expect(
      initialValues(planNetwork({ ...DEFAULT_EXPERIMENT, conv1x1: 'off', identity: 'off' }), 1).get(name),
    ).toEqual(all);
    expect(initialValues(planNetwork(DEFAULT_EXPERIMENT), 2).get(name)).not.toEqual(all);
  });
});
