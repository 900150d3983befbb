/** The exact facts of the study (T1–T6) on real training steps, in float32 on wasm. */
import { beforeAll, describe, expect, test } from 'vitest';
import { presetById } from '../../experiment/presets';
import { RandomStream } from '../../experiment/random';
import { DEFAULT_EXPERIMENT, type Experiment } from '../../experiment/settings';
import { rotates, rotationResidual, scaleResidual } from '../../instruments/laws';
import { channelDots, dot, mean } from '../../instruments/channel-products';
import { initialValues } from '../../network/initial-values';
import type { NetworkPlan } from '../../network/plan';
import { planNetwork } from '../../network/plan-network';
import { activateBackend } from '../engines/backend';
import type { Engine, Trainer, Values } from '../trainer';

const SIDE = 8;
const BATCH = 16;
const SMALL = { depths: [2, 2], widths: [6, 8], strides: [1, 2], momentum: 0, wd: 0, lr: 0.05, biasLr: 1 };

const experimentOf = (preset: string, changes: Partial<Experiment> = {}): Experiment => ({
  ...DEFAULT_EXPERIMENT,
  ...SMALL,
  ...presetById(preset)!.values,
  factor: 1,
  ...changes,
});

let engine: Engine;

const trainerOf = (experiment: Experiment): Trainer => {
  const plan = planNetwork(experiment, 10, SIDE);
  return engine.trainer(plan, { batch: BATCH, side: SIDE }, experiment, initialValues(plan, 7));
};

function batchOf(step: number): { images: Float32Array; classes: number[] } {
  const random = new RandomStream(11, 5, step);
  const values = Float32Array.from({ length: BATCH * SIDE * SIDE * 3 }, () => random.normal());
  return {
    images: values,
    classes: Array.from({ length: BATCH }, () => random.below(10)),
  };
}

/** Makes steps; calls `look` with the parameters before and after each step, and its gradients. */
async function train(
  trainer: Trainer,
  steps: number,
  lr: number | ((step: number) => number),
  look?: (before: Values, gradients: Values, after: Values) => void,
): Promise<void> {
  const observe = { gradients: true, statistics: false, squares: false, after: true };
  for (let step = 0; step < steps; step++) {
    const { images, classes } = batchOf(step);
    const rate = typeof lr === 'number' ? lr : lr(step);
    const result = trainer.step(images, classes, rate, [], look && observe);
    await result.numbers;
    const observed = await result.observed;
    if (look && observed) look(observed.before, observed.gradients, observed.after);
    result.release();
  }
}

const scaledConvolutions = ({ blocks }: NetworkPlan) =>
  blocks.flatMap(({ branches }) =>
    branches.flatMap(({ kernel, transform }) =>
      kernel && transform.kind === 'scale' ? [{ kernel, scale: transform.scale }] : [],
    ),
  );

beforeAll(async () => {
  const active = await activateBackend('wasm');
  expect(active.environment.backend).toBe('wasm');
  engine = active.engine;
});

test('T1: a scale on a lone 3x3 branch has no gradient', async () => {
  const trainer = trainerOf(experimentOf('simplified', { conv1x1: 'off', identity: 'off' }));
  const { blocks } = trainer.plan;
  await train(trainer, 5, 0.05, (before, gradients) => {
    for (const block of blocks) expect(rotationResidual(block, before, gradients)).toBeLessThan(1e-4);
  });
  trainer.dispose();
});

test('T2 and T5 hold in every layer at every step, and would not for other gradients', async () => {
  const trainer = trainerOf(experimentOf('simplified', { momentum: 0.9, wd: 1e-3 }));
  const { plan } = trainer;
  let broken = 0;
  await train(trainer, 6, 0.1, (before, gradients) => {
    for (const block of plan.blocks) {
      expect(rotates(block)).toBe(true);
      expect(rotationResidual(block, before, gradients), block.name).toBeLessThan(3e-4);
    }
    for (const pair of scaledConvolutions(plan)) {
      expect(scaleResidual(pair, before, gradients), pair.scale).toBeLessThan(3e-4);
      const wrong = new Map(gradients).set(
        pair.scale,
        gradients.get(pair.kernel)!.slice(0, before.get(pair.scale)!.length),
      );
      if (scaleResidual(pair, before, wrong) > 1e-3) broken++;
    }
  });
  expect(broken).toBeGreaterThan(20);
  trainer.dispose();
});

