/** The update rule of every parameter of a network, for engines whose optimiser is a kernel. */
import type { NetworkPlan } from '../../network/plan';
import { groupOf } from '../optimiser';
import { gradientFactors, type TrainerSettings } from '../trainer';

export const updateRules = (plan: NetworkPlan, settings: TrainerSettings) =>
  new Map(
    plan.parameters.map((parameter) => {
      const { lr, weightDecay } = groupOf(parameter, settings);
      const factors = gradientFactors(parameter);
      return [parameter.name, { lrFactor: lr, decay: weightDecay, gradientFactors: factors }] as const;
    }),
  );
