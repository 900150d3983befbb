/** Gathers recorded steps and measurements, and reports them to the page a few times per second, with the speed. */
import type { Measurement } from '../../instruments/measurement';
import type { SendReport } from './build-run';
import { buffersOfChunk, ChunkBuilder, type RecordedStep } from './series-chunks';

/** Least time between two reports, in ms. */
const REPORT_INTERVAL = 150;
/** The speed is the mean over this time, in ms. */
const SPEED_WINDOW = 3000;

export class Progress {
  private readonly chunks: ChunkBuilder;
  private measurements: Measurement[] = [];
  private lastReport = 0;
  /** Time spent in training steps, without evaluations and pauses, in ms. */
  private trainingTime = 0;
  private speedMarks: { time: number; step: number }[];

  /** `batch`: images per step. */
  constructor(
    curveCount: number,
    private readonly batch: number,
    firstStep: number,
    private readonly send: SendReport,
  ) {
    this.chunks = new ChunkBuilder(curveCount, firstStep);
    this.speedMarks = [{ time: 0, step: firstStep }];
  }

  record(step: RecordedStep, measurement: Measurement | null): void {
    this.chunks.add(step);
    if (measurement) this.measurements.push(measurement);
  }

  trainedFor(milliseconds: number): void {
    this.trainingTime += milliseconds;
  }

  /** Measures the speed from `step` on, after a pause. */
  restartSpeed(step: number): void {
    this.speedMarks = [{ time: this.trainingTime, step }];
  }

  /** Reports what was recorded since the last report, if there is something and, unless `now`, a report is due. */
  report(step: number, now: boolean): void {
    const time = performance.now();
    if (!now && time - this.lastReport < REPORT_INTERVAL) return;
    const chunk = this.chunks.take();
    if (!chunk) return;
    this.lastReport = time;
    const measurements = this.measurements.splice(0);
    this.send({ type: 'progress', chunk, measurements, imagesPerSecond: this.speed(step) }, [
      ...buffersOfChunk(chunk),
      ...measurements.map(({ values }) => values.buffer as ArrayBuffer),
    ]);
  }

  /** Images per second of training. */
  private speed(step: number): number {
    this.speedMarks.push({ time: this.trainingTime, step });
    while (this.speedMarks.length > 2 && this.trainingTime - this.speedMarks[1]!.time > SPEED_WINDOW)
      this.speedMarks.shift();
    const first = this.speedMarks[0]!;
    const elapsed = this.trainingTime - first.time;
    return elapsed > 0 ? ((step - first.step) * this.batch * 1000) / elapsed : 0;
  }
}
