/** For tests: 50 training steps whose weights must be equal to the last bit on every machine. */
import { presetById, valuesOf } from '../../experiment/presets';
import { RandomStream } from '../../experiment/random';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import { initialValues } from '../../network/initial-values';
import { planNetwork } from '../../network/plan-network';
import { digestOf } from '../formats/digest';
import { learningRate } from '../schedule';
import type { Engine } from '../trainer';

const STEPS = 50;
const BATCH = 24;
const SIDE = 16;

/** Digest of the weights after these steps, with reproducible arithmetic. */
export const EXPECTED_DIGEST = '5335dd6f2778b4ec1dc6fbcde988d5315c155895ac89c286b7aa163a0fc1d9e9';

/**
 * Trains a small ResNet of three-branch blocks and returns the digest of its weights. Its normal initial values and its
 * cosine schedule cover the logarithm and the cosine of src/experiment/portable-math.
 */
export async function digestRun(engine: Engine): Promise<string> {
  const experiment = {
    ...DEFAULT_EXPERIMENT,
    ...valuesOf(presetById('repvgg')!),
    family: 'resnet',
    n: 1,
    width: 8,
    kernelInit: 'he',
    schedule: 'cosine',
    smoothing: 0.1,
  } as const;
  const plan = planNetwork(experiment, 10, SIDE);
  const values = initialValues(plan, experiment.seed);
  const trainer = engine.trainer(plan, { batch: BATCH, side: SIDE }, experiment, values);
  try {
    for (let step = 0; step < STEPS; step++) {
      const random = new RandomStream(2, 5, step);
      const classes = Array.from({ length: BATCH }, () => random.below(10));
      const images = Float32Array.from(
        { length: BATCH * SIDE * SIDE * 3 },
        (_, i) => random.uniform() + classes[Math.floor(i / (SIDE * SIDE * 3))]! / 10 - 0.95,
      );
      const result = trainer.step(images, classes, learningRate(experiment, step, STEPS));
      await result.numbers;
      result.release();
    }
    return digestOf(plan, await trainer.values());
  } finally {
    trainer.dispose();
  }
}
