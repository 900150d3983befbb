/**
 * The 36 matrix products of Winograd's algorithm (transformed tiles times transformed kernel, and for the kernel's
 * gradient), in shared memory or in registers only.
 */
import { product, type ConvolutionShape } from './convolution';
import type { Shader, View } from './shader';
import { access, lanesOf, valueType } from './image-access';
import { each, times } from './wgsl';
import { POSITIONS, tilesOf } from './winograd-tiles';

/** Scratch memory, used by one convolution after the other: transformed kernel, input tiles, products. */
export interface WinogradScratch {
  kernel: View;
  seen: View;
  made: View;
}

/** `layers` products [tiles, depth] · [depth, columns], with operands in shared memory. */
export function tiledProducts(
  layers: number,
  tiles: number,
  depth: number,
  columns: number,
  { kernel, seen, made }: WinogradScratch,
): Shader {
  const lanes = lanesOf(columns);
  const output = access(made, 'output', lanes, true);
  return product({
    label: 'products',
    rows: tiles,
    columns,
    depth,
    layers,
    lanes,
    bindings: [{ view: seen, name: 'input' }, { view: kernel, name: 'weights' }, output.binding],
    functions: `
fn left(z: u32, p: u32, q: u32, end: u32) -> f32 {
  if (p >= ${tiles}u || q >= end) { return 0; }
  return input[(z * ${tiles}u + p) * ${depth}u + q];
}
fn right(z: u32, q: u32, c: u32, end: u32) -> f32 {
  if (q >= end || c >= ${columns}u) { return 0; }
  return weights[(z * ${depth}u + q) * ${columns}u + c];
}
fn put(z: u32, p: u32, c: u32, value: ${valueType(lanes)}) {
  ${output.put(`((z * ${tiles}u + p) * ${columns}u + c) / ${lanes}u`, 'value')}
}`,
  });
}

/** Number of rows per thread in directProducts. */
const ROWS = 8;

/**
 * `layers` products [tiles, depth] · [depth, columns] in registers: 8x4 results per thread. Depth and columns are
 * multiples of 4.
 */
export function directProducts(
  layers: number,
  tiles: number,
  depth: number,
  columns: number,
  { kernel, seen, made }: WinogradScratch,
): Shader {
  const element = 'vec4<f32>';
  const [inputs, outputs] = [depth / 4, columns / 4];
  const rows = Math.ceil(tiles / ROWS);
  const threads = layers * rows * outputs;
  return each(
    'products',
    threads,
    [
      { view: seen, name: 'input', element },
      { view: kernel, name: 'weights', element },
      { view: made, name: 'output', element, write: true },
    ],
    `let o = i % ${outputs}u;
  let first = ((i / ${outputs}u) % ${rows}u) * ${ROWS}u;
  let z = i / ${outputs * rows}u;
  ${times(ROWS, (r) => `var s${r} = ${element}(); let from${r} = (z * ${tiles}u + min(first + ${r}u, ${tiles - 1}u)) * ${inputs}u;`).join('\n  ')}
  var w = z * ${depth * outputs}u + o;
  for (var c = 0u; c < ${inputs}u; c++) {
    ${times(4, (j) => `let w${j} = weights[w + ${j * outputs}u];`).join(' ')}
    ${times(ROWS, (r) => `{ let v = input[from${r} + c]; s${r} += v.x * w0 + v.y * w1 + v.z * w2 + v.w * w3; }`).join('\n    ')}
    w += ${4 * outputs}u;
  }
  ${times(ROWS, (r) => `if (first + ${r}u < ${tiles}u) { output[(z * ${tiles}u + first + ${r}u) * ${outputs}u + o] = s${r}; }`).join('\n  ')}`,
  );
}

/** The 36 products with the fallback's algorithm: in registers if requested and possible. */
export const products = (
  direct: boolean,
  tiles: number,
  depth: number,
  columns: number,
  scratch: WinogradScratch,
) =>
  (direct && depth % 4 === 0 && columns % 4 === 0 ? directProducts : tiledProducts)(
    POSITIONS,
    tiles,
    depth,
    columns,
    scratch,
  );

