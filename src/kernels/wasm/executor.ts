/**
 * Runs a program on one or several threads. Each unit of work (a chunk of the batch, a task) goes to the next free thread;
 * the last thread that arrives at a barrier makes the calls that close the phase. Results do not depend on which thread
 * did which unit.
 */
import { message, MessageError } from '../../language/message';
import type { CompiledKernels } from './kernel-table';
import { chunkStart, type Call, type Program } from './program';

/** Number of integers in the control block before the counters of the phases. */
const HEADER = 16;
const GENERATION = 0;
const ARRIVED = 1;
/** Iterations of busy waiting before a thread sleeps: tens of microseconds, longer than most barriers. */
const SPINS = 4000;
/** Milliseconds at a barrier after which the other threads count as dead. */
const BARRIER_TIMEOUT = 20_000;

/** Number of integers in the control block of a program. */
export const controlLength = (phases: number) => HEADER + phases;

/** The state of the barriers that the threads share. */
export interface Threads {
  control: Int32Array;
  count: number;
  /** Whether this thread may sleep in Atomics.wait: the main thread of a page may not. */
  maySleep: boolean;
}

interface Prepared {
  kernel: CompiledKernels[keyof CompiledKernels];
  /** The arguments passed at the call come first; see PASSED_AT_CALL in ./kernel-table. */
  args: number[];
}

type PreparedPhase =
  | { kind: 'chunks'; chunks: number; calls: Prepared[]; finish: Prepared[] }
  | { kind: 'tasks'; tasks: Prepared[][]; finish: Prepared[] };

/** A program bound to the kernels and the scratch memory of one thread. */
export class Executor {
  private readonly phases: readonly PreparedPhase[];

  constructor(
    program: Program,
    kernels: CompiledKernels,
    /** Address of this thread's scratch memory. */
    scratch: number,
    /** null for a single thread. */
    private readonly threads: Threads | null,
  ) {
    const prepare =
      (passed: number[]) =>
      ({ kernel, args }: Call): Prepared => ({ kernel: kernels[kernel], args: [...passed, ...args] });
    const task = prepare([scratch]);
    const chunk = prepare([0, 0, 0, scratch]);
    this.phases = program.map((phase) =>
      phase.kind === 'chunks'
        ? { ...phase, calls: phase.calls.map(chunk), finish: phase.finish.map(task) }
        : {
            kind: 'tasks',
            tasks: phase.tasks.map((calls) => calls.map(task)),
            finish: phase.finish.map(task),
          },
    );
  }

  /** Sets the counters of all phases to zero, before a run. One thread calls this while the others wait. */
  reset(): void {
    this.threads?.control.fill(0, HEADER, HEADER + this.phases.length);
  }

  /**
   * Runs all phases on a batch of `count` images, together with the other threads. `after` is called at the end of each
   * phase with its index. Throws if another thread stops answering.
   */
  run(count: number, after?: (phase: number) => void): void {
    for (let p = 0; p < this.phases.length; p++, after?.(p - 1)) {
      const phase = this.phases[p]!;
      const units = phase.kind === 'chunks' ? phase.chunks : phase.tasks.length;
      if (!this.threads) {
        for (let unit = 0; unit < units; unit++) this.work(phase, unit, count);
        callAll(phase.finish);
        continue;
      }
      const { control } = this.threads;
      for (let unit; (unit = Atomics.add(control, HEADER + p, 1)) < units;) this.work(phase, unit, count);
      this.waitForAll(phase.finish);
    }
  }

  private work(phase: PreparedPhase, unit: number, count: number): void {
    if (phase.kind === 'tasks') {
      callAll(phase.tasks[unit]!);
      return;
    }
    const first = chunkStart(unit, phase.chunks, count);
    const last = chunkStart(unit + 1, phase.chunks, count);
    if (first === last) return;
    for (const { kernel, args } of phase.calls) {
      args[0] = first;
      args[1] = last;
      args[2] = unit;
      kernel(...args);
    }
  }

  /** A barrier: the last thread to arrive makes the closing calls and wakes the others. */
  private waitForAll(finish: readonly Prepared[]): void {
    const { control, count, maySleep } = this.threads!;
    const generation = Atomics.load(control, GENERATION);
    if (Atomics.add(control, ARRIVED, 1) === count - 1) {
      callAll(finish);
      Atomics.store(control, ARRIVED, 0);
      Atomics.add(control, GENERATION, 1);
      Atomics.notify(control, GENERATION);
      return;
    }
    for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(control, GENERATION) !== generation) return;
    const deadline = performance.now() + BARRIER_TIMEOUT;
    while (Atomics.load(control, GENERATION) === generation) {
      if (maySleep) Atomics.wait(control, GENERATION, generation, 1000);
      if (performance.now() > deadline) throw new MessageError(message('kernel.silentThread'));
    }
  }
}

function callAll(calls: readonly Prepared[]): void {
  for (const { kernel, args } of calls) kernel(...args);
}
