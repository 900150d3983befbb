/** The browser's side of `npm run bench`: what tools/bench.mjs calls through `window.bench`. */
import { messageInEnglish } from '../../src/language/message';
import type { BenchQuery, BenchReply, BenchRequest } from '../../src/training/checks/bench-worker';

const worker = new Worker(new URL('../../src/training/checks/bench-worker.ts', import.meta.url), {
  type: 'module',
});
const waiting = new Map<number, (reply: BenchReply) => void>();
let next = 0;

worker.addEventListener('message', ({ data }: MessageEvent<BenchReply>) => {
  waiting.get(data.id)?.(data);
  waiting.delete(data.id);
});

/** A reply whose messages are English texts. */
export type PlainReply =
  | (Omit<Extract<BenchReply, { times: unknown }>, 'adapter'> & { adapter: string })
  | { id: number; failed: string };

const plain = (reply: BenchReply): PlainReply =>
  'failed' in reply
    ? { id: reply.id, failed: messageInEnglish(reply.failed) }
    : { ...reply, adapter: reply.adapter ? messageInEnglish(reply.adapter) : '' };

const bench = {
  ask: (query: BenchQuery): Promise<PlainReply> =>
    new Promise((resolve) => {
      const id = next++;
      waiting.set(id, (reply) => resolve(plain(reply)));
      worker.postMessage({ ...query, id } satisfies BenchRequest);
    }),
};

declare global {
  interface Window {
    bench: typeof bench;
  }
}

window.bench = bench;
