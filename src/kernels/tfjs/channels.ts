/**
 * Two primitives over channels, from which batch norm is composed: the mean of every channel, and a·x + b per channel.
 * Each backend registers them under the lab's names, because the stock formulation (broadcasting, reduction over three
 * axes) is the slowest part of a training step on some backends.
 */
import * as tf from '@tensorflow/tfjs-core';

export const CHANNEL_MEAN = 'LabChannelMean';
export const CHANNEL_AFFINE = 'LabChannelAffine';

/** Mean over batch, height and width: x [n, h, w, c] → [c]. Not differentiable by itself. */
export function channelMean(x: tf.Tensor4D): tf.Tensor1D {
  return tf.engine().runKernel(CHANNEL_MEAN, { x }) as tf.Tensor1D;
}

/** a ⊙ x + b per channel: x [n, h, w, c], a and b [c]. Not differentiable by itself. */
export function channelAffine(x: tf.Tensor4D, a: tf.Tensor1D, b: tf.Tensor1D): tf.Tensor4D {
  return tf.engine().runKernel(CHANNEL_AFFINE, { x, a, b }) as tf.Tensor4D;
}

/** The primitives in stock operations, for the backends on which these are good enough. */
export function registerStockChannels(backendName: string): void {
  tf.registerKernel({
    kernelName: CHANNEL_MEAN,
    backendName,
    kernelFunc: ({ inputs }) => tf.tidy(() => tf.mean(inputs['x'] as tf.Tensor4D, [0, 1, 2])),
  });
  tf.registerKernel({
    kernelName: CHANNEL_AFFINE,
    backendName,
    // The inference batch norm with mean 0, variance 1 and ε 0 is a·x + b in a single pass.
    kernelFunc: ({ inputs }) =>
      tf.tidy(() => {
        const { x, a, b } = inputs as unknown as { x: tf.Tensor4D; a: tf.Tensor1D; b: tf.Tensor1D };
        return tf.batchNorm(x, tf.zerosLike(a), tf.onesLike(a), b, a, 0);
      }),
  });
}
