/**
 * Tiles of Winograd's F(4x4, 3x3): how images, kernels and their gradients are transformed into 36 matrices, and back.
 * Transforms of Lavin and Gray (2016) by the points 0, ±1, ±2 and infinity.
 */
import type { Shader, View } from './shader';
import { access, lanesOf, valueType } from './image-access';
import { each, times } from './wgsl';

/** Side of a tile in pixels: of the outputs (m = 4), and of the inputs that it reads (m + 2 = 6). */
const MADE = 4;
const SEEN = 6;
export const POSITIONS = SEEN * SEEN;

/** Matrices of the transforms of the input, the kernel and the products. */
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

const tilesAcross = (size: number) => Math.ceil(size / MADE);
export const tilesOf = (batch: number, size: number) => batch * tilesAcross(size) ** 2;

/** The transpose of a matrix. */
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
 * WGSL of matrix · d · matrixᵀ for a square d with elements d_row_column: first along the columns, then along the rows;
 * each row is passed to `use` as soon as it is computed.
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
export function transformInput(batch: number, size: number, channels: number, x: View, seen: View): Shader {
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

/** A kernel [3, 3, cin, cout] to [36][cin][cout], or flipped, for the input gradient, to [36][cout][cin]. */
export function transformKernel(cin: number, cout: number, kernel: View, to: View, turned: boolean): Shader {
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

/** [36][tiles][channels] back to images [batch, size, size, channels], added to them with `add`. */
export function transformProducts(
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

/** The adjoint of transformProducts: gradients [batch, size, size, channels] to [36][tiles][channels]. */
export function transformGradient(batch: number, size: number, channels: number, dy: View, to: View): Shader {
  const lanes = lanesOf(channels);
  const [type, width] = [valueType(lanes), channels / lanes];
  const input = access(dy, 'input', lanes);
  const output = access(to, 'output', lanes, true);
  const tiles = tilesOf(batch, size);
  const loads = times(MADE, (r) =>
    times(MADE, (c) => {
      const value = input.at(`at + ${(r * size + c) * width}`);
      const inside = `top + ${r} < ${size} && start + ${c} < ${size}`;
      // A read out of bounds returns some value of the array, which select discards.
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

/** The adjoint of transformKernel: [36][parts][cin][cout], summed over the parts, to the gradient of [3, 3, cin, cout]. */
export function transformKernelGradient(
  parts: number,
  cin: number,
  cout: number,
  from: View,
  to: View,
): Shader {
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
