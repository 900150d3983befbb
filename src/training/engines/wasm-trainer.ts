/** Training on the WebAssembly kernels. */
import type { KernelModule } from '../../kernels/wasm/kernels';
import { WasmNetwork } from '../../kernels/wasm/network';
import type { ThreadPool } from '../../kernels/wasm/threads';
import type { NetworkPlan } from '../../network/plan';
import { plannedEngine } from './planned-engine';
import {
  evaluateInBatches,
  shapesOf,
  type Engine,
  type Observe,
  type Observed,
  type Step,
  type Trainer,
  type Values,
} from '../trainer';

/** An engine of these kernels, on the threads of `pool`; null for one thread. */
export const wasmEngine = (kernels: KernelModule, pool: ThreadPool | null): Engine =>
  plannedEngine(
    1,
    (plan, settings) => new WasmNetwork(plan, settings, kernels, pool),
    (plan, network) => new WasmTrainer(plan, network),
  );

class WasmTrainer implements Trainer {
  constructor(
    readonly plan: NetworkPlan,
    private readonly network: WasmNetwork,
  ) {}

  step(
    images: Float32Array,
    classes: ArrayLike<number>,
    lr: number,
    vectors: readonly string[] = [],
    observe?: Observe,
  ): Step {
    const { network } = this;
    const before = observe ? network.snapshot() : null;
    const taken = vectors.map((name) => network.read(name));
    const { loss, logits } = network.train(images, classes, lr);
    const observed = observe && before ? this.observe(observe, before) : null;
    return {
      numbers: Promise.resolve({ loss, logits, vectors: taken }),
      observed: observed && Promise.resolve(observed),
      outputRms: () => Promise.resolve(network.outputSquares().map(Math.sqrt)),
      release: () => undefined,
    };
  }

  private observe(observe: Observe, before: (name: string) => Float32Array): Observed {
    const { network } = this;
    const names = this.plan.parameters.map(({ name }) => name);
    const of = (wanted: boolean, read: (name: string) => Float32Array, which = names): Values =>
      new Map(wanted ? which.map((name) => [name, read(name)]) : []);
    const statistics = this.plan.batchNorms.flatMap(({ runningMean, runningVar }) => [
      runningMean,
      runningVar,
    ]);
    return {
      before: of(true, before),
      after: of(observe.after, (name) => network.read(name)),
      gradients: of(observe.gradients, (name) => network.gradient(name)),
      statistics: of(observe.statistics, (name) => network.statistic(name), statistics),
      rms: Float32Array.from(observe.squares ? network.outputSquares() : [], Math.sqrt),
    };
  }

  profile(images: Float32Array, classes: ArrayLike<number>, lr: number) {
    return this.network.profile(images, classes, lr);
  }

  evaluate(images: Float32Array): Promise<Float32Array> {
    return evaluateInBatches(this.network, images, this.plan.classes);
  }

  forwardTraining(images: Float32Array): Promise<{ rms: number[]; logits: Float32Array }> {
    const logits = this.network.forwardTraining(images);
    return Promise.resolve({ rms: this.network.outputSquares().map(Math.sqrt), logits });
  }

  values(): Promise<Map<string, Float32Array>> {
    return Promise.resolve(new Map(shapesOf(this.plan).map(([name]) => [name, this.network.read(name)])));
  }

  velocities(): Promise<Map<string, Float32Array>> {
    const names = this.plan.parameters.map(({ name }) => name);
    return Promise.resolve(new Map(names.map((name) => [name, this.network.velocity(name)])));
  }

  setVelocities(velocities: Values): void {
    for (const [name, values] of velocities) this.network.setVelocity(name, values);
  }

  dispose(): void {
    this.network.dispose();
  }
}