test('T3: with decay on the scales, Σ s² falls as exp(−2λ·Ση/(1 − μ))', async () => {
  const wd = 0.005;
  const momentum = 0.9;
  const trainer = trainerOf(experimentOf('simplified', { wd, momentum }));
  const names = scaledConvolutions(trainer.plan).map(({ scale }) => scale);
  const identities = trainer.plan.parameters.filter(({ role, onIdentity }) => role === 'scale' && onIdentity);
  const scales = [...names, ...identities.map(({ name }) => name)];
  const sum = (values: Values) =>
    scales.reduce((total, name) => total + dot(values.get(name)!, values.get(name)!), 0);
  const start = sum(await trainer.values());
  const steps = 150;
  const lr = 0.05;
  await train(trainer, steps, lr);
  const end = sum(await trainer.values());
  // Momentum needs about 1/(1 − μ) steps to reach its full size.
  const predicted = Math.exp((-2 * wd * lr * (steps - 1 / (1 - momentum))) / (1 - momentum));
  expect(predicted).toBeLessThan(0.55);
  expect(end / start / predicted).toBeGreaterThan(0.95);
  expect(end / start / predicted).toBeLessThan(1.1);
  trainer.dispose();
});

describe('T4: RMS of the activations at layer 30', () => {
  const rmsAt30 = async (preset: string, factor: number): Promise<number> => {
    const experiment = experimentOf(preset, { depths: [30], widths: [16], strides: [1], factor });
    const trainer = trainerOf(experiment);
    const { rms } = await trainer.forwardTraining(batchOf(0).images);
    trainer.dispose();
    return rms[29]!;
  };

  test.each(['simplified', 'repvgg'])('%s: bounded; a factor of 2 doubles it and no more', async (preset) => {
    const [once, twice] = [await rmsAt30(preset, 1), await rmsAt30(preset, 2)];
    expect(once).toBeGreaterThan(0.5);
    expect(once).toBeLessThan(2.5);
    expect(twice / once).toBeGreaterThan(1.9);
    expect(twice / once).toBeLessThan(2.1);
  });

  test.each([
    ['identity-without-bn', 4],
    ['no-norm', 30],
  ])('%s: grows with depth, and a factor of 2 makes it explode', async (preset, least) => {
    const [once, twice] = [await rmsAt30(preset, 1), await rmsAt30(preset, 2)];
    expect(once).toBeGreaterThan(least);
    expect(twice / once).toBeGreaterThan(1e8);
  });
});

test('T6: one step of K = s·W moves K by −η(s²G + W⟨W, G⟩); ‖W‖² is 1/3 by PyTorch’s default and 2 by He’s', async () => {
  const lr = 1e-3;
  const trainer = trainerOf(experimentOf('simplified', { scaleInit: 'repopt' }));
  await train(trainer, 1, lr, (before, gradients, after) => {
    for (const { kernel, scale } of scaledConvolutions(trainer.plan)) {
      const [w, s, dw] = [before.get(kernel)!, before.get(scale)!, gradients.get(kernel)!];
      const [w2, s2] = [after.get(kernel)!, after.get(scale)!];
      const channels = s.length;
      const inner = channelDots(w, dw, channels).map((product, c) => product / s[c]!);
      let error = 0;
      let size = 0;
      for (let i = 0; i < w.length; i++) {
        const c = i % channels;
        const moved = s2[c]! * w2[i]! - s[c]! * w[i]!;
        const predicted = -lr * (s[c]! * dw[i]! + w[i]! * inner[c]!);
        error += (moved - predicted) ** 2;
        size += predicted ** 2;
      }
      expect(Math.sqrt(error / size), kernel).toBeLessThan(0.01);
    }
  });
  trainer.dispose();

  const squares = (kernelInit: Experiment['kernelInit']) => {
    const plan = planNetwork({ ...DEFAULT_EXPERIMENT, kernelInit, widths: [32, 32, 32] });
    const kernel = initialValues(plan, 1).get('blocks.2.conv.conv3x3.weight')!;
    return mean(channelDots(kernel, kernel, 32));
  };
  expect(squares('default')).toBeCloseTo(1 / 3, 1);
  expect(squares('he') / 2).toBeCloseTo(1, 1);
  expect(squares('dirac')).toBe(1);
  expect(squares('dirac-add')).toBeCloseTo(4 / 3, 1);
});

test('CSLA and GradMult are the same training: 60 steps with momentum', async () => {
  const logits: Float32Array[] = [];
  for (const preset of ['csla', 'gradmult']) {
    const trainer = trainerOf(experimentOf(preset, { momentum: 0.9, scaleInit: 'repopt' }));
    // With a larger learning rate a rounding error can move an input of a ReLU across zero, and the float32 runs drift apart.
    await train(trainer, 60, 0.01);
    logits.push(await trainer.evaluate(batchOf(1000).images));
    trainer.dispose();
  }
  const [a, b] = logits as [Float32Array, Float32Array];
  const largest = Math.max(...a.map(Math.abs));
  const difference = Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
  expect(largest).toBeGreaterThan(0.3);
  expect(difference / largest).toBeLessThan(1e-4);
});
