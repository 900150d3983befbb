/** A shader before compilation: WGSL, bound parts of buffers, and number of workgroups. */

/** A part of a buffer, in bytes. */
export interface View {
  buffer: GPUBuffer;
  offset: number;
  bytes: number;
  /** Whether its values are packed halves, two per word; see ./image-access. */
  half?: boolean;
}

export interface Dispatch {
  pipeline: GPUComputePipeline;
  bindGroup: GPUBindGroup;
  groups: readonly [number, number, number];
}

/** A bound view, in the order of the shader's bindings. */
export interface Binding {
  view: View;
  name: string;
  /** WGSL type of an element; f32 by default. */
  element?: string;
  write?: boolean;
}

/** A shader with its sizes as constants, so that equal shapes share a pipeline. */
export interface Shader {
  label: string;
  bindings: readonly Binding[];
  /** WGSL after the bindings. */
  code: string;
  /** A WGSL extension that the code must enable. */
  enables?: GPUFeatureName;
  groups: readonly [number, number, number];
}

/** Appends shaders to a recording. */
export type Add = (...shaders: readonly Shader[]) => void;
