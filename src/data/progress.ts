/** Progress and speed of a reading or a download, from which the time left follows. */

export interface Progress {
  /** Bytes so far, and in all. */
  done: number;
  total: number;
  /** Over the last seconds; 0 while it is unknown. */
  bytesPerSecond: number;
  /** null while the speed is unknown. */
  secondsLeft: number | null;
}

export type OnProgress = (progress: Progress) => void;

const INTERVAL = 50;
const MEMORY = 3000;

/** Counts bytes and reports them, at most twenty times per second. The last byte is always reported. */
export class Meter {
  private done = 0;
  private shown = -Infinity;
  private readonly marks: { time: number; done: number }[] = [];

  constructor(
    private total: number,
    private readonly onProgress: OnProgress | undefined,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Adds bytes. If the total was estimated too low, it grows. */
  readonly add = (count: number): void => {
    this.done += count;
    this.total = Math.max(this.total, this.done);
    const time = this.now();
    if (time - this.shown < INTERVAL && this.done < this.total) return;
    this.shown = time;
    this.marks.push({ time, done: this.done });
    while (this.marks.length > 2 && time - this.marks[0]!.time > MEMORY) this.marks.shift();
    const first = this.marks[0]!;
    const speed = time > first.time ? (1000 * (this.done - first.done)) / (time - first.time) : 0;
    this.onProgress?.({
      done: this.done,
      total: this.total,
      bytesPerSecond: speed,
      secondsLeft: speed > 0 ? (this.total - this.done) / speed : null,
    });
  };

  /** Reports that all bytes are done, including uncounted ones. */
  finish(): void {
    this.add(this.total - this.done);
  }
}
