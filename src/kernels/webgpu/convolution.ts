/**
 * Convolutions as tiled matrix products on the GPU: rows are pixels (or taps), columns output channels. Images are
 * [n, size, size, channels], kernels [k, k, cin, cout]; padding (k − 1)/2. No atomics: sums have a fixed order.
 */
import type { Shader, View } from './shader';
import { access, lanesOf, valueType, type Lanes } from './image-access';

export interface ConvolutionShape {
  batch: number;
  inSize: number;
  outSize: number;
  cin: number;
  cout: number;
  k: 1 | 3;
  stride: 1 | 2;
}

/** The views that each pass of a convolution reads and writes. */
export interface ForwardViews {
  x: View;
  kernel: View;
  y: View;
}
export interface InputGradientViews {
  dy: View;
  kernel: View;
  dx: View;
}
export interface KernelGradientViews {
  x: View;
  dy: View;
  /** [parts][k, k, cin, cout]. */
  parts: View;
}

/** Number of reduction steps whose operands are in shared memory at once. */
const DEPTH = 8;

interface Product {
  label: string;
  rows: number;
  columns: number;
  depth: number;
  /** Number of parts into which the reduction is cut; each yields a result. */
  parts?: number;
  /** Number of products of equal shape. */
  layers?: number;
  bindings: Shader['bindings'];
  /**
   * WGSL functions left(z, row, k, end) and right(z, k, column, end), which are 0 outside the matrices and for k ≥ end,
   * and put(z, row, column, value), where `value` has several columns; z = layer · parts + part.
   */
  functions: string;
  lanes: Lanes;
}

/** Σ left(row, k)·right(k, column): 4x4 results per thread, operands shared by the workgroup. */
export function product({
  label,
  rows,
  columns,
  depth,
  parts = 1,
  layers = 1,
  bindings,
  functions,
  lanes,
}: Product): Shader {
  const tileColumns = columns > 32 ? 64 : columns > 16 ? 32 : 16;
  const tileRows = tileColumns === 16 ? 64 : 32;
  const threads = (tileRows / 4) * (tileColumns / 4);
  const perPart = Math.ceil(depth / parts / DEPTH) * DEPTH;
  const load = (name: string, length: number, value: string) => `
    for (var e = t; e < ${DEPTH * length}u; e += ${threads}u) { ${name}[e] = ${value}; }`;
  return {
    label,
    bindings,
    groups: [Math.ceil(rows / tileRows), Math.ceil(columns / tileColumns), parts * layers],
    code: `
${functions}
var<workgroup> a: array<f32, ${DEPTH * tileRows}>;
var<workgroup> b: array<f32, ${DEPTH * tileColumns}>;
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) t: u32) {
  let firstRow = group.x * ${tileRows}u;
  let firstColumn = group.y * ${tileColumns}u;
  let row = (t / ${tileColumns / 4}u) * 4u;
  let column = (t % ${tileColumns / 4}u) * 4u;
  let start = (group.z % ${parts}u) * ${perPart}u;
  let end = min(start + ${perPart}u, ${depth}u);
  var s0 = vec4<f32>();
  var s1 = vec4<f32>();
  var s2 = vec4<f32>();
  var s3 = vec4<f32>();
  for (var k0 = start; k0 < end; k0 += ${DEPTH}u) {
    ${load('a', tileRows, `left(group.z, firstRow + e % ${tileRows}u, k0 + e / ${tileRows}u, end)`)}
    ${load('b', tileColumns, `right(group.z, k0 + e / ${tileColumns}u, firstColumn + e % ${tileColumns}u, end)`)}
    workgroupBarrier();
    for (var k = 0u; k < ${DEPTH}u; k++) {
      let ra = k * ${tileRows}u + row;
      let cb = k * ${tileColumns}u + column;
      let right4 = vec4<f32>(b[cb], b[cb + 1u], b[cb + 2u], b[cb + 3u]);
      s0 += a[ra] * right4;
      s1 += a[ra + 1u] * right4;
      s2 += a[ra + 2u] * right4;
      s3 += a[ra + 3u] * right4;
    }
    workgroupBarrier();
  }
  var sums = array<vec4<f32>, 4>(s0, s1, s2, s3);
  for (var r = 0u; r < 4u; r++) {
    let y = firstRow + row + r;
    for (var c = 0u; c < 4u; c += ${lanes}u) {
      let x = firstColumn + column + c;
      if (y < ${rows}u && x < ${columns}u) { put(group.z, y, x, sums[r]${lanes === 1 ? '[c]' : ''}); }
    }
  }
}`,
  };
}

/** WGSL that splits a pixel's number into image, row and column. */
const pixel = (name: string, size: number) => `
  let image = ${name} / ${size * size}u;
  let y = (${name} / ${size}u) % ${size}u;
  let x = ${name} % ${size}u;`;

