/** Switches the branches of the block, for the drawing and for the digit keys of a presentation. A branch that is switched on again gets its last transform. */
import type { TransformKind } from '../../experiment/settings';
import type { DrawnBranch } from '../../network/branches';
import { useExperiment } from '../store/experiment';
import { useInterface } from '../store/interface-state';

const remember = (branch: DrawnBranch, transform: TransformKind) =>
  useInterface.setState(({ lastTransform }) => ({
    lastTransform: { ...lastTransform, [branch]: transform },
  }));

/** Switches a branch on with a transform. Returns the reason if that is not possible, else null. */
export function setTransform(branch: DrawnBranch, transform: TransformKind): string | null {
  remember(branch, transform);
  return useExperiment.getState().change({ [branch]: transform });
}

/** Switches a branch off, or on again. Returns the reason if that is not possible, else null. */
export function toggleBranch(branch: DrawnBranch): string | null {
  const { experiment, change } = useExperiment.getState();
  const transform = experiment[branch];
  if (transform === 'off') return setTransform(branch, useInterface.getState().lastTransform[branch]);
  remember(branch, transform);
  return change({ [branch]: 'off' });
}

/** Removes or adds the batch norm after the sum. Returns the reason if that is not possible, else null. */
export function toggleNorm(): string | null {
  const { experiment, change } = useExperiment.getState();
  return change({ norm: experiment.norm === 'post' ? 'none' : 'post' });
}
