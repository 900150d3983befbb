/**
 * A run of the worker from its start to its disposal: it is built, trains to its end, whatever that is, and keeps its
 * network afterwards for queries.
 */
import { message, saidBy } from '../../language/message';
import type { Queries, Query, RunEnd, StartedRun } from '../protocol';
import { buildRun, type SendReport } from './build-run';
import type { Mutex } from './mutex';
import type { Pace } from './pace';
import { RunControl } from './run-control';
import { answerRunQuery, refusal, type Answer, type RunQueryType } from './run-queries';
import { TaskQueue } from './task-queue';
import { TrainingLoop } from './training-loop';

export class TrainingRun {
  readonly id: string;
  /** Pause, single steps and stop. */
  readonly control: RunControl;
  /** Null until the run is built, and after its disposal. */
  private loop: TrainingLoop | null = null;
  private ended = false;
  private readonly tasks: TaskQueue;

  /** `mutex` is shared by the runs that train alternately. */
  constructor(
    private readonly started: StartedRun,
    paused: boolean,
    private readonly mutex: Mutex,
    private readonly send: SendReport,
    pace?: Pace,
  ) {
    this.id = started.runId;
    this.control = new RunControl(paused, pace);
    this.tasks = new TaskQueue((task) => this.exclusive(task));
  }

  /** Runs to its end and reports it. Never rejects. */
  async run(): Promise<void> {
    let end: RunEnd;
    try {
      await this.mutex.runExclusive(() => this.build());
      end = this.loop ? await this.loop.train() : stoppedBeforeItWasBuilt();
    } catch (error) {
      const reason = message('run.failed', { reason: saidBy(error) });
      end = { how: 'failed', step: this.loop?.steps ?? 0, reason, digest: null };
    }
    await this.loop?.finish(end.how).catch(() => undefined);
    this.send({ type: 'ended', end });
    this.ended = true;
    await this.tasks.runAll();
  }

  /** Does something between two steps, or at once where the run has ended. Settles as `task` does. */
  betweenSteps<T>(task: () => Promise<T>): Promise<T> {
    const result = this.tasks.add(task);
    if (this.ended) void this.tasks.runAll();
    else this.control.wake();
    return result;
  }

  /** Answers between two steps, or at once where the run has ended. Rejects with what the network throws. */
  answer<T extends RunQueryType>(query: Query<T>): Promise<Answer<Queries[T]['result']>> {
    return this.betweenSteps(async () => {
      const { loop, control } = this;
      if (!loop) return refusal(message('answer.noNetwork'));
      const { stopCount } = control;
      const cancelled = () => control.stopCount !== stopCount;
      await loop.arrived();
      return answerRunQuery<T>(query, { run: loop.run, step: loop.steps, cancelled });
    });
  }

  /** Reports a checkpoint after the present step, unless there is one of this step already. */
  checkpoint(): void {
    if (this.ended) return;
    // Where the network cannot be read, the next step fails and ends the run with the reason.
    this.betweenSteps(async () => this.loop?.reportCheckpoint()).catch(() => undefined);
  }

  /** Frees the network; call it after `run` has resolved. */
  async dispose(): Promise<void> {
    await this.tasks.idle();
    const { loop } = this;
    this.loop = null;
    loop?.run.trainer.dispose();
  }

  private async build(): Promise<void> {
    if (this.control.stopped) return;
    const run = await buildRun(this.started, this.send);
    const exclusive = <T>(task: () => Promise<T>) => this.exclusive(task);
    this.loop = new TrainingLoop(run, this.control, this.tasks, exclusive, this.send);
    await this.loop.begin();
  }

  /** Carries out a task while no other run of the start computes, with this run's engine in use. */
  private exclusive<T>(task: () => Promise<T>): Promise<T> {
    return this.mutex.runExclusive(async () => {
      await this.loop?.run.engine.use();
      return task();
    });
  }
}

const stoppedBeforeItWasBuilt = (): RunEnd => ({
  how: 'stopped',
  step: 0,
  reason: message('run.stopped', { step: 0 }),
  digest: null,
});
