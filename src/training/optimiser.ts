/** How SGD treats each kind of parameter: the reference's parameter groups. */
import type { Experiment } from '../experiment/settings';
import type { ParameterPlan } from '../network/plan';

export type OptimiserSettings = Pick<
  Experiment,
  'momentum' | 'nesterov' | 'wd' | 'decayScales' | 'biasLr' | 'scaleLr'
>;

/** The factor of a parameter's learning rate, and its weight decay. */
export interface Group {
  lr: number;
  weightDecay: number;
}

/**
 * Biases (batch norm's beta, the head's): lr × biasLr, no decay. Scales: lr × scaleLr, decay by decayScales.
 * Gammas: no decay, except on the identity branch (as in RepVGG's training script). Kernels and the head's weight: decay.
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
    default:
      return role satisfies never;
  }
}
