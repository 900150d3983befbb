/** The benchmark's worker: makes networks on the backends it is told and times their steps. It sends messages as data (language/message.ts). */
import type { Arithmetic } from '../../kernels/wasm/kernels';
import { oneWay, type Way } from '../../kernels/webgpu/algorithms';
import { saidBy, verbatim, type Message } from '../../language/message';
import type { StepProfile } from '../../kernels/step-profile';
import { initialValues } from '../../network/initial-values';
import { Bench, benchBatch, benchPlan, type BenchNetwork, type Growth } from './bench';
import { startTfjs, type TfjsBackend } from '../engines/tfjs/backend';
import { StockNetwork } from '../engines/tfjs/stock';
import type { Engine } from '../trainer';
import { startWasm } from '../engines/wasm-backend';
import { startWebgpu, type Precision } from '../engines/webgpu-backend';

/**
 * One way of computing: the lab's own kernels; TensorFlow.js on one of its backends, with the lab's formulation of the
 * step; or stock, as one writes it with nothing but TensorFlow.js.
 */
export type BenchWay =
  | { engine: 'wasm'; threads: number; arithmetic: Arithmetic }
  | { engine: 'webgpu'; convolutions?: Way; precision?: Precision }
  | { engine: 'tfjs' | 'stock'; backend: TfjsBackend };

export type BenchRequest =
  | {
      id: number;
      type: 'steps';
      way: BenchWay;
      network: BenchNetwork;
      batch: number;
      steps: number;
      growth?: Growth;
    }
  | { id: number; type: 'profile'; way: BenchWay; network: BenchNetwork; batch: number }
  /** What the adapter can do at most. */
  | { id: number; type: 'limit'; way: BenchWay }
  | { id: number; type: 'forget' };

export type BenchReply =
  | {
      id: number;
      times: number[];
      adapter: Message | null;
      macs: number;
      profile?: StepProfile | null;
      /** Multiply-adds a second of a plain matrix product; null where the way has none to compare with. */
      limit?: number | null;
    }
  | { id: number; failed: Message };

interface Started {
  engine: Engine;
  adapter: Message;
  matrixRate?: () => Promise<number>;
}
const engines = new Map<string, Promise<Started>>();
/** What is timed. */
type Timed = Pick<Bench, 'plan' | 'steps' | 'profile' | 'dispose'>;
const benches = new Map<string, Timed>();

/** TensorFlow.js alone. */
function stockBench(network: BenchNetwork, batch: number, growth?: Growth): Timed {
  const { experiment, plan } = benchPlan(network, growth);
  const side = growth?.side ?? 32;
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

async function engineOf(way: BenchWay): Promise<Started> {
  switch (way.engine) {
    case 'wasm':
      return startWasm(way.arithmetic, way.threads);
    case 'webgpu':
      return startWebgpu(true, way.convolutions && oneWay(way.convolutions), way.precision);
    case 'tfjs':
    case 'stock':
      return { engine: await startTfjs(way.backend), adapter: verbatim(way.backend) };
    default:
      return way satisfies never;
  }
}

async function answer(request: BenchRequest): Promise<BenchReply> {
  const { id } = request;
  if (request.type === 'forget') {
    for (const bench of benches.values()) bench.dispose();
    benches.clear();
    return { id, times: [], adapter: null, macs: 0 };
  }
  const { way } = request;
  const wayKey = JSON.stringify(way);
  if (!engines.has(wayKey)) engines.set(wayKey, engineOf(way));
  const { engine, adapter, matrixRate } = await engines.get(wayKey)!;
  if (request.type === 'limit')
    return { id, times: [], adapter, macs: 0, limit: matrixRate ? await matrixRate() : null };
  const { network, batch } = request;
  const growth = request.type === 'steps' ? request.growth : undefined;
  await engine.use();
  const key = `${wayKey} ${network} ${batch} ${JSON.stringify(growth)}`;
  let bench = benches.get(key);
  if (!bench) {
    bench =
      way.engine === 'stock' ? stockBench(network, batch, growth) : new Bench(engine, network, batch, growth);
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
