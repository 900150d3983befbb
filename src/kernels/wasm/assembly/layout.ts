/**
 * Layouts of memory that the kernels and the planner both depend on: panels of kernels, Winograd's transformed kernels,
 * and each thread's scratch memory. The one file that both AssemblyScript and TypeScript compile: integer arithmetic
 * that is the same in both, no decorators, no casts (i32 is declared for TypeScript in ../assembly-types.d.ts).
 */

/** Output channels that lie together in a packed or transformed kernel: two vectors of four float32. */
export const PANEL: i32 = 8;

/** Products per tile of Winograd's F(4x4, 3x3): one matrix of values per frequency. */
export const FREQUENCIES: i32 = 36;

/** Floats between two frequencies' matrices: with strides of a power of two the caches lose half their speed. */
export const FREQUENCY_PAD: i32 = 16;

/** Bytes at the start of the scratch memory in which one tile is transformed, four channels at a time. */
export const TILE_SCRATCH: i32 = 1024;

/** Bytes of scratch memory that every thread has, even where no kernel below needs it. */
export const LEAST_SCRATCH: i32 = 4096;

/** Bytes from one frequency's matrix of `count` floats to the next one's. */
export function frequencyBytes(count: i32): i32 {
  return 4 * (count + FREQUENCY_PAD);
}

/** Floats of a transformed 3x3 kernel, [36][cout/8][cin][8] with padding. */
export function transformedKernelFloats(cin: i32, cout: i32): i32 {
  return FREQUENCIES * (cin * cout + FREQUENCY_PAD);
}

/** Tiles worked on at once: enough to use the transformed kernel well, few enough to stay in the first cache. */
export function tilesAtOnce(cin: i32): i32 {
  return cin <= 32 ? 32 : 16;
}

/*
 * winogradConvolution's scratch memory: one tile; V [36][tiles][cin], the transformed inputs; M [36][tiles][cout], the
 * products; a tile at the edge of an image, 6x6 pixels of the input or 4x4 of the output. Offsets are in bytes.
 */

export function convolutionProductsAt(cin: i32): i32 {
  return TILE_SCRATCH + FREQUENCIES * frequencyBytes(tilesAtOnce(cin) * cin);
}

export function convolutionEdgeAt(cin: i32, cout: i32): i32 {
  return convolutionProductsAt(cin) + FREQUENCIES * frequencyBytes(tilesAtOnce(cin) * cout);
}

export function convolutionScratch(cin: i32, cout: i32): i32 {
  return convolutionEdgeAt(cin, cout) + edgeBytes(cin, cout);
}

/*
 * winogradKernelGradient's: one tile; V [36][tiles][cin]; D [36][tiles][cout], the transformed output gradients; U
 * [36][cin][cout], the sum of their products; a tile at the edge of an image.
 */

export function gradientOutputsAt(cin: i32): i32 {
  return convolutionProductsAt(cin);
}

export function gradientSumAt(cin: i32, cout: i32): i32 {
  return gradientOutputsAt(cin) + FREQUENCIES * frequencyBytes(tilesAtOnce(cin) * cout);
}

export function gradientEdgeAt(cin: i32, cout: i32): i32 {
  return gradientSumAt(cin, cout) + FREQUENCIES * frequencyBytes(cin * cout);
}

export function kernelGradientScratch(cin: i32, cout: i32): i32 {
  return gradientEdgeAt(cin, cout) + edgeBytes(cin, cout);
}

function edgeBytes(cin: i32, cout: i32): i32 {
  const input = 4 * 36 * cin;
  const output = 4 * 16 * cout;
  return input > output ? input : output;
}

/** winogradTurnedKernel's scratch memory: one tile, and nine gathered vectors. */
export function turnedKernelScratch(): i32 {
  return TILE_SCRATCH + 9 * 16;
}

/** headBackward's scratch memory: the gradient of one image's features [channels]. */
export function headScratch(channels: i32): i32 {
  return 4 * channels;
}
