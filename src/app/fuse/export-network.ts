/** The weights of a network as files for PyTorch and TensorFlow.js. */
import { fusedPlan } from '../../network/fuse';
import type { NetworkPlan } from '../../network/plan';
import { toGraphModel } from '../../training/formats/graph-model';
import type { NetworkForm, WeightTensor } from '../../training/protocol';
import { writeSafetensors } from '../../training/formats/safetensors';
import { fromTorchLayout } from '../../training/formats/torch-layout';

export type FileKind = 'safetensors' | 'graph';

/**
 * The files of one form of a network. `plan` is the trained form's, `tensors` are those of `form`, and `about` becomes the
 * metadata of a safetensors file.
 */
export function exportNetwork(
  plan: NetworkPlan,
  tensors: readonly WeightTensor[],
  form: NetworkForm,
  kind: FileKind,
  about: Record<string, string>,
): { name: string; blob: Blob }[] {
  if (kind === 'safetensors') {
    const blob = new Blob([writeSafetensors(tensors, about)], { type: 'application/octet-stream' });
    // not translated: a file's name.
    return [{ name: `branch-lab-${form}.safetensors`, blob }];
  }
  const values = new Map(tensors.map(({ name, shape, data }) => [name, fromTorchLayout(shape, data)]));
  const { model, weights } = toGraphModel(form === 'fused' ? fusedPlan(plan) : plan, values);
  return [
    { name: 'model.json', blob: new Blob([JSON.stringify(model)], { type: 'application/json' }) },
    { name: 'weights.bin', blob: new Blob([weights], { type: 'application/octet-stream' }) },
  ];
}
