/** SGD as PyTorch has it, with the reference's parameter groups. */
import * as tf from '@tensorflow/tfjs-core';
import type { Experiment } from '../experiment/settings';
import type { ParameterPlan } from '../network/plan';

export type OptimiserSettings = Pick<
  Experiment,
  'momentum' | 'nesterov' | 'wd' | 'decayScales' | 'biasLr' | 'scaleLr'
>;

/** What multiplies the learning rate of a parameter, and its weight decay. */
export interface Group {
  lr: number;
  weightDecay: number;
}

/**
 * Biases (batch norm's beta, the head's): lr × biasLr, no decay. Scales: lr × scaleLr, decay by decayScales.
 * Gammas: no decay, except on the identity branch (as in RepVGG's own script). Kernels and the head's weight: decay.
 */
export function groupOf({ role, onIdentity }: ParameterPlan, settings: OptimiserSettings): Group {
  const { wd, decayScales, biasLr, scaleLr } = settings;
  switch (role) {
    case 'beta':
    case 'headBias':
    case 'bias':
      return { lr: biasLr, weightDecay: 0 };
    case 'scale':
      return {
        lr: scaleLr,
        weightDecay: decayScales === 'all' || (decayScales === 'identity' && onIdentity) ? wd : 0,
      };
    case 'gamma':
      return { lr: 1, weightDecay: onIdentity ? wd : 0 };
    case 'kernel':
    case 'headWeight':
      return { lr: 1, weightDecay: wd };
  }
}

/**
 * One update: d = g + λw; v' = μv + d; w' = w − η·v', with Nesterov w' = w − η(d + μv').
 * Returns new tensors; disposes of none.
 */
export function sgd(
  weight: tf.Tensor,
  velocity: tf.Tensor,
  gradient: tf.Tensor,
  { lr, weightDecay, momentum, nesterov }: Group & { momentum: number; nesterov: boolean },
): { weight: tf.Tensor; velocity: tf.Tensor } {
  const [w, v] = tf.tidy(() => {
    const d = weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(weight, weightDecay));
    const moved = momentum === 0 ? d.clone() : tf.add(tf.mul(velocity, momentum), d);
    const direction = nesterov ? tf.add(d, tf.mul(moved, momentum)) : moved;
    return [tf.sub(weight, tf.mul(direction, lr)), moved] as [tf.Tensor, tf.Tensor];
  });
  return { weight: w, velocity: v };
}
