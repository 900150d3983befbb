/**
 * Merging of kernels from the parts of a block, splitting of their gradient into the parts', and sums of partial
 * gradients.
 */
import type { Binding, Shader, View } from './shader';
import { each, f } from './wgsl';

/** Greatest number of gradients per shader: with their sums they use all bindings that WebGPU guarantees. */
export const MOST_SUMS = 4;

/** For each of at most MOST_SUMS sums: Σ of its `number` parts of `length` floats. */
export const sumsOfParts = (
  gradients: readonly { parts: View; sum: View }[],
  number: number,
  length: number,
): Shader =>
  each(
    'sums of parts',
    gradients.length * length,
    gradients.flatMap(({ parts, sum }, g) => [
      { view: parts, name: `parts${g}` },
      { view: sum, name: `sum${g}`, write: true },
    ]),
    `let at = i % ${length}u;
  var total = 0f;
  switch (i / ${length}u) {
    ${gradients
      .map(
        (_, g) => `${g === 0 ? 'default' : `case ${g}u`}: {
      for (var p = 0u; p < ${number}u; p++) { total += parts${g}[p * ${length}u + at]; }
      sum${g}[at] = total;
    }`,
      )
      .join('\n    ')}
  }`,
  );

export interface Part {
  /** null for the identity. */
  kernel: View | null;
  height: number;
  width: number;
  /** Gain per output channel; null if there is none. */
  gain: View | null;
  constant: number;
}

export interface KernelShape {
  k: number;
  cin: number;
  cout: number;
}

/** Number of storage buffers per shader that WebGPU guarantees. */
const MOST_BINDINGS = 8;

/** Cuts a list into pieces that respect the limit of bindings, beside `others` bindings of every piece. */
function pieces<T>(items: readonly T[], others: number, bindingsOf: (item: T) => number): T[][] {
  const cut: T[][] = [];
  let bound = Infinity;
  for (const item of items) {
    const more = bindingsOf(item);
    if (others + bound + more > MOST_BINDINGS) {
      cut.push([]);
      bound = 0;
    }
    cut.at(-1)!.push(item);
    bound += more;
  }
  return cut;
}

/** Bindings of the kernel and gain of part p, if it has them. */
const bindingsOfPart = ({ kernel, gain }: Part, p: number): Binding[] => [
  ...(kernel ? [{ view: kernel, name: `weights${p}` }] : []),
  ...(gain ? [{ view: gain, name: `gain${p}` }] : []),
];

/** WGSL that adds constant · gain ⊙ part p, centred, to element i of a merged kernel. */
const addPart = (
  { k, cin, cout }: KernelShape,
  { kernel, height, width, gain, constant }: Part,
  p: number,
) => `{
    let row = i32(tap / ${k}u) - ${(k - height) / 2};
    let column = i32(tap % ${k}u) - ${(k - width) / 2};
    if (row >= 0 && row < ${height} && column >= 0 && column < ${width}) {
      value += ${f(constant)} * ${gain ? `gain${p}[co] * ` : ''}${
        kernel
          ? `weights${p}[(u32(row * ${width} + column) * ${cin}u + ci) * ${cout}u + co]`
          : 'select(0f, 1f, ci == co)'
      };
    }
  }`;

/** K = Σ constant · gain ⊙ part, each part centred in the kernel. */
export const mergeParts = (shape: KernelShape, parts: readonly Part[], merged: View): Shader[] => {
  const { k, cin, cout } = shape;
  return pieces(parts, 1, (part) => bindingsOfPart(part, 0).length).map((piece, turn) =>
    each(
      'merge',
      k * k * cin * cout,
      [{ view: merged, name: 'merged', write: true }, ...piece.flatMap(bindingsOfPart)],
      `let co = i % ${cout}u;
  let ci = (i / ${cout}u) % ${cin}u;
  let tap = i / ${cin * cout}u;
  var value = ${turn === 0 ? '0f' : 'merged[i]'};
  ${piece.map((part, p) => addPart(shape, part, p)).join('\n  ')}
  merged[i] = value;`,
    ),
  );
};

/** The mean of k·k pixels, channel by channel. */
export const averageKernel = ({ k, cin, cout }: KernelShape, to: View): Shader =>
  each(
    'average kernel',
    k * k * cin * cout,
    [{ view: to, name: 'output', write: true }],
    `output[i] = select(0f, ${f(1 / (k * k))}, i % ${cout}u == (i / ${cout}u) % ${cin}u);`,
  );

/** Index in the merged kernel of element r (tap and input) of a part, output channel co. */
const source = ({ k, cin, cout }: KernelShape, { height, width }: Part) =>
  `(((r / ${cin}u / ${width}u + ${(k - height) / 2}u) * ${k}u + (r / ${cin}u) % ${width}u + ${(k - width) / 2}u) * ${cin}u + r % ${cin}u) * ${cout}u + co`;

