/** Where a network's activations grow: measured layer by layer, and said in a sentence. */
import * as tf from '@tensorflow/tfjs-core';
import type { NetworkPlan } from '../network/plan';
import { forward } from './model';
import type { NamedTensors } from './pass';

/** Root mean square of what every layer hands on, first layer first, and the logits, for a batch in training mode; the running statistics stay. */
export async function activationRms(
  plan: NetworkPlan,
  parameters: NamedTensors,
  running: NamedTensors,
  x: tf.Tensor4D,
): Promise<{ rms: number[]; logits: Float32Array }> {
  const vector = tf.tidy(() => {
    const squares: tf.Tensor[] = [];
    const logits = forward(
      plan,
      parameters,
      x,
      { kind: 'training', running, collect: (_norm, mean, variance) => tf.dispose([mean, variance]) },
      (_block, output) => squares.push(tf.reshape(tf.mean(tf.square(output)), [1])),
    );
    return tf.concat1d([...(squares as tf.Tensor1D[]), tf.reshape(logits, [-1])]);
  });
  const values = await vector.data<'float32'>().finally(() => vector.dispose());
  const layers = plan.blocks.length;
  return { rms: Array.from(values.subarray(0, layers), Math.sqrt), logits: values.slice(layers) };
}

/** Which layer's output grew most, in a sentence. `rms` is each layer's root mean square, first layer first. */
export function describeGrowth(step: number, rms: readonly number[]): string {
  const shown = (value: number) => (Number.isFinite(value) ? value.toPrecision(3) : 'not finite');
  const advice = 'Lower the learning rate or the factor, or use a norm.';
  const broken = rms.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) {
    const before = broken === 0 ? 'the image' : `layer ${broken}, whose RMS is ${shown(rms[broken - 1]!)}`;
    return `The loss stopped being finite at step ${step}: the activations of layer ${broken + 1} are not finite, after ${before}. ${advice}`;
  }
  let grew = 0;
  for (let i = 1; i < rms.length; i++) {
    if (rms[i]! / rms[i - 1]! > (grew === 0 ? rms[0]! : rms[grew]! / rms[grew - 1]!)) grew = i;
  }
  const from = grew === 0 ? '1 in the image' : `${shown(rms[grew - 1]!)} in layer ${grew}`;
  return `The loss stopped being finite at step ${step}. The activations grew most in layer ${grew + 1}: RMS ${shown(rms[grew]!)}, from ${from}; the last layer’s is ${shown(rms.at(-1)!)}. ${advice}`;
}
