/**
 * The convolutions of ./convolution with all operands in registers: no shared memory, no barriers, vectors of four
 * channels. Faster on adapters with slow workgroups, above all software ones; the faster is measured. Channels in and
 * out are multiples of 4.
 */
import type { ConvolutionShape, ForwardViews, InputGradientViews, KernelGradientViews } from './convolution';
import type { Shader } from './shader';
import { access } from './image-access';
import { each, times } from './wgsl';

const VECTOR = 'vec4<f32>';
/** Number of pixels of a row per thread: each loaded pixel and kernel value then serves several products. */
const pixelsFor = (size: number) => (size >= 8 ? 8 : 4);
/**
 * Least number of pixel rows in a part of a kernel's gradient, and greatest number of threads that the parts should
 * occupy.
 */
const PART_ROWS = 16;
const PART_THREADS = 1 << 16;

export const isDirect = ({ cin, cout }: ConvolutionShape) => cin % 4 === 0 && cout % 4 === 0;

/** y = x ∗ kernel: each thread computes several pixels of a row times four output channels. */
export function directConvolution(shape: ConvolutionShape, { x, kernel, y }: ForwardViews): Shader {
  const { batch, inSize, outSize, cin, cout, k, stride } = shape;
  const pixels = pixelsFor(outSize);
  const groups = Math.ceil(outSize / pixels);
  const columns = cout / 4;
  const threads = batch * outSize * groups * columns;
  const border = (k - 1) / 2;
  const input = access(x, 'input', 4);
  const output = access(y, 'output', 4, true);
  /** Input columns that the pixels need, relative to the first tap of the first pixel. */
  const needed = [...new Set(times(pixels, (p) => times(k, (kx) => p * stride + kx)).flat())];
  const load = (column: number) => {
    const at = `ix + ${column}`;
    return `let x${column} = select(vec4<f32>(), ${input.at(`max(0, (row + ${at}) * ${cin / 4} + c)`)}, ${at} >= 0 && ${at} < ${inSize});`;
  };
  const tap = (kx: number) => `
        {
          ${times(4, (j) => `let w${j} = weights[w + ${kx * cin * columns + j * columns}];`).join(' ')}
          ${times(pixels, (p) => {
            const v = `x${p * stride + kx}`;
            return `s${p} += ${v}.x * w0 + ${v}.y * w1 + ${v}.z * w2 + ${v}.w * w3;`;
          }).join('\n          ')}
        }`;
  return each(
    'convolution',
    threads,
    [input.binding, { view: kernel, name: 'weights', element: VECTOR }, output.binding],
    `let o = i32(i % ${columns}u);
  let first = i32((i / ${columns}u) % ${groups}u) * ${pixels};
  let oy = i32((i / ${columns * groups}u) % ${outSize}u);
  let image = i32(i / ${columns * groups * outSize}u);
  let ix = first * ${stride} - ${border};
  ${times(pixels, (p) => `var s${p} = vec4<f32>();`).join(' ')}
  for (var ky = 0; ky < ${k}; ky++) {
    let iy = oy * ${stride} + ky - ${border};
    if (iy < 0 || iy >= ${inSize}) { continue; }
    let row = (image * ${inSize} + iy) * ${inSize};
    var w = ky * ${k * cin * columns} + o;
    for (var c = 0; c < ${cin / 4}; c++) {
      ${needed.map(load).join('\n      ')}${times(k, tap).join('')}
      w += ${4 * columns};
    }
  }
  let to = ((image * ${outSize} + oy) * ${outSize} + first) * ${columns} + o;
  ${times(pixels, (p) => `if (first + ${p} < ${outSize}) { ${output.put(`to + ${p * columns}`, `s${p}`)} }`).join('\n  ')}`,
  );
}

/**
 * dx = dy ∗ flipped kernel, or dx += with `add`: each thread computes several pixels of a row times four input
 * channels.
 */
