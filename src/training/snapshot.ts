/** Brings what the instruments need of a step back from the backend, in one transfer. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Instruments, Snapshot } from '../instruments/measure';
import type { NamedTensors } from './pass';
import { readAll } from './readback';
import type { StepResult } from './trainer';

const PARTS = ['before', 'after', 'gradients', 'statistics', 'squares'] as const;

/** The step's parameters before and after, gradients, batch statistics and activations, as far as `needs` asks. Tensors stay. */
export async function readSnapshot(
  step: number,
  { before, observed }: StepResult,
  after: NamedTensors,
  needs: Instruments['needs'],
): Promise<Snapshot> {
  const squares: NamedTensors = new Map(observed.squares.map((square, i) => [String(i), square]));
  const { gradients, statistics } = observed;
  const sources = {
    before,
    after: needs.after ? after : new Map<string, Tensor>(),
    gradients,
    statistics,
    squares,
  };
  const all = new Map(
    PARTS.flatMap((part) => [...sources[part]].map(([name, tensor]) => [`${part} ${name}`, tensor] as const)),
  );
  const values = await readAll(all);
  const of = (part: (typeof PARTS)[number]) =>
    new Map([...sources[part].keys()].map((name) => [name, values.get(`${part} ${name}`)!]));
  return {
    step,
    before: of('before'),
    after: of('after'),
    gradients: of('gradients'),
    statistics: of('statistics'),
    rms: Float32Array.from(of('squares').values(), ([square]) => Math.sqrt(square!)),
  };
}
