/**
 * A checkpoint: all that a run needs to go on as if it had never been interrupted. The order of the images, their
 * augmentation and the learning rate follow from the experiment and the step; what does not is here.
 */
import type { InstrumentsState } from '../instruments/measure';
import type { NetworkPlan } from '../network/plan';
import { shapesOf, type Values } from './trainer';

export interface Checkpoint {
  /** Updates made; the next step is this one. */
  step: number;
  /** Parameters and running statistics by the plan's names, in its layout. */
  values: Values;
  /** SGD's velocities by the parameters' names. */
  velocities: Values;
  instruments: InstrumentsState;
}

/** Where a run begins if not at step 0: where it was itself, or where another one was whose settings it does not share. */
export interface StartingPoint {
  checkpoint: Checkpoint;
  /** "resume": the same run goes on, on the same data. "branch": a run of its own. */
  as: 'resume' | 'branch';
  /** Digest of the data set that the checkpoint was trained on. */
  dataset: string;
}

/** The buffers of a checkpoint, to be transferred with it. */
export const buffersOfCheckpoint = ({ values, velocities }: Checkpoint): ArrayBuffer[] => [
  ...new Set([...values.values(), ...velocities.values()].map(({ buffer }) => buffer as ArrayBuffer)),
];

/**
 * A branched run's start: what the checkpoint has under the same name and of the same size, the rest from `initial`.
 * `fresh` names what the checkpoint did not have.
 */
export function takeOver(
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
