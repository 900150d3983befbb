/**
 * A network in WebAssembly: its memory, its programs and its threads. One call trains a step or evaluates a batch; the
 * other methods read and write values by name.
 */
import type { NetworkPlan } from '../../network/plan';
import { graphOf } from '../graph';
import { controlLength, Executor, type Threads } from './executor';
import { instantiate, memoryOf } from './instantiate';
import type { KernelModule } from './kernels';
import { readSlot, writeSlot } from './memory-plan';
import type { Program } from './program';
import type { NetworkJob, ThreadPool } from './threads';
import type { StepProfile } from '../step-profile';
import type { StepSettings } from '../update-rule';
import { planStep, type NetworkProgram } from './step-program';

const PROGRAMS = ['train', 'evaluate', 'squares', 'forwardTraining'] as const;
type ProgramName = (typeof PROGRAMS)[number];

export interface NetworkSettings extends StepSettings {
  /** Height = width of the images. */
  size: number;
}

export class WasmNetwork {
  private readonly program: NetworkProgram;
  private readonly executors: Record<ProgramName, Executor | null>;
  /** What the helper threads receive; null without helper threads. */
  private readonly job: NetworkJob | null = null;
  private readonly floats: Float32Array;
  private readonly memory: WebAssembly.Memory;
  /** Time at which the images of the last step had been copied, in milliseconds. */
  private started = 0;

  /** Throws if the network needs more than 4 GiB. */
  constructor(
    private readonly plan: NetworkPlan,
    private readonly settings: NetworkSettings,
    kernels: KernelModule,
    private readonly pool: ThreadPool | null,
  ) {
    const count = pool?.count ?? 1;
    this.program = planStep(plan, graphOf(plan, settings.size), { ...settings, threads: count });
    const { at } = this.program;
    this.memory = memoryOf(this.program.bytes, kernels.shared);
    this.floats = new Float32Array(this.memory.buffer);
    for (const { at: address, values } of at.constants) this.floats.set(values, address / 4);
    const table = instantiate(kernels.module, this.memory);
    const programs = PROGRAMS.map((name): Program => this.program[name] ?? []);
    const phases = Math.max(...programs.map((program) => program.length));
    let threads: Threads | null = null;
    if (pool && count > 1) {
      const control = new Int32Array(new SharedArrayBuffer(4 * controlLength(phases)));
      threads = { control, count, maySleep: !('document' in globalThis) };
      const { module } = kernels;
      const scratch = at.scratch.slice(1);
      this.job = { module, memory: this.memory, control, programs, threads: count, scratch };
    }
    this.executors = Object.fromEntries(
      PROGRAMS.map((name) => [
        name,
        this.program[name] ? new Executor(this.program[name], table, at.scratch[0]!, threads) : null,
      ]),
    ) as Record<ProgramName, Executor | null>;
  }

  /** Images of a full batch. */
  get batch(): number {
    return this.settings.batch;
  }

  /** Values per image. */
  get imageLength(): number {
    return this.settings.size ** 2 * 3;
  }

  /** Sets a parameter or running statistic, in the plan's layout. */
  write(name: string, values: ArrayLike<number>): void {
    writeSlot(this.slot(name), this.region('parameters'), values);
  }

  /** A parameter or running statistic, in the plan's layout. */
  read(name: string): Float32Array {
    return readSlot(this.slot(name), this.region('parameters'));
  }

  /** The gradient of a parameter in the last step, in the plan's layout. */
  gradient(name: string): Float32Array {
    return readSlot(this.slot(name), this.region('gradients'));
  }

  /** The momentum buffer of a parameter, in the plan's layout. */
  velocity(name: string): Float32Array {
    return readSlot(this.slot(name), this.region('velocities'));
  }

  setVelocity(name: string, values: ArrayLike<number>): void {
    writeSlot(this.slot(name), this.region('velocities'), values);
  }

  /** Copies all parameters and running statistics; returns a function that reads the copy. */
  snapshot(): (name: string) => Float32Array {
    const region = this.region('parameters').slice();
    return (name) => readSlot(this.slot(name), region);
  }

  /** Mean or variance [channels] of the last batch, by the name of the running statistic. */
  statistic(name: string): Float32Array {
    const statistic = this.program.at.statistics.get(name);
    if (!statistic) throw new Error(`The network has no statistic ${name}.`);
    return this.floats.slice(statistic.at / 4, statistic.at / 4 + statistic.channels);
  }

