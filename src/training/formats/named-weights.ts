/** The weights of a network, in its trained or fused form, with PyTorch's names and layout. */
import { fuseNetwork, whyNotFusable } from '../../network/fuse';
import type { NetworkPlan } from '../../network/plan';
import type { NetworkForm, Reply, WeightTensor } from '../protocol';
import { shapesOf, type Values } from '../trainer';
import { toTorchLayout } from './torch-layout';

/** The weights of a form, or why the network does not have it. */
export function namedWeights(plan: NetworkPlan, values: Values, form: NetworkForm): Reply<WeightTensor[]> {
  if (form === 'trained') return { result: named(plan, values) };
  const reason = whyNotFusable(plan);
  if (reason !== null) return { result: null, reason };
  const fused = fuseNetwork(plan, values);
  return { result: named(fused.plan, fused.values) };
}

const named = (plan: NetworkPlan, values: Values): WeightTensor[] =>
  shapesOf(plan).map(([name, shape]) => ({ name, ...toTorchLayout(shape, values.get(name)!) }));
