/** Converts tensors to plain arrays and back, many per request, because every request to a GPU has a delay. */
import * as tf from '@tensorflow/tfjs-core';
import type { NetworkPlan } from '../../../network/plan';
import type { NamedTensors } from './pass';
import { shapesOf } from '../../trainer';

/** The values of named tensors as plain arrays in our layout. Does not dispose of the tensors. */
export async function readAll(tensors: NamedTensors): Promise<Map<string, Float32Array>> {
  const names = [...tensors.keys()];
  if (names.length === 0) return new Map();
  const vector = tf.tidy(() => tf.concat1d(names.map((name) => tf.reshape(tensors.get(name)!, [-1]))));
  const values = await vector.data<'float32'>().finally(() => vector.dispose());
  let at = 0;
  return new Map(
    names.map((name): [string, Float32Array] => [name, values.slice(at, (at += tensors.get(name)!.size))]),
  );
}

/** Parameters and running statistics as tensors, by name. */
export const toTensors = (plan: NetworkPlan, values: ReadonlyMap<string, Float32Array>): NamedTensors =>
  new Map(
    shapesOf(plan).map(([name, shape]): [string, tf.Tensor] => [
      name,
      tf.tensor(values.get(name)!, [...shape]),
    ]),
  );
