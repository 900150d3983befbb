/** Training on the WebGPU kernels. */
import { WebGpuNetwork, type GpuContext, type Source } from '../../kernels/webgpu/network';
import type { GpuStepSettings } from '../../kernels/webgpu/step-buffers';
import type { NetworkPlan } from '../../network/plan';
import { plannedEngine } from './planned-engine';
import {
  evaluateInBatches,
  shapesOf,
  type BatchImages,
  type Engine,
  type ResidentPixels,
  type Observe,
  type Observed,
  type Step,
  type Trainer,
  type Values,
} from '../trainer';

/** Number of steps that may be in flight, so that the GPU does not wait while numbers are read back. */
const STEPS_IN_FLIGHT = 3;

/** An engine on a device; `computed` names the algorithms and the precision of its kernels. */
export const webgpuEngine = (
  context: GpuContext,
  computed: Pick<GpuStepSettings, 'algorithms' | 'half'>,
): Engine =>
  plannedEngine(
    STEPS_IN_FLIGHT,
    (plan, settings) => new WebGpuNetwork(context, plan, { ...settings, ...computed }),
    (plan, network) => new WebGpuTrainer(plan, network),
  );

class WebGpuTrainer implements Trainer {
  constructor(
    readonly plan: NetworkPlan,
    private readonly network: WebGpuNetwork,
  ) {}

  keepResident(pixels: ResidentPixels): boolean {
    return this.network.hold(pixels);
  }

  step(
    images: BatchImages,
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

  profile(images: Float32Array, classes: ArrayLike<number>, lr: number) {
    return this.network.profile(images, classes, lr);
  }

  evaluate(images: BatchImages): Promise<Float32Array> {
    return evaluateInBatches(this.network, images, this.plan.classes);
  }

  async forwardTraining(images: Float32Array): Promise<{ rms: number[]; logits: Float32Array }> {
    const [logits, rms] = [this.network.forwardTraining(images), this.outputRms()];
    return { rms: await rms, logits: await logits };
  }

  values(): Promise<Map<string, Float32Array>> {
    return this.read(
      'parameters',
      shapesOf(this.plan).map(([name]) => name),
    );
  }

  velocities(): Promise<Map<string, Float32Array>> {
    return this.read(
      'velocities',
      this.plan.parameters.map(({ name }) => name),
    );
  }

  setVelocities(velocities: Values): void {
    for (const [name, values] of velocities) this.network.write(name, values, 'velocities');
  }

  private async read(of: Source['of'], names: readonly string[]): Promise<Map<string, Float32Array>> {
    const read = await this.network.read(names.map((name): Source => ({ of, name })));
    return new Map(names.map((name, i) => [name, read[i]!]));
  }

  dispose(): void {
    this.network.dispose();
  }
}
