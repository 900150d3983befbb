/** Tasks that wait to be done between two steps of a run, such as answers to queries; first in, first out. */
export class TaskQueue {
  private readonly tasks: (() => Promise<void>)[] = [];
  private last: Promise<void> = Promise.resolve();

  /** `carryOut` runs one task. */
  constructor(private readonly carryOut: <T>(task: () => Promise<T>) => Promise<T>) {}

  get isEmpty(): boolean {
    return this.tasks.length === 0;
  }

  /** Adds a task, which waits for the next `runAll`. Settles as the task does. */
  add<T>(task: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.tasks.push(() => this.carryOut(task).then(resolve, reject));
    });
  }

  /** Carries out every task in the queue, those that are added meanwhile included. Never rejects. */
  runAll(): Promise<void> {
    this.last = this.last.then(async () => {
      for (let task = this.tasks.shift(); task; task = this.tasks.shift()) await task();
    });
    return this.last;
  }

  /** Resolves when no `runAll` is in progress. */
  idle(): Promise<void> {
    return this.last;
  }
}
