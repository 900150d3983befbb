/** The learning rate at every step of a run. */
import { portableCos } from '../experiment/portable-math';
import type { Experiment } from '../experiment/settings';

/**
 * Learning rate of step `step` (from 0) of `total`. The warm-up rises linearly and reaches `lr` after `warmup` steps.
 * Afterwards, `cosine`: lr/2 · (1 + cos(π (step − warmup) / (total − warmup))); `step`: lr/10 from half of the run and
 * lr/100 from three quarters; `constant`: lr.
 */
export function learningRate(
  { lr, schedule, warmup }: Pick<Experiment, 'lr' | 'schedule' | 'warmup'>,
  step: number,
  total: number,
): number {
  if (step < warmup) return (lr * (step + 1)) / warmup;
  switch (schedule) {
    case 'constant':
      return lr;
    case 'step':
      return step < total / 2 ? lr : step < (3 * total) / 4 ? lr / 10 : lr / 100;
    case 'cosine':
      return (lr / 2) * (1 + portableCos((Math.PI * (step - warmup)) / Math.max(1, total - warmup)));
    default:
      return schedule satisfies never;
  }
}

/** Number of steps of a whole run. An epoch has `stepsPerEpoch` whole batches. */
export function totalSteps(
  { length, lengthUnit }: Pick<Experiment, 'length' | 'lengthUnit'>,
  stepsPerEpoch: number,
): number {
  return lengthUnit === 'steps' ? length : length * stepsPerEpoch;
}
