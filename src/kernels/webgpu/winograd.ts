/**
 * 3x3 convolutions of stride 1 by Winograd's F(4x4, 3x3), outputs and both gradients: tiles and kernel are transformed,
 * multiplied as 36 matrix products, and the products transformed back. A quarter of the multiplications of a direct
 * convolution, for writing and reading 2.25 numbers for each of its images' in between. No atomics.
 */
import type { ConvolutionShape } from './convolution';
import { product } from './convolution';
import type { Shader, View } from './gpu';
import { access, lanesOf, valueType } from './image-access';
import { each, times } from './wgsl';

/** Pixels a side that a tile makes, and that it sees. */
const MADE = 4;
const SEEN = 6;
const POSITIONS = SEEN * SEEN;

/** Transforms of Lavin and Gray (2016), of the input, the kernel and the products, by the points 0, ±1, ±2 and infinity. */
const OF_INPUT = [
  [4, 0, -5, 0, 1, 0],
  [0, -4, -4, 1, 1, 0],
  [0, 4, -4, -1, 1, 0],
  [0, -2, -1, 2, 1, 0],
  [0, 2, -1, -2, 1, 0],
  [0, 4, 0, -5, 0, 1],
];
const OF_KERNEL = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
];
const OF_PRODUCTS = [
  [1, 1, 1, 1, 1, 0],
  [0, 1, -1, 2, -2, 0],
  [0, 1, 1, 4, 4, 0],
  [0, 1, -1, 8, -8, 1],
];

export const isWinograd = ({ k, stride }: Pick<ConvolutionShape, 'k' | 'stride'>) => k === 3 && stride === 1;

/** What a convolution's passes need for a while, in floats. */
export function winogradScratch(shape: ConvolutionShape) {
  const { batch, outSize, cin, cout } = shape;
  const images = POSITIONS * tilesOf(batch, outSize) * Math.max(cin, cout);
  return { kernel: POSITIONS * gradientParts(shape) * cin * cout, seen: images, made: images };
}

/** Tiles in a part of a kernel's gradient at least, and threads that its parts are to give work to at most. */
const PART_TILES = 32;
const PART_THREADS = 1 << 15;

/** Parts of the tiles that a kernel's gradient is summed over: as many as keep a GPU busy. */
function gradientParts({ batch, outSize, cin, cout }: ConvolutionShape): number {
  const threads = POSITIONS * Math.ceil(cin / 4) * Math.ceil(cout / 4);
  const parts = Math.min(Math.ceil(PART_THREADS / threads), Math.ceil(tilesOf(batch, outSize) / PART_TILES));
  return Math.max(1, parts);
}

/** Memory that one convolution after the other uses: transformed kernel, input tiles, products. */
export interface WinogradScratch {
  kernel: View;
  seen: View;
  made: View;
}

const tilesAcross = (size: number) => Math.ceil(size / MADE);
const tilesOf = (batch: number, size: number) => batch * tilesAcross(size) ** 2;

/** A matrix with its rows as columns. */
const turn = (matrix: readonly (readonly number[])[]) =>
  matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));

/** WGSL of Σ row[k] · names[k]. */
function weighted(row: readonly number[], names: readonly string[]): string {
  const terms = row.flatMap((factor, k) => {
    if (factor === 0) return [];
    const size = Math.abs(factor);
    return [`${factor < 0 ? '-' : '+'} ${size === 1 ? '' : `${size}f * `}${names[k]}`];
  });
  return terms.join(' ').replace(/^\+ /, '');
}

/**
 * WGSL that makes matrix · d · matrixᵀ of square d, whose elements are called d_row_column: first down the columns,
 * then along the rows, each of which is handed to `use` as soon as it is there.
 */
function transform(
  matrix: readonly (readonly number[])[],
  use: (r: number, c: number, value: string) => string,
) {
  const [made, seen] = [matrix.length, matrix[0]!.length];
  const down = times(made, (r) =>
    times(
      seen,
      (c) =>
        `let t_${r}_${c} = ${weighted(
          matrix[r]!,
          times(seen, (k) => `d_${k}_${c}`),
        )};`,
    ),
  ).flat();
  const along = times(made, (r) =>
    times(made, (c) =>
      use(
        r,
        c,
        weighted(
          matrix[c]!,
          times(seen, (k) => `t_${r}_${k}`),
        ),
      ),
    ),
  ).flat();
  return [...down, ...along].join('\n  ');
}

