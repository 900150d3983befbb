/**
 * How shaders read and write images: one or four channels at a time, in single precision or packed halves. Halves are
 * packed in pairs by pack2x16float, which every adapter supports; arithmetic is in single precision.
 */
import type { Binding, View } from './shader';

/** Number of channels per shader value. */
export type Lanes = 1 | 4;

/** Four channels at a time if their number is a multiple of 4. */
export const lanesOf = (channels: number): Lanes => (channels % 4 === 0 ? 4 : 1);

/** The WGSL type of a value with this number of channels. */
export const valueType = (lanes: Lanes) => (lanes === 4 ? 'vec4<f32>' : 'f32');

/**
 * Whether images with this number of channels can be halves. Otherwise a thread that writes one half of a word would
 * race with the thread of the other half.
 */
export const mayBeHalves = (channels: number) => lanesOf(channels) === 4;

export interface ImageShape {
  batch: number;
  size: number;
  channels: number;
}

/** Number of lanes of an image, of values (of that many lanes), and of values per pixel. */
export function valuesOf({ batch, size, channels }: ImageShape): {
  lanes: Lanes;
  total: number;
  width: number;
} {
  const lanes = lanesOf(channels);
  const width = channels / lanes;
  return { lanes, total: batch * size * size * width, width };
}

/** Access to an image or vector in a shader. Indices count values of `lanes` channels. */
export interface Access {
  binding: Binding;
  /** WGSL of the value at an index. */
  at: (index: string) => string;
  /** WGSL that sets the value at an index, or adds to it with `add`; halves only four at a time. */
  put: (index: string, value: string, add?: boolean) => string;
}

/** WGSL functions for shaders with halves. */
export const HALVES = `fn unpacked(pairs: vec2<u32>) -> vec4<f32> { return vec4<f32>(unpack2x16float(pairs.x), unpack2x16float(pairs.y)); }
fn packed(v: vec4<f32>) -> vec2<u32> { return vec2<u32>(pack2x16float(v.xy), pack2x16float(v.zw)); }
fn one_of(pair: u32, i: u32) -> f32 { let both = unpack2x16float(pair); return select(both.x, both.y, (i & 1u) == 1u); }`;

export function access(view: View, name: string, lanes: Lanes, write = false): Access {
  const made = (element: string, at: Access['at'], kept: (value: string) => string): Access => ({
    binding: { view, name, element, write },
    at,
    put: (index, value, add = false) =>
      `${name}[${index}] = ${kept(add ? `${at(index)} + ${value}` : value)};`,
  });
  if (!view.half)
    return made(
      valueType(lanes),
      (index) => `${name}[${index}]`,
      (value) => value,
    );
  if (lanes === 4)
    return made(
      'vec2<u32>',
      (index) => `unpacked(${name}[${index}])`,
      (value) => `packed(${value})`,
    );
  const refuse = () => {
    throw new Error('Halves are written four at a time.');
  };
  if (write) refuse();
  return made('u32', (index) => `one_of(${name}[u32(${index}) >> 1u], u32(${index}))`, refuse);
}
