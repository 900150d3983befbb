/** The probe: RMS of every layer's output, and spread of the logits, of an untrained network on noise. */
import { RandomStream, STREAMS } from '../../experiment/random';
import type { Experiment } from '../../experiment/settings';
import { initialValues } from '../../network/initial-values';
import { planNetwork } from '../../network/plan-network';
import { standardDeviation } from '../metrics';
import type { ProbeReport } from '../protocol';
import type { Engine } from '../trainer';

const SIDE = 32;
/** Limit of a probe's multiply-adds: about one second on one CPU core. */
const MAX_MACS = 2e9;
const MAX_IMAGES = 16;
const MIN_IMAGES = 2;

/**
 * One forward pass in training mode on normal noise of mean 0 and variance 1, as normalised images have. Throws what the
 * engine throws, for example where memory runs out.
 */
export async function probe(engine: Engine, experiment: Experiment): Promise<ProbeReport> {
  const start = performance.now();
  const plan = planNetwork(experiment);
  const images = Math.max(MIN_IMAGES, Math.min(MAX_IMAGES, Math.floor(MAX_MACS / plan.cost.macs)));
  const random = new RandomStream(experiment.seed, STREAMS.probe);
  const noise = Float32Array.from({ length: images * SIDE * SIDE * 3 }, () => random.normal());
  const shape = { batch: images, side: SIDE };
  const trainer = engine.trainer(plan, shape, experiment, initialValues(plan, experiment.seed));
  try {
    const { rms, logits } = await trainer.forwardTraining(noise);
    return { rms, logitStd: standardDeviation(logits), images, milliseconds: performance.now() - start };
  } finally {
    trainer.dispose();
  }
}
