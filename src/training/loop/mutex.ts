/** A first-in, first-out lock. The runs of one start share one, so that they train alternately, one step at a time. */
export class Mutex {
  private last: Promise<unknown> = Promise.resolve();

  /** Carries out `task` after all that were asked for before it; a task that rejects does not hold up the next. */
  runExclusive<T>(task: () => Promise<T>): Promise<T> {
    const result = this.last.then(task);
    this.last = result.catch(() => undefined);
    return result;
  }
}
