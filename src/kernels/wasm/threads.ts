/**
 * Helper threads for the wasm kernels: workers that are started once and take part in one network after the other. A
 * network that is used while another was used last takes the threads over, which costs a millisecond or two.
 */
import type { HelperJob } from './helper';

/** Integers of a network's control block, after those of the barrier. */
export const COMMAND = { generation: 2, program: 3, images: 4 } as const;
/** In place of a program: the threads are wanted elsewhere. */
export const LEAVE = -1;
/** A helper that has not started after so many milliseconds is done without. */
const START_TIMEOUT = 10_000;

export type NetworkJob = Omit<HelperJob, 'scratch' | 'seen'> & {
  /** Scratch memory of each helper. */
  scratch: readonly number[];
};

export class ThreadPool {
  private current: NetworkJob | null = null;

  /** `helpers` answer with a job's end by themselves. */
  constructor(private readonly helpers: readonly Worker[]) {}

  /** Threads in all, the caller's among them. */
  get count(): number {
    return this.helpers.length + 1;
  }

  /** Tells all helpers to take part in a program of a network. */
  run(job: NetworkJob, program: number, images: number): void {
    if (this.current !== job) {
      if (this.current) command(this.current.control, LEAVE, 0);
      this.current = job;
      const { scratch, ...rest } = job;
      const seen = Atomics.load(job.control, COMMAND.generation);
      this.helpers.forEach((helper, i) => helper.postMessage({ ...rest, seen, scratch: scratch[i]! }));
    }
    command(job.control, program, images);
  }

  /** Lets a network go. */
  leave(job: NetworkJob): void {
    if (this.current !== job) return;
    command(job.control, LEAVE, 0);
    this.current = null;
  }

  dispose(): void {
    for (const helper of this.helpers) helper.terminate();
  }
}

function command(control: Int32Array, program: number, images: number): void {
  Atomics.store(control, COMMAND.program, program);
  Atomics.store(control, COMMAND.images, images);
  Atomics.add(control, COMMAND.generation, 1);
  Atomics.notify(control, COMMAND.generation);
}

/** Starts helpers, so that there are `count` threads with the caller's. Throws where they do not start. */
export async function startThreads(count: number): Promise<ThreadPool> {
  const helpers = Array.from(
    { length: count - 1 },
    () => new Worker(new URL('./helper.ts', import.meta.url), { type: 'module', name: 'kernels' }),
  );
  const started = helpers.map(
    (helper) =>
      new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('a helper thread did not start.')), START_TIMEOUT);
        helper.addEventListener('message', () => {
          clearTimeout(timer);
          resolve();
        });
        helper.addEventListener('error', ({ message }) => {
          clearTimeout(timer);
          reject(new Error(`a helper thread did not start: ${message || 'unknown reason'}.`));
        });
        // An answer means that messages reach it. Before that Chromium keeps them until this thread has time for its
        // events, which it has not while it waits for helpers in a kernel.
        helper.postMessage('ready?');
      }),
  );
  try {
    await Promise.all(started);
  } catch (error) {
    for (const helper of helpers) helper.terminate();
    throw error;
  }
  return new ThreadPool(helpers);
}
