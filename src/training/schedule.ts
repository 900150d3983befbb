/** The learning rate at every step of a run. */
import { exactCos } from '../experiment/portable-math';
import type { Experiment } from '../experiment/settings';

/**
 * Learning rate of step `step` (from 0) of `total`. Warm-up rises linearly and reaches the peak after `warmup` steps;
 * then cosine: lr/2 · (1 + cos πt/T), by T − warm-up; steps: a tenth from half of the run, a hundredth from three quarters.
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
      return (lr / 2) * (1 + exactCos((Math.PI * (step - warmup)) / Math.max(1, total - warmup)));
  }
}

/** Steps of a whole run. An epoch is as many whole batches as fit. */
export function totalSteps(
  { length, lengthUnit }: Pick<Experiment, 'length' | 'lengthUnit'>,
  stepsPerEpoch: number,
): number {
  return lengthUnit === 'steps' ? length : length * stepsPerEpoch;
}
