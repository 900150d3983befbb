/**
 * When a run makes its next step: pause, single steps, stop and slow motion. The training loop reads the state between
 * two steps and sleeps here while there is nothing to do.
 */
import { Pace } from './pace';

export class RunControl {
  private isPaused: boolean;
  /** Single steps that were asked for and are not made yet. */
  private singleSteps = 0;
  private stops = 0;
  /** When the last step began, in ms of performance.now(). */
  private lastStepStart = -Infinity;
  private wakeUp: (() => void) | null = null;

  constructor(
    paused: boolean,
    private readonly pace = new Pace(),
  ) {
    this.isPaused = paused;
  }

  pause(): void {
    this.isPaused = true;
    this.wake();
  }

  resume(): void {
    this.isPaused = false;
    this.wake();
  }

  /** One step, at once also in slow motion; then pause. */
  singleStep(): void {
    this.isPaused = true;
    this.singleSteps++;
    this.wake();
  }

  stop(): void {
    this.stops++;
    this.wake();
  }

  get paused(): boolean {
    return this.isPaused;
  }

  get stopped(): boolean {
    return this.stops > 0;
  }

  /** Number of stop requests so far: after the end of the run, another one cancels the query that is being answered. */
  get stopCount(): number {
    return this.stops;
  }

  /** Whether the run has to wait: it is paused, and no single step is asked for. */
  get waiting(): boolean {
    return this.isPaused && this.singleSteps === 0 && !this.stopped;
  }

  get slowMotion(): boolean {
    return this.pace.isSlow;
  }

  /** Time until the next step may begin, in ms; 0 for a single step. */
  get timeToNextStep(): number {
    return this.singleSteps > 0 ? 0 : this.pace.wait(this.lastStepStart, performance.now());
  }

  stepBegins(): void {
    if (this.singleSteps > 0) this.singleSteps--;
    this.lastStepStart = performance.now();
  }

  /** Ends a `sleep`: something has changed that the training loop has to look at. */
  wake(): void {
    this.wakeUp?.();
  }

  /** Resolves at the next `wake`, or after `milliseconds`. Check the state right before, in the same task. */
  async sleep(milliseconds = Infinity): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = Number.isFinite(milliseconds) ? setTimeout(resolve, milliseconds) : undefined;
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wakeUp = null;
  }
}
