/** The weights of a network, as trained or fused, under PyTorch's names and in its layout. Plain arithmetic. */
import { fuseNetwork, whyNotFusable } from '../../network/fuse';
import type { NetworkPlan } from '../../network/plan';
import type { NetworkForm, WeightTensor } from '../protocol';
import { shapesOf, type Values } from '../trainer';
import { toTorchLayout } from './torch-layout';

/** The weights of a form; no tensors where `reason` says why there is none. */
export function namedWeights(
  plan: NetworkPlan,
  values: Values,
  form: NetworkForm,
): { tensors: WeightTensor[] | null; reason: string } {
  if (form === 'trained') return { tensors: named(plan, values), reason: '' };
  const reason = whyNotFusable(plan);
  if (reason !== null) return { tensors: null, reason };
  const fused = fuseNetwork(plan, values);
  return { tensors: named(fused.plan, fused.values), reason: '' };
}

const named = (plan: NetworkPlan, values: Values): WeightTensor[] =>
  shapesOf(plan).map(([name, shape]) => ({ name, ...toTorchLayout(shape, values.get(name)!) }));
