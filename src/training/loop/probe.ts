/** Looks at a network before its first step: how large every layer's output is on noise. */
import { RandomStream, STREAMS } from '../../experiment/random';
import type { Experiment } from '../../experiment/settings';
import { initialValues } from '../../network/initial-values';
import { planNetwork } from '../../network/plan-network';
import { standardDeviation } from '../metrics';
import type { ProbeReport } from '../protocol';
import type { Engine } from '../trainer';

const SIDE = 32;
/** Multiply-adds that a probe may take: about a second on one CPU core. */
const BUDGET = 2e9;
const MOST_IMAGES = 16;
const FEWEST_IMAGES = 2;

/** Sends noise (normal, mean 0, variance 1, as normalised images have) through the untrained network in training mode. */
export async function probe(engine: Engine, experiment: Experiment): Promise<ProbeReport> {
  const start = performance.now();
  const plan = planNetwork(experiment);
  const images = Math.max(FEWEST_IMAGES, Math.min(MOST_IMAGES, Math.floor(BUDGET / plan.cost.macs)));
  const random = new RandomStream(experiment.seed, STREAMS.probe);
  const noise = Float32Array.from({ length: images * SIDE * SIDE * 3 }, () => random.normal());
  const shape = { batch: images, side: SIDE };
  const trainer = engine.trainer(plan, shape, experiment, initialValues(plan, experiment.seed));
  try {
    const { rms, logits } = await trainer.growth(noise);
    return { rms, logitStd: standardDeviation(logits), images, milliseconds: performance.now() - start };
  } finally {
    trainer.dispose();
  }
}
