/** What the benchmark measures: networks, and how long their steps take. Pure of workers and pages. */
import { presetById, valuesOf } from '../../experiment/presets';
import { RandomStream } from '../../experiment/random';
import { DEFAULT_EXPERIMENT, type Experiment } from '../../experiment/settings';
import type { StepProfile } from '../../kernels/step-profile';
import { initialValues } from '../../network/initial-values';
import type { NetworkPlan } from '../../network/plan';
import { planNetwork } from '../../network/plan-network';
import type { Engine } from '../trainer';

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

/** How many times as wide and as deep a network of blocks is to be, on images of how many pixels a side. */
export interface Growth {
  width: number;
  depth: number;
  side: number;
}
const AS_IT_IS: Growth = { width: 1, depth: 1, side: SIDE };

/** Noise to train on. */
export function benchBatch(batch: number, side: number): { images: Float32Array; classes: Uint8Array } {
  const random = new RandomStream(3, 5);
  return {
    images: Float32Array.from({ length: batch * side * side * 3 }, () => random.normal()),
    classes: Uint8Array.from({ length: batch }, () => random.below(CLASSES)),
  };
}

/** A network's experiment and plan as the benchmark trains it. */
export function benchPlan(network: BenchNetwork, { width, depth, side } = AS_IT_IS) {
  const experiment = benchExperiment(network);
  const { widths, depths } = experiment;
  experiment.widths = widths.map((channels) => channels * width);
  experiment.depths = depths.map((blocks) => blocks * depth);
  return { experiment, plan: planNetwork(experiment, CLASSES, side) };
}

/** One network made ready to be timed, on noise. */
export class Bench {
  readonly plan: NetworkPlan;
  private readonly trainer;
  private readonly images: Float32Array;
  private readonly classes: Uint8Array;

  constructor(engine: Engine, network: BenchNetwork, batch: number, growth = AS_IT_IS) {
    const { experiment, plan } = benchPlan(network, growth);
    this.plan = plan;
    const { side } = growth;
    this.trainer = engine.trainer(plan, { batch, side }, experiment, initialValues(plan, 1));
    const { images, classes } = benchBatch(batch, side);
    this.images = images;
    this.classes = classes;
  }

  /** Where the time of a step goes; null where the engine does not tell. */
  async profile(): Promise<StepProfile | null> {
    return (await this.trainer.profile?.(this.images, this.classes, 0.01)) ?? null;
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