/** WGSL that splits the number of a tile into image, row and column of its first pixel. */
const place = (across: number) => `
  let image = i32(tile / ${across * across}u);
  let top = i32((tile / ${across}u) % ${across}u) * ${MADE};
  let start = i32(tile % ${across}u) * ${MADE};`;

/** Images [batch, size, size, channels] to [36][tiles][channels]. */
function transformInput(batch: number, size: number, channels: number, x: View, seen: View): Shader {
  const lanes = lanesOf(channels);
  const [type, width] = [valueType(lanes), channels / lanes];
  const input = access(x, 'input', lanes);
  const output = access(seen, 'output', lanes, true);
  const tiles = tilesOf(batch, size);
  const loads = times(SEEN, (r) =>
    times(SEEN, (c) => {
      const [row, column] = [`(top + ${r - 1})`, `(start + ${c - 1})`];
      return (
        `let d_${r}_${c} = select(${type}(), ${input.at(`max(0, ((image * ${size} + ${row}) * ${size} + ${column}) * ${width} + c)`)}, ` +
        `${row} >= 0 && ${row} < ${size} && ${column} >= 0 && ${column} < ${size});`
      );
    }),
  ).flat();
  return each(
    'input tiles',
    tiles * width,
    [input.binding, output.binding],
    `let tile = i / ${width}u;
  let c = i32(i % ${width}u);${place(tilesAcross(size))}
  ${loads.join('\n  ')}
  ${transform(OF_INPUT, (r, c, value) => output.put(`i + ${(r * SEEN + c) * tiles * width}u`, value))}`,
  );
}

