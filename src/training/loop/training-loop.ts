/**
 * Trains a built run: step by step, with evaluations, checkpoints and reports where they are due. Between two steps it
 * receives requests, carries out the tasks in the queue, and waits where the run is paused or in slow motion.
 */
import { message } from '../../language/message';
import { buffersOfCheckpoint } from '../checkpoint';
import { digestOf } from '../formats/digest';
import type { RunEnd } from '../protocol';
import type { BuiltRun, SendReport } from './build-run';
import { evaluate } from './evaluation';
import { nextTask } from './next-task';
import { Progress } from './progress';
import type { RunControl } from './run-control';
import { StepsInFlight } from './steps-in-flight';
import type { TaskQueue } from './task-queue';

/** Least time between two periodic checkpoints, in ms. */
const CHECKPOINT_INTERVAL = 2000;

export class TrainingLoop {
  /** Updates launched; also the number of the next step. */
  private step: number;
  private readonly progress: Progress;
  private readonly inFlight: StepsInFlight;
  /** Step of the last checkpoint, and when it was made, in ms of performance.now(). */
  private lastCheckpoint = { step: -1, time: 0 };

  /** `exclusive` carries out a task while this run has the machine and its engine is in use. */
  constructor(
    readonly run: BuiltRun,
    private readonly control: RunControl,
    private readonly tasks: TaskQueue,
    private readonly exclusive: <T>(task: () => Promise<T>) => Promise<T>,
    private readonly send: SendReport,
  ) {
    const { curves, images, firstStep } = run;
    this.step = firstStep;
    this.progress = new Progress(curves.length, images.batch, firstStep, send);
    this.inFlight = new StepsInFlight(run, (step, measurement) => this.progress.record(step, measurement));
  }

  /** Updates made, or in flight. */
  get steps(): number {
    return this.step;
  }

  /** Reports what was built, and a checkpoint of the first step. */
  async begin(): Promise<void> {
    const { plan, curves, instruments, images, totalSteps, firstStep, fresh } = this.run;
    this.send({
      type: 'ready',
      plan,
      curves,
      columns: instruments.columns,
      dataset: images.summary,
      totalSteps,
      stepsPerEpoch: images.stepsPerEpoch,
      batch: images.batch,
      firstStep,
      fresh,
    });
    await this.reportCheckpoint();
  }

  /** Trains until the last step is made, the run is stopped, or a loss is not finite. Rejects where a step fails. */
  async train(): Promise<RunEnd> {
    const { control, tasks } = this;
    if (!control.paused && !control.stopped) this.send({ type: 'state', state: 'running' });
    while (this.step < this.run.totalSteps && !control.stopped) {
      if (control.waiting) {
        const diverged = await this.exclusive(() => this.readBack(0));
        if (diverged) return diverged;
        await this.exclusive(() => this.reportCheckpoint());
        await this.waitWhilePaused();
        continue;
      }
      const wait = control.timeToNextStep;
      if (wait > 0) {
        if (tasks.isEmpty) await control.sleep(wait);
      } else {
        control.stepBegins();
        const diverged = await this.exclusive(() => this.trainStep());
        if (diverged) return diverged;
      }
      if (!tasks.isEmpty) await tasks.runAll();
      if (wait === 0) await nextTask();
    }
    return this.exclusive(async () => {
      const diverged = await this.readBack(0);
      if (diverged) return diverged;
      const stopped = control.stopped;
      if (!stopped) await this.evaluate();
      const reason = stopped
        ? message('run.stopped', { step: this.step })
        : message('run.finished', { steps: this.run.totalSteps });
      return { how: stopped ? 'stopped' : 'finished', step: this.step, reason, digest: await this.digest() };
    });
  }

  /** Reports what is still to be reported after the end: the last steps and, unless the run failed, a checkpoint. */
  async finish(how: RunEnd['how']): Promise<void> {
    this.inFlight.discard();
    this.progress.report(this.step, true);
    if (how !== 'failed') await this.exclusive(() => this.reportCheckpoint());
  }

  /** Reports what is recorded, then a checkpoint of the same step, unless there is one of this step already. */
  async reportCheckpoint(): Promise<void> {
    const { trainer, instruments } = this.run;
    if (this.lastCheckpoint.step === this.step || (await this.readBack(0))) return;
    const { step } = this;
    const values = await trainer.values();
    const velocities = await trainer.velocities();
    this.lastCheckpoint = { step, time: performance.now() };
    this.progress.report(step, true);
    const checkpoint = { step, values, velocities, instruments: instruments.state };
    this.send({ type: 'checkpoint', checkpoint }, buffersOfCheckpoint(checkpoint));
  }

  /** Resolves when the numbers of every step in flight have arrived. */
  arrived(): Promise<void> {
    return this.inFlight.arrived();
  }

  /** One step, and what is due after it; resolves to how the run ended where a loss was not finite. */
  private async trainStep(): Promise<RunEnd | null> {
    const { experiment, engine, totalSteps } = this.run;
    const { evalEvery } = experiment;
    const start = performance.now();
    this.inFlight.launch(this.step++);
    // In slow motion every step is shown when it is made.
    const { slowMotion } = this.control;
    const diverged = await this.readBack(slowMotion ? 0 : engine.stepsInFlight - 1);
    if (diverged) return diverged;
    this.progress.trainedFor(performance.now() - start);
    this.progress.report(this.step, slowMotion);
    if (this.step >= totalSteps) return null;
    const evaluationDue = evalEvery > 0 && this.step % evalEvery === 0;
    const { checkpointDue } = this;
    if (!evaluationDue && !checkpointDue) return null;
    const divergedBefore = await this.readBack(0);
    if (divergedBefore) return divergedBefore;
    if (evaluationDue) await this.evaluate();
    if (checkpointDue) await this.reportCheckpoint();
    return null;
  }

  private get checkpointDue(): boolean {
    const { checkpointEvery } = this.run.experiment;
    return (
      checkpointEvery > 0 &&
      this.step % checkpointEvery === 0 &&
      performance.now() - this.lastCheckpoint.time >= CHECKPOINT_INTERVAL
    );
  }

  private async waitWhilePaused(): Promise<void> {
    const { control, tasks } = this;
    this.progress.report(this.step, true);
    this.send({ type: 'state', state: 'paused' });
    while (control.waiting) {
      // A request may arrive while tasks are carried out, so the state is checked again before every sleep.
      if (tasks.isEmpty) await control.sleep();
      else await tasks.runAll();
    }
    this.progress.restartSpeed(this.step);
    if (!control.paused && !control.stopped) this.send({ type: 'state', state: 'running' });
  }

  private async readBack(leave: number): Promise<RunEnd | null> {
    const divergence = await this.inFlight.readBack(leave);
    return divergence && { how: 'diverged', ...divergence, digest: await this.digest() };
  }

  private async evaluate(): Promise<void> {
    const { trainer, images } = this.run;
    if (images.testCount === 0) return;
    const evaluation = await evaluate(trainer, images, this.step, () => this.control.stopped);
    if (evaluation) this.send({ type: 'evaluation', evaluation });
  }

  /** SHA-256 of the weights, see ../formats/digest. */
  private async digest(): Promise<string> {
    return digestOf(this.run.plan, await this.run.trainer.values());
  }
}
