/** What the benchmark measures: networks, and how long their steps take. Pure of workers and pages. */
import { presetById, valuesOf } from '../experiment/presets';
import { RandomStream } from '../experiment/random';
import { DEFAULT_EXPERIMENT, type Experiment } from '../experiment/settings';
import { initialValues } from '../network/initial-values';
import type { NetworkPlan } from '../network/plan';
import { planNetwork } from '../network/plan-network';
import type { Engine } from './trainer';

const CLASSES = 100;
const SIDE = 32;

const of = (...ids: string[]): Partial<Experiment> =>
  Object.assign({}, ...ids.map((id) => valuesOf(presetById(id)!))) as Partial<Experiment>;

/** Networks by name: what a person measures the lab by. */
export const BENCH_NETWORKS = {
  'resnet-20': of('resnet-20', 'plain'),
  'resnet-110': of('resnet-110', 'plain'),
  'wrn-16-2': { ...of('plain'), family: 'wrn', n: 2, width: 16, widen: 2 },
  'repvgg-11': of('small', 'repvgg'),
  'simplified-11': of('small', 'simplified'),
  'plain-11': of('small', 'plain'),
  'repvgg-9-m16': of('9-m16', 'repvgg'),
  'simplified-9-m16': of('9-m16', 'simplified'),
} as const satisfies Record<string, Partial<Experiment>>;
export type BenchNetwork = keyof typeof BENCH_NETWORKS;

export const benchExperiment = (network: BenchNetwork): Experiment => ({
  ...DEFAULT_EXPERIMENT,
  ...BENCH_NETWORKS[network],
  factor: 1,
  momentum: 0.9,
  nesterov: false,
  wd: 1e-4,
  biasLr: 1,
});

/** One network made ready to be timed, on noise. */
export class Bench {
  readonly plan: NetworkPlan;
  private readonly trainer;
  private readonly images: Float32Array;
  private readonly classes: Uint8Array;

  constructor(
    engine: Engine,
    network: BenchNetwork,
    readonly batch: number,
  ) {
    const experiment = benchExperiment(network);
    this.plan = planNetwork(experiment, CLASSES, SIDE);
    const values = initialValues(this.plan, 1);
    this.trainer = engine.trainer(this.plan, { batch, side: SIDE }, experiment, values);
    const random = new RandomStream(3, 5);
    this.images = Float32Array.from({ length: batch * SIDE * SIDE * 3 }, () => random.normal());
    this.classes = Uint8Array.from({ length: batch }, () => random.below(CLASSES));
  }

  /** Milliseconds of each of so many steps, each read back before the next. */
  async steps(count: number): Promise<number[]> {
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      const step = this.trainer.step(this.images, this.classes, 0.01);
      await step.numbers;
      step.release();
      times.push(performance.now() - start);
    }
    return times;
  }

  dispose(): void {
    this.trainer.dispose();
  }
}
