/**
 * Trains one network: holds its parameters, velocities and running statistics as tensors and makes one step at a time.
 * Knows nothing of workers, data sets or schedules.
 */
import * as tf from '@tensorflow/tfjs-core';
import { crossEntropy } from '../kernels/operations';
import type { NetworkPlan } from '../network/plan';
import { forward } from './model';
import type { NamedTensors } from './pass';
import { groupOf, sgd, type OptimiserSettings } from './optimiser';

/** Weight of a batch in the running statistics, PyTorch's default. */
const RUNNING_MOMENTUM = 0.1;

/** What a step leaves to be read. Call `release` when done with it. */
export interface StepResult {
  /** Mean cross-entropy of the batch before the update. */
  loss: tf.Scalar;
  /** [n, classes], before the update. */
  logits: tf.Tensor2D;
  /** The parameters that the step started from. */
  before: NamedTensors;
  release(): void;
}

export class Trainer {
  private parameters: Map<string, tf.Tensor>;
  private readonly velocities: Map<string, tf.Tensor>;
  private readonly running: Map<string, tf.Tensor>;
  private readonly names: readonly string[];

  /** Throws where `values` lacks a parameter. Running statistics not in `values` start at mean 0, variance 1. */
  constructor(
    readonly plan: NetworkPlan,
    private readonly settings: OptimiserSettings & { smoothing: number },
    values: ReadonlyMap<string, Float32Array>,
  ) {
    this.names = plan.parameters.map(({ name }) => name);
    this.parameters = new Map(
      plan.parameters.map(({ name, shape }) => {
        const value = values.get(name);
        if (!value) throw new Error(`There is no initial value for ${name}.`);
        return [name, tf.tensor(value, [...shape])];
      }),
    );
    this.velocities = new Map(plan.parameters.map(({ name, shape }) => [name, tf.zeros([...shape])]));
    this.running = new Map(
      plan.batchNorms.flatMap(({ runningMean, runningVar, channels }): [string, tf.Tensor][] => [
        [runningMean, tf.tensor1d(values.get(runningMean) ?? new Float32Array(channels))],
        [runningVar, tf.tensor1d(values.get(runningVar) ?? new Float32Array(channels).fill(1))],
      ]),
    );
  }

  /** Parameters and running statistics as they are now; not to be disposed of. */
  get state(): NamedTensors {
    return new Map([...this.parameters, ...this.running]);
  }

  /** Loss, logits and gradients by name of a batch x [n, h, w, 3] with targets [n, classes]; moves the running statistics. */
  private gradients(
    x: tf.Tensor4D,
    targets: tf.Tensor2D,
  ): { loss: tf.Scalar; logits: tf.Tensor2D; gradients: tf.Tensor[] } {
    let logits: tf.Tensor2D | undefined;
    const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
      const parameters = new Map(this.names.map((name, i) => [name, tensors[i]!]));
      const z = forward(this.plan, parameters, x, {
        kind: 'training',
        running: this.running,
        collect: (norm, mean, variance, count) => {
          this.moveRunning(norm.runningMean, mean);
          this.moveRunning(norm.runningVar, variance, count / Math.max(1, count - 1));
        },
      });
      logits = tf.keep(z.clone());
      return crossEntropy(z, targets);
    })(this.names.map((name) => this.parameters.get(name)!));
    return { loss: value as tf.Scalar, logits: logits!, gradients: grads };
  }

  /** Moves a running statistic towards what a batch showed, and disposes of the latter. */
  private moveRunning(name: string, seen: tf.Tensor, unbias = 1): void {
    const old = this.running.get(name)!;
    const moved = tf.tidy(() =>
      tf.keep(tf.add(tf.mul(old, 1 - RUNNING_MOMENTUM), tf.mul(seen, RUNNING_MOMENTUM * unbias))),
    );
    this.running.set(name, moved);
    tf.dispose([old, seen]);
  }

  /** One SGD step on normalised images x [n, h, w, 3] and their classes. `onGradients` sees the gradients before the update. */
  step(
    x: tf.Tensor4D,
    classes: ArrayLike<number>,
    lr: number,
    onGradients?: (gradients: NamedTensors) => void,
  ): StepResult {
    const targets = this.targets(classes);
    const { loss, logits, gradients } = this.gradients(x, targets);
    targets.dispose();
    onGradients?.(new Map(this.names.map((name, i) => [name, gradients[i]!])));

    const before = this.parameters;
    const after = new Map<string, tf.Tensor>();
    const { momentum, nesterov } = this.settings;
    this.plan.parameters.forEach((parameter, i) => {
      const { name } = parameter;
      const group = groupOf(parameter, this.settings);
      const old = this.velocities.get(name)!;
      const { weight, velocity } = sgd(before.get(name)!, old, gradients[i]!, {
        ...group,
        lr: lr * group.lr,
        momentum,
        nesterov,
      });
      after.set(name, weight);
      this.velocities.set(name, velocity);
      old.dispose();
    });
    tf.dispose(gradients);
    this.parameters = after;
    return { loss, logits, before, release: () => tf.dispose([loss, logits, ...before.values()]) };
  }

  /** Logits [n, classes] in evaluation mode (running statistics). The caller disposes of them. */
  evaluate(x: tf.Tensor4D): tf.Tensor2D {
    return tf.tidy(() =>
      forward(this.plan, this.parameters, x, { kind: 'evaluation', running: this.running }),
    );
  }

  /** Frees every tensor. Parameters of step results not yet released are theirs to free. */
  dispose(): void {
    tf.dispose([...this.parameters.values(), ...this.velocities.values(), ...this.running.values()]);
  }

  /** (1 − α) · one-hot + α / classes. */
  private targets(classes: ArrayLike<number>): tf.Tensor2D {
    const count = this.plan.classes;
    const { smoothing } = this.settings;
    const values = new Float32Array(classes.length * count).fill(smoothing / count);
    for (let i = 0; i < classes.length; i++) values[i * count + classes[i]!]! += 1 - smoothing;
    return tf.tensor2d(values, [classes.length, count]);
  }
}

/** Root mean square of every block's output, first block first, for parameters and a batch in training mode; the running statistics stay. */
export async function activationRms(
  plan: NetworkPlan,
  parameters: NamedTensors,
  running: NamedTensors,
  x: tf.Tensor4D,
): Promise<number[]> {
  const squares: tf.Tensor[] = [];
  tf.tidy(() => {
    forward(
      plan,
      parameters,
      x,
      { kind: 'training', running, collect: (_norm, mean, variance) => tf.dispose([mean, variance]) },
      (_block, output) => squares.push(tf.keep(tf.mean(tf.square(output)))),
    );
  });
  const values = await Promise.all(squares.map(async (square) => Math.sqrt((await square.data())[0]!)));
  tf.dispose(squares);
  return values;
}
