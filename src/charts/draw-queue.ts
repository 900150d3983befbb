/**
 * Draws one chart per task, so that the page can react between two of them. A chart is drawn at most five times per second,
 * less often if drawing takes long, and never twice for the same request.
 */

/** Least time between two drawings of one chart, in ms. */
const INTERVAL = 200;
/** A drawing that takes longer than this, in ms, lowers the rate in proportion. */
const COMFORTABLE = 40;
/** Largest share of the page's time for drawing: a trainer on the CPU may need the rest of that core. */
const LARGEST_SHARE = 0.15;
/** The same while nothing trains. */
const LARGEST_SHARE_AT_REST = 0.7;

interface Clock {
  now: () => number;
  later: (task: () => void, ms: number) => unknown;
}

const pageClock: Clock = { now: () => performance.now(), later: (task, ms) => setTimeout(task, ms) };

export class DrawQueue {
  /** Charts that wait to be drawn, in the order of their requests. */
  private readonly waiting = new Map<object, () => void>();
  private readonly notBefore = new WeakMap<object, number>();
  private drawing = false;
  private freeAt = 0;
  /** When the next task runs. */
  private nextAt = Infinity;

  /** Whether nothing trains, so that drawing may take a larger share of the page's time. */
  atRest = false;

  constructor(private readonly clock: Clock = pageClock) {}

  /** Requests a drawing of `chart`. A later request replaces one that still waits, and keeps its place in the queue. */
  request(chart: object, draw: () => void): void {
    this.waiting.set(chart, draw);
    this.schedule();
  }

  cancel(chart: object): void {
    this.waiting.delete(chart);
  }

  private schedule(): void {
    if (this.drawing || this.waiting.size === 0) return;
    const due = Math.min(...[...this.waiting.keys()].map((chart) => this.notBefore.get(chart) ?? 0));
    const at = Math.max(due, this.freeAt, this.clock.now());
    if (at >= this.nextAt) return;
    this.nextAt = at;
    this.clock.later(() => {
      // Another chart may be drawn sooner, and has replaced this task.
      if (this.nextAt !== at) return;
      this.nextAt = Infinity;
      this.drawOne();
    }, at - this.clock.now());
  }

  private drawOne(): void {
    const start = this.clock.now();
    // A timer may fire a little early.
    const ready = [...this.waiting].find(([chart]) => (this.notBefore.get(chart) ?? 0) <= start + 1);
    if (ready) {
      const [chart, draw] = ready;
      this.waiting.delete(chart);
      this.drawing = true;
      try {
        draw();
      } finally {
        const took = this.clock.now() - start;
        this.notBefore.set(chart, start + INTERVAL * Math.max(1, took / COMFORTABLE));
        // At least one frame is left for style, layout and input.
        const share = this.atRest ? LARGEST_SHARE_AT_REST : LARGEST_SHARE;
        this.freeAt = start + took + Math.max(16, took * (1 / share - 1));
        this.drawing = false;
        this.schedule();
      }
    } else this.schedule();
  }
}

/** The one queue of the page. */
export const drawQueue = new DrawQueue();
