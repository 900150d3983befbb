/** The branches of a layer as tensor operations, and the sum of the linear ones as one kernel. */
import { BATCH_NORM_EPSILON } from '../../../network/batch-norm';
import * as tf from '@tensorflow/tfjs-core';
import { channelScale, detach } from '../../../kernels/tfjs/operations';
import {
  branchValue,
  kernelGain,
  linearBranches,
  type BranchAlgebra,
} from '../../../network/block-arithmetic';
import type { BatchNormPlan, BlockPlan, BranchPlan } from '../../../network/plan';
import { batchNorm, convolution, tensorOf, type NamedTensors, type Pass } from './pass';

/** The operations of a branch on tensors, for the block's input x. */
export const branchAlgebra = (
  { stride, cout }: BlockPlan,
  x: tf.Tensor4D,
  pass: Pass,
): BranchAlgebra<tf.Tensor4D> => ({
  input: () => x,
  convolve: (branch) => convolution(x, squareKernel(branch, pass.parameters), stride),
  convolveNormalised: (branch) => convolution(x, linearKernel(branch, pass.parameters, cout), stride),
  sequence: (branch, first) => sequence(branch, first, x, stride, cout, pass),
  times: (y, factor) => tf.mul(y, factor),
  scale: (y, scale) => channelScale(y, tensorOf(pass.parameters, scale)),
  norm: (y, norm) => batchNorm(norm, y, pass),
  relu: (y) => tf.relu(y),
});

/**
 * Sum of the branches. Where several are linear, their kernels are summed before the convolution
 * (s₃⊙W₃ + pad(s₁⊙W₁) + diag(s)): the same function, with one convolution for all of them.
 */
export function sumOfBranches(
  block: BlockPlan,
  x: tf.Tensor4D,
  algebra: BranchAlgebra<tf.Tensor4D>,
  { parameters }: Pass,
): tf.Tensor4D {
  const linear = linearBranches(block);
  const merged =
    linear.length > 1 ? [convolution(x, mergedKernel(linear, parameters, block.cout), block.stride)] : [];
  const alone = block.branches.filter((branch) => merged.length === 0 || !linear.includes(branch));
  const parts = alone.map((branch) => branchValue(block, branch, algebra));
  return [...merged, ...parts].reduce((sum, part) => tf.add(sum, part));
}

/**
 * A 1x1 convolution with batch norm, then a 3x3 kernel or average. The border of what the second part sees is the
 * batch norm's value of a zero input under the running statistics, as in DBB (Ding et al. 2021), so that the two fuse
 * exactly. With v that value per channel: conv(y − v) with a border of zeros, plus the convolution of the constant v.
 */
function sequence(
  branch: BranchPlan,
  first: NonNullable<BranchPlan['first']>,
  x: tf.Tensor4D,
  stride: number,
  cout: number,
  pass: Pass,
): tf.Tensor4D {
  const { parameters } = pass;
  const inner = batchNorm(first.bn, convolution(x, tensorOf(parameters, first.kernel), 1), pass);
  const v = detach(valueOfZero(first.bn, pass));
  const kernel = branch.kernel ? tensorOf<tf.Tensor4D>(parameters, branch.kernel) : average(cout);
  const fromBorder = tf.sum(tf.mul(kernel, tf.reshape(v, [1, 1, -1, 1])), [0, 1, 2]);
  return tf.add(convolution(tf.sub(inner, v), kernel, stride), fromBorder);
}

/** β − μ·γ/√(σ² + ε) with running statistics. */
function valueOfZero(norm: BatchNormPlan, { parameters, mode }: Pass): tf.Tensor1D {
  const inverse = tf.rsqrt(tf.add(tensorOf(mode.running, norm.runningVar), BATCH_NORM_EPSILON));
  const gain = tf.mul(tensorOf(parameters, norm.gamma), inverse);
  return tf.sub(tensorOf(parameters, norm.beta), tf.mul(gain, tensorOf(mode.running, norm.runningMean)));
}

/** The 3x3 average of every channel as a kernel [3, 3, c, c]. */
const average = (channels: number): tf.Tensor4D =>
  tf.mul(tf.ones([3, 3, 1, 1]), tf.div(tf.reshape(tf.eye(channels), [1, 1, channels, channels]), 9));

const border = (kernel: tf.Tensor4D, height: number, width: number): tf.Tensor4D =>
  tf.pad(kernel, [
    [height, height],
    [width, width],
    [0, 0],
    [0, 0],
  ]);

/** A branch's kernel; 3x1 and 1x3 kernels are padded to 3x3, because the backends' gradients need square kernels. */
function squareKernel({ kernel: name }: BranchPlan, parameters: NamedTensors): tf.Tensor4D {
  const kernel = tensorOf<tf.Tensor4D>(parameters, name!);
  const [kh, kw] = kernel.shape;
  return kh === kw ? kernel : border(kernel, (3 - kh) / 2, (3 - kw) / 2);
}

/** The kernel [k, k, cin, cout] of a linear branch with its transform. */
function linearKernel(branch: BranchPlan, parameters: NamedTensors, channels: number): tf.Tensor4D {
  const bare = branch.kernel
    ? squareKernel(branch, parameters)
    : (tf.reshape(tf.eye(channels), [1, 1, channels, channels]) as tf.Tensor4D);
  const gain = kernelGain(branch.transform);
  if (gain === null) throw new Error(`The ${branch.branch} branch is not linear.`);
  if (gain.scale === null) return gain.constant === 1 ? bare : tf.mul(bare, gain.constant);
  // The last axis is the output channel, which is what a scale multiplies.
  const scale = tensorOf(parameters, gain.scale);
  if (!gain.normalised) return tf.mul(bare, scale);
  const inverseNorm = tf.rsqrt(tf.sum(tf.square(bare), [0, 1, 2]));
  return tf.mul(bare, tf.mul(scale, inverseNorm));
}

/** One kernel [k, k, cin, cout] for the sum of linear branches, k the largest among them. */
function mergedKernel(
  branches: readonly BranchPlan[],
  parameters: NamedTensors,
  channels: number,
): tf.Tensor4D {
  const kernels = branches.map((branch) => linearKernel(branch, parameters, channels));
  const size = Math.max(...kernels.map(({ shape }) => shape[0]));
  return kernels
    .map((kernel) => {
      const around = (size - kernel.shape[0]) / 2;
      return around === 0 ? kernel : border(kernel, around, around);
    })
    .reduce((sum, kernel) => tf.add(sum, kernel));
}
