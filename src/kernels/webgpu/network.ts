/** A network on the GPU: replays its recorded steps and brings numbers back without waiting for them. */
import type { NetworkPlan } from '../../network/plan';
import { message, MessageError, verbatim, type Message } from '../../language/message';
import { graphOf } from '../graph';
import type { Window } from '../../data/batch';
import type { StepProfile } from '../step-profile';
import { encode, Gpu } from './gpu';
import type { Dispatch, View } from './shader';
import { gatherImages, ResidentImages, packWindows, WINDOW_WORDS, type Pixels } from './resident-images';
import { kernelTime } from './kernel-time';
import type { GpuStepSettings } from './step-buffers';
import { StepPlan } from './step-plan';

/** A device and the pipelines that have been made on it, which networks of equal shapes share. */
export interface GpuContext {
  device: GPUDevice;
  pipelines: Map<string, GPUComputePipeline>;
  /** Data sets on the device, by their first piece. */
  held: Map<Uint8Array, ResidentImages>;
  /** What the device complained of first; null while all is well. Nothing that it computes afterwards can be trusted. */
  failure: Message | null;
}

/** A context that notes what its device complains of. */
export function contextOf(device: GPUDevice): GpuContext {
  const context: GpuContext = { device, pipelines: new Map(), held: new Map(), failure: null };
  device.addEventListener('uncapturederror', (event) => {
    event.preventDefault();
    context.failure ??= verbatim(event.error.message.split('\n')[0] ?? 'unknown');
  });
  void device.lost.then(({ message: why }) => {
    context.failure ??= why ? message('kernel.lost', { message: why }) : message('kernel.lostSilently');
  });
  return context;
}

export interface NetworkSettings extends GpuStepSettings {
  /** Height = width of the images. */
  size: number;
}

/** A part of a buffer to be brought back. */
interface Wanted {
  buffer: GPUBuffer;
  /** In floats. */
  offset: number;
  length: number;
}

export class WebGpuNetwork {
  private readonly gpu: Gpu;
  private readonly step: StepPlan;
  private readonly staging: GPUBuffer[] = [];
  /** The data set that windows are cut from. */
  private source: { held: ResidentImages; key: Uint8Array; windows: View; gather: Dispatch } | null = null;

  /** Throws where the network needs more than the device has. */
  constructor(
    private readonly context: GpuContext,
    readonly plan: NetworkPlan,
    private readonly settings: NetworkSettings,
  ) {
    this.gpu = new Gpu(context.device, context.pipelines);
    this.step = new StepPlan(this.gpu, plan, graphOf(plan, settings.size), settings);
  }

  private get buffers() {
    return this.step.buffers;
  }

  get batch(): number {
    return this.settings.batch;
  }

  /** Numbers of one image. */
  get imageLength(): number {
    return this.settings.size ** 2 * 3;
  }

  /** Sets a parameter or running statistic, or the velocity of a parameter. */
  write(name: string, values: Float32Array, of: 'parameters' | 'velocities' = 'parameters'): void {
    const { offset } = this.slot(name);
    const { buffer } = this.buffers[of];
    this.context.device.queue.writeBuffer(buffer, 4 * offset, values as Float32Array<ArrayBuffer>);
  }

  /**
   * Keeps a data set on the device, so that images may be given as windows on it. Returns false where there is no room
   * for it; images are then to be given whole.
   */
  hold(pixels: Pixels): boolean {
    const { device, held } = this.context;
    const [key] = pixels.pieces;
    if (!key) return false;
    const images = held.get(key) ?? ResidentImages.on(device, pixels);
    if (!images) return false;
    this.release();
    held.set(key, images);
    images.users++;
    const { batch, size } = this.settings;
    const windows = this.gpu.floats(WINDOW_WORDS * batch, 'windows');
    const shader = gatherImages({ batch, side: size }, images, windows, this.buffers.images);
    this.source = { held: images, key, windows, gather: this.gpu.dispatch(shader) };
    return true;
  }

