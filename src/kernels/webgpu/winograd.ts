/**
 * 3x3 convolutions of stride 1 by Winograd's F(4x4, 3x3) (Lavin and Gray 2016), with both gradients: tiles and kernel
 * are transformed, multiplied as 36 matrix products, and transformed back. Needs a quarter of the multiplications of a
 * direct convolution, for writing and reading 2.25 numbers per value.
 */
import type { ConvolutionShape, ForwardViews, InputGradientViews, KernelGradientViews } from './convolution';
import type { Shader, View } from './shader';
import {
  directGradients,
  gradientParts,
  products,
  tiledGradients,
  type WinogradScratch,
} from './winograd-products';
import {
  POSITIONS,
  tilesOf,
  transformGradient,
  transformInput,
  transformKernel,
  transformKernelGradient,
  transformProducts,
} from './winograd-tiles';

export const isWinograd = ({ k, stride }: Pick<ConvolutionShape, 'k' | 'stride'>) => k === 3 && stride === 1;

/** Scratch memory of a convolution's passes, in floats. */
export function winogradScratch(shape: ConvolutionShape) {
  const { batch, outSize, cin, cout } = shape;
  const images = POSITIONS * tilesOf(batch, outSize) * Math.max(cin, cout);
  return { kernel: POSITIONS * gradientParts(shape) * cin * cout, seen: images, made: images };
}

/**
 * Views of the scratch memory with the lengths that products [tiles, depth] · [depth, columns], or their adjoints,
 * need.
 */
function cut(
  scratch: WinogradScratch,
  tiles: number,
  depth: number,
  columns: number,
  parts = 1,
): WinogradScratch {
  const part = ({ buffer }: View, floats: number): View => ({ buffer, offset: 0, bytes: 4 * floats });
  return {
    kernel: part(scratch.kernel, POSITIONS * parts * depth * columns),
    seen: part(scratch.seen, POSITIONS * tiles * depth),
    made: part(scratch.made, POSITIONS * tiles * columns),
  };
}

/** y = x ∗ kernel, in four dispatches. */
export function winogradConvolution(
  { batch, outSize, cin, cout }: ConvolutionShape,
  { x, kernel, y }: ForwardViews,
  memory: WinogradScratch,
  direct: boolean,
): Shader[] {
  const tiles = tilesOf(batch, outSize);
  const scratch = cut(memory, tiles, cin, cout);
  return [
    transformKernel(cin, cout, kernel, scratch.kernel, false),
    transformInput(batch, outSize, cin, x, scratch.seen),
    products(direct, tiles, cin, cout, scratch),
    transformProducts(batch, outSize, cout, scratch.made, y, false),
  ];
}

/** dx = dy ∗ turned kernel, or dx += with `add`, in four dispatches. */
export function winogradInputGradient(
  { batch, inSize, cin, cout }: ConvolutionShape,
  { dy, kernel, dx }: InputGradientViews,
  add: boolean,
  memory: WinogradScratch,
  direct: boolean,
): Shader[] {
  const tiles = tilesOf(batch, inSize);
  const scratch = cut(memory, tiles, cout, cin);
  return [
    transformKernel(cin, cout, kernel, scratch.kernel, true),
    transformInput(batch, inSize, cout, dy, scratch.seen),
    products(direct, tiles, cout, cin, scratch),
    transformProducts(batch, inSize, cin, scratch.made, dx, add),
  ];
}

/** The kernel's gradient [3, 3, cin, cout], in four dispatches. */
export function winogradKernelGradient(
  shape: ConvolutionShape,
  { x, dy, parts: gradient }: KernelGradientViews,
  memory: WinogradScratch,
  direct: boolean,
): Shader[] {
  const { batch, outSize, cin, cout } = shape;
  const tiles = tilesOf(batch, outSize);
  const parts = gradientParts(shape);
  const scratch = cut(memory, tiles, cin, cout, parts);
  const inRegisters = direct && cin % 4 === 0 && cout % 4 === 0;
  return [
    transformInput(batch, outSize, cin, x, scratch.seen),
    transformGradient(batch, outSize, cout, dy, scratch.made),
    (inRegisters ? directGradients : tiledGradients)(shape, scratch),
    transformKernelGradient(parts, cin, cout, scratch.kernel, gradient),
  ];
}
