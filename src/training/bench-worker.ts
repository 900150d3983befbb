/** The benchmark's worker: makes networks on the backends it is told and times their steps. */
import type { Arithmetic } from '../kernels/wasm/kernels';
import type { ConvolutionVariant } from '../kernels/webgpu/step-plan';
import { Bench, type BenchNetwork } from './bench';
import { startTfjs, type TfjsBackend } from './tfjs/backend';
import type { Engine } from './trainer';
import { startWasm } from './wasm-backend';
import { startWebgpu } from './webgpu-backend';

/** One way of computing: the lab's own kernels, or TensorFlow.js' on one of its backends. */
export type BenchWay =
  | { engine: 'wasm'; threads: number; arithmetic: Arithmetic }
  | { engine: 'webgpu'; variant?: ConvolutionVariant }
  | { engine: 'tfjs'; backend: TfjsBackend };

export type BenchRequest =
  | { id: number; type: 'steps'; way: BenchWay; network: BenchNetwork; batch: number; steps: number }
  | { id: number; type: 'forget' };

export type BenchReply =
  { id: number; times: number[]; adapter: string; macs: number } | { id: number; failed: string };

const engines = new Map<string, Promise<{ engine: Engine; adapter: string }>>();
const benches = new Map<string, Bench>();

async function engineOf(way: BenchWay): Promise<{ engine: Engine; adapter: string }> {
  switch (way.engine) {
    case 'wasm':
      return startWasm(way.arithmetic, way.threads);
    case 'webgpu':
      return startWebgpu(true, way.variant);
    case 'tfjs':
      return { engine: await startTfjs(way.backend), adapter: way.backend };
  }
}

async function answer(request: BenchRequest): Promise<BenchReply> {
  const { id } = request;
  if (request.type === 'forget') {
    for (const bench of benches.values()) bench.dispose();
    benches.clear();
    return { id, times: [], adapter: '', macs: 0 };
  }
  const { way, network, batch, steps } = request;
  const wayKey = JSON.stringify(way);
  if (!engines.has(wayKey)) engines.set(wayKey, engineOf(way));
  const { engine, adapter } = await engines.get(wayKey)!;
  await engine.use();
  const key = `${wayKey} ${network} ${batch}`;
  let bench = benches.get(key);
  if (!bench) {
    bench = new Bench(engine, network, batch);
    benches.set(key, bench);
  }
  return { id, times: await bench.steps(steps), adapter, macs: bench.plan.cost.macs };
}

let last: Promise<unknown> = Promise.resolve();

self.addEventListener('message', ({ data }: MessageEvent<BenchRequest>) => {
  last = last.then(async () => {
    const reply = await answer(data).catch((error: unknown): BenchReply => ({
      id: data.id,
      failed: error instanceof Error ? error.message : String(error),
    }));
    self.postMessage(reply);
  });
});
