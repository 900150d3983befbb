/**
 * Initial values of a network plan's parameters, drawn from the seed. PyTorch's defaults: kernels and the head
 * uniform in ±1/√fan-in, batch norms at gamma 1 and beta 0.
 */
import { RandomStream, STREAMS } from '../experiment/random';
import type { NetworkPlan } from './plan';

/** One Float32Array per parameter, by name. Each parameter has a stream of its own, so that switching a branch off leaves the other kernels' values as they were. */
export function initialValues(plan: NetworkPlan, seed: number): Map<string, Float32Array> {
  return new Map(
    plan.parameters.map(({ name, shape, init }) => {
      const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
      if (init.kind === 'constant') values.fill(init.value);
      else {
        const random = new RandomStream(seed, STREAMS.init, hashName(name));
        for (let i = 0; i < values.length; i++) values[i] = (2 * random.uniform() - 1) * init.bound;
      }
      return [name, values];
    }),
  );
}

/** FNV-1a, 32 bits: a stream index that depends on the parameter's name only. */
function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