  /**
   * One step on a full batch: images [batch, size, size, 3] and their classes [batch]. Returns the mean loss in nats and the
   * logits [batch, classes]. If the loss is not finite, no parameter is updated. `after` is called at the end of each phase.
   */
  train(
    images: Float32Array,
    classes: ArrayLike<number>,
    rate: number,
    after?: (phase: number) => void,
  ): { loss: number; logits: Float32Array } {
    const { batch } = this.settings;
    if (classes.length !== batch)
      throw new Error(`The network was planned for batches of ${batch}, not ${classes.length}.`);
    const { at } = this.program;
    this.floats.set(images, at.images / 4);
    this.floats[at.rate / 4] = rate;
    new Int32Array(this.memory.buffer, at.labels, batch).set(classes);
    this.started = performance.now();
    this.run('train', batch, after);
    const [loss] = new Float64Array(this.memory.buffer, at.loss, 1);
    return { loss: loss!, logits: this.logits(batch) };
  }

  /** Times the parts of one step. A phase in which two passes meet counts as part of the first one. */
  profile(images: Float32Array, classes: ArrayLike<number>, rate: number): StepProfile {
    const { forward, backward } = this.program.sections;
    const start = performance.now();
    let [first, second, last] = [start, start, start];
    this.train(images, classes, rate, (phase) => {
      last = performance.now();
      if (phase < forward) first = last;
      if (phase < backward) second = last;
    });
    const end = performance.now();
    return {
      input: this.started - start,
      forward: first - this.started,
      backward: second - first,
      update: last - second,
      readBack: end - last,
      encode: 0,
      kernels: null,
    };
  }

  /** Logits [n, classes] of images [n, size, size, 3] in evaluation mode; n is at most the planned batch. */
  evaluate(images: Float32Array): Float32Array {
    return this.forward('evaluate', images);
  }

  /** Logits [batch, classes] in training mode, without updating anything. */
  forwardTraining(images: Float32Array): Float32Array {
    return this.forward('forwardTraining', images);
  }

  /** Mean square of every layer's output for the last full batch in training mode. */
  outputSquares(): number[] {
    const { batch } = this.settings;
    this.run('squares', batch);
    const { at } = this.program;
    return at.outputSums.map(({ at: address, channels, padded, values, chunks }) => {
      const sums = new Float64Array(this.memory.buffer, address, chunks * 2 * padded);
      let total = 0;
      for (let chunk = 0; chunk < chunks; chunk++)
        for (let c = 0; c < channels; c++) total += sums[(2 * chunk + 1) * padded + c]!;
      return total / (batch * values);
    });
  }

  /** Makes the helper threads forget this network. */
  dispose(): void {
    if (this.job) this.pool?.leave(this.job);
  }

  private forward(name: 'evaluate' | 'forwardTraining', images: Float32Array): Float32Array {
    const count = images.length / this.imageLength;
    this.floats.set(images, this.program.at.images / 4);
    this.run(name, count);
    return this.logits(count);
  }

  private run(name: ProgramName, count: number, after?: (phase: number) => void): void {
    const executor = this.executors[name];
    if (!executor) throw new Error('The network was planned for evaluation only.');
    executor.reset();
    if (this.job) this.pool?.run(this.job, PROGRAMS.indexOf(name), count);
    executor.run(count, after);
  }

  private slot(name: string) {
    const slot = this.program.slots.get(name);
    if (!slot) throw new Error(`The network has no tensor ${name}.`);
    return slot;
  }

  private region(which: 'parameters' | 'gradients' | 'velocities'): Float32Array {
    const { at, regionLength } = this.program;
    const address = at[which];
    if (address === null) throw new Error('The network was planned for evaluation only.');
    const start = address / 4;
    return this.floats.subarray(start, start + regionLength);
  }

  private logits(count: number): Float32Array {
    const { columns, at } = this.program;
    const { classes } = this.plan;
    const logits = new Float32Array(count * classes);
    for (let n = 0; n < count; n++) {
      const from = at.logits / 4 + n * columns;
      logits.set(this.floats.subarray(from, from + classes), n * classes);
    }
    return logits;
  }
}
