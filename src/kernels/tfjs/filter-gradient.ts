/**
 * The gradient of a convolution's kernel for backends that have none of their own (TensorFlow.js' wasm), from operations
 * that they have: the images' channels become the batch and the batch the channels, and the output's gradient, spread by
 * the stride, is the kernel.
 */
import * as tf from '@tensorflow/tfjs-core';

export function registerComposedFilterGradient(backendName: string): void {
  tf.registerKernel({
    kernelName: tf.Conv2DBackpropFilter,
    backendName,
    kernelFunc: ({ inputs, attrs }) => {
      const { x, dy } = inputs as unknown as { x: tf.Tensor4D; dy: tf.Tensor4D };
      const { strides, pad, filterShape } = attrs as unknown as tf.Conv2DBackpropFilterAttrs;
      const [height, width, cin, cout] = filterShape;
      return tf.tidy(() => {
        const images = tf.transpose(x, [3, 1, 2, 0]);
        const kernel = tf.transpose(dy, [1, 2, 0, 3]) as tf.Tensor4D;
        const taps = tf.conv2d(images as tf.Tensor4D, kernel, 1, pad, 'NHWC', strides);
        return tf.transpose(tf.slice(taps, [0, 0, 0, 0], [cin, height, width, cout]), [1, 2, 0, 3]);
      });
    },
  });
}
