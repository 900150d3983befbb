/** Elementwise passes over images [pixels, channels]: sums of branches and their gradients. */
import type { Shader, View } from './shader';
import { access, valuesOf, valueType, type Access, type ImageShape, type Lanes } from './image-access';
import { each } from './wgsl';

/** An addend of a combination: a ⊙ y, where y may be subsampled with `stride` and shifted up by `offset` channels. */
export interface Addend {
  y: View;
  a: View;
  view: { stride: number; offset: number; size: number; channels: number } | null;
}

/** Greatest number of addends per shader: with their vectors they use all bindings that WebGPU guarantees. */
export const MOST_ADDENDS = 3;

/** WGSL of `lanes` consecutive values of an image from an index on, read one by one. */
const gathered = ({ at }: Access, lanes: Lanes, index: string) =>
  lanes === 1 ? at(index) : `vec4<f32>(${[0, 1, 2, 3].map((lane) => at(`${index} + ${lane}u`)).join(', ')})`;

/** out = Σ a ⊙ y + b, rectified with `relu`. */
export function combine(
  shape: ImageShape,
  addends: readonly Addend[],
  b: View | null,
  out: View,
  relu: boolean,
): Shader {
  const { size } = shape;
  const { lanes, total, width } = valuesOf(shape);
  const type = valueType(lanes);
  const output = access(out, 'output', lanes, true);
  const bindings = [output.binding];
  const shift = b && access(b, 'shift', lanes);
  if (shift) bindings.push(shift.binding);
  const lines = addends.map(({ y, a, view }, t) => {
    const by = access(a, `a${t}`, lanes);
    // The channels of a view may start at any offset, so they are read one by one.
    const from = access(y, `y${t}`, view ? 1 : lanes);
    bindings.push(from.binding, by.binding);
    if (!view) return `sum += ${by.at('c')} * ${from.at('i')};`;
    const { stride, offset, size: side, channels: count } = view;
    const first = `first + c * ${lanes}u`;
    const inside = (lane: number) => {
      const channel = `c * ${lanes}u + ${lane}u`;
      return `${channel} >= ${offset}u && ${channel} < ${offset + count}u`;
    };
    const value = (lane: number) =>
      `select(0f, ${from.at(`${first} + ${lane}u - ${offset}u`)}, ${inside(lane)})`;
    return `if (c * ${lanes}u + ${lanes - 1}u >= ${offset}u && c * ${lanes}u < ${offset + count}u) {
    let p = i / ${width}u;
    let row = (p / ${size}u) % ${size}u * ${stride}u;
    let column = p % ${size}u * ${stride}u;
    let image = p / ${size * size}u;
    let first = ((image * ${side}u + row) * ${side}u + column) * ${count}u;
    sum += ${by.at('c')} * ${lanes === 1 ? value(0) : `vec4<f32>(${[0, 1, 2, 3].map(value).join(', ')})`};
  }`;
  });
  return each(
    'combine',
    total,
    bindings,
    `let c = i % ${width}u;
  var sum = ${shift ? shift.at('c') : `${type}()`};
  ${lines.join('\n  ')}
  ${output.put('i', relu ? `select(sum, ${type}(), sum <= ${type}())` : 'sum')}`,
  );
}

/** dz = dout where out > 0, else 0, in place (gradient of the ReLU). */
export function maskGradient(shape: ImageShape, dout: View, out: View): Shader {
  const { lanes, total } = valuesOf(shape);
  const type = valueType(lanes);
  const gradient = access(dout, 'gradient', lanes, true);
  const value = access(out, 'value', lanes);
  return each(
    'mask',
    total,
    [gradient.binding, value.binding],
    gradient.put('i', `select(${type}(), ${gradient.at('i')}, ${value.at('i')} > ${type}())`),
  );
}

/** dy = a ⊙ dz [+ b ⊙ y + c], or dy += that; `abc` contains the three vectors one after the other. */
export function spreadGradient(
  shape: ImageShape,
  dz: View,
  dy: View,
  add: boolean,
  by: { a: View } | { abc: View; y: View },
): Shader {
  const { lanes, total, width } = valuesOf(shape);
  const output = access(dy, 'output', lanes, true);
  const gradient = access(dz, 'dz', lanes);
  const bindings = [output.binding, gradient.binding];
  let value: string;
  if ('a' in by) {
    const a = access(by.a, 'a', lanes);
    bindings.push(a.binding);
    value = `${a.at('c')} * ${gradient.at('i')}`;
  } else {
    const abc = access(by.abc, 'abc', lanes);
    const y = access(by.y, 'y', lanes);
    bindings.push(abc.binding, y.binding);
    value = `${abc.at('c')} * ${gradient.at('i')} + ${abc.at(`c + ${width}u`)} * ${y.at('i')} + ${abc.at(`c + ${2 * width}u`)}`;
  }
  return each(
    'spread',
    total,
    bindings,
    `let c = i % ${width}u;
  ${output.put('i', value, add)}`,
  );
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
  const { lanes, total, width } = valuesOf({ batch, size: from, channels: count });
  const output = access(dy, 'output', lanes, true);
  const gradient = access(dz, 'dz', 1);
  return each(
    'view gradient',
    total,
    [output.binding, gradient.binding],
    `let p = i / ${width}u;
  let row = (p / ${from}u) % ${from}u;
  let column = p % ${from}u;
  let image = p / ${from * from}u;
  var value = ${valueType(lanes)}();
  if (row % ${stride}u == 0 && column % ${stride}u == 0) {
    let first = ((image * ${size}u + row / ${stride}u) * ${size}u + column / ${stride}u) * ${channels}u + ${offset}u + i % ${width}u * ${lanes}u;
    value = f32(${factor}) * ${gathered(gradient, lanes, 'first')};
  }
  ${output.put('i', 'value', add)}`,
  );
}
