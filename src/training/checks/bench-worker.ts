/**
 * The worker of the benchmark: makes networks on the requested backends and times their steps. It sends messages as data
 * (src/language/message.ts).
 */
import type { Arithmetic } from '../../kernels/wasm/kernels';
import { sameAlgorithmEverywhere, type Algorithm } from '../../kernels/webgpu/algorithms';
import { saidBy, verbatim, type Message } from '../../language/message';
import type { StepProfile } from '../../kernels/step-profile';
import { initialValues } from '../../network/initial-values';
import { Bench, benchBatch, benchPlan, type BenchNetwork, type Scaling } from './bench';
import { startTfjs, type TfjsBackend } from '../engines/tfjs/backend';
import { StockNetwork } from '../engines/tfjs/stock';
import type { Engine } from '../trainer';
import { startWasm } from '../engines/wasm-backend';
import { startWebgpu, type Precision } from '../engines/webgpu-backend';

/**
 * An implementation of a training step: the lab's own kernels; TensorFlow.js on one of its backends with the lab's
 * formulation of the step; or `stock`, the step as a user of TensorFlow.js would write it.
 */
export type Implementation =
  | { engine: 'wasm'; threads: number; arithmetic: Arithmetic }
  | { engine: 'webgpu'; convolutions?: Algorithm; precision?: Precision }
  | { engine: 'tfjs' | 'stock'; backend: TfjsBackend };

export type BenchQuery =
  /** Times training steps, each read back before the next. */
  | {
      type: 'steps';
      implementation: Implementation;
      network: BenchNetwork;
      batch: number;
      steps: number;
      scaling?: Scaling;
    }
  /** Times the parts of a step. */
  | { type: 'profile'; implementation: Implementation; network: BenchNetwork; batch: number }
  /** Times a plain matrix product: a practical limit of the adapter. */
  | { type: 'limit'; implementation: Implementation }
  /** Frees the networks. */
  | { type: 'forget' };

export type BenchRequest = BenchQuery & { id: number };

export type BenchReply =
  | {
      id: number;
      /** Milliseconds of each step. */
      times: number[];
      adapter: Message | null;
      /** Multiply-adds of one image's forward pass. */
      macs: number;
      profile?: StepProfile | null;
      /** Multiply-adds per second of a plain matrix product; null where that is not measured. */
      limit?: number | null;
    }
  | { id: number; failed: Message };

interface Started {
  engine: Engine;
  adapter: Message;
  matrixRate?: () => Promise<number>;
}
const engines = new Map<string, Promise<Started>>();
/** A network that can be timed. */
type Timed = Pick<Bench, 'plan' | 'steps' | 'profile' | 'dispose'>;
const benches = new Map<string, Timed>();

/** A network trained as a user of TensorFlow.js would write it. */
function stockBench(network: BenchNetwork, batch: number, scaling?: Scaling): Timed {
  const { experiment, plan } = benchPlan(network, scaling);
  const side = scaling?.side ?? 32;
  const stock = new StockNetwork(plan, side, initialValues(plan, 1), 0.01, experiment.momentum);
  const { images, classes } = benchBatch(batch, side);
  return {
    plan,
    steps: async (count) => {
      const times: number[] = [];
      for (let i = 0; i < count; i++) {
        const start = performance.now();
        await stock.step(images, classes);
        times.push(performance.now() - start);
      }
      return times;
    },
    profile: () => Promise.resolve(null),
    dispose: () => stock.dispose(),
  };
}

async function engineOf(implementation: Implementation): Promise<Started> {
  switch (implementation.engine) {
    case 'wasm':
      return startWasm(implementation.arithmetic, implementation.threads);
    case 'webgpu':
      return startWebgpu(
        true,
        implementation.convolutions && sameAlgorithmEverywhere(implementation.convolutions),
        implementation.precision,
      );
    case 'tfjs':
    case 'stock':
      return { engine: await startTfjs(implementation.backend), adapter: verbatim(implementation.backend) };
    default:
      return implementation satisfies never;
  }
}

async function answer(request: BenchRequest): Promise<BenchReply> {
  const { id } = request;
  if (request.type === 'forget') {
    for (const bench of benches.values()) bench.dispose();
    benches.clear();
    return { id, times: [], adapter: null, macs: 0 };
  }
  const { implementation } = request;
  const implementationKey = JSON.stringify(implementation);
  if (!engines.has(implementationKey)) engines.set(implementationKey, engineOf(implementation));
  const { engine, adapter, matrixRate } = await engines.get(implementationKey)!;
  if (request.type === 'limit')
    return { id, times: [], adapter, macs: 0, limit: matrixRate ? await matrixRate() : null };
  const { network, batch } = request;
  const scaling = request.type === 'steps' ? request.scaling : undefined;
  await engine.use();
  const key = `${implementationKey} ${network} ${batch} ${JSON.stringify(scaling)}`;
  let bench = benches.get(key);
  if (!bench) {
    bench =
      implementation.engine === 'stock'
        ? stockBench(network, batch, scaling)
        : new Bench(engine, network, batch, scaling);
    benches.set(key, bench);
  }
  const { macs } = bench.plan.cost;
  return request.type === 'profile'
    ? { id, times: [], adapter, macs, profile: await bench.profile() }
    : { id, times: await bench.steps(request.steps), adapter, macs };
}

let last: Promise<unknown> = Promise.resolve();

self.addEventListener('message', ({ data }: MessageEvent<BenchRequest>) => {
  last = last.then(async () => {
    const reply = await answer(data).catch((error: unknown): BenchReply => ({
      id: data.id,
      failed: saidBy(error),
    }));
    self.postMessage(reply);
  });
});
