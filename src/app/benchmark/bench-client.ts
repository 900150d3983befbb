/** The page's end of the benchmark's worker: one request at a time; keeps the results. */
import { message, verbatim, type Message } from '../../language/message';
import { create } from 'zustand';
import type {
  BenchQuery,
  BenchReply,
  BenchRequest,
  Implementation,
} from '../../training/checks/bench-worker';
import type { BenchNetwork } from '../../training/checks/bench';

/** Steps per round, and rounds after the one that warms up. In each round every implementation is measured once. */
const STEPS = 6;
export const ROUNDS = 3;

export interface BenchEntry {
  label: Message;
  implementation: Implementation;
}

export interface BenchResult {
  label: Message;
  adapter: Message | null;
  /** Medians of the rounds, in milliseconds. */
  rounds: number[];
  /** Multiply-adds of a training step on one image: those of the forward pass, and as many for each of the two gradients. */
  macs: number;
  /** Milliseconds per step in kernels, by the GPU's timestamps; null if there are none. */
  kernels: number | null;
  /** Multiply-adds per second of a plain matrix product on the adapter; null where that is not measured. */
  limit: number | null;
  failed: Message | null;
}

export interface BenchState {
  running: boolean;
  /** What is being measured now. */
  now: { label: Message; what: 'warm-up' | 'kernels' | number } | null;
  measured: { network: BenchNetwork; batch: number } | null;
  results: readonly BenchResult[];
}

export const useBench = create<BenchState>(() => ({
  running: false,
  now: null,
  measured: null,
  results: [],
}));

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

let worker: Worker | null = null;

let lastId = 0;

function ask(to: Worker, query: BenchQuery): Promise<BenchReply> {
  const id = ++lastId;
  return new Promise((resolve) => {
    const settle = (reply: BenchReply) => {
      to.removeEventListener('message', receive);
      to.removeEventListener('error', fail);
      resolve(reply);
    };
    const receive = ({ data }: MessageEvent<BenchReply>) => {
      if (data.id === id) settle(data);
    };
    const fail = ({ message: why }: ErrorEvent) =>
      settle({ id, failed: why ? verbatim(why) : message('bench.notLoaded') });
    to.addEventListener('message', receive);
    to.addEventListener('error', fail);
    to.postMessage({ ...query, id } satisfies BenchRequest);
  });
}

/** Measures a network in several implementations, alternately. Ends early where it is stopped. */
export async function measure(
  entries: readonly BenchEntry[],
  network: BenchNetwork,
  batch: number,
): Promise<void> {
  const mine = new Worker(new URL('../../training/checks/bench-worker.ts', import.meta.url), {
    type: 'module',
  });
  worker = mine;
  const results = entries.map(({ label }): BenchResult => ({
    label,
    adapter: null,
    rounds: [],
    macs: 0,
    kernels: null,
    limit: null,
    failed: null,
  }));
  useBench.setState({ running: true, measured: { network, batch }, results });
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [i, { label, implementation }] of entries.entries()) {
      if (results[i]!.failed !== null) continue;
      useBench.setState({ now: { label, what: round === 0 ? 'warm-up' : round } });
      const steps = round === 0 ? 2 : STEPS;
      const reply = await ask(mine, { type: 'steps', implementation, network, batch, steps });
      if (worker !== mine) return;
      if ('failed' in reply) results[i] = { ...results[i]!, failed: reply.failed };
      else if (round > 0) {
        const rounds = [...results[i]!.rounds, median(reply.times)];
        results[i] = { ...results[i]!, adapter: reply.adapter, macs: 3 * reply.macs, rounds };
      }
      useBench.setState({ results: [...results] });
    }
  }
  for (const [i, { label, implementation }] of entries.entries()) {
    if (implementation.engine !== 'webgpu' || results[i]!.failed !== null) continue;
    useBench.setState({ now: { label, what: 'kernels' } });
    const [profiled, limited] = [
      await ask(mine, { type: 'profile', implementation, network, batch }),
      await ask(mine, { type: 'limit', implementation }),
    ];
    if (worker !== mine) return;
    const kernels = 'failed' in profiled ? null : (profiled.profile?.kernels ?? null);
    const limit = 'failed' in limited ? null : (limited.limit ?? null);
    results[i] = { ...results[i]!, kernels, limit };
    useBench.setState({ results: [...results] });
  }
  stopMeasuring();
}

export function stopMeasuring(): void {
  worker?.terminate();
  worker = null;
  useBench.setState({ running: false, now: null });
}
