/**
 * A checkpoint: everything that is needed to resume a run as if it had never been interrupted. The order of the images,
 * their augmentation and the learning rate follow from the experiment and the step, so they are not part of it.
 */
import type { InstrumentsState } from '../instruments/measure';
import type { NetworkPlan } from '../network/plan';
import { shapesOf, type Values } from './trainer';

export interface Checkpoint {
  /** Updates made; also the number of the next step. */
  step: number;
  /** Parameters and running statistics by the plan's names, in its layout. */
  values: Values;
  /** SGD's velocities by the parameters' names. */
  velocities: Values;
  instruments: InstrumentsState;
}

/** Where a run begins if not at step 0: at a checkpoint of its own, or of another run with other settings. */
export interface StartingPoint {
  checkpoint: Checkpoint;
  /** "resume": the same run continues, on the same data. "branch": a new run. */
  as: 'resume' | 'branch';
  /** Digest of the data set that the checkpoint was trained on. */
  dataset: string;
}

/** The buffers of a checkpoint, for its transfer to another thread. */
export const buffersOfCheckpoint = ({ values, velocities }: Checkpoint): ArrayBuffer[] => [
  ...new Set([...values.values(), ...velocities.values()].map(({ buffer }) => buffer as ArrayBuffer)),
];

/**
 * Values and velocities at the start of a run that begins from a checkpoint: the checkpoint's where it has a tensor of
 * the same name and size, `initial` elsewhere. `fresh` names the tensors that the checkpoint did not have.
 */
export function startFromCheckpoint(
  plan: NetworkPlan,
  { values, velocities }: Checkpoint,
  initial: Values,
): { values: Map<string, Float32Array>; velocities: Map<string, Float32Array>; fresh: string[] } {
  const started = new Map<string, Float32Array>();
  const moving = new Map<string, Float32Array>();
  const fresh: string[] = [];
  for (const [name, shape] of shapesOf(plan)) {
    const length = shape.reduce((a, b) => a * b, 1);
    const taken = values.get(name);
    if (taken?.length !== length) {
      fresh.push(name);
      const value = initial.get(name);
      if (value) started.set(name, value);
      continue;
    }
    started.set(name, taken);
    const velocity = velocities.get(name);
    if (velocity?.length === length) moving.set(name, velocity);
  }
  return { values: started, velocities: moving, fresh };
}
