/** Training on the current backend of TensorFlow.js. */
import { RUNNING_MOMENTUM } from '../../../network/batch-norm';
import * as tf from '@tensorflow/tfjs-core';
import { crossEntropy } from '../../../kernels/tfjs/operations';
import type { NetworkPlan } from '../../../network/plan';
import { forward, type BlockObserver } from './model';
import { groupOf, type Group } from '../../optimiser';
import type { NamedTensors } from './pass';
import { readAll, toTensors } from './readback';
import {
  gradientFactors,
  startValues,
  type BatchShape,
  type Engine,
  type Observe,
  type Observed,
  type Step,
  type Trainer,
  type TrainerSettings,
  type Values,
} from '../../trainer';

const NOTHING: Observe = { gradients: false, statistics: false, squares: false, after: false };
const PARTS = ['before', 'after', 'gradients', 'statistics', 'squares'] as const;

/** Makes trainers on a backend that has been started; several steps may be in flight on a GPU. */
export const tfjsEngine = (backend: string, stepsInFlight: number): Engine => ({
  use: async () => {
    await tf.setBackend(backend);
  },
  stepsInFlight,
  trainer: (plan, { side }, settings, values) => new TfjsTrainer(plan, side, settings, values),
  evaluator: (plan, { side }, values) => {
    const tensors = toTensors(plan, startValues(plan, values));
    return {
      evaluate: (images) => logitsOf(plan, tensors, images, side),
      dispose: () => tf.dispose([...tensors.values()]),
    };
  },
});

const imagesOf = (images: Float32Array, side: number): tf.Tensor4D =>
  tf.tensor4d(images, [images.length / (side * side * 3), side, side, 3]);

async function logitsOf(
  plan: NetworkPlan,
  tensors: NamedTensors,
  images: Float32Array,
  side: BatchShape['side'],
): Promise<Float32Array> {
  const output = tf.tidy(() =>
    forward(plan, tensors, imagesOf(images, side), { kind: 'evaluation', running: tensors }),
  );
  return output.data<'float32'>().finally(() => output.dispose());
}

class TfjsTrainer implements Trainer {
  private parameters: Map<string, tf.Tensor>;
  private readonly velocityTensors: Map<string, tf.Tensor>;
  private readonly running: Map<string, tf.Tensor>;
  private readonly names: readonly string[];
  /** GradMult: factors of parameters' gradients. */
  private readonly gradientFactors: ReadonlyMap<string, tf.Tensor>;

  constructor(
    readonly plan: NetworkPlan,
    private readonly side: number,
    private readonly settings: TrainerSettings,
    values: Values,
  ) {
    const start = toTensors(plan, startValues(plan, values));
    this.names = plan.parameters.map(({ name }) => name);
    this.parameters = new Map(this.names.map((name) => [name, start.get(name)!]));
    this.velocityTensors = new Map(plan.parameters.map(({ name, shape }) => [name, tf.zeros([...shape])]));
    this.running = new Map([...start].filter(([name]) => !this.parameters.has(name)));
    this.gradientFactors = new Map(
      plan.parameters.flatMap((parameter) => {
        const factors = gradientFactors(parameter);
        return factors ? [[parameter.name, tf.tensor(factors, [...parameter.shape])] as const] : [];
      }),
    );
  }

  /** Loss, logits and gradients of a batch x [n, h, w, 3] with targets [n, classes]; updates the running statistics. */
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

  /** Updates a running statistic with a batch's. */
  private moveRunning(name: string, seen: tf.Tensor, unbias = 1): void {
    const old = this.running.get(name)!;
    const moved = tf.tidy(() =>
      tf.keep(tf.add(tf.mul(old, 1 - RUNNING_MOMENTUM), tf.mul(seen, RUNNING_MOMENTUM * unbias))),
    );
    this.running.set(name, moved);
    old.dispose();
  }

