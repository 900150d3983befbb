/**
 * Gradients of a convolution on wasm, written as convolutions: stock tfjs has no filter gradient there, and its input
 * gradient is a plain loop. All of them run on the backend's vectorised forward convolution.
 */
import * as tf from '@tensorflow/tfjs-core';

interface ConvolutionAttributes {
  strides: number | [number, number];
  pad: number;
  inputShape: [number, number, number, number];
  filterShape: [number, number, number, number];
}

const strideOf = ({ strides }: ConvolutionAttributes) => (typeof strides === 'number' ? strides : strides[0]);

export function registerWasmConvolutionGradients(): void {
  tf.registerKernel({
    kernelName: 'Conv2DBackpropFilter',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const attributes = attrs as unknown as ConvolutionAttributes;
      const { x, dy } = inputs as unknown as { x: tf.Tensor4D; dy: tf.Tensor4D };
      return tf.tidy(() => filterGradient(x, dy, attributes));
    },
  });
  tf.unregisterKernel('Conv2DBackpropInput', 'wasm');
  tf.registerKernel({
    kernelName: 'Conv2DBackpropInput',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const attributes = attrs as unknown as ConvolutionAttributes;
      const { dy, filter } = inputs as unknown as { dy: tf.Tensor4D; filter: tf.Tensor4D };
      return tf.tidy(() => inputGradient(dy, filter, attributes));
    },
  });
}

/**
 * dW[i, j, ci, co] = Σ x[n, s·y + i − p, s·x + j − p, ci] · dy[n, y, x, co]: a convolution in which channels play the
 * images, images the channels, and dy, dilated by the stride, the kernel.
 */
function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, attributes: ConvolutionAttributes): tf.Tensor4D {
  const [kh, kw, cin, cout] = attributes.filterShape;
  const stride = strideOf(attributes);
  if (kh === 1 && kw === 1 && stride === 1) {
    const byChannel = tf.transpose(tf.reshape(x, [-1, cin]));
    return tf.reshape(tf.matMul(byChannel, tf.reshape(dy, [-1, cout])), [1, 1, cin, cout]);
  }
  const images = tf.transpose(x, [3, 1, 2, 0]);
  const kernels = tf.transpose(dy, [1, 2, 0, 3]);
  const gradient = tf.conv2d(images, kernels, 1, attributes.pad, 'NHWC', stride);
  // With a stride the last row and column of the image may reach no output: what goes beyond the kernel is not asked for.
  const wanted =
    gradient.shape[1] === kh && gradient.shape[2] === kw
      ? gradient
      : tf.slice(gradient, [0, 0, 0, 0], [cin, kh, kw, cout]);
  return tf.transpose(wanted, [1, 2, 0, 3]);
}

/** dX of a convolution with an odd kernel, padding (k − 1)/2 and stride 1 or 2. Throws where it is another. */
function inputGradient(dy: tf.Tensor4D, filter: tf.Tensor4D, attributes: ConvolutionAttributes): tf.Tensor4D {
  const [k, , cin, cout] = filter.shape;
  const stride = strideOf(attributes);
  if (attributes.pad !== (k - 1) / 2 || (k !== 1 && k !== 3) || stride > 2) {
    throw new Error(
      `The wasm input gradient handles kernels of 1 or 3, stride 1 or 2, padding (k − 1)/2; got kernel ${k}, stride ${stride}, padding ${attributes.pad}.`,
    );
  }
  if (stride === 1) {
    const turned =
      k === 1
        ? filter
        : tf.reshape(tf.matMul(exchange(k * k), tf.reshape(filter, [k * k, cin * cout])), filter.shape);
    return tf.conv2d(dy, tf.transpose(turned as tf.Tensor4D, [0, 1, 3, 2]), 1, attributes.pad);
  }
  return stride2InputGradient(dy, filter, attributes.inputShape);
}

/** The matrix that reverses n rows: turning a kernel by 180° is a product with it, which is faster than tf.reverse here. */
const exchange = (n: number) => {
  const values = new Float32Array(n * n);
  for (let i = 0; i < n; i++) values[i * n + (n - 1 - i)] = 1;
  return tf.tensor2d(values, [n, n]);
};

/**
 * At stride 2 the pixels of dX fall into four phases (even or odd row, even or odd column), each a small convolution of
 * dy: an even row sees tap 1 of the output beside it; an odd one tap 2 of that output and tap 0 of the next. The four
 * are one 2x2 convolution to 4·cin channels, whose outputs are then interleaved.
 */
function stride2InputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  inputShape: readonly number[],
): tf.Tensor4D {
  const [k, , cin, cout] = filter.shape;
  const [n, h, w] = dy.shape;
  const [, height, width] = inputShape as [number, number, number, number];
  // A 1x1 kernel is tap 1 of a 3x3 kernel; index 3 of the padded kernel is zero.
  const padding: [number, number][] =
    k === 1
      ? [
          [1, 2],
          [1, 2],
          [0, 0],
          [0, 0],
        ]
      : [
          [0, 1],
          [0, 1],
          [0, 0],
          [0, 0],
        ];
  const taps = tf.tensor1d([1, 3, 2, 0], 'int32');
  const padded = tf.pad(filter, padding);
  const arranged = tf.gather(tf.gather(padded, taps, 0), taps, 1);
  const phases = tf.reshape(tf.transpose(tf.reshape(arranged, [2, 2, 2, 2, cin, cout]), [1, 3, 5, 0, 2, 4]), [
    2,
    2,
    cout,
    4 * cin,
  ]) as tf.Tensor4D;
  const byPhase = tf.reshape(tf.conv2d(dy, phases, 1, 'same'), [n, h, w, 2, 2, cin]);
  const full = tf.reshape(tf.transpose(byPhase, [0, 1, 3, 2, 4, 5]), [n, 2 * h, 2 * w, cin]) as tf.Tensor4D;
  return 2 * h === height && 2 * w === width ? full : tf.slice(full, [0, 0, 0, 0], [n, height, width, cin]);
}
