/** The part of WebGPU that a network needs: buffers, compute pipelines and recorded dispatches. */
import { message, MessageError } from '../../language/message';
import { HALVES } from './image-access';
import type { Binding, Dispatch, Shader, View } from './shader';

export class Gpu {
  private readonly buffers: GPUBuffer[] = [];

  constructor(
    readonly device: GPUDevice,
    /** Pipelines by their source. */
    private readonly pipelines: Map<string, GPUComputePipeline>,
  ) {}

  /** A zeroed storage buffer of `count` floats. */
  floats(count: number, label: string): View {
    return this.storage(4 * count, label);
  }

  /** A zeroed storage buffer of `count` image values: floats, or with `half` packed halves (then an even number). */
  numbers(count: number, half: boolean, label: string): View {
    return half ? { ...this.storage(2 * count, label), half } : this.floats(count, label);
  }

  private storage(length: number, label: string): View {
    const bytes = Math.max(16, Math.ceil(length / 16) * 16);
    const limit = this.device.limits.maxStorageBufferBindingSize;
    if (bytes > limit)
      throw new MessageError(
        message('kernel.buffer', {
          size: (bytes / 2 ** 20).toFixed(0),
          limit: (limit / 2 ** 20).toFixed(0),
        }),
      );
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = this.device.createBuffer({ size: bytes, usage, label });
    this.buffers.push(buffer);
    return { buffer, offset: 0, bytes };
  }

  /**
   * A dispatch of a shader. A buffer range that occurs twice is bound once, writable if one of the two writes, because
   * WebGPU forbids reading and writing it through two bindings.
   */
  dispatch({ label, bindings, code, groups, enables }: Shader): Dispatch {
    const bound: { binding: Binding; write: boolean }[] = [];
    const aliases: [from: string, to: string][] = [];
    for (const binding of bindings) {
      const { view, element = 'f32', write = false } = binding;
      const same = bound.findIndex(
        (other) =>
          other.binding.view.buffer === view.buffer &&
          other.binding.view.offset === view.offset &&
          (other.binding.element ?? 'f32') === element,
      );
      if (same >= 0) {
        bound[same]!.write ||= write;
        aliases.push([binding.name, bound[same]!.binding.name]);
      } else bound.push({ binding, write });
    }
    const body = aliases.reduce(
      (text, [from, to]) => text.replace(new RegExp(`\\b${from}\\b`, 'g'), to),
      code,
    );
    const declarations = bound.map(
      ({ binding, write }, i) =>
        `@group(0) @binding(${i}) var<storage, ${write ? 'read_write' : 'read'}> ${binding.name}: array<${binding.element ?? 'f32'}>;`,
    );
    const halves = bound.some(({ binding: { view } }) => view.half) ? [HALVES] : [];
    const source = [...(enables ? [`enable ${enables};`] : []), ...declarations, ...halves, body].join('\n');
    let pipeline = this.pipelines.get(source);
    if (!pipeline) {
      const module = this.device.createShaderModule({ code: source, label });
      pipeline = this.device.createComputePipeline({
        layout: 'auto',
        compute: { module, entryPoint: 'main' },
        label,
      });
      this.pipelines.set(source, pipeline);
    }
    const bindGroup = this.device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: bound.map(({ binding: { view } }, i) => ({
        binding: i,
        resource: { buffer: view.buffer, offset: view.offset, size: view.bytes },
      })),
      label,
    });
    return { pipeline, bindGroup, groups };
  }

  destroy(): void {
    for (const buffer of this.buffers) buffer.destroy();
  }
}

/** Records dispatches into one pass, with timestamps of its start and end if requested. */
export function encode(
  encoder: GPUCommandEncoder,
  dispatches: readonly Dispatch[],
  timestampWrites?: GPUComputePassTimestampWrites,
): void {
  const pass = encoder.beginComputePass({ ...(timestampWrites && { timestampWrites }) });
  let last: GPUComputePipeline | null = null;
  for (const { pipeline, bindGroup, groups } of dispatches) {
    if (pipeline !== last) pass.setPipeline(pipeline);
    last = pipeline;
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(groups[0], groups[1], groups[2]);
  }
  pass.end();
}

/** Submits an encoder's commands and resolves with the content of a view after them, without a network's queue. */
export async function readAfter(
  device: GPUDevice,
  encoder: GPUCommandEncoder,
  { buffer, offset, bytes }: View,
): Promise<ArrayBuffer> {
  const staging = device.createBuffer({
    size: bytes,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  encoder.copyBufferToBuffer(buffer, offset, staging, 0, bytes);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const values = staging.getMappedRange().slice();
  staging.destroy();
  return values;
}
