/** Channel primitives on wasm: average pooling and a 1x1 depthwise convolution run vectorised there, where reductions and broadcasts do not. */
import * as tf from '@tensorflow/tfjs-core';
import { CHANNEL_AFFINE, CHANNEL_MEAN } from '../channels';

export function registerWasmChannels(): void {
  tf.registerKernel({
    kernelName: CHANNEL_MEAN,
    backendName: 'wasm',
    // Row by row, then over rows, then over the batch: short sums keep float32 accurate.
    kernelFunc: ({ inputs }) =>
      tf.tidy(() => {
        const x = inputs['x'] as tf.Tensor4D;
        const [n, h, w, c] = x.shape;
        const byRow = tf.reshape(tf.avgPool(x, [1, w], 1, 'valid'), [n, h, 1, c]) as tf.Tensor4D;
        const byImage = tf.reshape(tf.avgPool(byRow, [h, 1], 1, 'valid'), [1, n, 1, c]) as tf.Tensor4D;
        return tf.reshape(tf.avgPool(byImage, [n, 1], 1, 'valid'), [c]);
      }),
  });
  tf.registerKernel({
    kernelName: CHANNEL_AFFINE,
    backendName: 'wasm',
    kernelFunc: ({ inputs }) =>
      tf.tidy(() => {
        const { x, a, b } = inputs as unknown as { x: tf.Tensor4D; a: tf.Tensor1D; b: tf.Tensor1D };
        const filter = tf.reshape(a, [1, 1, a.shape[0], 1]);
        return tf.engine().runKernel('FusedDepthwiseConv2D', { x, filter, bias: b }, {
          strides: [1, 1],
          pad: 0,
          dataFormat: 'NHWC',
          dilations: [1, 1],
          dimRoundingMode: undefined,
          activation: 'linear',
        } as never);
      }),
  });
}
