/**
 * A program is a training step or an evaluation on wasm, planned once: calls of kernels with their arguments, in phases that
 * end in a barrier. It is plain data, so that helper threads can receive it.
 */
import {
  inOrder,
  KERNELS,
  type ChunkArguments,
  type ChunkKernel,
  type KernelName,
  type TaskArguments,
  type TaskKernel,
} from './kernel-table';

/** A kernel and its planned arguments in order; those that are passed at the call come before them, see ./kernel-table. */
export interface Call<Kernel extends KernelName = KernelName> {
  kernel: Kernel;
  args: number[];
}
export type ChunkCall = Call<ChunkKernel>;
export type TaskCall = Call<TaskKernel>;

export type Phase =
  /** Each of `chunks` parts of the batch goes through all calls, in order. */
  | { kind: 'chunks'; chunks: number; calls: ChunkCall[]; finish: TaskCall[] }
  /** Lists of calls; no list depends on another. */
  | { kind: 'tasks'; tasks: TaskCall[][]; finish: TaskCall[] };

export type Program = Phase[];

/** A call of a kernel that does not depend on the images. */
export const taskCall = <Kernel extends TaskKernel>(
  kernel: Kernel,
  args: TaskArguments<Kernel>,
): Call<Kernel> => ({ kernel, args: inOrder(KERNELS.task[kernel], args) });

/** Builds a program call by call. */
export class ProgramBuilder {
  readonly program: Program = [];
  private current: Extract<Phase, { kind: 'chunks' }> | null = null;

  /**
   * Opens a phase with `chunks` chunks, unless one is open. Returns the number of chunks of the open phase: sums over the
   * batch made in it have that many parts.
   */
  open(chunks: number): number {
    if (!this.current) {
      this.current = { kind: 'chunks', chunks, calls: [], finish: [] };
      this.program.push(this.current);
    }
    return this.current.chunks;
  }

  /** A call for every chunk, after the calls before it have been made for the same chunk. Throws where no phase is open. */
  chunk<Kernel extends ChunkKernel>(kernel: Kernel, args: ChunkArguments<Kernel>): void {
    if (!this.current) throw new Error('No phase is open.');
    this.current.calls.push({ kernel, args: inOrder(KERNELS.chunk[kernel], args) });
  }

  /** Calls by one thread when all chunks of the last phase are done. What depends on them comes after `barrier`. */
  finish(...calls: TaskCall[]): void {
    const phase = this.program.at(-1);
    if (!phase) throw new Error('There is nothing to finish yet.');
    phase.finish.push(...calls);
  }

  /** Ends the open phase: the next calls wait until every chunk is done. */
  barrier(): void {
    this.current = null;
  }

  /** A phase of lists of calls that do not depend on each other. */
  tasks(tasks: TaskCall[][]): void {
    this.barrier();
    if (tasks.length > 0) this.program.push({ kind: 'tasks', tasks, finish: [] });
  }
}

/**
 * Index of the first image of a chunk. It does not depend on the number of threads, so that partial sums, and with them all
 * results, do not either.
 */
export const chunkStart = (chunk: number, chunks: number, count: number) =>
  Math.floor((chunk * count) / chunks);
