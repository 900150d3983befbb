/**
 * The same convolutions as ./convolution with every operand in registers: no shared memory, no barriers, vectors of four
 * channels. For adapters on which workgroups are slow, software ones above all; which is faster is measured. Channels in
 * and out are multiples of 4.
 */
import type { ConvolutionShape } from './convolution';
import { ENTRY, groupsFor, INDEX, type Shader, type View } from './gpu';

const VECTOR = 'vec4<f32>';
/** Pixels of a row that a thread works on. */
const PIXELS = 4;
/** Rows of pixels in a part of a kernel's gradient. */
const PART_ROWS = 16;

export const isDirect = ({ cin, cout }: ConvolutionShape) => cin % 4 === 0 && cout % 4 === 0;

const each = <T>(count: number, line: (i: number) => T) => Array.from({ length: count }, (_, i) => line(i));

/** y = x ∗ kernel: a thread makes four pixels of a row by four output channels. */
export function directConvolution(shape: ConvolutionShape, x: View, kernel: View, y: View): Shader {
  const { batch, inSize, outSize, cin, cout, k, stride } = shape;
  const groups = Math.ceil(outSize / PIXELS);
  const columns = cout / 4;
  const threads = batch * outSize * groups * columns;
  const border = (k - 1) / 2;
  const load = each(PIXELS, (p) => {
    const column = `ix + ${p * stride}`;
    return `let x${p} = select(vec4<f32>(), input[max(0, (row + ${column}) * ${cin / 4} + c)], ${column} >= 0 && ${column} < ${inSize});`;
  });
  return {
    label: 'convolution',
    bindings: [
      { view: x, name: 'input', element: VECTOR },
      { view: kernel, name: 'weights', element: VECTOR },
      { view: y, name: 'output', element: VECTOR, write: true },
    ],
    groups: groupsFor(threads),
    code: `${ENTRY} {
  ${INDEX}
  if (i >= ${threads}u) { return; }
  let o = i32(i % ${columns}u);
  let first = i32((i / ${columns}u) % ${groups}u) * ${PIXELS};
  let oy = i32((i / ${columns * groups}u) % ${outSize}u);
  let image = i32(i / ${columns * groups * outSize}u);
  ${each(PIXELS, (p) => `var s${p} = vec4<f32>();`).join(' ')}
  for (var ky = 0; ky < ${k}; ky++) {
    let iy = oy * ${stride} + ky - ${border};
    if (iy < 0 || iy >= ${inSize}) { continue; }
    let row = (image * ${inSize} + iy) * ${inSize};
    for (var kx = 0; kx < ${k}; kx++) {
      let ix = first * ${stride} + kx - ${border};
      var w = (ky * ${k} + kx) * ${cin * columns} + o;
      for (var c = 0; c < ${cin / 4}; c++) {
        ${load.join('\n        ')}
        ${each(4, (j) => `let w${j} = weights[w + ${j * columns}];`).join(' ')}
        ${each(PIXELS, (p) => `s${p} += x${p}.x * w0 + x${p}.y * w1 + x${p}.z * w2 + x${p}.w * w3;`).join('\n        ')}
        w += ${4 * columns};
      }
    }
  }
  let to = ((image * ${outSize} + oy) * ${outSize} + first) * ${columns} + o;
  ${each(PIXELS, (p) => `if (first + ${p} < ${outSize}) { output[to + ${p * columns}] = s${p}; }`).join('\n  ')}
}`,
  };
}

