/**
 * Carries out a program on one or several threads. Each unit of work (a chunk of the batch, a task) goes to whichever
 * thread is free; the last thread at a barrier makes the calls that close the phase. Results do not depend on who did what.
 */
import { message, MessageError } from '../../language/message';
import type { CompiledKernels } from './kernel-table';
import { chunkStart, type Call, type Program } from './program';

/** Integers of the control block before the counters of the phases. */
const HEADER = 16;
const GENERATION = 0;
const ARRIVED = 1;
/** Turns of busy waiting before a thread sleeps: some tens of microseconds, more than most barriers last. */
const SPINS = 4000;
/** After so many milliseconds without a sign the other threads count as dead. */
const PATIENCE = 20_000;

export const controlLength = (phases: number) => HEADER + phases;

/** Where threads meet; null where there is one thread. */
export interface Threads {
  control: Int32Array;
  count: number;
  /** Whether this thread may sleep: a window may not. */
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

/** One thread's view of a program. */
export class Executor {
  private readonly phases: readonly PreparedPhase[];

  constructor(
    program: Program,
    kernels: CompiledKernels,
    /** Address of this thread's scratch memory. */
    scratch: number,
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

  /** Before a program is run: sets the counters of its phases to zero. One thread does so while the others wait. */
  reset(): void {
    this.threads?.control.fill(0, HEADER, HEADER + this.phases.length);
  }

  /**
   * Runs all phases on a batch of `count` images, together with the other threads. `after` is called when a phase is
   * over, with its place.
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
      this.meet(phase.finish);
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

  /** A barrier: the last to arrive makes the closing calls and lets the others go on. */
  private meet(finish: readonly Prepared[]): void {
    const { control, count, maySleep } = this.threads!;
    const generation = Atomics.load(control, GENERATION);
    if (Atomics.add(control, ARRIVED, 1) === count - 1) {
      callAll(finish);
      Atomics.store(control, ARRIVED, 0);
      Atomics.add(control, GENERATION, 1);
      Atomics.notify(control, GENERATION);
      return;
    }
    for (let turn = 0; turn < SPINS; turn++) if (Atomics.load(control, GENERATION) !== generation) return;
    const deadline = performance.now() + PATIENCE;
    while (Atomics.load(control, GENERATION) === generation) {
      if (maySleep) Atomics.wait(control, GENERATION, generation, 1000);
      if (performance.now() > deadline) throw new MessageError(message('kernel.silentThread'));
    }
  }
}

function callAll(calls: readonly Prepared[]): void {
  for (const { kernel, args } of calls) kernel(...args);
}
