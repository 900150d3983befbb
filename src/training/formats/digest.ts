/** A digest of a network's weights: equal digests mean that two networks are equal to the last bit. */
import { Sha256 } from '../../data/sha256';
import type { NetworkPlan } from '../../network/plan';
import { shapesOf, type Values } from '../trainer';

/** SHA-256 of the parameters and running statistics in the plan's order and layout, float32, little-endian; hexadecimal. */
export function digestOf(plan: NetworkPlan, values: Values): string {
  const hash = new Sha256();
  for (const [name] of shapesOf(plan)) {
    const array = values.get(name)!;
    const bytes = new Uint8Array(4 * array.length);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < array.length; i++) view.setFloat32(4 * i, array[i]!, true);
    hash.update(bytes);
  }
  return hash.hex();
}
