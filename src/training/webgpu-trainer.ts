/** Training on the WebGPU kernels. */
import { WebGpuNetwork, type GpuContext, type Source } from '../kernels/webgpu/network';
import type { ConvolutionVariant } from '../kernels/webgpu/step-plan';
import type { NetworkPlan } from '../network/plan';
import {
  evaluateInParts,
  shapesOf,
  startOf,
  type BatchShape,
  type Engine,
  type Observe,
  type Observed,
  type Step,
  type Trainer,
  type TrainerSettings,
  type Values,
} from './trainer';
import { rulesOf } from './update-rules';

/** Steps whose numbers may still be on their way back. */
const STEPS_IN_FLIGHT = 3;

/** Makes trainers on a device. */
export function webgpuEngine(context: GpuContext, variant: ConvolutionVariant): Engine {
  const network = (
    plan: NetworkPlan,
    { batch, side }: BatchShape,
    settings: TrainerSettings | null,
    values: Values,
  ) => {
    const start = startOf(plan, values);
    const rules = settings && rulesOf(plan, settings);
    const { momentum = 0, nesterov = false, smoothing = 0 } = settings ?? {};
    const made = new WebGpuNetwork(context, plan, {
      batch,
      size: side,
      momentum,
      nesterov,
      smoothing,
      variant,
      rules,
    });
    for (const [name, value] of start) made.write(name, value);
    return made;
  };
  return {
    use: () => Promise.resolve(),
    stepsInFlight: STEPS_IN_FLIGHT,
    trainer: (plan, batch, settings, values) =>
      new WebGpuTrainer(plan, network(plan, batch, settings, values)),
    evaluator: (plan, batch, values) => {
      const made = network(plan, batch, null, values);
      return {
        evaluate: (images) => evaluateInParts(made, images, plan.classes),
        dispose: () => made.destroy(),
      };
    },
  };
}

class WebGpuTrainer implements Trainer {
  constructor(
    readonly plan: NetworkPlan,
    private readonly network: WebGpuNetwork,
  ) {}

  step(
    images: Float32Array,
    classes: ArrayLike<number>,
    lr: number,
    vectors: readonly string[] = [],
    observe?: Observe,
  ): Step {
    const names = this.plan.parameters.map(({ name }) => name);
    const statistics = this.plan.batchNorms.flatMap(({ runningMean, runningVar }) => [
      runningMean,
      runningVar,
    ]);
    const groups: [keyof Observe, Source['of'], readonly string[]][] = [
      ['after', 'parameters', names],
      ['gradients', 'gradients', names],
      ['statistics', 'statistics', statistics],
    ];
    const wanted = observe ? groups.filter(([key]) => observe[key]) : [];
    const sources = wanted.flatMap(([, of, which]) => which.map((name): Source => ({ of, name })));
    const before = observe ? [...vectors, ...names] : vectors;
    const result = this.network.train(images, classes, lr, before, sources);
    const rms =
      observe?.squares === true
        ? this.outputRms().then((values) => Float32Array.from(values))
        : Promise.resolve(new Float32Array());
    const observed = async (): Promise<Observed> => {
      const read = await result;
      let at = 0;
      const parts = new Map(
        wanted.map(([key, , which]) => [
          key,
          new Map(which.map((name) => [name, read.after[at++]!])) as Values,
        ]),
      );
      const of = (key: keyof Observe): Values => parts.get(key) ?? new Map();
      return {
        before: new Map(names.map((name, i) => [name, read.before[vectors.length + i]!])),
        after: of('after'),
        gradients: of('gradients'),
        statistics: of('statistics'),
        rms: await rms,
      };
    };
    return {
      numbers: result.then(({ loss, logits, before: values }) => ({
        loss,
        logits,
        vectors: values.slice(0, vectors.length),
      })),
      observed: observe ? observed() : null,
      outputRms: () => this.outputRms(),
      release: () => undefined,
    };
  }

  private async outputRms(): Promise<number[]> {
    return (await this.network.outputSquares()).map(Math.sqrt);
  }

  evaluate(images: Float32Array): Promise<Float32Array> {
    return evaluateInParts(this.network, images, this.plan.classes);
  }

  async growth(images: Float32Array): Promise<{ rms: number[]; logits: Float32Array }> {
    const [logits, rms] = [this.network.forwardTraining(images), this.outputRms()];
    return { rms: await rms, logits: await logits };
  }

  async values(): Promise<Map<string, Float32Array>> {
    const names = shapesOf(this.plan).map(([name]) => name);
    const read = await this.network.read(names.map((name): Source => ({ of: 'parameters', name })));
    return new Map(names.map((name, i) => [name, read[i]!]));
  }

  dispose(): void {
    this.network.destroy();
  }
}