/** y = x ∗ kernel. */
export function convolution(shape: ConvolutionShape, { x, kernel, y }: ForwardViews): Shader {
  const { batch, inSize, outSize, cin, cout, k, stride } = shape;
  const rows = batch * outSize * outSize;
  const depth = k * k * cin;
  const lanes = lanesOf(cout);
  const input = access(x, 'input', 1);
  const output = access(y, 'output', lanes, true);
  return product({
    label: 'convolution',
    rows,
    columns: cout,
    depth,
    lanes,
    bindings: [input.binding, { view: kernel, name: 'weights' }, output.binding],
    functions: `
fn left(z: u32, p: u32, q: u32, end: u32) -> f32 {
  if (p >= ${rows}u || q >= end) { return 0; }${pixel('p', outSize)}
  let tap = q / ${cin}u;
  let iy = i32(y * ${stride}u + tap / ${k}u) - ${(k - 1) / 2};
  let ix = i32(x * ${stride}u + tap % ${k}u) - ${(k - 1) / 2};
  if (iy < 0 || ix < 0 || iy >= ${inSize} || ix >= ${inSize}) { return 0; }
  return ${input.at(`((image * ${inSize}u + u32(iy)) * ${inSize}u + u32(ix)) * ${cin}u + q % ${cin}u`)};
}
fn right(z: u32, q: u32, c: u32, end: u32) -> f32 {
  if (q >= end || c >= ${cout}u) { return 0; }
  return weights[q * ${cout}u + c];
}
fn put(z: u32, p: u32, c: u32, value: ${valueType(lanes)}) {
  ${output.put(`(p * ${cout}u + c) / ${lanes}u`, 'value')}
}`,
  });
}

/** The input's gradient: dx = dy ∗ turned kernel, or dx += with `add`. */
export function inputGradient(
  shape: ConvolutionShape,
  { dy, kernel, dx }: InputGradientViews,
  add: boolean,
): Shader {
  const { batch, inSize, outSize, cin, cout, k, stride } = shape;
  const rows = batch * inSize * inSize;
  const lanes = lanesOf(cin);
  const input = access(dy, 'input', 1);
  const output = access(dx, 'output', lanes, true);
  return product({
    label: 'input gradient',
    rows,
    columns: cin,
    depth: k * k * cout,
    lanes,
    bindings: [input.binding, { view: kernel, name: 'weights' }, output.binding],
    // Output (oy, ox) read this pixel at the tap where stride · oy + tap − padding is its row.
    functions: `
fn left(z: u32, p: u32, q: u32, end: u32) -> f32 {
  if (p >= ${rows}u || q >= end) { return 0; }${pixel('p', inSize)}
  let tap = q / ${cout}u;
  let sy = i32(y) + ${(k - 1) / 2} - i32(tap / ${k}u);
  let sx = i32(x) + ${(k - 1) / 2} - i32(tap % ${k}u);
  if (sy < 0 || sx < 0${stride === 2 ? ' || (sy & 1) != 0 || (sx & 1) != 0' : ''}) { return 0; }
  let oy = u32(sy) / ${stride}u;
  let ox = u32(sx) / ${stride}u;
  if (oy >= ${outSize}u || ox >= ${outSize}u) { return 0; }
  return ${input.at(`((image * ${outSize}u + oy) * ${outSize}u + ox) * ${cout}u + q % ${cout}u`)};
}
fn right(z: u32, q: u32, c: u32, end: u32) -> f32 {
  if (q >= end || c >= ${cin}u) { return 0; }
  return weights[((q / ${cout}u) * ${cin}u + c) * ${cout}u + q % ${cout}u];
}
fn put(z: u32, p: u32, c: u32, value: ${valueType(lanes)}) {
  ${output.put(`(p * ${cin}u + c) / ${lanes}u`, 'value', add)}
}`,
  });
}

/** Number of pixels summed in one part of a kernel's gradient. */
const PART_PIXELS = 1024;
const MOST_PARTS = 64;

export const gradientParts = ({ batch, outSize }: ConvolutionShape) =>
  Math.min(MOST_PARTS, Math.ceil((batch * outSize * outSize) / PART_PIXELS));

/** The kernel's gradient over parts of the batch's pixels: [parts][k, k, cin, cout]. */
export function kernelGradient(shape: ConvolutionShape, { x, dy, parts }: KernelGradientViews): Shader {
  const { batch, inSize, outSize, cin, cout, k, stride } = shape;
  const rows = k * k * cin;
  const depth = batch * outSize * outSize;
  const lanes = lanesOf(cout);
  const input = access(x, 'input', 1);
  const gradient = access(dy, 'gradient', 1);
  const output = access(parts, 'output', lanes, true);
  return product({
    label: 'kernel gradient',
    rows,
    columns: cout,
    depth,
    parts: gradientParts(shape),
    lanes,
    bindings: [input.binding, gradient.binding, output.binding],
    functions: `
fn left(z: u32, q: u32, p: u32, end: u32) -> f32 {
  if (q >= ${rows}u || p >= end) { return 0; }${pixel('p', outSize)}
  let tap = q / ${cin}u;
  let iy = i32(y * ${stride}u + tap / ${k}u) - ${(k - 1) / 2};
  let ix = i32(x * ${stride}u + tap % ${k}u) - ${(k - 1) / 2};
  if (iy < 0 || ix < 0 || iy >= ${inSize} || ix >= ${inSize}) { return 0; }
  return ${input.at(`((image * ${inSize}u + u32(iy)) * ${inSize}u + u32(ix)) * ${cin}u + q % ${cin}u`)};
}
fn right(z: u32, p: u32, c: u32, end: u32) -> f32 {
  if (p >= end || c >= ${cout}u) { return 0; }
  return ${gradient.at(`p * ${cout}u + c`)};
}
fn put(z: u32, q: u32, c: u32, value: ${valueType(lanes)}) {
  ${output.put(`((z * ${rows}u + q) * ${cout}u + c) / ${lanes}u`, 'value')}
}`,
  });
}
