/** Engines that plan a network's steps once: what wasm and WebGPU have in common. */
import type { StepSettings } from '../../kernels/update-rule';
import type { NetworkPlan } from '../../network/plan';
import {
  evaluateInParts,
  startOf,
  type BatchShape,
  type Engine,
  type PlannedNetwork,
  type Trainer,
  type TrainerSettings,
  type Values,
} from '../trainer';
import { rulesOf } from './update-rules';

export interface Network extends PlannedNetwork {
  write(name: string, values: Float32Array): void;
  dispose(): void;
}

/** `make` plans a network for images of `size` pixels a side; `train` makes a trainer of it. */
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
    const start = startOf(plan, values);
    const rules = settings && rulesOf(plan, settings);
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
        evaluate: (images) => evaluateInParts(made, images, plan.classes),
        dispose: () => made.dispose(),
      };
    },
  };
}
