/** The recorded series of a run while it grows: typed arrays outside React, appended to chunk by chunk. */
import { forScalars, SCALARS, type Scalar } from '../instruments/scalars';
import { STATISTICS, type Statistic } from '../instruments/statistics';
import type { SeriesChunk } from '../training/protocol';

/** Consecutive steps, column by column: `count` values of each scalar, then of each statistic of each curve. */
export interface SeriesColumns {
  firstStep: number;
  count: number;
  values: Float32Array;
}

const LEAST_CAPACITY = 256;

/** What is read of series: `count` values each, NaN where nothing was recorded. */
export interface SeriesView {
  readonly count: number;
  scalar(name: Scalar): Float32Array;
  curve(curve: number, statistic: Statistic): Float32Array;
}

/**
 * Values by step. `count` values of each array are valid; those before `first` are NaN: a run that branched from
 * another's checkpoint recorded nothing there.
 */
export class RunSeries implements SeriesView {
  count: number;
  private capacity: number;
  private readonly scalars: Record<Scalar, Float32Array>;
  /** One array for each curve and statistic: curve · STATISTICS.length + statistic. */
  private readonly curves: Float32Array[];

  constructor(
    readonly curveCount: number,
    readonly first = 0,
  ) {
    this.count = first;
    this.capacity = Math.max(LEAST_CAPACITY, first);
    const empty = () => new Float32Array(this.capacity).fill(NaN, 0, first);
    this.scalars = forScalars(empty);
    this.curves = Array.from({ length: curveCount * STATISTICS.length }, empty);
  }

  /** Throws RangeError where a chunk does not continue the series. */
  append(chunk: SeriesChunk): void {
    this.expect(chunk.firstStep);
    this.grow(this.count + chunk.count);
    for (const name of SCALARS) this.scalars[name].set(chunk[name], this.count);
    const width = this.curves.length;
    for (let k = 0; k < width; k++) {
      const target = this.curves[k]!;
      for (let i = 0; i < chunk.count; i++) target[this.count + i] = chunk.curves[i * width + k]!;
    }
    this.count += chunk.count;
  }

  /** The steps `from` … `to` − 1 in columns; a copy. */
  columns(from: number, to: number): SeriesColumns {
    const count = to - from;
    const all = this.all();
    const values = new Float32Array(all.length * count);
    all.forEach((column, k) => values.set(column.subarray(from, to), k * count));
    return { firstStep: from, count, values };
  }

  /** Appends what `columns` returned: one copy of memory per column. */
  appendColumns({ firstStep, count, values }: SeriesColumns): void {
    this.expect(firstStep);
    const width = SCALARS.length + this.curves.length;
    if (values.length !== width * count)
      throw new RangeError(`Expected ${width * count} values, got ${values.length}.`);
    this.grow(this.count + count);
    this.all().forEach((column, k) => column.set(values.subarray(k * count, (k + 1) * count), this.count));
    this.count += count;
  }

  /** Removes the steps from `count` on. */
  truncate(count: number): void {
    this.count = Math.max(this.first, Math.min(this.count, count));
  }

  /**
   * The series as they were when they had `count` steps, for reading only: they share this memory and follow its growth,
   * so that making them costs nothing.
   */
  upTo(count: number): RunSeries {
    const value = Math.max(this.first, Math.min(this.count, count));
    return Object.create(this, { count: { value } }) as RunSeries;
  }

  /** The valid values of a scalar series; a view that later chunks leave as it is. */
  scalar(name: Scalar): Float32Array {
    return this.scalars[name].subarray(0, this.count);
  }

  /** The valid values of one statistic of one curve. */
  curve(curve: number, statistic: Statistic): Float32Array {
    return this.curves[curve * STATISTICS.length + STATISTICS.indexOf(statistic)]!.subarray(0, this.count);
  }

  private all(): Float32Array[] {
    return [...SCALARS.map((name) => this.scalars[name]), ...this.curves];
  }

  private expect(step: number): void {
    if (step !== this.count) throw new RangeError(`Expected step ${this.count} next, got ${step}.`);
  }

  /** Doubles the capacity until it suffices, so that a long series is copied a few times only. */
  private grow(needed: number): void {
    if (needed > this.capacity) this.reserve(Math.max(needed, 2 * this.capacity));
  }

  /** Reserves capacity for the steps before `needed`, where their number is known. */
  reserve(needed: number): void {
    if (needed <= this.capacity) return;
    this.capacity = needed;
    const grown = (old: Float32Array) => {
      const array = new Float32Array(this.capacity);
      array.set(old);
      return array;
    };
    for (const name of SCALARS) this.scalars[name] = grown(this.scalars[name]);
    this.curves.forEach((old, k) => (this.curves[k] = grown(old)));
  }
}
