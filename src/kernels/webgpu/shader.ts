/** What a shader is before it is compiled: WGSL, the parts of buffers it is bound to, and its workgroups. */

/** A part of a buffer, in bytes. */
export interface View {
  buffer: GPUBuffer;
  offset: number;
  bytes: number;
  /** Its numbers are half precision, two a word; see ./image-access. */
  half?: boolean;
}

export interface Dispatch {
  pipeline: GPUComputePipeline;
  bindGroup: GPUBindGroup;
  groups: readonly [number, number, number];
}

/** What a shader reads and writes, in the order of its bindings. */
export interface Binding {
  view: View;
  name: string;
  /** WGSL type of an element, f32 unless told. */
  element?: string;
  write?: boolean;
}

/** A shader with its sizes written into it, so that equal shapes share a pipeline. */
export interface Shader {
  label: string;
  bindings: readonly Binding[];
  /** WGSL after the bindings. */
  code: string;
  /** A feature that the code uses, and WGSL wants to be told. */
  enables?: GPUFeatureName;
  groups: readonly [number, number, number];
}

/** Records shaders, one after the other. */
export type Add = (...shaders: readonly Shader[]) => void;
