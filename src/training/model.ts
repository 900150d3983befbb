/**
 * The forward pass of a network plan. One function for training (statistics of the batch) and evaluation (running
 * statistics); everything a block does is in this file.
 */
import * as tf from '@tensorflow/tfjs-core';
import { batchNormInference, batchNormTraining, channelScale, globalMean } from '../kernels/operations';
import type { BatchNormPlan, BlockPlan, BranchPlan, NetworkPlan } from '../network/plan';

/** Tensors by name: parameters, or running statistics. */
export type NamedTensors = ReadonlyMap<string, tf.Tensor>;

/** How a batch norm gets its mean and variance. */
export type NormMode =
  | {
      kind: 'training';
      collect: (norm: BatchNormPlan, mean: tf.Tensor1D, variance: tf.Tensor1D, count: number) => void;
    }
  | { kind: 'evaluation'; running: NamedTensors };

/** Called with every block's output, for measurements. */
export type BlockObserver = (block: BlockPlan, output: tf.Tensor4D) => void;

const get = <T extends tf.Tensor>(tensors: NamedTensors, name: string): T => {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`The network has no tensor ${name}.`);
  return tensor as T;
};

/** Logits [n, classes] of normalised images x [n, h, w, 3]. */
export function forward(
  plan: NetworkPlan,
  parameters: NamedTensors,
  x: tf.Tensor4D,
  mode: NormMode,
  observe?: BlockObserver,
): tf.Tensor2D {
  let y = x;
  for (const block of plan.blocks) {
    y = blockForward(block, parameters, y, mode);
    observe?.(block, y);
  }
  return tf.add(
    tf.matMul(globalMean(y), get<tf.Tensor2D>(parameters, plan.head.weight)),
    get(parameters, plan.head.bias),
  );
}

/** relu(factor · norm(RepConv(x))), with the factor before or after the norm. */
function blockForward(
  block: BlockPlan,
  parameters: NamedTensors,
  x: tf.Tensor4D,
  mode: NormMode,
): tf.Tensor4D {
  const times = (y: tf.Tensor4D): tf.Tensor4D =>
    block.factor === 1 ? y : (tf.mul(y, block.factor) as tf.Tensor4D);
  let y = repConv(block, parameters, x, mode);
  if (block.factorAt === 'sum') y = times(y);
  if (block.norm) y = batchNorm(block.norm, parameters, y, mode);
  if (block.factorAt === 'output') y = times(y);
  return tf.relu(y);
}

function batchNorm(
  norm: BatchNormPlan,
  parameters: NamedTensors,
  x: tf.Tensor4D,
  mode: NormMode,
): tf.Tensor4D {
  const gamma = get<tf.Tensor1D>(parameters, norm.gamma);
  const beta = get<tf.Tensor1D>(parameters, norm.beta);
  return mode.kind === 'training'
    ? batchNormTraining(x, gamma, beta, (mean, variance, count) => mode.collect(norm, mean, variance, count))
    : batchNormInference(
        x,
        gamma,
        beta,
        get(mode.running, norm.runningMean),
        get(mode.running, norm.runningVar),
      );
}

/**
 * Sum of the branches. Where several have no batch norm they are linear, so their kernels are summed before the
 * convolution (s₃⊙W₃ + pad(s₁⊙W₁) + diag(s)): the same function, with one convolution for up to three branches.
 */
function repConv(block: BlockPlan, parameters: NamedTensors, x: tf.Tensor4D, mode: NormMode): tf.Tensor4D {
  const linear = block.branches.filter(({ transform }) => transform.kind !== 'bn');
  const merged =
    linear.length > 1 ? [convolution(x, mergedKernel(linear, parameters, block.cout), block.stride)] : [];
  const alone = block.branches.filter((branch) => merged.length === 0 || !linear.includes(branch));
  const parts = alone.map(({ kernel, transform }) => {
    const y = kernel ? convolution(x, get(parameters, kernel), block.stride) : x;
    if (transform.kind === 'bn') return batchNorm(transform.bn, parameters, y, mode);
    return transform.kind === 'scale' ? channelScale(y, get(parameters, transform.scale)) : y;
  });
  return [...merged, ...parts].reduce((sum, part) => tf.add(sum, part));
}

/** Padding keeps the size: 1 for 3x3, 0 for 1x1. Explicit, because `same` pads differently from PyTorch at stride 2. */
const convolution = (x: tf.Tensor4D, kernel: tf.Tensor4D, stride: number) =>
  tf.conv2d(x, kernel, stride, (kernel.shape[0] - 1) / 2);

/** One kernel [k, k, cin, cout] for the sum of linear branches, k the largest among them. */
function mergedKernel(
  branches: readonly BranchPlan[],
  parameters: NamedTensors,
  channels: number,
): tf.Tensor4D {
  const size = branches.some(({ branch }) => branch === 'conv3x3') ? 3 : 1;
  const kernels = branches.map(({ kernel, transform }) => {
    const bare = kernel
      ? get<tf.Tensor4D>(parameters, kernel)
      : (tf.reshape(tf.eye(channels), [1, 1, channels, channels]) as tf.Tensor4D);
    // The last axis is the output channel, which is what a scale multiplies.
    const scaled = transform.kind === 'scale' ? tf.mul(bare, get(parameters, transform.scale)) : bare;
    const border = (size - bare.shape[0]) / 2;
    return border === 0
      ? scaled
      : tf.pad(scaled, [
          [border, border],
          [border, border],
          [0, 0],
          [0, 0],
        ]);
  });
  return kernels.reduce((sum, kernel) => tf.add(sum, kernel)) as tf.Tensor4D;
}
