/**
 * The forward pass of a network plan. One function for training (statistics of the batch) and evaluation (running
 * statistics); layers are in this file and in ./branches.
 */
import * as tf from '@tensorflow/tfjs-core';
import { everySecondPixel, globalMean } from '../../../kernels/tfjs/operations';
import { blockValue, branchValue } from '../../../network/block-arithmetic';
import type {
  BatchNormPlan,
  BlockPlan,
  BranchPlan,
  ModulePlan,
  NetworkPlan,
  ShortcutPlan,
} from '../../../network/plan';
import { branchAlgebra, sumOfBranches } from './branches';
import { batchNorm, convolution, tensorOf, type NamedTensors, type NormMode, type Pass } from './pass';

/** Called with every layer's output; for the last layer of a residual block, with the block's output. */
export type BlockObserver = (block: BlockPlan, output: tf.Tensor4D) => void;

/** Logits [n, classes] of normalised images x [n, h, w, 3]. */
export function forward(
  plan: NetworkPlan,
  parameters: NamedTensors,
  x: tf.Tensor4D,
  mode: NormMode,
  observe?: BlockObserver,
): tf.Tensor2D {
  const pass = { parameters, mode };
  const features = plan.modules.reduce((y, module) => moduleForward(module, y, pass, observe), x);
  return tf.add(
    tf.matMul(globalMean(features), tensorOf<tf.Tensor2D>(parameters, plan.head.weight)),
    tensorOf(parameters, plan.head.bias),
  );
}

function moduleForward(
  module: ModulePlan,
  x: tf.Tensor4D,
  pass: Pass,
  observe: BlockObserver = () => undefined,
): tf.Tensor4D {
  switch (module.kind) {
    case 'block': {
      const y = blockForward(module.block, x, pass);
      observe(module.block, y);
      return y;
    }
    case 'residual': {
      const inner = blockForward(module.first, x, pass);
      observe(module.first, inner);
      const y = tf.relu(tf.add(blockForward(module.second, inner, pass), shortcut(module.shortcut, x, pass)));
      observe(module.second, y as tf.Tensor4D);
      return y as tf.Tensor4D;
    }
    case 'preactivation': {
      const a = tf.relu(batchNorm(module.norm, x, pass));
      const inner = blockForward(module.first, a, pass);
      observe(module.first, inner);
      const past = module.shortcut.kind === 'identity' ? x : shortcut(module.shortcut, a, pass);
      const y = tf.add(blockForward(module.second, inner, pass), past) as tf.Tensor4D;
      observe(module.second, y);
      return y;
    }
    case 'normalise':
      return tf.relu(batchNorm(module.norm, x, pass));
    default:
      return module satisfies never;
  }
}

function blockForward(block: BlockPlan, x: tf.Tensor4D, pass: Pass): tf.Tensor4D {
  if (block.bias) return fusedForward(block, block.bias, x, pass);
  const algebra = branchAlgebra(block, x, pass);
  return blockValue<tf.Tensor4D, BatchNormPlan, BranchPlan>(block, {
    ...algebra,
    sumOfBranches: () => sumOfBranches(block, x, algebra, pass),
    addPast: (y, past) => tf.add(y, branchValue(block, past, algebra)),
  });
}

/** A fused layer in one kernel call: convolution, bias, ReLU. */
function fusedForward(block: BlockPlan, bias: string, x: tf.Tensor4D, { parameters }: Pass): tf.Tensor4D {
  return tf.fused.conv2d({
    x,
    filter: tensorOf<tf.Tensor4D>(parameters, block.branches[0]!.kernel!),
    strides: block.stride,
    pad: 1,
    bias: tensorOf(parameters, bias),
    activation: block.relu ? 'relu' : 'linear',
  });
}

function shortcut(plan: ShortcutPlan, x: tf.Tensor4D, pass: Pass): tf.Tensor4D {
  switch (plan.kind) {
    case 'identity':
      return x;
    case 'pad': {
      const thinned = plan.stride === 2 ? everySecondPixel(x) : x;
      return tf.pad(thinned, [
        [0, 0],
        [0, 0],
        [0, 0],
        [plan.before, plan.after],
      ]);
    }
    case 'projection': {
      const y = convolution(x, tensorOf(pass.parameters, plan.kernel), plan.stride);
      if (plan.bias) return tf.add(y, tensorOf(pass.parameters, plan.bias));
      return plan.norm ? batchNorm(plan.norm, y, pass) : y;
    }
    default:
      return plan satisfies never;
  }
}
