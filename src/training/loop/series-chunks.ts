/** Collects recorded steps into chunks for the page. */
import { forScalars, SCALARS, type Scalar } from '../../instruments/scalars';
import { STATISTICS, summarise } from '../../instruments/statistics';
import type { SeriesChunk } from '../protocol';

export interface RecordedStep extends Record<Scalar, number> {
  /** Values per output channel, for every curve, in the order of the curves. */
  channels: readonly Float32Array[];
}

export class ChunkBuilder {
  private readonly width: number;
  private steps: RecordedStep[] = [];

  constructor(
    curveCount: number,
    private firstStep = 0,
  ) {
    this.width = curveCount * STATISTICS.length;
  }

  add(step: RecordedStep): void {
    this.steps.push(step);
  }

  /** Returns the steps added since the last call, or null if there are none. */
  take(): SeriesChunk | null {
    const count = this.steps.length;
    if (count === 0) return null;
    const chunk: SeriesChunk = {
      firstStep: this.firstStep,
      count,
      ...forScalars((name) => Float32Array.from(this.steps, (step) => step[name])),
      curves: new Float32Array(count * this.width),
    };
    this.steps.forEach(({ channels }, i) => {
      channels.forEach((values, k) =>
        summarise(values, chunk.curves, i * this.width + k * STATISTICS.length),
      );
    });
    this.firstStep += count;
    this.steps = [];
    return chunk;
  }
}

/** The buffers of a chunk, for its transfer to another thread. */
export const buffersOfChunk = (chunk: SeriesChunk): ArrayBuffer[] =>
  [...SCALARS.map((name) => chunk[name]), chunk.curves].map(({ buffer }) => buffer as ArrayBuffer);
