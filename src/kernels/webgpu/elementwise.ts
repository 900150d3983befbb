/** Passes over images [pixels, channels]: sums of branches, their gradients, and sums per channel in a fixed order. */
import { ENTRY, groupsFor, INDEX, type Binding, type Shader, type View } from './gpu';

/** An addend of a combination: a ⊙ y, or of y taken at every stride-th pixel, `offset` channels up. */
export interface Addend {
  y: View;
  a: View;
  view: { stride: number; offset: number; size: number; channels: number } | null;
}

/** Addends at a time: with their vectors as many as a shader may bind. */
export const MOST_ADDENDS = 3;

export interface ImageShape {
  batch: number;
  size: number;
  channels: number;
}

/** Four channels at a time where they come in fours: the WGSL type, and how many of it a pixel has. */
function lanes({ channels }: ImageShape): { type: string; width: number } {
  return channels % 4 === 0 ? { type: 'vec4<f32>', width: channels / 4 } : { type: 'f32', width: channels };
}

/** Bindings of vectors and images by lanes. */
const asLanes = (type: string, bindings: readonly Binding[]): Binding[] =>
  bindings.map((binding) => ({ ...binding, element: type }));

const elements = ({ batch, size, channels }: ImageShape) => batch * size * size * channels;

/** out = Σ a ⊙ y + b, rectified with `relu`. */
export function combine(
  shape: ImageShape,
  addends: readonly Addend[],
  b: View | null,
  out: View,
  relu: boolean,
): Shader {
  const { size, channels } = shape;
  const { type, width } = addends.some(({ view }) => view) ? { type: 'f32', width: channels } : lanes(shape);
  const total = (elements(shape) / channels) * width;
  const bindings: Binding[] = [{ view: out, name: 'output', write: true }];
  if (b) bindings.push({ view: b, name: 'shift' });
  const lines = addends.map(({ y, a, view }, t) => {
    bindings.push({ view: y, name: `y${t}` }, { view: a, name: `a${t}` });
    if (!view) return `sum += a${t}[c] * y${t}[i];`;
    const { stride, offset, size: from, channels: count } = view;
    return `if (c >= ${offset}u && c < ${offset + count}u) {
    let p = i / ${channels}u;
    let row = (p / ${size}u) % ${size}u * ${stride}u;
    let column = p % ${size}u * ${stride}u;
    let image = p / ${size * size}u;
    sum += a${t}[c] * y${t}[((image * ${from}u + row) * ${from}u + column) * ${count}u + c - ${offset}u];
  }`;
  });
  return {
    label: 'combine',
    bindings: asLanes(type, bindings),
    groups: groupsFor(total),
    code: `${ENTRY} {
  ${INDEX}
  if (i >= ${total}u) { return; }
  let c = i % ${width}u;
  var sum = ${b ? 'shift[c]' : `${type}()`};
  ${lines.join('\n  ')}
  output[i] = ${relu ? `select(sum, ${type}(), sum <= ${type}())` : 'sum'};
}`,
  };
}

/** dz = dout where out > 0, else 0, in place. */
export function maskGradient(shape: ImageShape, dout: View, out: View): Shader {
  return {
    label: 'mask',
    bindings: [
      { view: dout, name: 'gradient', write: true },
      { view: out, name: 'value' },
    ],
    groups: groupsFor(elements(shape)),
    code: `${ENTRY} {
  ${INDEX}
  if (i >= ${elements(shape)}u) { return; }
  if (!(value[i] > 0)) { gradient[i] = 0; }
}`,
  };
}

/** dy = a ⊙ dz [+ b ⊙ y + c], or dy += that; `abc` holds the three vectors one after the other. */
export function spreadGradient(
  shape: ImageShape,
  dz: View,
  dy: View,
  add: boolean,
  by: { a: View } | { abc: View; y: View },
): Shader {
  const { type, width } = lanes(shape);
  const total = shape.batch * shape.size * shape.size * width;
  const bindings: Binding[] = [
    { view: dy, name: 'output', write: true },
    { view: dz, name: 'dz' },
  ];
  let value = 'a[c] * dz[i]';
  if ('a' in by) bindings.push({ view: by.a, name: 'a' });
  else {
    bindings.push({ view: by.abc, name: 'abc' }, { view: by.y, name: 'y' });
    value = `abc[c] * dz[i] + abc[c + ${width}u] * y[i] + abc[c + ${2 * width}u]`;
  }
  return {
    label: 'spread',
    bindings: asLanes(type, bindings),
    groups: groupsFor(total),
    code: `${ENTRY} {
  ${INDEX}
  if (i >= ${total}u) { return; }
  let c = i % ${width}u;
  output[i] = ${add ? 'output[i] + ' : ''}${value};
}`,
  };
}

