/** Switching the block's branches: by a press on the drawing, or by a digit while presenting. One that comes back has the transform that it had. */
import type { TransformKind } from '../../experiment/settings';
import type { DrawnBranch } from '../../network/branches';
import { useExperiment } from '../store/experiment';
import { useInterface } from '../store/interface-state';

const remember = (branch: DrawnBranch, transform: TransformKind) =>
  useInterface.setState(({ lastTransform }) => ({
    lastTransform: { ...lastTransform, [branch]: transform },
  }));

/** Switches a branch on with a transform. Returns why that is not possible, null where it is done. */
export function setTransform(branch: DrawnBranch, transform: TransformKind): string | null {
  remember(branch, transform);
  return useExperiment.getState().change({ [branch]: transform });
}

/** Switches a branch off, or on again. Returns why that is not possible, null where it is done. */
export function toggleBranch(branch: DrawnBranch): string | null {
  const { experiment, change } = useExperiment.getState();
  const transform = experiment[branch];
  if (transform === 'off') return setTransform(branch, useInterface.getState().lastTransform[branch]);
  remember(branch, transform);
  return change({ [branch]: 'off' });
}

/** Takes the batch norm after the sum away, or puts one in. Returns why that is not possible, null where it is done. */
export function toggleNorm(): string | null {
  const { experiment, change } = useExperiment.getState();
  return change({ norm: experiment.norm === 'post' ? 'none' : 'post' });
}
