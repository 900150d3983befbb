/** Inner products of kernels [..., cout] per output channel, which is the last axis. */

/** ⟨a, b⟩ of every output channel. */
export function channelDots(a: Float32Array, b: Float32Array, channels: number): Float64Array {
  const dots = new Float64Array(channels);
  for (let i = 0; i < a.length;) {
    for (let c = 0; c < channels; c++, i++) dots[c]! += a[i]! * b[i]!;
  }
  return dots;
}

/** ⟨a, b⟩. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

export const norm = (a: Float32Array): number => Math.sqrt(dot(a, a));

/** a − b, element by element. */
export function difference(a: Float32Array, b: Float32Array): Float32Array {
  const result = new Float32Array(a.length);
  for (let i = 0; i < a.length; i++) result[i] = a[i]! - b[i]!;
  return result;
}

/** Sum of arrays of equal length. */
export function total(arrays: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(arrays[0]?.length ?? 0);
  for (const array of arrays) for (let i = 0; i < result.length; i++) result[i]! += array[i]!;
  return result;
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

export function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}
