import { describe, expect, it } from 'vitest';
import { DrawQueue } from './draw-queue';

/** A clock that jumps from task to task. */
function simulation() {
  let now = 0;
  const tasks: { at: number; run: () => void }[] = [];
  const clock = { now: () => now, later: (run: () => void, ms: number) => tasks.push({ at: now + ms, run }) };
  const spend = (ms: number) => (now += ms);
  const runUntil = (end: number) => {
    for (;;) {
      const next = tasks.toSorted((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) return;
      tasks.splice(tasks.indexOf(next), 1);
      now = Math.max(now, next.at);
      next.run();
    }
  };
  return { queue: new DrawQueue(clock), clock, spend, runUntil };
}

/** Times at which a chart that requests a new drawing after each drawing is drawn within 10 s. */
function drawnIn10s(cost: number, charts = 1): number[] {
  const { queue, clock, spend, runUntil } = simulation();
  const times: number[] = [];
  for (let c = 0; c < charts; c++) {
    const chart = {};
    const draw = () => {
      times.push(clock.now());
      spend(cost);
      queue.request(chart, draw);
    };
    queue.request(chart, draw);
  }
  runUntil(10_000);
  return times;
}

describe('the draw queue', () => {
  it('draws a chart at most five times per second', () => {
    const drawn = drawnIn10s(5).length;
    expect(drawn).toBeLessThanOrEqual(51);
    expect(drawn).toBeGreaterThan(45);
  });

  it('draws slow charts less often, and leaves half of the time to the page', () => {
    expect(drawnIn10s(80).length).toBeLessThanOrEqual(26);
    expect(drawnIn10s(80, 7).length * 80).toBeLessThanOrEqual(5100);
  });

  it('draws more often while nothing trains', () => {
    const during = (atRest: boolean) => {
      const { queue, clock, spend, runUntil } = simulation();
      queue.atRest = atRest;
      let last = 0;
      for (let c = 0; c < 6; c++)
        queue.request({}, () => {
          spend(100);
          last = clock.now();
        });
      runUntil(10_000);
      return last;
    };
    expect(during(false)).toBeGreaterThan(3000);
    expect(during(true)).toBeLessThan(1000);
  });

  it('draws the charts in turn, one per task', () => {
    const times = drawnIn10s(10, 7);
    expect(times.slice(0, 7).every((at, i) => i === 0 || at - times[i - 1]! >= 26)).toBe(true);
  });

  it('does not draw a cancelled chart, and draws only the latest of several requests', () => {
    const { queue, runUntil } = simulation();
    const drawn: string[] = [];
    const a = {};
    const b = {};
    queue.request(a, () => drawn.push('a, first'));
    queue.request(a, () => drawn.push('a, second'));
    queue.request(b, () => drawn.push('b'));
    queue.cancel(b);
    runUntil(1000);
    expect(drawn).toEqual(['a, second']);
  });
});
