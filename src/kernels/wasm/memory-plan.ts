/**
 * Allocation and layouts in the memory of the kernels: channels are padded with zeros to the multiples that the kernels
 * need, images have a border of one zero pixel.
 */
import type { Activation } from '../graph';
import type { Address } from './kernel-table';
import { PANEL } from './assembly/layout';
import type { NetworkPlan, ParameterPlan } from '../../network/plan';

/** Bytes; a cache line. */
const ALIGNMENT = 64;
/** Bytes after the last buffer: kernels may read (but not use) values past the end of an image. */
const SLACK = 65_536;

const upTo = (multiple: number) => (count: number) => Math.ceil(count / multiple) * multiple;
/** Number of channels in memory, and of columns of the logits. */
export const padded = upTo(PANEL);
export const paddedColumns = upTo(4);

/** Allocates memory in order; nothing is freed. */
export class MemoryPlan {
  private end = ALIGNMENT;

  get bytes(): number {
    return this.end + SLACK;
  }

  reserve(bytes: number): Address {
    const at = this.end as Address;
    this.end = upTo(ALIGNMENT)(at + bytes);
    return at;
  }

  floats(count: number): Address {
    return this.reserve(4 * count);
  }
}

/** Floats of images [batch, size + 2, size + 2, channels]. */
export const imageFloats = (size: number, channels: number, batch: number) =>
  batch * (size + 2) * (size + 2) * channels;

/** Place and layout of a parameter or running statistic. */
export interface Slot {
  name: string;
  /** Offset from the start of a region of parameters, in floats. */
  offset: number;
  /** Length in floats, padding included. */
  length: number;
  /** Rows of `row` values, each followed by padding up to `paddedRow`; `blocks` of `rows` rows up to `paddedRows`. */
  blocks: number;
  rows: number;
  paddedRows: number;
  row: number;
  paddedRow: number;
}

/** Slots for all parameters and running statistics of a network, one after the other. */
export function slotsOf(
  plan: NetworkPlan,
  /** Padded channels of the input images, and the kernels that convolve these images. */
  input: { channels: number; kernels: ReadonlySet<string> },
): { slots: Map<string, Slot>; length: number } {
  const slots = new Map<string, Slot>();
  let length = 0;
  const add = (name: string, form: Omit<Slot, 'name' | 'offset' | 'length'>) => {
    const size = form.blocks * form.paddedRows * form.paddedRow;
    slots.set(name, { name, offset: length, length: size, ...form });
    length += upTo(16)(size);
  };
  const vector = (channels: number) => ({
    blocks: 1,
    rows: 1,
    paddedRows: 1,
    row: channels,
    paddedRow: padded(channels),
  });
  for (const parameter of plan.parameters) add(parameter.name, formOf(parameter, input, vector));
  for (const { runningMean, runningVar, channels } of plan.batchNorms) {
    add(runningMean, vector(channels));
    add(runningVar, vector(channels));
  }
  return { slots, length };
}

function formOf(
  { name, role, shape }: ParameterPlan,
  input: { channels: number; kernels: ReadonlySet<string> },
  vector: (channels: number) => Omit<Slot, 'name' | 'offset' | 'length'>,
): Omit<Slot, 'name' | 'offset' | 'length'> {
  const [first = 0, second = 0, cin = 0, cout = 0] = shape;
  switch (role) {
    case 'kernel':
      return {
        blocks: first * second,
        rows: cin,
        paddedRows: input.kernels.has(name) ? input.channels : padded(cin),
        row: cout,
        paddedRow: padded(cout),
      };
    case 'headWeight':
      return {
        blocks: 1,
        rows: first,
        paddedRows: padded(first),
        row: second,
        paddedRow: paddedColumns(second),
      };
    case 'headBias':
      return { blocks: 1, rows: 1, paddedRows: 1, row: first, paddedRow: paddedColumns(first) };
    case 'scale':
    case 'gamma':
    case 'beta':
    case 'bias':
      return vector(first);
    default:
      return role satisfies never;
  }
}

/** Writes values in the plan's layout to their place in `region`; the padding is not written. */
export function writeSlot(slot: Slot, region: Float32Array, values: ArrayLike<number>): void {
  eachRow(slot, (at, from) => {
    for (let i = 0; i < slot.row; i++) region[at + i] = values[from + i]!;
  });
}

/** Reads values from `region` into the plan's layout, without the padding. */
export function readSlot(slot: Slot, region: Float32Array): Float32Array {
  const values = new Float32Array(slot.blocks * slot.rows * slot.row);
  eachRow(slot, (at, from) => values.set(region.subarray(at, at + slot.row), from));
  return values;
}

function eachRow(
  { offset, blocks, rows, paddedRows, row, paddedRow }: Slot,
  visit: (at: number, from: number) => void,
): void {
  for (let block = 0; block < blocks; block++) {
    for (let r = 0; r < rows; r++)
      visit(offset + (block * paddedRows + r) * paddedRow, (block * rows + r) * row);
  }
}

/**
 * Buffers for gradients of activations, reused when their content is not needed any more. A buffer is reused only for
 * the same shape, so that its border stays zero.
 */
export class GradientPool {
  private readonly free = new Map<string, Address[]>();

  constructor(
    private readonly memory: MemoryPlan,
    private readonly batch: number,
    private readonly channelsOf: (activation: Activation) => number,
  ) {}

  take(activation: Activation): Address {
    const buffers = this.free.get(this.keyOf(activation));
    return (
      buffers?.pop() ??
      this.memory.floats(imageFloats(activation.size, this.channelsOf(activation), this.batch))
    );
  }

  giveBack(activation: Activation, buffer: Address): void {
    const key = this.keyOf(activation);
    this.free.set(key, [...(this.free.get(key) ?? []), buffer]);
  }

  private keyOf(activation: Activation): string {
    return `${activation.size} ${this.channelsOf(activation)}`;
  }
}
