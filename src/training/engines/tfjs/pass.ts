/** The context of a forward pass, and its two basic operations: convolution and batch norm. */
import * as tf from '@tensorflow/tfjs-core';
import { batchNormInference, batchNormTraining } from '../../../kernels/tfjs/operations';
import type { BatchNormPlan } from '../../../network/plan';

/** Tensors by name: parameters, or running statistics. */
export type NamedTensors = ReadonlyMap<string, tf.Tensor>;

/** How a batch norm gets its mean and variance. `running` contains the running statistics; in training, `collect` updates them. */
export type NormMode =
  | {
      kind: 'training';
      running: NamedTensors;
      /** Updates the running statistics. Takes ownership of both tensors, which outlive the surrounding tidy. */
      collect: (norm: BatchNormPlan, mean: tf.Tensor1D, variance: tf.Tensor1D, count: number) => void;
    }
  | { kind: 'evaluation'; running: NamedTensors };

/** The context of a forward pass. */
export interface Pass {
  parameters: NamedTensors;
  mode: NormMode;
}

export const tensorOf = <T extends tf.Tensor>(tensors: NamedTensors, name: string): T => {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`The network has no tensor ${name}.`);
  return tensor as T;
};

/** Padding keeps the size: 1 for 3x3, 0 for 1x1. Explicit, because `same` pads differently from PyTorch at stride 2. */
export const convolution = (x: tf.Tensor4D, kernel: tf.Tensor4D, stride: number): tf.Tensor4D =>
  tf.conv2d(x, kernel, stride, (kernel.shape[0] - 1) / 2);

export function batchNorm(norm: BatchNormPlan, x: tf.Tensor4D, { parameters, mode }: Pass): tf.Tensor4D {
  const gamma = tensorOf<tf.Tensor1D>(parameters, norm.gamma);
  const beta = tensorOf<tf.Tensor1D>(parameters, norm.beta);
  return mode.kind === 'training'
    ? batchNormTraining(x, gamma, beta, (mean, variance, count) => mode.collect(norm, mean, variance, count))
    : batchNormInference(
        x,
        gamma,
        beta,
        tensorOf(mode.running, norm.runningMean),
        tensorOf(mode.running, norm.runningVar),
      );
}
