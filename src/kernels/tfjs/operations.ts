/**
 * The operations of a training step that stock TensorFlow.js lacks or does badly, each with its gradient.
 * Convolutions are stock `tf.conv2d` with explicit padding.
 */
import { BATCH_NORM_EPSILON } from '../../network/batch-norm';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { channelAffine, channelMean } from './channels';

/**
 * Batch norm in training mode: γ(x − μ)/√(σ² + ε) + β with μ and σ² of the batch (biased), per channel.
 * x [n, h, w, c], gamma and beta [c]. `collect` receives μ, σ² and the number of values behind them; both tensors are kept
 * beyond the surrounding tidy, and whoever collects them disposes of them. Ioffe and Szegedy 2015.
 */
export function batchNormTraining(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  collect: (mean: tf.Tensor1D, variance: tf.Tensor1D, count: number) => void,
): tf.Tensor4D {
  const count = x.shape[0] * x.shape[1] * x.shape[2];
  const operation = tf.customGrad((...args) => {
    const [input, scale, shift] = args as unknown as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
    const save = args[3] as unknown as tf.GradSaveFunc;
    const mean = channelMean(input);
    const variance = tf.relu(tf.sub(channelMean(tf.square(input)), tf.square(mean)));
    const inverse = tf.rsqrt(tf.add(variance, BATCH_NORM_EPSILON));
    const a = tf.mul(scale, inverse) as tf.Tensor1D;
    const value = channelAffine(input, a, tf.sub(shift, tf.mul(a, mean)));
    collect(tf.keep(mean.clone()), tf.keep(variance.clone() as tf.Tensor1D), count);
    save([input, a, mean, inverse]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => batchNormGradient(dy as tf.Tensor4D, saved, count),
    };
  });
  return operation(x, gamma, beta) as tf.Tensor4D;
}

/**
 * With x̂ = (x − μ)/σ and q = mean(dy ⊙ x̂): dγ = n·q, dβ = n·mean(dy), dx = a(dy − mean(dy) − x̂·q), a = γ/σ;
 * written as a·dy + b·x + c, one pass over each of dy and x.
 */
function batchNormGradient(dy: tf.Tensor4D, saved: tf.Tensor[], count: number): tf.Tensor[] {
  const [x, a, mean, inverse] = saved as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  const meanDy = channelMean(dy);
  const q = tf.mul(tf.sub(channelMean(tf.mul(dy, x)), tf.mul(mean, meanDy)), inverse) as tf.Tensor1D;
  const b = tf.neg(tf.mul(tf.mul(a, inverse), q)) as tf.Tensor1D;
  const c = tf.neg(tf.add(tf.mul(a, meanDy), tf.mul(b, mean))) as tf.Tensor1D;
  const dx = tf.add(channelAffine(dy, a, c), channelAffine(x, b, tf.zerosLike(b)));
  return [dx, tf.mul(q, count), tf.mul(meanDy, count)];
}

/** Batch norm in evaluation mode, with running statistics. */
export function batchNormInference(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  mean: tf.Tensor1D,
  variance: tf.Tensor1D,
): tf.Tensor4D {
  const a = tf.mul(gamma, tf.rsqrt(tf.add(variance, BATCH_NORM_EPSILON))) as tf.Tensor1D;
  return channelAffine(x, a, tf.sub(beta, tf.mul(a, mean)));
}

/** s ⊙ x per channel: x [n, h, w, c], scale [c]. */
export function channelScale(x: tf.Tensor4D, scale: tf.Tensor1D): tf.Tensor4D {
  const count = x.shape[0] * x.shape[1] * x.shape[2];
  const operation = tf.customGrad((...args) => {
    const [input, s] = args as unknown as [tf.Tensor4D, tf.Tensor1D];
    const save = args[2] as unknown as tf.GradSaveFunc;
    save([input, s]);
    return {
      value: channelAffine(input, s, tf.zerosLike(s)),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [savedInput, savedScale] = saved as [tf.Tensor4D, tf.Tensor1D];
        const dx = channelAffine(dy as tf.Tensor4D, savedScale, tf.zerosLike(savedScale));
        return [dx, tf.mul(channelMean(tf.mul(dy, savedInput)), count)];
      },
    };
  });
  return operation(x, scale) as tf.Tensor4D;
}

/** The value of x, through which no gradient flows. */
export function detach<T extends tf.Tensor>(x: T): T {
  const operation = tf.customGrad((...args) => {
    const input = args[0] as tf.Tensor;
    return { value: input.clone(), gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy) };
  });
  return operation(x) as T;
}

/** Every second pixel from the first on, in both directions: x [n, h, w, c] → [n, ⌈h/2⌉, ⌈w/2⌉, c]. */
export function everySecondPixel(x: tf.Tensor4D): tf.Tensor4D {
  const [n, h, w, c] = x.shape;
  const operation = tf.customGrad((...args) => {
    const input = args[0] as tf.Tensor4D;
    return {
      value: tf.stridedSlice(input, [0, 0, 0, 0], [n, h, w, c], [1, 2, 2, 1]),
      // Zeros go between the columns, then between the rows; tfjs has no gradient of a strided slice.
      gradFunc: (dy: tf.Tensor) => {
        const [, rows, columns] = dy.shape as [number, number, number, number];
        const wide = tf.reshape(tf.concat([dy, tf.zerosLike(dy)], 3), [n, rows, 2 * columns * c]);
        const full = tf.reshape(tf.concat([wide, tf.zerosLike(wide)], 2), [n, 2 * rows, 2 * columns, c]);
        return full.shape[1] === h && full.shape[2] === w ? full : tf.slice(full, [0, 0, 0, 0], [n, h, w, c]);
      },
    };
  });
  return operation(x) as tf.Tensor4D;
}

/** Mean over height and width: x [n, h, w, c] → [n, c]. */
export function globalMean(x: tf.Tensor4D): tf.Tensor2D {
  const [n, h, w, c] = x.shape;
  const operation = tf.customGrad((...args) => {
    const input = args[0] as tf.Tensor4D;
    return {
      value: tf.reshape(tf.avgPool(input, [h, w], 1, 'valid'), [n, c]),
      // Multiplying by ones broadcasts many times faster than tf.tile on wasm.
      gradFunc: (dy: tf.Tensor) => tf.mul(tf.ones([n, h, w, c]), tf.reshape(tf.div(dy, h * w), [n, 1, 1, c])),
    };
  });
  return operation(x) as tf.Tensor2D;
}

/**
 * Mean cross-entropy of logits [n, classes] against target distributions [n, classes], in nats:
 * −Σ t · log softmax(z) / n. Its gradient is (softmax(z) − t)/n.
 */
export function crossEntropy(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
  const n = logits.shape[0];
  const operation = tf.customGrad((...args) => {
    const [z, t] = args as unknown as [tf.Tensor2D, tf.Tensor2D];
    const save = args[2] as unknown as tf.GradSaveFunc;
    const shifted = tf.sub(z, tf.max(z, 1, true));
    const exponentials = tf.exp(shifted);
    const sums = tf.sum(exponentials, 1, true);
    save([tf.div(exponentials, sums), t]);
    return {
      value: tf.div(tf.sum(tf.mul(t, tf.sub(tf.log(sums), shifted))), n),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [probabilities, target] = saved as [tf.Tensor2D, tf.Tensor2D];
        return [tf.mul(tf.sub(probabilities, target), tf.div(dy, n)), tf.zerosLike(target)];
      },
    };
  });
  return operation(logits, targets) as tf.Scalar;
}