/** A kernel [3, 3, cin, cout] to [36][cin][cout], or turned about, for the input gradient, to [36][cout][cin]. */
function transformKernel(cin: number, cout: number, kernel: View, to: View, turned: boolean): Shader {
  const loads = times(3, (r) =>
    times(3, (c) => {
      const tap = turned ? 8 - (3 * r + c) : 3 * r + c;
      return `let d_${r}_${c} = weights[i + ${tap * cin * cout}u];`;
    }),
  ).flat();
  const at = turned ? `(i % ${cout}u) * ${cin}u + i / ${cout}u` : 'i';
  return each(
    'kernel transform',
    cin * cout,
    [
      { view: kernel, name: 'weights' },
      { view: to, name: 'output', write: true },
    ],
    `let at = ${at};
  ${loads.join('\n  ')}
  ${transform(OF_KERNEL, (r, c, value) => `output[at + ${(r * SEEN + c) * cin * cout}u] = ${value};`)}`,
  );
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

/** Rows that a thread of directProducts works on. */
const ROWS = 8;

/**
 * `layers` products [tiles, depth] · [depth, columns] in registers alone: eight rows by four columns a thread. Depth and
 * columns are multiples of 4.
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

/** [36][tiles][channels] back to images [batch, size, size, channels], added to them with `add`. */
function transformProducts(
  batch: number,
  size: number,
  channels: number,
  made: View,
  y: View,
  add: boolean,
): Shader {
  const lanes = lanesOf(channels);
  const width = channels / lanes;
  const input = access(made, 'input', lanes);
  const output = access(y, 'output', lanes, true);
  const tiles = tilesOf(batch, size);
  const loads = times(SEEN, (r) =>
    times(SEEN, (c) => `let d_${r}_${c} = ${input.at(`i + ${(r * SEEN + c) * tiles * width}u`)};`),
  ).flat();
  const whole = size % MADE === 0;
  const put = (r: number, c: number, value: string) => {
    const at = `to + ${(r * size + c) * width}`;
    const line = output.put(at, value, add);
    return whole ? line : `if (top + ${r} < ${size} && start + ${c} < ${size}) { ${line} }`;
  };
  return each(
    'output tiles',
    tiles * width,
    [input.binding, output.binding],
    `let tile = i / ${width}u;
  let c = i32(i % ${width}u);${place(tilesAcross(size))}
  let to = ((image * ${size} + top) * ${size} + start) * ${width} + c;
  ${loads.join('\n  ')}
  ${transform(OF_PRODUCTS, put)}`,
  );
}

/** Views of the scratch memory as long as products [tiles, depth] · [depth, columns], or their adjoints, need it. */
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

/** The 36 products as the plain convolutions are computed: in registers where that is asked for and can be. */
const products = (direct: boolean, tiles: number, depth: number, columns: number, scratch: WinogradScratch) =>
  (direct && depth % 4 === 0 && columns % 4 === 0 ? directProducts : tiledProducts)(
    POSITIONS,
    tiles,
    depth,
    columns,
    scratch,
  );

/** y = x ∗ kernel, in four dispatches. */
export function winogradConvolution(
  { batch, outSize, cin, cout }: ConvolutionShape,
  x: View,
  kernel: View,
  y: View,
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
  dy: View,
  kernel: View,
  dx: View,
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

/** The adjoint of transformProducts: gradients [batch, size, size, channels] to [36][tiles][channels]. */
function transformGradient(batch: number, size: number, channels: number, dy: View, to: View): Shader {
  const lanes = lanesOf(channels);
  const [type, width] = [valueType(lanes), channels / lanes];
  const input = access(dy, 'input', lanes);
  const output = access(to, 'output', lanes, true);
  const tiles = tilesOf(batch, size);
  const loads = times(MADE, (r) =>
    times(MADE, (c) => {
      const value = input.at(`at + ${(r * size + c) * width}`);
      const inside = `top + ${r} < ${size} && start + ${c} < ${size}`;
      // Reading beyond an array gives some value of it, and select drops that.
      return `let d_${r}_${c} = ${size % MADE === 0 ? value : `select(${type}(), ${value}, ${inside})`};`;
    }),
  ).flat();
  return each(
    'gradient tiles',
    tiles * width,
    [input.binding, output.binding],
    `let tile = i / ${width}u;
  let c = i32(i % ${width}u);${place(tilesAcross(size))}
  let at = ((image * ${size} + top) * ${size} + start) * ${width} + c;
  ${loads.join('\n  ')}
  ${transform(turn(OF_PRODUCTS), (r, c, value) => output.put(`i + ${(r * SEEN + c) * tiles * width}u`, value))}`,
  );
}

/** 36 products [cin, tiles] · [tiles, cout] over parts of the tiles, [36][parts][cin][cout], in shared memory. */
function tiledGradients(shape: ConvolutionShape, { kernel, seen, made }: WinogradScratch): Shader {
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

/** The same in registers alone: eight by four channels a thread, four by four where eight do not go. */
function directGradients(shape: ConvolutionShape, { kernel, seen, made }: WinogradScratch): Shader {
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

/** The adjoint of transformKernel: [36][parts][cin][cout], summed over the parts, to the gradient of [3, 3, cin, cout]. */
function transformKernelGradient(parts: number, cin: number, cout: number, from: View, to: View): Shader {
  const length = cin * cout;
  const sums = times(SEEN, (r) => times(SEEN, (c) => `d_${r}_${c}`)).flat();
  return each(
    'kernel gradient transform',
    length,
    [
      { view: from, name: 'input' },
      { view: to, name: 'output', write: true },
    ],
    `${sums.map((name) => `var ${name} = 0f;`).join(' ')}
  for (var part = 0u; part < ${parts}u; part++) {
    let at = part * ${length}u + i;
    ${sums.map((name, position) => `${name} += input[at + ${position * parts * length}u];`).join('\n    ')}
  }
  ${transform(turn(OF_KERNEL), (r, c, value) => `output[i + ${(3 * r + c) * length}u] = ${value};`)}`,
  );
}

/** The kernel's gradient [3, 3, cin, cout], in four dispatches. */
export function winogradKernelGradient(
  shape: ConvolutionShape,
  x: View,
  dy: View,
  gradient: View,
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