/** dx = dy ∗ turned kernel, or dx += with `add`: a thread makes four pixels of a row by four input channels. */
export function directInputGradient(
  shape: ConvolutionShape,
  dy: View,
  kernel: View,
  dx: View,
  add: boolean,
): Shader {
  const { batch, inSize, outSize, cin, cout, k, stride } = shape;
  const groups = Math.ceil(inSize / PIXELS);
  const columns = cin / 4;
  const threads = batch * inSize * groups * columns;
  const border = (k - 1) / 2;
  const isOutput = (name: string) =>
    stride === 1
      ? `${name} >= 0 && ${name} < ${outSize}`
      : `${name} >= 0 && (${name} & 1) == 0 && ${name} < ${2 * outSize}`;
  const at = (name: string) => (stride === 1 ? name : `(${name} >> 1)`);
  return {
    label: 'input gradient',
    bindings: [
      { view: dy, name: 'input', element: VECTOR },
      { view: kernel, name: 'weights', element: VECTOR },
      { view: dx, name: 'output', element: VECTOR, write: true },
    ],
    groups: groupsFor(threads),
    code: `${ENTRY} {
  ${INDEX}
  if (i >= ${threads}u) { return; }
  let o = i32(i % ${columns}u);
  let first = i32((i / ${columns}u) % ${groups}u) * ${PIXELS};
  let y = i32((i / ${columns * groups}u) % ${inSize}u);
  let image = i32(i / ${columns * groups * inSize}u);
  ${each(PIXELS, (p) => `var s${p} = vec4<f32>();`).join(' ')}
  for (var ky = 0; ky < ${k}; ky++) {
    let sy = y + ${border} - ky;
    if (!(${isOutput('sy')})) { continue; }
    let row = (image * ${outSize} + ${at('sy')}) * ${outSize};
    for (var kx = 0; kx < ${k}; kx++) {
      ${each(PIXELS, (p) => `let p${p} = first + ${p + border} - kx; let in${p} = ${isOutput(`p${p}`)}; let from${p} = max(0, (row + ${at(`p${p}`)}) * ${cout / 4});`).join('\n      ')}
      var w = ((ky * ${k} + kx) * ${cin} + 4 * o) * ${cout / 4};
      for (var c = 0; c < ${cout / 4}; c++) {
        ${each(PIXELS, (p) => `let d${p} = select(vec4<f32>(), input[from${p} + c], in${p});`).join('\n        ')}
        ${each(4, (j) => `let w${j} = weights[w + ${(j * cout) / 4}];`).join(' ')}
        ${each(PIXELS, (p) => `s${p} += vec4<f32>(dot(d${p}, w0), dot(d${p}, w1), dot(d${p}, w2), dot(d${p}, w3));`).join('\n        ')}
        w++;
      }
    }
  }
  let to = ((image * ${inSize} + y) * ${inSize} + first) * ${columns} + o;
  ${each(PIXELS, (p) => `if (first + ${p} < ${inSize}) { output[to + ${p * columns}] ${add ? '+=' : '='} s${p}; }`).join('\n  ')}
}`,
  };
}

export const directGradientParts = ({ batch, outSize }: ConvolutionShape) =>
  Math.ceil((batch * outSize) / PART_ROWS);

/**
 * The kernel's gradient over parts of the batch's rows, [parts][k, k, cin, cout]: a thread makes the taps of one kernel
 * row for four input by four output channels, and goes along the rows of pixels.
 */
export function directKernelGradient(shape: ConvolutionShape, x: View, dy: View, parts: View): Shader {
  const { batch, inSize, outSize, cin, cout, k, stride } = shape;
  const [inputs, outputs] = [cin / 4, cout / 4];
  const number = directGradientParts(shape);
  const threads = number * k * inputs * outputs;
  const border = (k - 1) / 2;
  const sums = each(k, (tap) => each(4, (j) => `s${tap}${j}`)).flat();
  const loadAt = (column: string) =>
    `select(vec4<f32>(), input[max(0, (line + ${column}) * ${inputs} + c)], ${column} >= 0 && ${column} < ${inSize})`;
  // At stride 1 what one pixel's tap saw is what the next pixel's tap before it sees.
  const slides = stride === 1 && k === 3;
  const loads = slides
    ? 'x0 = x1; x1 = x2; x2 = ' + loadAt('ox + 1') + ';'
    : each(k, (tap) => `x${tap} = ${loadAt(`(ox * ${stride} + ${tap - border})`)};`).join(' ');
  return {
    label: 'kernel gradient',
    bindings: [
      { view: x, name: 'input', element: VECTOR },
      { view: dy, name: 'gradient', element: VECTOR },
      { view: parts, name: 'output', element: VECTOR, write: true },
    ],
    groups: groupsFor(threads),
    code: `${ENTRY} {
  ${INDEX}
  if (i >= ${threads}u) { return; }
  let o = i32(i % ${outputs}u);
  let c = i32((i / ${outputs}u) % ${inputs}u);
  let ky = i32((i / ${outputs * inputs}u) % ${k}u);
  let part = i32(i / ${outputs * inputs * k}u);
  ${sums.map((name) => `var ${name} = vec4<f32>();`).join(' ')}
  let end = min((part + 1) * ${PART_ROWS}, ${batch * outSize});
  for (var row = part * ${PART_ROWS}; row < end; row++) {
    let iy = (row % ${outSize}) * ${stride} + ky - ${border};
    if (iy < 0 || iy >= ${inSize}) { continue; }
    let line = ((row / ${outSize}) * ${inSize} + iy) * ${inSize};
    ${each(k, (tap) => `var x${tap} = vec4<f32>();`).join(' ')}
    ${slides ? `x2 = ${loadAt('0')};` : ''}
    for (var ox = 0; ox < ${outSize}; ox++) {
      ${loads}
      let d = gradient[(row * ${outSize} + ox) * ${outputs} + o];
      ${each(k, (tap) => each(4, (j) => `s${tap}${j} += x${tap}.${'xyzw'[j]} * d;`).join(' ')).join('\n      ')}
    }
  }
  let to = ((part * ${k} + ky) * ${k} * ${cin} + 4 * c) * ${outputs} + o;
  ${each(k, (tap) => each(4, (j) => `output[to + ${(tap * cin + j) * outputs}] = s${tap}${j};`).join(' ')).join('\n  ')}
}`,
  };
}
