/**
 * What a training step or an evaluation does on wasm, planned once: calls of kernels with their arguments (addresses and
 * sizes), in phases that end in a barrier. Plain data, so that helper threads get the same program.
 */

/** A kernel of ./assembly by name. Its first arguments are given when it is called, see Phase. */
export interface Call {
  kernel: string;
  args: number[];
}

export type Phase =
  /** Each of `chunks` parts of the batch goes through all calls: (first image, last image, chunk, scratch, …args). */
  | { kind: 'chunks'; chunks: number; calls: Call[]; finish: Call[] }
  /** Lists of calls that do not depend on each other: (scratch, …args). */
  | { kind: 'tasks'; tasks: Call[][]; finish: Call[] };

export type Program = Phase[];

/** Builds a program call by call. */
export class ProgramBuilder {
  readonly program: Program = [];
  private current: Extract<Phase, { kind: 'chunks' }> | null = null;

  /**
   * Opens a phase of so many chunks, unless one is open. Returns how many it has: sums over the batch made in it have
   * that many parts.
   */
  open(chunks: number): number {
    if (!this.current) {
      this.current = { kind: 'chunks', chunks, calls: [], finish: [] };
      this.program.push(this.current);
    }
    return this.current.chunks;
  }

  /** A call for every chunk, after the calls before it have been made for the same chunk. */
  chunk(kernel: string, ...args: number[]): void {
    if (!this.current) throw new Error('No phase is open.');
    this.current.calls.push({ kernel, args });
  }

  /** A call by one thread when all chunks have come this far. What depends on it comes after `barrier`. */
  finish(kernel: string, ...args: number[]): void {
    const phase = this.program.at(-1);
    if (!phase) throw new Error('There is nothing to finish yet.');
    phase.finish.push({ kernel, args });
  }

  /** What comes next waits until every chunk has come this far. */
  barrier(): void {
    this.current = null;
  }

  tasks(tasks: Call[][]): void {
    this.barrier();
    if (tasks.length > 0) this.program.push({ kind: 'tasks', tasks, finish: [] });
  }
}

/** How the images of a batch are split: the same for any number of threads, because sums follow it. */
export const chunkStart = (chunk: number, chunks: number, count: number) =>
  Math.floor((chunk * count) / chunks);
