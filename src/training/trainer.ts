/**
 * Trains one network: holds its parameters, velocities and running statistics as tensors and makes one step at a time.
 * Knows nothing of workers, data sets or schedules.
 */
import * as tf from '@tensorflow/tfjs-core';
import { crossEntropy } from '../kernels/operations';
import type { NetworkPlan, ParameterPlan } from '../network/plan';
import { forward, type BlockObserver } from './model';
import { groupOf, sgd, type OptimiserSettings } from './optimiser';
import type { NamedTensors } from './pass';

/** Weight of a batch in the running statistics, PyTorch's default. */
const RUNNING_MOMENTUM = 0.1;

/** What a step keeps for the instruments. */
export interface Observe {
  gradients: boolean;
  /** Mean and variance of the batch, by the names of the running statistics. */
  statistics: boolean;
  /** Mean square of every layer's output. */
  squares: boolean;
}

export interface Observed {
  gradients: NamedTensors;
  statistics: NamedTensors;
  squares: readonly tf.Tensor[];
}

/** What a step leaves to be read. Call `release` when done with it. */
export interface StepResult {
  /** Mean cross-entropy of the batch before the update. */
  loss: tf.Scalar;
  /** [n, classes], before the update. */
  logits: tf.Tensor2D;
  /** The parameters that the step started from. */
  before: NamedTensors;
  observed: Observed;
  release(): void;
}

const NOTHING: Observe = { gradients: false, statistics: false, squares: false };

export class Trainer {
  private parameters: Map<string, tf.Tensor>;
  private readonly velocities: Map<string, tf.Tensor>;
  private readonly running: Map<string, tf.Tensor>;
  private readonly names: readonly string[];
  /** GradMult: what multiplies a parameter's gradient. */
  private readonly gradientFactors: ReadonlyMap<string, tf.Tensor>;

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
    this.gradientFactors = new Map(
      plan.parameters.flatMap((parameter) => {
        const factors = gradientFactors(parameter);
        return factors ? [[parameter.name, factors] as const] : [];
      }),
    );
  }

  /** Parameters and running statistics as they are now; not to be disposed of. */
  get state(): NamedTensors {
    return new Map([...this.parameters, ...this.running]);
  }

  /** Parameters as they are now; those of before the last step are in its result. */
  get weights(): NamedTensors {
    return this.parameters;
  }

  /** Loss, logits and gradients of a batch x [n, h, w, 3] with targets [n, classes]; moves the running statistics. */
  private gradients(x: tf.Tensor4D, targets: tf.Tensor2D, observe: Observe) {
    const statistics = new Map<string, tf.Tensor>();
    const squares: tf.Tensor[] = [];
    const observer: BlockObserver | undefined = observe.squares
      ? (_block, output) => squares.push(tf.keep(tf.mean(tf.square(output))))
      : undefined;
    let logits: tf.Tensor2D | undefined;
    const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
      const parameters = new Map(this.names.map((name, i) => [name, tensors[i]!]));
      const z = forward(
        this.plan,
        parameters,
        x,
        {
          kind: 'training',
          running: this.running,
          collect: (norm, mean, variance, count) => {
            this.moveRunning(norm.runningMean, mean);
            this.moveRunning(norm.runningVar, variance, count / Math.max(1, count - 1));
            if (observe.statistics) {
              statistics.set(norm.runningMean, mean);
              statistics.set(norm.runningVar, variance);
            } else tf.dispose([mean, variance]);
          },
        },
        observer,
      );
      logits = tf.keep(z.clone());
      return crossEntropy(z, targets);
    })(this.names.map((name) => this.parameters.get(name)!));
    const gradients = grads.map((gradient, i) => {
      const factors = this.gradientFactors.get(this.names[i]!);
      if (!factors) return gradient;
      const multiplied = tf.mul(gradient, factors);
      gradient.dispose();
      return multiplied;
    });
    return { loss: value as tf.Scalar, logits: logits!, gradients, statistics, squares };
  }

  /** Moves a running statistic towards what a batch showed. */
  private moveRunning(name: string, seen: tf.Tensor, unbias = 1): void {
    const old = this.running.get(name)!;
    const moved = tf.tidy(() =>
      tf.keep(tf.add(tf.mul(old, 1 - RUNNING_MOMENTUM), tf.mul(seen, RUNNING_MOMENTUM * unbias))),
    );
    this.running.set(name, moved);
    old.dispose();
  }

  /** One SGD step on normalised images x [n, h, w, 3] and their classes. Gradients observed are those that the optimiser sees, without decay. */
  step(x: tf.Tensor4D, classes: ArrayLike<number>, lr: number, observe: Observe = NOTHING): StepResult {
    const targets = this.targets(classes);
    const { loss, logits, gradients, statistics, squares } = this.gradients(x, targets, observe);
    targets.dispose();

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
    const kept = new Map(observe.gradients ? this.names.map((name, i) => [name, gradients[i]!]) : []);
    if (!observe.gradients) tf.dispose(gradients);
    this.parameters = after;
    const observed = { gradients: kept, statistics, squares };
    return {
      loss,
      logits,
      before,
      observed,
      release: () =>
        tf.dispose([loss, logits, ...before.values(), ...kept.values(), ...statistics.values(), ...squares]),
    };
  }

  /** Logits [n, classes] in evaluation mode (running statistics). The caller disposes of them. */
  evaluate(x: tf.Tensor4D): tf.Tensor2D {
    return tf.tidy(() =>
      forward(this.plan, this.parameters, x, { kind: 'evaluation', running: this.running }),
    );
  }

  /** Frees every tensor. Parameters of step results not yet released are theirs to free. */
  dispose(): void {
    tf.dispose([
      ...this.parameters.values(),
      ...this.velocities.values(),
      ...this.running.values(),
      ...this.gradientFactors.values(),
    ]);
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

/** GradMult's factors of a 3x3 kernel's gradient, [3, 3, cin, cout]; null for every other parameter. */
function gradientFactors({ gradientFactor, shape }: ParameterPlan): tf.Tensor | null {
  if (!gradientFactor) return null;
  const { everywhere, centre, diagonal } = gradientFactor;
  const [, , cin = 0, cout = 0] = shape;
  const values = new Float32Array(9 * cin * cout).fill(everywhere);
  for (let i = 0; i < cin; i++) {
    for (let o = 0; o < cout; o++) values[(4 * cin + i) * cout + o]! += centre + (i === o ? diagonal : 0);
  }
  return tf.tensor(values, [...shape]);
}
