/** The benchmark's worker: makes networks on the backends it is told and times their steps. */
import type { Arithmetic } from '../kernels/wasm/kernels';
import { activateBackend } from './backend';
import { Bench, type BenchNetwork } from './bench';
import type { BackendName } from './protocol';
import type { Engine } from './trainer';
import { startWasm } from './wasm-backend';

/** One way of computing. `threads` and `arithmetic` are for wasm. */
export interface BenchWay {
  backend: BackendName;
  threads?: number;
  arithmetic?: Arithmetic;
}

export type BenchRequest =
  | { id: number; type: 'steps'; way: BenchWay; network: BenchNetwork; batch: number; steps: number }
  | { id: number; type: 'forget' };

export type BenchReply =
  { id: number; times: number[]; adapter: string; macs: number } | { id: number; failed: string };

const engines = new Map<string, Promise<{ engine: Engine; adapter: string }>>();
const benches = new Map<string, Bench>();

async function engineOf({ backend, threads, arithmetic = 'reproducible' }: BenchWay) {
  if (backend === 'wasm') return startWasm(arithmetic, threads);
  const { environment, engine } = await activateBackend(backend);
  if (environment.backend !== backend) throw new Error(environment.reason);
  return { engine, adapter: environment.adapter };
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
