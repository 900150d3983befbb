/**
 * A training step in plain TensorFlow.js: its own convolutions, batch norm, gradients and momentum, without the lab's
 * operations. Only the benchmark uses it, for comparison.
 */
import * as tf from '@tensorflow/tfjs-core';
import { BATCH_NORM_EPSILON } from '../../../network/batch-norm';
import type { NetworkPlan } from '../../../network/plan';
import { graphOf, type Activation, type Combine, type Convolution, type Term } from '../../../kernels/graph';
import type { Values } from '../../trainer';

export class StockNetwork {
  private readonly variables: Map<string, tf.Variable>;
  private readonly graph;
  private readonly optimiser;

  constructor(
    private readonly plan: NetworkPlan,
    side: number,
    values: Values,
    rate: number,
    momentum: number,
  ) {
    this.graph = graphOf(plan, side);
    this.variables = new Map(
      plan.parameters.map(({ name, shape }) => [
        name,
        tf.variable(tf.tensor(values.get(name)!, shape as number[])),
      ]),
    );
    this.optimiser = tf.train.momentum(rate, momentum);
  }

  /** One step on images [n, side, side, 3]; resolves to the loss. */
  async step(images: Float32Array, classes: ArrayLike<number>): Promise<number> {
    const { size, channels } = this.graph.input;
    const loss: tf.Scalar = tf.tidy(() => {
      const x = tf.tensor4d(images, [classes.length, size, size, channels]);
      const labels = tf.oneHot(tf.tensor1d(Int32Array.from(classes), 'int32'), this.plan.classes);
      return this.optimiser.minimize(() => this.loss(x, labels), true)!;
    });
    const [value] = await loss.data();
    loss.dispose();
    return value!;
  }

  dispose(): void {
    this.optimiser.dispose();
    this.variables.forEach((variable) => variable.dispose());
  }

  private variable(name: string): tf.Tensor {
    const variable = this.variables.get(name);
    if (!variable) throw new Error(`The network has no parameter ${name}.`);
    return variable;
  }

  private loss(x: tf.Tensor4D, labels: tf.Tensor): tf.Scalar {
    const values = new Map<number, tf.Tensor4D>([[this.graph.input.id, x]]);
    const of = ({ id }: Activation) => values.get(id)!;
    for (const operation of this.graph.operations) {
      if (operation.kind === 'convolution') {
        values.set(operation.y.id, this.convolution(of(operation.x), operation));
      } else if (operation.kind === 'combine') {
        values.set(operation.out.id, this.combine(of, operation));
      } else {
        const features = tf.mean(of(operation.x), [1, 2]);
        const weight = this.variable(operation.weight) as tf.Tensor2D;
        const logits = tf.add(tf.matMul(features as tf.Tensor2D, weight), this.variable(operation.bias));
        return tf.losses.softmaxCrossEntropy(labels, logits) as tf.Scalar;
      }
    }
    throw new Error('The network has no head.');
  }

  /** Convolves branches that the lab's kernels merge one by one, each with its scale. */
  private convolution(x: tf.Tensor4D, { kernel, k, stride, y }: Convolution): tf.Tensor4D {
    if (kernel.kind === 'parameter')
      return tf.conv2d(x, this.variable(kernel.name) as tf.Tensor4D, stride, k === 3 ? 1 : 0);
    if (kernel.kind === 'average') return tf.avgPool(x, 3, stride, 1);
    const branches = kernel.parts.map(({ parameter, height, width, scale, constant }) => {
      let branch: tf.Tensor = x;
      if (parameter) {
        if (height !== width) throw new Error('The benchmark has no 3x1 or 1x3 branches.');
        const weight = this.variable(parameter) as tf.Tensor4D;
        branch = tf.conv2d(x, weight, stride, height === 3 ? 1 : 0);
      }
      if (constant !== 1) branch = tf.mul(branch, constant);
      return scale ? tf.mul(branch, this.variable(scale)) : branch;
    });
    const sum = branches.reduce((total, branch) => tf.add(total, branch));
    return tf.reshape(sum, [-1, y.size, y.size, y.channels]) as tf.Tensor4D;
  }

  private combine(of: (activation: Activation) => tf.Tensor4D, { terms, relu, out }: Combine): tf.Tensor4D {
    const sum = terms.map((term) => this.term(of(term.source), term, out)).reduce((a, b) => tf.add(a, b));
    return relu ? tf.relu(sum) : sum;
  }

  private term(source: tf.Tensor4D, { coefficient, factor, view }: Term, out: Activation): tf.Tensor4D {
    let value: tf.Tensor4D = source;
    if (view) {
      const { stride, offset } = view;
      const after = out.channels - offset - source.shape[3];
      // Every stride-th pixel: a slice with strides has no gradient in TensorFlow.js.
      value = tf.pad(tf.avgPool(source, 1, stride, 'valid'), [
        [0, 0],
        [0, 0],
        [0, 0],
        [offset, after],
      ]) as tf.Tensor4D;
    }
    if (coefficient.kind === 'norm') {
      const { mean, variance } = tf.moments(value, [0, 1, 2]);
      const { gamma, beta } = coefficient.norm;
      value = tf.batchNorm(
        value,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        this.variable(beta) as tf.Tensor1D,
        this.variable(gamma) as tf.Tensor1D,
        BATCH_NORM_EPSILON,
      ) as tf.Tensor4D;
    } else if (coefficient.kind !== 'one') value = tf.mul(value, this.variable(coefficient.parameter));
    return factor === 1 ? value : tf.mul(value, factor);
  }
}
