import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import { carriedBy } from '../../instruments/measure';
import { randomValues } from '../../network/fuse.test-values';
import { planNetwork } from '../../network/plan-network';
import type { Checkpoint } from '../checkpoint';
import { checkpointOf, checkpointTensors } from './checkpoint-file';
import { readSafetensors, SafetensorsError, writeSafetensors } from './safetensors';
import { TensorMismatchError } from './matching-tensors';

const plan = planNetwork({ ...DEFAULT_EXPERIMENT, depths: [1, 1], widths: [3, 4], strides: [2, 1] });

function example(): Checkpoint {
  const values = randomValues(plan);
  const { kernels, fused } = carriedBy(plan);
  return {
    step: 7,
    values,
    velocities: new Map(plan.parameters.map(({ name }) => [name, values.get(name)!.map((v) => v / 3)])),
    instruments: {
      lastStep: 6,
      updates: {
        initial: new Map(kernels.map((name) => [name, values.get(name)!.map((v) => v + 1)])),
        sums: [...kernels, ...fused].map((_, i) => ({ radial: i / 3, tangential: NaN })),
        firstFused: fused.map((length) => new Float32Array(length).fill(0.1)),
      },
    },
  };
}
const fileOf = (checkpoint: Checkpoint) => writeSafetensors(checkpointTensors(plan, checkpoint));

describe('a checkpoint as a file', () => {
  test.each([
    ['with the state of the instruments', example()],
    ['before the first measurement', { ...example(), instruments: { lastStep: -1, updates: null } }],
  ])('is equal after writing and reading, %s', (_name, checkpoint) => {
    expect(checkpointOf(plan, readSafetensors(fileOf(checkpoint)).tensors, 7)).toEqual(checkpoint);
  });

  test('of another network, or incomplete, is refused with the names of its tensors', () => {
    const { tensors } = readSafetensors(fileOf(example()));
    const wider = planNetwork({ ...DEFAULT_EXPERIMENT, depths: [1, 1], widths: [3, 5], strides: [2, 1] });
    expect(() => checkpointOf(wider, tensors, 7)).toThrow(
      /of another shape: .*conv3x3\.weight \(4x3x3x3 instead of 5x3x3x3\)/,
    );
    for (const name of ['head.bias', 'velocity.head.bias', 'instruments.lastStep', 'instruments.fused.1']) {
      const without = new Map([...tensors].filter(([key]) => key !== name));
      expect(() => checkpointOf(plan, without, 7), name).toThrow(name);
    }
    expect(() => checkpointOf(plan, new Map([...tensors, ['more', tensors.get('head.bias')!]]), 7)).toThrow(
      'superfluous: more',
    );
    const { data } = tensors.get('head.bias')!;
    data[3] = NaN;
    expect(() => checkpointOf(plan, tensors, 7)).toThrow('not finite: head.bias');
  });

  test('changed anywhere in its header is either read completely or refused', () => {
    const whole = new Uint8Array(fileOf(example()));
    const header = Number(new DataView(whole.buffer).getBigUint64(0, true));
    const change = fc.record({ at: fc.nat(header + 7), byte: fc.integer({ min: 32, max: 126 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const bytes = whole.slice();
        for (const { at, byte } of changes) bytes[at] = byte;
        try {
          const read = checkpointOf(plan, readSafetensors(bytes.buffer).tensors, 7);
          expect(read.velocities.size).toBe(plan.parameters.length);
        } catch (error) {
          expect(
            error instanceof SafetensorsError || error instanceof TensorMismatchError,
            String(error),
          ).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
