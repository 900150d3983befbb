/** The recorded series of a run while it grows: typed arrays outside React, appended to chunk by chunk. */
import { STATISTICS, type Statistic } from '../instruments/statistics';
import type { SeriesChunk } from '../training/protocol';

const SCALARS = ['loss', 'accuracy', 'lr', 'logitStd', 'logitNorm'] as const;
export type Scalar = (typeof SCALARS)[number];

const LEAST_CAPACITY = 256;

/**
 * Values by step. `count` values of each array are valid; those before `first` are NaN: a run that branched from
 * another's checkpoint recorded nothing there.
 */
export class RunSeries {
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
    this.scalars = { loss: empty(), accuracy: empty(), lr: empty(), logitStd: empty(), logitNorm: empty() };
    this.curves = Array.from({ length: curveCount * STATISTICS.length }, empty);
  }

  /** Throws RangeError where a chunk does not continue the series. */
  append(chunk: SeriesChunk): void {
    if (chunk.firstStep !== this.count)
      throw new RangeError(`Expected step ${this.count} next, got ${chunk.firstStep}.`);
    this.reserve(this.count + chunk.count);
    for (const name of SCALARS) this.scalars[name].set(chunk[name], this.count);
    const width = this.curves.length;
    for (let k = 0; k < width; k++) {
      const target = this.curves[k]!;
      for (let i = 0; i < chunk.count; i++) target[this.count + i] = chunk.curves[i * width + k]!;
    }
    this.count += chunk.count;
  }

  /** The steps `from` … `to` − 1, as they once came; a copy. */
  chunk(from: number, to: number): SeriesChunk {
    const count = to - from;
    const width = this.curves.length;
    const curves = new Float32Array(count * width);
    for (let k = 0; k < width; k++) {
      const source = this.curves[k]!;
      for (let i = 0; i < count; i++) curves[i * width + k] = source[from + i]!;
    }
    const part = (name: Scalar) => this.scalars[name].slice(from, to);
    return {
      firstStep: from,
      count,
      loss: part('loss'),
      accuracy: part('accuracy'),
      lr: part('lr'),
      logitStd: part('logitStd'),
      logitNorm: part('logitNorm'),
      curves,
    };
  }

  /** Forgets the steps from `count` on. */
  truncate(count: number): void {
    this.count = Math.max(this.first, Math.min(this.count, count));
  }

  /** The valid values of a scalar series; a view that later chunks leave as it is. */
  scalar(name: Scalar): Float32Array {
    return this.scalars[name].subarray(0, this.count);
  }

  /** The valid values of one statistic of one curve. */
  curve(curve: number, statistic: Statistic): Float32Array {
    return this.curves[curve * STATISTICS.length + STATISTICS.indexOf(statistic)]!.subarray(0, this.count);
  }

  private reserve(needed: number): void {
    if (needed <= this.capacity) return;
    while (this.capacity < needed) this.capacity *= 2;
    const grown = (old: Float32Array) => {
      const array = new Float32Array(this.capacity);
      array.set(old);
      return array;
    };
    for (const name of SCALARS) this.scalars[name] = grown(this.scalars[name]);
    this.curves.forEach((old, k) => (this.curves[k] = grown(old)));
  }
}