  step(
    images: Float32Array,
    classes: ArrayLike<number>,
    lr: number,
    vectors: readonly string[] = [],
    observe = NOTHING,
  ): Step {
    const x = imagesOf(images, this.side);
    const targets = this.targets(classes);
    const { loss, logits, gradients, statistics, squares } = this.gradients(x, targets, observe);
    tf.dispose([x, targets]);

    const before = this.parameters;
    const after = new Map<string, tf.Tensor>();
    const { momentum, nesterov } = this.settings;
    this.plan.parameters.forEach((parameter, i) => {
      const { name } = parameter;
      const group = groupOf(parameter, this.settings);
      const old = this.velocityTensors.get(name)!;
      const { weight, velocity } = sgd(before.get(name)!, old, gradients[i]!, {
        ...group,
        lr: lr * group.lr,
        momentum,
        nesterov,
      });
      after.set(name, weight);
      this.velocityTensors.set(name, velocity);
      old.dispose();
    });
    const kept = new Map(observe.gradients ? this.names.map((name, i) => [name, gradients[i]!]) : []);
    if (!observe.gradients) tf.dispose(gradients);
    this.parameters = after;
    const { names, plan, side } = this;
    // One vector is read back per step: the loss, the logits and the requested vectors.
    const vector = tf.tidy(() =>
      tf.concat1d([
        tf.reshape(loss, [1]),
        tf.reshape(logits, [-1]),
        ...vectors.map((name) => before.get(name) as tf.Tensor1D),
      ]),
    );
    tf.dispose([loss, logits]);
    const numbers = async () => {
      const values = await vector.data<'float32'>().finally(() => vector.dispose());
      let at = 1 + classes.length * plan.classes;
      return {
        loss: values[0]!,
        logits: values.subarray(1, at),
        vectors: vectors.map((name) => values.slice(at, (at += before.get(name)!.size))),
      };
    };
    const read = async (): Promise<Observed> => {
      const sources: Record<(typeof PARTS)[number], NamedTensors> = {
        before,
        after: observe.after ? after : new Map(),
        gradients: kept,
        statistics,
        squares: new Map(squares.map((square, i) => [String(i), square])),
      };
      const all = PARTS.flatMap((part) =>
        [...sources[part]].map(([name, tensor]) => [`${part} ${name}`, tensor] as const),
      );
      const values = await readAll(new Map(all));
      const of = (part: (typeof PARTS)[number]): Values =>
        new Map([...sources[part].keys()].map((name) => [name, values.get(`${part} ${name}`)!]));
      return {
        before: of('before'),
        after: of('after'),
        gradients: of('gradients'),
        statistics: of('statistics'),
        rms: Float32Array.from(of('squares').values(), ([square]) => Math.sqrt(square!)),
      };
    };
    const wanted = observe !== NOTHING;
    return {
      numbers: numbers(),
      observed: wanted ? read() : null,
      outputRms: async () => {
        const again = imagesOf(images, side);
        const { rms } = await activationRms(plan, before, this.state, again);
        again.dispose();
        return rms;
      },
      release: () => {
        const unneeded = names.flatMap((name) => [
          before.get(name)!,
          ...(kept.has(name) ? [kept.get(name)!] : []),
        ]);
        tf.dispose([...unneeded, ...statistics.values(), ...squares]);
      },
    };
  }

  /** The current parameters and running statistics; callers must not dispose of them. */
  private get state(): NamedTensors {
    return new Map([...this.parameters, ...this.running]);
  }

  evaluate(images: Float32Array): Promise<Float32Array> {
    return logitsOf(this.plan, this.state, images, this.side);
  }

  async forwardTraining(images: Float32Array): Promise<{ rms: number[]; logits: Float32Array }> {
    const x = imagesOf(images, this.side);
    return activationRms(this.plan, this.parameters, this.state, x).finally(() => x.dispose());
  }

  values(): Promise<Map<string, Float32Array>> {
    return readAll(this.state);
  }

  velocities(): Promise<Map<string, Float32Array>> {
    return readAll(this.velocityTensors);
  }

  setVelocities(velocities: Values): void {
    for (const [name, values] of velocities) {
      const old = this.velocityTensors.get(name);
      if (!old) throw new Error(`The network has no parameter ${name}.`);
      this.velocityTensors.set(name, tf.tensor(values, old.shape));
      old.dispose();
    }
  }

  /** Frees every tensor, except the parameters of step results that are not yet released: these free their own. */
  dispose(): void {
    tf.dispose([
      ...this.parameters.values(),
      ...this.velocityTensors.values(),
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

/** Root mean square of every layer's output, first layer first, and the logits, for a batch in training mode. Does not change the running statistics. */
async function activationRms(
  plan: NetworkPlan,
  parameters: NamedTensors,
  running: NamedTensors,
  x: tf.Tensor4D,
): Promise<{ rms: number[]; logits: Float32Array }> {
  const vector = tf.tidy(() => {
    const squares: tf.Tensor[] = [];
    const logits = forward(
      plan,
      parameters,
      x,
      { kind: 'training', running, collect: (_norm, mean, variance) => tf.dispose([mean, variance]) },
      (_block, output) => squares.push(tf.reshape(tf.mean(tf.square(output)), [1])),
    );
    return tf.concat1d([...(squares as tf.Tensor1D[]), tf.reshape(logits, [-1])]);
  });
  const values = await vector.data<'float32'>().finally(() => vector.dispose());
  const layers = plan.blocks.length;
  return { rms: Array.from(values.subarray(0, layers), Math.sqrt), logits: values.slice(layers) };
}

/**
 * One update: d = g + λw; v' = μv + d; w' = w − η·v', with Nesterov w' = w − η(d + μv').
 * Returns new tensors and disposes of none.
 */
function sgd(
  weight: tf.Tensor,
  velocity: tf.Tensor,
  gradient: tf.Tensor,
  { lr, weightDecay, momentum, nesterov }: Group & { momentum: number; nesterov: boolean },
): { weight: tf.Tensor; velocity: tf.Tensor } {
  const [w, v] = tf.tidy(() => {
    const d = weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(weight, weightDecay));
    const moved = momentum === 0 ? d.clone() : tf.add(tf.mul(velocity, momentum), d);
    const direction = nesterov ? tf.add(d, tf.mul(moved, momentum)) : moved;
    return [tf.sub(weight, tf.mul(direction, lr)), moved] as [tf.Tensor, tf.Tensor];
  });
  return { weight: w, velocity: v };
}
