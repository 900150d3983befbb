/** On every engine, a trainer with the weights and velocities of another one gives the same steps, to the last bit. */
import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../experiment/random';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import { initialValues } from '../../network/initial-values';
import { planNetwork } from '../../network/plan-network';
import { startFromCheckpoint } from '../checkpoint';
import { activateBackend } from '../engines/backend';
import type { Trainer } from '../trainer';
import { startWasm } from '../engines/wasm-backend';
import { startWebgpu } from '../engines/webgpu-backend';

const experiment = {
  ...DEFAULT_EXPERIMENT,
  depths: [1, 1],
  widths: [3, 5],
  strides: [1, 2],
  nesterov: true,
  wd: 5e-4,
};
const CLASSES = 7;
const SHAPE = { batch: 4, side: 9 };
const plan = planNetwork(experiment, CLASSES, SHAPE.side);

async function lossOf(trainer: Trainer, step: number): Promise<number> {
  const random = new RandomStream(8, 5, step);
  const images = Float32Array.from({ length: SHAPE.batch * SHAPE.side ** 2 * 3 }, () => random.normal());
  const classes = Array.from({ length: SHAPE.batch }, () => random.below(CLASSES));
  const made = trainer.step(images, classes, 0.1);
  const { loss } = await made.numbers;
  made.release();
  return loss;
}

describe.each([
  ['wasm, one thread', async () => (await startWasm('reproducible', 1)).engine],
  ['wasm, two threads', async () => (await startWasm('reproducible', 2)).engine],
  ['webgpu', async () => (await startWebgpu(true)).engine],
  ['cpu', async () => (await activateBackend('cpu')).engine],
] as const)('on %s', (_name, start) => {
  test('a resumed trainer gives the same losses', async () => {
    const engine = await start();
    await engine.use();
    const values = initialValues(plan, 5);
    const whole = engine.trainer(plan, SHAPE, experiment, values);
    for (let step = 0; step < 3; step++) await lossOf(whole, step);
    const taken = structuredClone({ values: await whole.values(), velocities: await whole.velocities() });
    const after = [await lossOf(whole, 3), await lossOf(whole, 4)];
    whole.dispose();

    const instruments = { lastStep: -1, updates: null };
    const { fresh, ...started } = startFromCheckpoint(plan, { step: 3, ...taken, instruments }, new Map());
    expect(fresh).toEqual([]);
    const resumed = engine.trainer(plan, SHAPE, experiment, started.values);
    resumed.setVelocities(started.velocities);
    expect([await lossOf(resumed, 3), await lossOf(resumed, 4)]).toEqual(after);
    resumed.dispose();

    // Without the velocities the losses differ, so the velocities are tested too.
    const without = engine.trainer(plan, SHAPE, experiment, started.values);
    await lossOf(without, 3);
    expect(await lossOf(without, 4)).not.toBe(after[1]);
    without.dispose();
  });
});
