/** The weights of a run of the history as safetensors, without a trainer: fusing is arithmetic on the checkpoint. */
import type { Message } from '../../language/message';
import { planNetwork } from '../../network/plan-network';
import type { Checkpoint } from '../../training/checkpoint';
import { checkpointTensors } from '../../training/formats/checkpoint-file';
import { namedWeights } from '../../training/formats/named-weights';
import { writeSafetensors } from '../../training/formats/safetensors';
import type { RunState } from '../record';
import { aboutOf, type FileForm } from './safetensors-metadata';

/**
 * A checkpoint of a run as a file, with PyTorch's names and layout. `reason` says why a network has no
 * fused form; then there is no file.
 */
export function weightsFile(
  run: RunState,
  checkpoint: Checkpoint,
  form: FileForm,
  appVersion: string,
): { file: ArrayBuffer; reason: null } | { file: null; reason: Message } {
  const about = aboutOf(run, form, checkpoint.step, appVersion);
  const plan = run.plan ?? planNetwork(run.experiment);
  if (form === 'checkpoint')
    return { file: writeSafetensors(checkpointTensors(plan, checkpoint), about), reason: null };
  const tensors = namedWeights(plan, checkpoint.values, form);
  return tensors.result
    ? { file: writeSafetensors(tensors.result, about), reason: null }
    : { file: null, reason: tensors.reason };
}
