/** Estimates how long runs will take from the speed of an earlier one. */
import type { Experiment } from '../experiment/settings';
import { planNetwork } from '../network/plan-network';
import { totalSteps } from '../training/schedule';

/** Images that one run trains on, each counted as often as it is seen. `available` are there in its data set. */
export function imagesTrained(experiment: Experiment, available: number): number {
  const used = experiment.train === 0 ? available : Math.min(experiment.train, available);
  const batch = Math.min(experiment.batch, used);
  return totalSteps(experiment, Math.floor(used / batch)) * batch;
}

/**
 * Seconds of training, as if every multiply-add took as long as in a measured run; evaluations and start-up not
 * counted. Networks of other shapes may be up to some times faster or slower.
 */
export function secondsFor(
  experiment: Experiment,
  available: number,
  measured: { experiment: Experiment; imagesPerSecond: number },
): number {
  const macs = (of: Experiment) => planNetwork(of).cost.macs;
  const rate = (measured.imagesPerSecond * macs(measured.experiment)) / macs(experiment);
  return imagesTrained(experiment, available) / rate;
}