/**
 * Least number of tiles in a part of a kernel's gradient, and greatest number of threads that the parts should occupy.
 */
const PART_TILES = 32;
const PART_THREADS = 1 << 15;

/** Number of parts of a kernel's gradient: as many as keep a GPU busy. */
export function gradientParts({ batch, outSize, cin, cout }: ConvolutionShape): number {
  const threads = POSITIONS * Math.ceil(cin / 4) * Math.ceil(cout / 4);
  const parts = Math.min(Math.ceil(PART_THREADS / threads), Math.ceil(tilesOf(batch, outSize) / PART_TILES));
  return Math.max(1, parts);
}

/** 36 products [cin, tiles] · [tiles, cout] over parts of the tiles, [36][parts][cin][cout], in shared memory. */
export function tiledGradients(shape: ConvolutionShape, { kernel, seen, made }: WinogradScratch): Shader {
  const { batch, outSize, cin, cout } = shape;
  const tiles = tilesOf(batch, outSize);
  const parts = gradientParts(shape);
  const lanes = lanesOf(cout);
  const output = access(kernel, 'output', lanes, true);
  return product({
    label: 'Winograd gradients',
    rows: cin,
    columns: cout,
    depth: tiles,
    parts,
    layers: POSITIONS,
    lanes,
    bindings: [{ view: seen, name: 'input' }, { view: made, name: 'gradient' }, output.binding],
    functions: `
fn left(z: u32, q: u32, p: u32, end: u32) -> f32 {
  if (q >= ${cin}u || p >= end) { return 0; }
  return input[(z / ${parts}u * ${tiles}u + p) * ${cin}u + q];
}
fn right(z: u32, p: u32, c: u32, end: u32) -> f32 {
  if (p >= end || c >= ${cout}u) { return 0; }
  return gradient[(z / ${parts}u * ${tiles}u + p) * ${cout}u + c];
}
fn put(z: u32, q: u32, c: u32, value: ${valueType(lanes)}) {
  ${output.put(`((z * ${cin}u + q) * ${cout}u + c) / ${lanes}u`, 'value')}
}`,
  });
}

/** The same in registers: 8x4 channels per thread, or 4x4 if 8 does not divide the channels. */
export function directGradients(shape: ConvolutionShape, { kernel, seen, made }: WinogradScratch): Shader {
  const element = 'vec4<f32>';
  const { batch, outSize, cin, cout } = shape;
  const outputs = cout / 4;
  const vectors = cin % 8 === 0 ? 2 : 1;
  const inputs = cin / 4 / vectors;
  const tiles = tilesOf(batch, outSize);
  const parts = gradientParts(shape);
  const perPart = Math.ceil(tiles / parts);
  const threads = POSITIONS * parts * inputs * outputs;
  const rows = times(vectors, (v) =>
    times(4, (j) => ({ sum: `s${4 * v + j}`, by: `v${v}.${'xyzw'[j]}` })),
  ).flat();
  return each(
    'Winograd gradients',
    threads,
    [
      { view: seen, name: 'input', element },
      { view: made, name: 'gradient', element },
      { view: kernel, name: 'output', element, write: true },
    ],
    `let o = i % ${outputs}u;
  let c = (i / ${outputs}u) % ${inputs}u;
  let z = i / ${outputs * inputs}u;
  let first = (z / ${parts}u) * ${tiles}u;
  let end = first + min((z % ${parts}u + 1u) * ${perPart}u, ${tiles}u);
  ${rows.map(({ sum }) => `var ${sum} = ${element}();`).join(' ')}
  for (var tile = first + (z % ${parts}u) * ${perPart}u; tile < end; tile++) {
    ${times(vectors, (v) => `let v${v} = input[(tile * ${inputs}u + c) * ${vectors}u + ${v}u];`).join(' ')}
    let d = gradient[tile * ${outputs}u + o];
    ${rows.map(({ sum, by }) => `${sum} += ${by} * d;`).join(' ')}
  }
  let to = (z * ${cin}u + ${4 * vectors}u * c) * ${outputs}u + o;
  ${rows.map(({ sum }, row) => `output[to + ${row * outputs}u] = ${sum};`).join(' ')}`,
  );
}