  /**
   * One step on a full batch, of normalised images or of windows on the data set held. Resolves the loss, the logits and each of `before` (parameters as they were) and `after`
   * (anything of `gradients`, `parameters` or `statistics` after the step).
   */
  train(
    images: Float32Array | readonly Window[],
    classes: ArrayLike<number>,
    rate: number,
    before: readonly string[],
    after: readonly Source[],
  ): Promise<{ loss: number; logits: Float32Array; before: Float32Array[]; after: Float32Array[] }> {
    const { batch } = this.settings;
    if (classes.length !== batch)
      throw new Error(`The network was planned for batches of ${batch}, not ${classes.length}.`);
    const { queue } = this.context.device;
    const input = this.upload(images);
    queue.writeBuffer(this.buffers.labels.buffer, 0, Uint32Array.from(classes));
    queue.writeBuffer(this.buffers.rate.buffer, 0, Float32Array.of(rate));
    const first = before.map((name) => this.place({ of: 'parameters', name }));
    const last = [
      this.whole(this.buffers.numbers, 2),
      this.whole(this.buffers.logits, batch * this.plan.classes),
      ...after.map((source) => this.place(source)),
    ];
    return this.run([...input, ...this.step.train], first, last).then((parts) => {
      const [numbers, logits, ...rest] = parts.slice(first.length);
      return { loss: numbers![0]!, logits: logits!, before: parts.slice(0, first.length), after: rest };
    });
  }

  /**
   * Milliseconds of the parts of one step, each submitted alone and waited for; `encode` and `kernels` are those of a
   * whole step. Takes three steps.
   */
  async profile(images: Float32Array, classes: ArrayLike<number>, rate: number): Promise<StepProfile> {
    const { forward, backward } = this.step.sections;
    const timed = async (act: () => Promise<unknown>) => {
      const start = performance.now();
      await act();
      return performance.now() - start;
    };
    const numbers = this.whole(this.buffers.numbers, 2);
    const part = (from: number, to?: number) =>
      timed(() => this.run(this.step.train.slice(from, to), [], [numbers]));
    const input = await timed(() => {
      this.upload(images);
      return this.run([], [], [numbers]);
    });
    const passes = [await part(0, forward), await part(forward, backward), await part(backward)];
    const logits = this.whole(this.buffers.logits, images.length / this.imageLength);
    const readBack = await timed(() => this.run([], [], [numbers, logits]));
    const start = performance.now();
    const whole = this.train(images, classes, rate, [], []);
    const encoding = performance.now() - start;
    await whole;
    const [first = 0, second = 0, third = 0] = passes;
    const kernels = await kernelTime(this.context.device, this.step.train);
    return { input, forward: first, backward: second, update: third, readBack, encode: encoding, kernels };
  }

  /** Logits [n, classes] in evaluation mode; n is at most the planned batch. */
  evaluate(images: Float32Array | readonly Window[]): Promise<Float32Array> {
    return this.forward(this.step.evaluate, images);
  }

  /** Logits of a full batch in training mode; nothing moves. */
  forwardTraining(images: Float32Array): Promise<Float32Array> {
    return this.forward(this.step.forwardTraining, images);
  }

  /** Mean square of every layer's output of the last full batch in training mode. */
  async outputSquares(): Promise<number[]> {
    const { outputSums, squares } = this.step;
    const wanted = outputSums.map(({ view, parts, channels }) => this.whole(view, parts * 2 * channels));
    const sums = await this.run(squares, [], wanted);
    return outputSums.map(({ parts, channels, values }, i) => {
      let total = 0;
      for (let part = 0; part < parts; part++)
        for (let c = 0; c < channels; c++) total += sums[i]![(2 * part + 1) * channels + c]!;
      return total / (this.settings.batch * values);
    });
  }

  /** Parameters, velocities, gradients or statistics as they are now. */
  read(sources: readonly Source[]): Promise<Float32Array[]> {
    return this.run(
      [],
      [],
      sources.map((source) => this.place(source)),
    );
  }

  /** Frees its buffers. */
  dispose(): void {
    this.release();
    this.gpu.destroy();
    for (const buffer of this.staging) buffer.destroy();
  }

