/** Slow motion: how many steps a second the runs of a start may make. It changes when steps are made, never what they compute. */
export class Pace {
  /** Least time between the beginnings of two steps, in ms; 0 at full speed. */
  private between = 0;

  set(stepsPerSecond: number | null): void {
    this.between = stepsPerSecond === null ? 0 : 1000 / stepsPerSecond;
  }

  get isSlow(): boolean {
    return this.between > 0;
  }

  /** How long a step has to wait that follows one begun at `last`, in ms; both times of one clock. */
  wait(last: number, now: number): number {
    return Math.max(0, last + this.between - now);
  }
}
