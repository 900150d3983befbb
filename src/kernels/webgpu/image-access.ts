/**
 * How shaders read and write images: four channels at a time or one, from single precision or from packed halves. Halves
 * lie two in a word, as pack2x16float makes them, which every adapter can; arithmetic is in single precision throughout.
 */
import type { Binding, View } from './shader';

/** Channels that one number of a shader has. */
export type Lanes = 1 | 4;

/** Four channels at a time where they come in fours. */
export const lanesOf = (channels: number): Lanes => (channels % 4 === 0 ? 4 : 1);

/** The WGSL type of a value of so many channels. */
export const valueType = (lanes: Lanes) => (lanes === 4 ? 'vec4<f32>' : 'f32');

/** Whether images of so many channels may be halves: a thread that writes one number of a pair would tear the other. */
export const mayBeHalves = (channels: number) => lanesOf(channels) === 4;

export interface ImageShape {
  batch: number;
  size: number;
  channels: number;
}

/** Lanes of an image, its values by so many, and how many of them a pixel has. */
export function valuesOf({ batch, size, channels }: ImageShape): {
  lanes: Lanes;
  total: number;
  width: number;
} {
  const lanes = lanesOf(channels);
  const width = channels / lanes;
  return { lanes, total: batch * size * size * width, width };
}

/** An image or vector as a shader sees it. Indices count values of so many lanes. */
export interface Access {
  binding: Binding;
  /** WGSL of the value at an index. */
  at: (index: string) => string;
  /** WGSL that sets the value at an index, or with `add` adds to it; of halves only four at a time. */
  put: (index: string, value: string, add?: boolean) => string;
}

/** WGSL that shaders with halves begin with. */
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