  private async forward(
    dispatches: readonly Dispatch[],
    images: Float32Array | readonly Window[],
  ): Promise<Float32Array> {
    const input = this.upload(images);
    const count = images instanceof Float32Array ? images.length / this.imageLength : images.length;
    const wanted = this.whole(this.buffers.logits, count * this.plan.classes);
    const [logits] = await this.run([...input, ...dispatches], [], [wanted]);
    return logits!;
  }

  /** Sends images, or which they are; returns what makes the network's input of it. */
  private upload(images: Float32Array | readonly Window[]): readonly Dispatch[] {
    const { queue } = this.context.device;
    if (images instanceof Float32Array) {
      queue.writeBuffer(this.buffers.images.buffer, 0, images as Float32Array<ArrayBuffer>);
      return [];
    }
    if (!this.source) throw new Error('The network holds no data set to cut windows from.');
    queue.writeBuffer(this.source.windows.buffer, 0, packWindows(images));
    return [this.source.gather];
  }

  /** Lets go of the data set, which is freed when no network wants it. */
  private release(): void {
    if (!this.source) return;
    const { held, key } = this.source;
    this.source = null;
    if (--held.users > 0) return;
    this.context.held.delete(key);
    held.destroy();
  }

  private slot(name: string) {
    const slot = this.buffers.slots.get(name);
    if (!slot) throw new Error(`The network has no tensor ${name}.`);
    return slot;
  }

  private whole({ buffer }: View, length: number): Wanted {
    return { buffer, offset: 0, length };
  }

  private place({ of, name }: Source): Wanted {
    if (of === 'statistics') {
      const statistic = this.buffers.statistics.get(name);
      if (!statistic) throw new Error(`The network has no statistic ${name}.`);
      const { view, offset, channels } = statistic;
      return { buffer: view.buffer, offset, length: channels };
    }
    const { offset, length } = this.slot(name);
    return { buffer: this.buffers[of].buffer, offset, length };
  }

  /** Copies what is wanted before, runs, copies what is wanted after, and reads all of it back at once. */
  private run(
    dispatches: readonly Dispatch[],
    before: readonly Wanted[],
    after: readonly Wanted[],
  ): Promise<Float32Array[]> {
    const { device } = this.context;
    const all = [...before, ...after];
    const bytes = 4 * all.reduce((sum, { length }) => sum + length, 0);
    const staging = this.takeStaging(bytes);
    const encoder = device.createCommandEncoder();
    let at = 0;
    const copy = ({ buffer, offset, length }: Wanted) => {
      encoder.copyBufferToBuffer(buffer, 4 * offset, staging, at, 4 * length);
      at += 4 * length;
    };
    before.forEach(copy);
    if (dispatches.length > 0) encode(encoder, dispatches);
    after.forEach(copy);
    device.queue.submit([encoder.finish()]);
    return this.mapped(staging, bytes).then((values) => {
      let from = 0;
      return all.map(({ length }) => values.subarray(from, (from += length)));
    });
  }

  private async mapped(staging: GPUBuffer, bytes: number): Promise<Float32Array> {
    await staging.mapAsync(GPUMapMode.READ, 0, bytes).catch((error: unknown) => {
      throw this.problem ?? error;
    });
    if (this.problem) throw this.problem;
    const values = new Float32Array(staging.getMappedRange(0, bytes)).slice();
    staging.unmap();
    this.staging.push(staging);
    return values;
  }

  private get problem(): Error | null {
    const { failure } = this.context;
    return failure === null ? null : new MessageError(message('kernel.refused', { failure }));
  }

  /** A free buffer to read back through, of at least so many bytes. */
  private takeStaging(bytes: number): GPUBuffer {
    const index = this.staging.findIndex(({ size }) => size >= bytes);
    if (index >= 0) return this.staging.splice(index, 1)[0]!;
    return this.context.device.createBuffer({
      size: Math.max(256, bytes),
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      label: 'staging',
    });
  }
}

/** Something that has a name. */
export interface Source {
  of: 'parameters' | 'velocities' | 'gradients' | 'statistics';
  name: string;
}