export function directInputGradient(
  shape: ConvolutionShape,
  { dy, kernel, dx }: InputGradientViews,
  add: boolean,
): Shader {
  const { batch, inSize, outSize, cin, cout, k, stride } = shape;
  const pixels = pixelsFor(inSize);
  const groups = Math.ceil(inSize / pixels);
  const columns = cin / 4;
  const threads = batch * inSize * groups * columns;
  const border = (k - 1) / 2;
  const input = access(dy, 'input', 4);
  const output = access(dx, 'output', 4, true);
  // Through tap kx, pixel p reads the value at p + border − kx; at stride 2 only if that is even. `first` is.
  const reach = times(pixels + k - 1, (at) => at - border).filter((at) => at % stride === 0);
  const name = (at: number) => (at < 0 ? `m${-at}` : `p${at}`);
  const load = (at: number) => {
    const column = stride === 1 ? `first + ${at}` : `(first >> 1) + ${at / 2}`;
    return `let ${name(at)} = select(vec4<f32>(), ${input.at(`max(0, (row + ${column}) * ${cout / 4} + c)`)}, ${column} >= 0 && ${column} < ${outSize});`;
  };
  const tap = (kx: number) => {
    const served = times(pixels, (p) => p).filter((p) => reach.includes(p + border - kx));
    return `
        {
          ${times(4, (j) => `let w${j} = weights[w + ${(kx * cin + j) * (cout / 4)}];`).join(' ')}
          ${served
            .map((p) => {
              const d = name(p + border - kx);
              return `s${p} += vec4<f32>(dot(${d}, w0), dot(${d}, w1), dot(${d}, w2), dot(${d}, w3));`;
            })
            .join('\n          ')}
        }`;
  };
  const skips =
    stride === 1 ? `sy < 0 || sy >= ${outSize}` : `sy < 0 || (sy & 1) == 1 || sy >= ${2 * outSize}`;
  return each(
    'input gradient',
    threads,
    [input.binding, { view: kernel, name: 'weights', element: VECTOR }, output.binding],
    `let o = i32(i % ${columns}u);
  let first = i32((i / ${columns}u) % ${groups}u) * ${pixels};
  let y = i32((i / ${columns * groups}u) % ${inSize}u);
  let image = i32(i / ${columns * groups * inSize}u);
  ${times(pixels, (p) => `var s${p} = vec4<f32>();`).join(' ')}
  for (var ky = 0; ky < ${k}; ky++) {
    let sy = y + ${border} - ky;
    if (${skips}) { continue; }
    let row = (image * ${outSize} + ${stride === 1 ? 'sy' : '(sy >> 1)'}) * ${outSize};
    var w = (ky * ${k * cin} + 4 * o) * ${cout / 4};
    for (var c = 0; c < ${cout / 4}; c++) {
      ${reach.map(load).join('\n      ')}${times(k, tap).join('')}
      w++;
    }
  }
  let to = ((image * ${inSize} + y) * ${inSize} + first) * ${columns} + o;
  ${times(pixels, (p) => `if (first + ${p} < ${inSize}) { ${output.put(`to + ${p * columns}`, `s${p}`, add)} }`).join('\n  ')}`,
  );
}

/** Number of threads of one part of a kernel's gradient. */
const gradientThreads = ({ cin, cout, k }: ConvolutionShape) => (k * cin * cout) / 16;

/** Number of parts that keeps a GPU busy. Wide layers need few, and each part takes as much memory as the kernel. */
export const directGradientParts = (shape: ConvolutionShape) =>
  Math.min(
    Math.ceil((shape.batch * shape.outSize) / PART_ROWS),
    Math.ceil(PART_THREADS / gradientThreads(shape)),
  );

/**
 * The kernel's gradient over parts of the batch's rows, [parts][k, k, cin, cout]. Each thread computes the taps of one
 * kernel row for 4 input times 4 output channels and iterates over the rows of pixels.
 */
export function directKernelGradient(shape: ConvolutionShape, { x, dy, parts }: KernelGradientViews): Shader {
  const { batch, inSize, outSize, cin, cout, k, stride } = shape;
  const [inputs, outputs] = [cin / 4, cout / 4];
  const number = directGradientParts(shape);
  const perPart = Math.ceil((batch * outSize) / number);
  const threads = number * gradientThreads(shape);
  const border = (k - 1) / 2;
  const sums = times(k, (tap) => times(4, (j) => `s${tap}${j}`)).flat();
  const input = access(x, 'input', 4);
  const gradient = access(dy, 'gradient', 4);
  const loadAt = (column: string) =>
    `select(vec4<f32>(), ${input.at(`max(0, (line + ${column}) * ${inputs} + c)`)}, ${column} >= 0 && ${column} < ${inSize})`;
  // At stride 1 a value read by one tap is read by the previous tap for the next pixel.
  const slides = stride === 1 && k === 3;
  const loads = slides
    ? 'x0 = x1; x1 = x2; x2 = ' + loadAt('ox + 1') + ';'
    : times(k, (tap) => `x${tap} = ${loadAt(`(ox * ${stride} + ${tap - border})`)};`).join(' ');
  return each(
    'kernel gradient',
    threads,
    [input.binding, gradient.binding, { view: parts, name: 'output', element: VECTOR, write: true }],
    `let o = i32(i % ${outputs}u);
  let c = i32((i / ${outputs}u) % ${inputs}u);
  let ky = i32((i / ${outputs * inputs}u) % ${k}u);
  let part = i32(i / ${outputs * inputs * k}u);
  ${sums.map((name) => `var ${name} = vec4<f32>();`).join(' ')}
  let end = min((part + 1) * ${perPart}, ${batch * outSize});
  for (var row = part * ${perPart}; row < end; row++) {
    let iy = (row % ${outSize}) * ${stride} + ky - ${border};
    if (iy < 0 || iy >= ${inSize}) { continue; }
    let line = ((row / ${outSize}) * ${inSize} + iy) * ${inSize};
    ${times(k, (tap) => `var x${tap} = vec4<f32>();`).join(' ')}
    ${slides ? `x2 = ${loadAt('0')};` : ''}
    for (var ox = 0; ox < ${outSize}; ox++) {
      ${loads}
      let d = ${gradient.at(`(row * ${outSize} + ox) * ${outputs} + o`)};
      ${times(k, (tap) => times(4, (j) => `s${tap}${j} += x${tap}.${'xyzw'[j]} * d;`).join(' ')).join('\n      ')}
    }
  }
  let to = ((part * ${k} + ky) * ${k} * ${cin} + 4 * c) * ${outputs} + o;
  ${times(k, (tap) => times(4, (j) => `output[to + ${(tap * cin + j) * outputs}] = s${tap}${j};`).join(' ')).join('\n  ')}`,
  );
}
