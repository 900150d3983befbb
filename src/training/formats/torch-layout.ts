/**
 * Converts weights between the plan's layout and PyTorch's: kernels [kh, kw, in, out] and [out, in, kh, kw], the head's
 * weight [in, out] and [out, in].
 */

/** PyTorch's shape of a tensor, from its shape in the plan. */
export function torchShape(shape: readonly number[]): number[] {
  if (shape.length < 2) return [...shape];
  const [, cin, cout] = sidesOf(shape);
  return shape.length === 4 ? [cout, cin, shape[0]!, shape[1]!] : [cout, cin];
}

/** Values in PyTorch's layout, with PyTorch's shape; `shape` and `data` are the plan's. */
export function toTorchLayout(
  shape: readonly number[],
  data: Float32Array,
): { shape: number[]; data: Float32Array } {
  if (shape.length < 2) return { shape: [...shape], data };
  const [taps, cin, cout] = sidesOf(shape);
  const transposed = new Float32Array(data.length);
  for (let tap = 0; tap < taps; tap++) {
    for (let i = 0; i < cin; i++) {
      for (let o = 0; o < cout; o++)
        transposed[(o * cin + i) * taps + tap] = data[(tap * cin + i) * cout + o]!;
    }
  }
  return { shape: torchShape(shape), data: transposed };
}

/** Values in the plan's layout; `shape` and `data` are PyTorch's. */
export function fromTorchLayout(shape: readonly number[], data: Float32Array): Float32Array {
  if (shape.length < 2) return data;
  const [cout, cin, kh = 1, kw = 1] = shape as [number, number, number?, number?];
  const taps = kh * kw;
  const transposed = new Float32Array(data.length);
  for (let o = 0; o < cout; o++) {
    for (let i = 0; i < cin; i++) {
      for (let tap = 0; tap < taps; tap++)
        transposed[(tap * cin + i) * cout + o] = data[(o * cin + i) * taps + tap]!;
    }
  }
  return transposed;
}

/** Taps, input and output channels of a kernel or matrix in the plan's layout. */
const sidesOf = (shape: readonly number[]): [number, number, number] => [
  shape.slice(0, -2).reduce((a, b) => a * b, 1),
  shape.at(-2)!,
  shape.at(-1)!,
];
