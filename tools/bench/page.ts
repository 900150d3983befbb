/** The browser's side of `npm run bench`: what tools/bench.mjs calls through `window.bench`. */
import type { BenchReply, BenchRequest } from '../../src/training/checks/bench-worker';

const worker = new Worker(new URL('../../src/training/checks/bench-worker.ts', import.meta.url), {
  type: 'module',
});
const waiting = new Map<number, (reply: BenchReply) => void>();
let next = 0;

worker.addEventListener('message', ({ data }: MessageEvent<BenchReply>) => {
  waiting.get(data.id)?.(data);
  waiting.delete(data.id);
});

/** A request without the id, which `ask` adds. */
export type Asked = BenchRequest extends infer R ? (R extends { id: number } ? Omit<R, 'id'> : never) : never;

const bench = {
  ask: (request: Asked): Promise<BenchReply> =>
    new Promise((resolve) => {
      const id = next++;
      waiting.set(id, resolve);
      worker.postMessage({ ...request, id });
    }),
};

declare global {
  interface Window {
    bench: typeof bench;
  }
}

window.bench = bench;
