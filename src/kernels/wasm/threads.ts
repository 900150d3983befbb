/**
 * Helper threads for the wasm kernels: web workers that start once and serve all networks. Switching between networks costs
 * no more than another step of the same one, so two runs can train alternately.
 */
import { message, MessageError } from '../../language/message';
import { COMMAND, CONTROL_LENGTH, LEAVE, type HelperJob, type HelperMessage } from './thread-protocol';

/** Milliseconds in which a helper must answer; after that, starting the threads or running the network fails. */
const START_TIMEOUT = 10_000;

export type NetworkJob = Omit<HelperJob, 'scratch'> & {
  /** Address of each helper's scratch memory. */
  scratch: readonly number[];
};

export class ThreadPool {
  private readonly control = new Int32Array(new SharedArrayBuffer(4 * CONTROL_LENGTH));
  private readonly ids = new Map<NetworkJob, number>();
  private lastId = 0;
  private serving = false;

  constructor(private readonly helpers: readonly Worker[]) {}

  /** Number of threads, the caller included. */
  get count(): number {
    return this.helpers.length + 1;
  }

  /** Starts a program of a network on all helpers, which get to know the network if it is new. */
  run(job: NetworkJob, program: number, images: number): void {
    const id = this.ids.get(job) ?? this.take(job);
    if (!this.serving) {
      const seen = Atomics.load(this.control, COMMAND.generation);
      this.post(() => ({ type: 'serve', control: this.control, seen }));
      this.serving = true;
    }
    this.command(id, program, images);
  }

  /** Makes the helpers forget a network. */
  leave(job: NetworkJob): void {
    const id = this.ids.get(job);
    if (id === undefined) return;
    this.recall();
    this.ids.delete(job);
    this.post(() => ({ type: 'drop', id }));
  }

  dispose(): void {
    for (const helper of this.helpers) helper.terminate();
  }

  private take(job: NetworkJob): number {
    this.recall();
    const id = ++this.lastId;
    this.ids.set(job, id);
    this.post((i) => ({ type: 'take', id, job: { ...job, scratch: job.scratch[i]! } }));
    return id;
  }

  /**
   * Sends the helpers back to their messages, and returns when all have arrived. They are idle at this time, because every
   * program ends in a barrier. Throws if a helper does not answer.
   */
  private recall(): void {
    if (!this.serving) return;
    this.serving = false;
    this.command(LEAVE, 0, 0);
    const deadline = performance.now() + START_TIMEOUT;
    while (Atomics.load(this.control, COMMAND.left) < this.helpers.length)
      if (performance.now() > deadline) throw new MessageError(message('kernel.silentThread'));
    Atomics.store(this.control, COMMAND.left, 0);
  }

  private command(network: number, program: number, images: number): void {
    const { control } = this;
    Atomics.store(control, COMMAND.network, network);
    Atomics.store(control, COMMAND.program, program);
    Atomics.store(control, COMMAND.images, images);
    Atomics.add(control, COMMAND.generation, 1);
    Atomics.notify(control, COMMAND.generation);
  }

  private post(messageTo: (helper: number) => HelperMessage): void {
    this.helpers.forEach((helper, i) => helper.postMessage(messageTo(i)));
  }
}

/** Starts `count` − 1 helpers. Rejects if one of them does not start. */
export async function startThreads(count: number): Promise<ThreadPool> {
  const helpers = Array.from(
    { length: count - 1 },
    () => new Worker(new URL('./helper.ts', import.meta.url), { type: 'module', name: 'kernels' }),
  );
  const started = helpers.map(
    (helper) =>
      new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new MessageError(message('kernel.noThread'))), START_TIMEOUT);
        helper.addEventListener('message', () => {
          clearTimeout(timer);
          resolve();
        });
        helper.addEventListener('error', ({ message: why }) => {
          clearTimeout(timer);
          reject(
            new MessageError(
              why ? message('kernel.failedThread', { message: why }) : message('kernel.failedThreadSilently'),
            ),
          );
        });
        // The answer shows that messages reach the helper. Until then Chromium delivers messages only when this thread
        // returns to its event loop, which it does not while it waits for helpers at a barrier.
        helper.postMessage({ type: 'ready?' } satisfies HelperMessage);
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
