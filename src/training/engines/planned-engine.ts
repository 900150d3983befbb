/** Engines that plan the operations of a network once and repeat them at every step: what wasm and WebGPU share. */
import type { StepSettings } from '../../kernels/update-rule';
import type { NetworkPlan } from '../../network/plan';
import {
  evaluateInBatches,
  startValues,
  type BatchShape,
  type Engine,
  type PlannedNetwork,
  type Trainer,
  type TrainerSettings,
  type Values,
} from '../trainer';
import { updateRules } from './update-rules';

export interface Network extends PlannedNetwork {
  write(name: string, values: Float32Array): void;
  dispose(): void;
}

/** `make` plans a network for images of `size` x `size` pixels; `train` makes a trainer of it. */
export function plannedEngine<N extends Network>(
  stepsInFlight: number,
  make: (plan: NetworkPlan, settings: StepSettings & { size: number }) => N,
  train: (plan: NetworkPlan, network: N) => Trainer,
): Engine {
  const network = (
    plan: NetworkPlan,
    { batch, side }: BatchShape,
    settings: TrainerSettings | null,
    values: Values,
  ) => {
    const start = startValues(plan, values);
    const rules = settings && updateRules(plan, settings);
    const { momentum = 0, nesterov = false, smoothing = 0 } = settings ?? {};
    const made = make(plan, { batch, size: side, momentum, nesterov, smoothing, rules });
    for (const [name, value] of start) made.write(name, value);
    return made;
  };
  return {
    use: () => Promise.resolve(),
    stepsInFlight,
    trainer: (plan, shape, settings, values) => train(plan, network(plan, shape, settings, values)),
    evaluator: (plan, shape, values) => {
      const made = network(plan, shape, null, values);
      return {
        evaluate: (images) => evaluateInBatches(made, images, plan.classes),
        dispose: () => made.dispose(),
      };
    },
  };
}