/** WGSL that runs one of several pieces of code, each on so many elements, which it sees as i. */
function split(cases: readonly { count: number; code: string }[]): { count: number; code: string } {
  let first = 0;
  const branches = cases.map(({ count, code }) => {
    const from = first;
    first += count;
    return `if (at < ${first}u) {
    let i = at - ${from}u;
    ${code}
  }`;
  });
  return { count: first, code: branches.join(' else ') };
}

/** dW = constant · gain ⊙ dK for each part's kernel, and where it goes. */
export const partGradients = (
  shape: KernelShape,
  parts: readonly { part: Part; dw: View }[],
  dmerged: View,
): Shader[] => {
  const { cin, cout } = shape;
  return pieces(parts, 1, ({ part }) => (part.gain ? 2 : 1)).map((piece) => {
    const { count, code } = split(
      piece.map(({ part }, p) => ({
        count: part.height * part.width * cin * cout,
        code: `let co = i % ${cout}u;
    let r = i / ${cout}u;
    dw${p}[i] = ${f(part.constant)} * ${part.gain ? `gain${p}[co] * ` : ''}dmerged[${source(shape, part)}];`,
      })),
    );
    const bindings = piece.flatMap(({ part: { gain }, dw }, p) => [
      { view: dw, name: `dw${p}`, write: true },
      ...(gain ? [{ view: gain, name: `gain${p}` }] : []),
    ]);
    return each(
      'part gradients',
      count,
      [{ view: dmerged, name: 'dmerged' }, ...bindings],
      `let at = i;\n  ${code}`,
    );
  });
};

/** dgain[co] = constant · Σ dK·W for each part; of an identity constant · dK's centre. */
export const gainGradients = (
  shape: KernelShape,
  parts: readonly { part: Part; dgain: View }[],
  dmerged: View,
): Shader[] => {
  const { cin, cout } = shape;
  return pieces(parts, 1, ({ part }) => (part.kernel ? 2 : 1)).map((piece) => {
    const { count, code } = split(
      piece.map(({ part }, p) => ({
        count: cout,
        code: part.kernel
          ? `let co = i;
    var sum = 0f;
    for (var r = 0u; r < ${part.height * part.width * cin}u; r++) { sum += weights${p}[r * ${cout}u + co] * dmerged[${source(shape, part)}]; }
    dgain${p}[i] = ${f(part.constant)} * sum;`
          : `let co = i;
    let r = i;
    dgain${p}[i] = ${f(part.constant)} * dmerged[${source(shape, part)}];`,
      })),
    );
    const bindings = piece.flatMap(({ part: { kernel }, dgain }, p) => [
      { view: dgain, name: `dgain${p}`, write: true },
      ...(kernel ? [{ view: kernel, name: `weights${p}` }] : []),
    ]);
    return each(
      'gain gradients',
      count,
      [{ view: dmerged, name: 'dmerged' }, ...bindings],
      `let at = i;\n  ${code}`,
    );
  });
};

/** inverse = 1/‖W[·, co]‖, gain = s · inverse, of a kernel [rows][cout]. */
export const kernelNorms = ({
  rows,
  cout,
  w,
  s,
  inverse,
  gain,
}: {
  rows: number;
  cout: number;
  w: View;
  s: View;
  inverse: View;
  gain: View;
}): Shader =>
  each(
    'kernel norms',
    cout,
    [
      { view: w, name: 'weights' },
      { view: s, name: 'scale' },
      { view: inverse, name: 'inverse', write: true },
      { view: gain, name: 'gain', write: true },
    ],
    `var sum = 0f;
  for (var r = 0u; r < ${rows}u; r++) { let v = weights[r * ${cout}u + i]; sum += v * v; }
  inverse[i] = inverseSqrt(sum);
  gain[i] = scale[i] * inverseSqrt(sum);`,
  );

/** ds = dgain/‖W‖ (written where dgain was not) and dW −= s · dgain · W/‖W‖³. */
export const kernelNormsGradient = ({
  rows,
  cout,
  w,
  dw,
  s,
  ds,
  dgain,
  inverse,
}: {
  rows: number;
  cout: number;
  w: View;
  dw: View;
  s: View;
  ds: View;
  dgain: View;
  inverse: View;
}): Shader =>
  each(
    'kernel norms gradient',
    rows * cout,
    [
      { view: w, name: 'weights' },
      { view: dw, name: 'dw', write: true },
      { view: s, name: 'scale' },
      { view: ds, name: 'ds', write: true },
      { view: dgain, name: 'dgain' },
      { view: inverse, name: 'inverse' },
    ],
    `let co = i % ${cout}u;
  let n = inverse[co];
  if (i < ${cout}u) { ds[i] = dgain[i] * n; }
  dw[i] = dw[i] - scale[co] * dgain[co] * n * n * n * weights[i];`,
  );
