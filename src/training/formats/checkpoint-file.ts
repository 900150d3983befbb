/**
 * A checkpoint as a safetensors file, from which a run resumes bit for bit on another machine. Parameters and running
 * statistics have PyTorch's names and layout, so that the file can also be read as weights; `velocity.NAME` are SGD's
 * velocities, `instruments.…` the state of the instruments. Numbers are not rounded.
 */
import { t } from '../../language/language';
import { carriedBy, type InstrumentsState } from '../../instruments/measure';
import type { NetworkPlan } from '../../network/plan';
import type { Checkpoint } from '../checkpoint';
import type { NamedArray, WrittenTensor } from './safetensors';
import { valuesOfMatching, TensorMismatchError } from './matching-tensors';
import { shapesOf, type Values } from '../trainer';
import { toTorchLayout } from './torch-layout';

const VELOCITY = 'velocity.';
const INSTRUMENTS = 'instruments.';
const LAST_STEP = `${INSTRUMENTS}lastStep`;
const SUMS = `${INSTRUMENTS}sums`;
const INITIAL = `${INSTRUMENTS}initial.`;
const FUSED = `${INSTRUMENTS}fused.`;

/** The tensors of a network's checkpoint. Throws Error where the checkpoint lacks a parameter of the network. */
export function checkpointTensors(plan: NetworkPlan, checkpoint: Checkpoint): WrittenTensor[] {
  const shapes = new Map(shapesOf(plan));
  const named = (prefix: string, values: Values): WrittenTensor[] =>
    [...values].map(([name, data]) => ({ name: prefix + name, ...toTorchLayout(shapes.get(name)!, data) }));
  const missing = [...shapes.keys()].find((name) => !checkpoint.values.has(name));
  if (missing !== undefined) throw new Error(`The checkpoint has no ${missing}.`);
  const { lastStep, updates } = checkpoint.instruments;
  return [
    ...named('', new Map([...shapes.keys()].map((name) => [name, checkpoint.values.get(name)!]))),
    ...named(VELOCITY, checkpoint.velocities),
    { name: LAST_STEP, shape: [], data: Float64Array.of(lastStep) },
    ...(updates
      ? [
          ...named(INITIAL, updates.initial),
          {
            name: SUMS,
            shape: [updates.sums.length, 2],
            data: Float64Array.from(updates.sums.flatMap(({ radial, tangential }) => [radial, tangential])),
          },
          ...(updates.firstFused ?? []).map((data, i) => ({
            name: `${FUSED}${i}`,
            shape: [data.length],
            data,
          })),
        ]
      : []),
  ];
}

/** The checkpoint of a network from its tensors. Throws TensorMismatchError, with the reason, where they do not fit the network. */
export function checkpointOf(
  plan: NetworkPlan,
  tensors: ReadonlyMap<string, NamedArray>,
  step: number,
): Checkpoint {
  const shapes = new Map(shapesOf(plan));
  const isNotWeight = (name: string) => name.startsWith(VELOCITY) || name.startsWith(INSTRUMENTS);
  return {
    step,
    values: valuesOfMatching([...shapes], tensors, isNotWeight),
    velocities: withPrefix(
      VELOCITY,
      plan.parameters.map(({ name, shape }) => [name, shape]),
      tensors,
    ),
    instruments: instrumentsOf(plan, shapes, tensors),
  };
}

/** The tensors whose names begin with a prefix; these must be exactly the expected ones. */
const withPrefix = (
  prefix: string,
  expected: readonly (readonly [string, readonly number[]])[],
  tensors: ReadonlyMap<string, NamedArray>,
): Map<string, Float32Array> =>
  new Map(
    [
      ...valuesOfMatching(
        expected.map(([name, shape]) => [prefix + name, shape] as const),
        tensors,
        (name) => !name.startsWith(prefix),
      ),
    ].map(([name, values]) => [name.slice(prefix.length), values]),
  );

function instrumentsOf(
  plan: NetworkPlan,
  shapes: ReadonlyMap<string, readonly number[]>,
  tensors: ReadonlyMap<string, NamedArray>,
): InstrumentsState {
  const lastStep = tensors.get(LAST_STEP)?.data[0];
  if (lastStep === undefined || !Number.isInteger(lastStep))
    throw new TensorMismatchError(
      t('{{name}}, the step of the last measurement, is missing.', { name: LAST_STEP }),
    );
  const sums = tensors.get(SUMS);
  if (!sums) return { lastStep, updates: null };
  const { kernels, fused } = carriedBy(plan);
  if (sums.data.length !== 2 * (kernels.length + fused.length))
    throw new TensorMismatchError(
      t('{{name}} has another number of kernels than the network.', { name: SUMS }),
    );
  const firstFused = tensors.has(`${FUSED}0`)
    ? withPrefix(
        FUSED,
        fused.map((length, i) => [`${i}`, [length]]),
        tensors,
      )
    : null;
  return {
    lastStep,
    updates: {
      initial: withPrefix(
        INITIAL,
        kernels.map((name) => [name, shapes.get(name)!]),
        tensors,
      ),
      sums: Array.from({ length: sums.data.length / 2 }, (_, i) => ({
        radial: sums.data[2 * i]!,
        tangential: sums.data[2 * i + 1]!,
      })),
      firstFused: firstFused && [...firstFused.values()],
    },
  };
}