/** dy[stride·i, stride·j, c] = a · dz[i, j, offset + c], 0 elsewhere; or dy += that. `shape` is dz's. */
export function viewGradient(
  shape: ImageShape,
  dz: View,
  dy: View,
  factor: number,
  { stride, offset, size: from, channels: count }: NonNullable<Addend['view']>,
  add: boolean,
): Shader {
  const { batch, size, channels } = shape;
  const total = batch * from * from * count;
  return {
    label: 'view gradient',
    bindings: [
      { view: dy, name: 'output', write: true },
      { view: dz, name: 'dz' },
    ],
    groups: groupsFor(total),
    code: `${ENTRY} {
  ${INDEX}
  if (i >= ${total}u) { return; }
  let p = i / ${count}u;
  let row = (p / ${from}u) % ${from}u;
  let column = p % ${from}u;
  let image = p / ${from * from}u;
  var value = 0f;
  if (row % ${stride}u == 0 && column % ${stride}u == 0) {
    value = f32(${factor}) * dz[((image * ${size}u + row / ${stride}u) * ${size}u + column / ${stride}u) * ${channels}u + ${offset}u + i % ${count}u];
  }
  output[i] = ${add ? 'output[i] + ' : ''}value;
}`,
  };
}

/** Threads that sum together. */
const SUM_THREADS = 128;
const MOST_PARTS = 64;
const PART_PIXELS = 512;

export const sumParts = ({ batch, size }: ImageShape) =>
  Math.min(MOST_PARTS, Math.ceil((batch * size * size) / PART_PIXELS));

/**
 * Per channel Σ of each expression, as [parts][expressions][channels]: threads beside each other take channels beside
 * each other, so that they read a row of memory together, then add up over the pixels they took.
 */
function channelSums(
  shape: ImageShape,
  label: string,
  bindings: readonly Binding[],
  statement: string,
  expressions: readonly string[],
): Shader {
  const { batch, size } = shape;
  const { type, width } = lanes(shape);
  let wide = 1;
  while (wide < width && wide < 64) wide *= 2;
  const deep = SUM_THREADS / wide;
  const pixels = batch * size * size;
  const parts = sumParts(shape);
  const perPart = Math.ceil(pixels / parts);
  const names = expressions.map((_, k) => `s${k}`);
  return {
    label,
    bindings: asLanes(type, bindings),
    groups: [Math.ceil(width / wide), parts, 1],
    code: `
${names.map((name) => `var<workgroup> shared_${name}: array<${type}, ${SUM_THREADS}>;`).join('\n')}
@compute @workgroup_size(${SUM_THREADS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) t: u32) {
  let c = group.x * ${wide}u + t % ${wide}u;
  ${names.map((name) => `var ${name} = ${type}();`).join(' ')}
  if (c < ${width}u) {
    let end = min((group.y + 1) * ${perPart}u, ${pixels}u);
    for (var p = group.y * ${perPart}u + t / ${wide}u; p < end; p += ${deep}u) {
      let i = p * ${width}u + c;
      ${statement}
      ${names.map((name, k) => `${name} += ${expressions[k]};`).join(' ')}
    }
  }
  ${names.map((name) => `shared_${name}[t] = ${name};`).join(' ')}
  for (var half = ${SUM_THREADS / 2}u; half >= ${wide}u; half /= 2) {
    workgroupBarrier();
    if (t < half) { ${names.map((name) => `shared_${name}[t] += shared_${name}[t + half];`).join(' ')} }
  }
  if (t < ${wide}u && c < ${width}u) {
    ${names.map((name, k) => `sums[(group.y * ${names.length}u + ${k}u) * ${width}u + c] = shared_${name}[t];`).join('\n    ')}
  }
}`,
  };
}

/** Σ x and Σ x² per channel of up to MOST_ADDENDS images of one shape: [parts][images][2][channels]. */
export const momentSums = (shape: ImageShape, images: readonly View[], sums: View): Shader =>
  channelSums(
    shape,
    'moments',
    [...images.map((view, k) => ({ view, name: `x${k}` })), { view: sums, name: 'sums', write: true }],
    images.map((_, k) => `let v${k} = x${k}[i];`).join(' '),
    images.flatMap((_, k) => [`v${k}`, `v${k} * v${k}`]),
  );

/** Masks dout by out > 0 in place (where out is given) and sums Σ dz and each Σ dz·y. */
export function gradientSums(
  shape: ImageShape,
  dout: View,
  out: View | null,
  ys: readonly View[],
  sums: View,
): Shader {
  const bindings: Binding[] = [
    { view: dout, name: 'gradient', write: out !== null },
    { view: sums, name: 'sums', write: true },
    ...ys.map((view, t) => ({ view, name: `y${t}` })),
  ];
  if (out) bindings.push({ view: out, name: 'value' });
  return channelSums(
    shape,
    'gradient sums',
    bindings,
    out
      ? `let g = select(${lanes(shape).type}(), gradient[i], value[i] > ${lanes(shape).type}()); gradient[i] = g;`
      : 'let g = gradient[i];',
    ['g', ...ys.map((_, t) => `g * y${t}[i]`)],
  );
}
