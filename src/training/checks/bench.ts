/** The networks of the benchmark, and the timing of their steps. Knows nothing of workers and pages. */
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

/** The networks of the benchmark by name. */
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

/** Changes the size of a network of blocks. */
export interface Scaling {
  /** Factor of the number of channels. */
  width: number;
  /** Factor of the number of blocks. */
  depth: number;
  /** Side of the images in pixels. */
  side: number;
}
const UNSCALED: Scaling = { width: 1, depth: 1, side: SIDE };

/** A batch of noise [batch, side, side, 3] with random classes. */
export function benchBatch(batch: number, side: number): { images: Float32Array; classes: Uint8Array } {
  const random = new RandomStream(3, 5);
  return {
    images: Float32Array.from({ length: batch * side * side * 3 }, () => random.normal()),
    classes: Uint8Array.from({ length: batch }, () => random.below(CLASSES)),
  };
}

/** The experiment and the plan of a network of the benchmark. */
export function benchPlan(network: BenchNetwork, { width, depth, side } = UNSCALED) {
  const experiment = benchExperiment(network);
  const { widths, depths } = experiment;
  experiment.widths = widths.map((channels) => channels * width);
  experiment.depths = depths.map((blocks) => blocks * depth);
  return { experiment, plan: planNetwork(experiment, CLASSES, side) };
}

/** A network that is timed on a batch of noise. */
export class Bench {
  readonly plan: NetworkPlan;
  private readonly trainer;
  private readonly images: Float32Array;
  private readonly classes: Uint8Array;

  constructor(engine: Engine, network: BenchNetwork, batch: number, scaling = UNSCALED) {
    const { experiment, plan } = benchPlan(network, scaling);
    this.plan = plan;
    const { side } = scaling;
    this.trainer = engine.trainer(plan, { batch, side }, experiment, initialValues(plan, 1));
    const { images, classes } = benchBatch(batch, side);
    this.images = images;
    this.classes = classes;
  }

  /** Time of each part of a step; null where the engine cannot measure it. */
  async profile(): Promise<StepProfile | null> {
    return (await this.trainer.profile?.(this.images, this.classes, 0.01)) ?? null;
  }

  /** Milliseconds of each of `count` steps, each read back before the next. */
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
