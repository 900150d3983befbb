/** Initial values of the parameters of a network plan, drawn from the seed. */
import { RandomStream, STREAMS } from '../experiment/random';
import type { MergedPart, NetworkPlan, ParameterInit } from './plan';

/** One Float32Array per parameter, by name. Each parameter has its own random stream, so switching a branch off does not change the other kernels' values. */
export function initialValues(plan: NetworkPlan, seed: number): Map<string, Float32Array> {
  return new Map(plan.parameters.map(({ name, shape, init }) => [name, drawValues(name, shape, init, seed)]));
}

function drawValues(name: string, shape: readonly number[], init: ParameterInit, seed: number): Float32Array {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  const random = () => new RandomStream(seed, STREAMS.init, hashName(name));
  switch (init.kind) {
    case 'constant':
      return values.fill(init.value);
    case 'uniform': {
      const stream = random();
      return values.map(() => (2 * stream.uniform() - 1) * init.bound);
    }
    case 'normal': {
      const stream = random();
      return values.map(() => init.deviation * stream.normal());
    }
    case 'dirac': {
      const start = init.base ? drawValues(name, shape, init.base, seed) : values;
      return addToCentre(start, shape, (cin, cout) => (cin === cout ? 1 : 0));
    }
    case 'merged': {
      for (const part of init.parts) addPart(values, shape, part, seed);
      return addToCentre(values, shape, (cin, cout) => (cin === cout ? init.diagonal : 0));
    }
    default:
      return init satisfies never;
  }
}

/** Adds weight · part to a 3x3 kernel; a 1x1 part is added at the centre. */
function addPart(values: Float32Array, shape: readonly number[], part: MergedPart, seed: number): void {
  const [, , cin = 0, cout = 0] = shape;
  const drawn = drawValues(part.name, [part.size, part.size, cin, cout], part.init, seed);
  const offset = part.size === 1 ? 4 * cin * cout : 0;
  drawn.forEach((value, i) => (values[offset + i]! += part.weight * value));
}

/** Adds to the centre tap of a kernel [3, 3, cin, cout], in place. */
function addToCentre(
  values: Float32Array,
  [, , cin = 0, cout = 0]: readonly number[],
  value: (cin: number, cout: number) => number,
): Float32Array {
  const centre = 4 * cin * cout;
  for (let i = 0; i < cin; i++) {
    for (let o = 0; o < cout; o++) values[centre + i * cout + o]! += value(i, o);
  }
  return values;
}

/** FNV-1a, 32 bits. Makes the index of the random stream depend on the parameter's name only. */
function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
