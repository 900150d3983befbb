/** Runs that train side by side take turns: whoever has the turn has the machine until its task is done. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  /** Carries `task` out after all that were asked for before it; a task that fails does not hold up the next. */
  take<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.last.then(task);
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
