/** Slow motion: an upper limit of steps per second. It changes when steps are made, never what they compute. */
export class Pace {
  /** Least time between the starts of two steps, in ms; 0 at full speed. */
  private interval = 0;

  set(stepsPerSecond: number | null): void {
    this.interval = stepsPerSecond === null ? 0 : 1000 / stepsPerSecond;
  }

  get isSlow(): boolean {
    return this.interval > 0;
  }

  /** Time until the next step may start, in ms, where the last one started at `last`; both times by the same clock. */
  wait(last: number, now: number): number {
    return Math.max(0, last + this.interval - now);
  }
}
