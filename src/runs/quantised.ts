/**
 * Columns of numbers in few bytes: each value is quantised to one of LEVELS equal parts of its column's range and written as
 * the difference from the value before, which is small and deflates well. The first value and the lowest one are exact,
 * because a dip is the fall from one to the other. Values that are not finite are read as NaN.
 */

import { t } from '../language/language';

/** Parts of a column's range. */
export const LEVELS = 511;
/** Distance that a value may have from what was written, as a share of its column's range. */
export const TOLERANCE = 0.001;

/** Lowest, highest and first finite value of a column. */
const HEAD_BYTES = 12;
/** The symbols: not finite, the lowest value, then the parts from below. */
const GAP = 0;
const LOWEST = 1;
const MOST_SYMBOL = LOWEST + LEVELS;
/** A difference of this size or more takes three bytes. */
const LONG = 255;

/** Columns that cannot be read: says at which column, what was expected and what found. */
export class ColumnsError extends Error {}

/** Whether reading can be expected to find this many values in so many bytes. */
const leastBytes = (columns: number, count: number) => columns * (HEAD_BYTES + count);

const bits = new Uint32Array(1);
const asFloat = new Float32Array(bits.buffer);
/** The next greater float32. */
function above(value: number): number {
  asFloat[0] = value;
  if (value === 0) bits[0] = 1;
  else bits[0]! += value > 0 ? 1 : -1;
  return asFloat[0]!;
}

/** Writes columns of one length, one after the other. */
export function quantise(columns: readonly ArrayLike<number>[]): Uint8Array {
  const heads = new DataView(new ArrayBuffer(columns.length * HEAD_BYTES));
  const body: number[] = [];
  columns.forEach((values, k) => {
    let low = Infinity;
    let high = -Infinity;
    let first = NaN;
    for (let i = 0; i < values.length; i++) {
      const value = Math.fround(values[i]!);
      if (!Number.isFinite(value)) continue;
      if (Number.isNaN(first)) first = value;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    if (Number.isNaN(first)) low = high = first = 0;
    [low, high, first].forEach((value, i) => heads.setFloat32(k * HEAD_BYTES + 4 * i, value, true));
    const part = (high - low) / LEVELS;
    let before = LOWEST;
    for (let i = 0; i < values.length; i++) {
      const value = Math.fround(values[i]!);
      const symbol = !Number.isFinite(value)
        ? GAP
        : value === low
          ? LOWEST
          : LOWEST + Math.max(1, Math.min(LEVELS, Math.ceil((value - low) / part)));
      const distance = symbol - before;
      before = symbol;
      const folded = distance >= 0 ? 2 * distance : -2 * distance - 1;
      if (folded < LONG) body.push(folded);
      else body.push(LONG, folded >> 8, folded & 255);
    }
  });
  const bytes = new Uint8Array(heads.byteLength + body.length);
  bytes.set(new Uint8Array(heads.buffer));
  bytes.set(body, heads.byteLength);
  return bytes;
}

/** Reads what `quantise` wrote of so many columns of `count` values each: all columns, one after the other. Throws ColumnsError, and nothing else. */
export function readQuantised(bytes: Uint8Array, columns: number, count: number): Float32Array {
  if (bytes.length < leastBytes(columns, count))
    throw new ColumnsError(
      t('expected at least {{least}} bytes for {{columns}} columns of {{values}} values, found {{bytes}}', {
        least: leastBytes(columns, count),
        columns,
        values: count,
        bytes: bytes.length,
      }),
    );
  const heads = new DataView(bytes.buffer, bytes.byteOffset, columns * HEAD_BYTES);
  const all = new Float32Array(columns * count);
  let at = columns * HEAD_BYTES;
  for (let k = 0; k < columns; k++) {
    const [low, high, first] = [0, 4, 8].map((place) => heads.getFloat32(k * HEAD_BYTES + place, true)) as [
      number,
      number,
      number,
    ];
    if (!(Number.isFinite(low) && Number.isFinite(high) && low <= first && first <= high))
      throw new ColumnsError(
        t(
          'expected column {{column}} to have a range with its first value in it, found {{low}} to {{high}} and {{first}}',
          { column: k + 1, low, high, first },
        ),
      );
    const part = (high - low) / LEVELS;
    const lifted = above(low);
    let symbol = LOWEST;
    let begun = false;
    for (let i = 0; i < count; i++) {
      let folded = bytes[at++];
      if (folded === LONG) {
        folded = (bytes[at]! << 8) | bytes[at + 1]!;
        at += 2;
      }
      if (folded === undefined || at > bytes.length)
        throw new ColumnsError(
          t(
            'expected {{values}} values in column {{column}} of {{columns}}, found the end at value {{value}}',
            { values: count, column: k + 1, columns, value: i + 1 },
          ),
        );
      symbol += folded & 1 ? -(folded + 1) / 2 : folded / 2;
      if (symbol < GAP || symbol > MOST_SYMBOL)
        throw new ColumnsError(
          t('expected value {{value}} of column {{column}} in its range, found part {{part}} of {{parts}}', {
            value: i + 1,
            column: k + 1,
            part: symbol,
            parts: LEVELS,
          }),
        );
      let value = low;
      if (symbol === GAP) value = NaN;
      else if (!begun) value = first;
      // Above the lowest value it stays above it, however close float32's numbers lie.
      else if (symbol > LOWEST) value = Math.max(lifted, low + (symbol - LOWEST - 0.5) * part);
      if (symbol !== GAP) begun = true;
      all[k * count + i] = value;
    }
  }
  if (at !== bytes.length)
    throw new ColumnsError(
      t('expected {{expected}} bytes of columns, found {{found}}', { expected: at, found: bytes.length }),
    );
  return all;
}
