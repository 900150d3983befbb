/**
 * One run: prepares backend, data set and network, then trains step by step, reporting as it goes. Between steps it
 * listens: it can be paused, stepped, stopped and asked at any of them; runs beside each other take turns by the step.
 * Its network is kept after the end, for questions.
 */
import { IMAGE_SIDE } from '../../data/dataset';
import type { Experiment } from '../../experiment/settings';
import { Instruments } from '../../instruments/measure';
import type { Measurement } from '../../instruments/measurement';
import { inEnglish } from '../../language/phrase';
import { curvesOf, type Curve } from '../../network/curves';
import { initialValues } from '../../network/initial-values';
import type { NetworkPlan } from '../../network/plan';
import { planNetwork } from '../../network/plan-network';
import { activateBackend } from '../engines/backend';
import { buffersOfCheckpoint, takeOver, type StartingPoint } from '../checkpoint';
import { buffersOf, ChunkBuilder } from './series-chunks';
import { loadDataset } from './datasets';
import { digestOf } from '../formats/digest';
import { evaluate } from './evaluation';
import { describeGrowth } from './divergence';
import { Images } from './run-images';
import { meanRowNorm, standardDeviation, topK } from '../metrics';
import { nextTask } from './next-task';
import type { DatasetSummary, DistributiveOmit, Report, RunEnd, StartedRun } from '../protocol';
import { Pace } from './pace';
import { answerTo, refusal, type RunQuestion } from './run-questions';
import { ENDS, PREPARING, UNANSWERED } from '../reasons';
import { learningRate, totalSteps } from '../schedule';
import type { Engine, Observed, Step, Trainer } from '../trainer';
import type { Turns } from './turns';

/** Time between two reports of progress, in milliseconds. */
const REPORT_INTERVAL = 150;
/** The speed shown is that of the last so many milliseconds. */
const SPEED_WINDOW = 3000;
/** Least time between two checkpoints that nobody asked for, in milliseconds. */
const CHECKPOINT_INTERVAL = 2000;

type Send = (report: Report, transfer?: Transferable[]) => void;

/** A step whose numbers are being read back. */
interface Pending {
  step: number;
  lr: number;
  classes: Uint8Array;
  result: Step;
  measurement: Promise<Measurement> | null;
}

export class TrainingRun {
  private trainer: Trainer | null = null;
  private plan!: NetworkPlan;
  private curves: Curve[] = [];
  private images!: Images;
  private instruments!: Instruments;
  private total = 0;
  private step = 0;
  private engine: Engine | null = null;
  private readonly pending: Pending[] = [];
  private chunks!: ChunkBuilder;
  private measurements: Measurement[] = [];

  private stopped = false;
  /** How often it was told to stop: what is asked after the end ends at the next. */
  private stops = 0;
  private ended = false;
  private paused: boolean;
  private stepsAllowed = 0;
  private wake: (() => void) | null = null;
  /** What was asked and is answered between two steps. */
  private readonly questions: (() => Promise<void>)[] = [];
  private answering: Promise<void> = Promise.resolve();

  /** Step of the last checkpoint, and when it was made. */
  private lastCheckpoint = { step: -1, time: 0 };
  private lastReport = 0;
  /** When the last step began, for slow motion. */
  private lastStep = -Infinity;
  private trainingTime = 0;
  private speedMarks: { time: number; step: number }[] = [{ time: 0, step: 0 }];

  readonly id: string;
  private readonly experiment: Experiment;

  constructor(
    private readonly started: StartedRun,
    paused: boolean,
    private readonly turns: Turns,
    private readonly send: Send,
    private readonly pace: Pace = new Pace(),
  ) {
    this.id = started.runId;
    this.experiment = started.experiment;
    this.paused = paused;
  }

  pause(): void {
    this.paused = true;
    this.wake?.();
  }

  /** A step that waits for its time looks again how long that is. */
  paceChanged(): void {
    this.wake?.();
  }

  resume(): void {
    this.paused = false;
    this.wake?.();
  }

  /** Makes one step, then waits. */
  single(): void {
    this.paused = true;
    this.stepsAllowed++;
    this.wake?.();
  }

  stop(): void {
    this.stopped = true;
    this.stops++;
    this.wake?.();
  }

  /** Does something between two steps, or at once where the run has ended. */
  between(task: () => Promise<void>): void {
    this.questions.push(task);
    this.wake?.();
    if (this.ended) void this.answerQuestions();
  }

  /** Answers between two steps, or at once where the run has ended. */
  ask(question: RunQuestion): void {
    this.between(async () => {
      const { stops, trainer } = this;
      if (!trainer) return this.report(refusal(question, UNANSWERED.noNetwork));
      try {
        await this.stepsBack();
        const { engine, plan, images, step } = this;
        const cancelled = () => this.stops !== stops;
        const { report, transfer } = await answerTo(question, {
          trainer,
          engine: engine!,
          plan,
          images,
          step,
          cancelled,
        });
        this.report(report, transfer);
      } catch (error) {
        this.report(refusal(question, inEnglish(UNANSWERED.failed, { reason: messageOf(error) })));
      }
    });
  }

  /** Reports a checkpoint of the run as it is now, unless there is one of this step already. */
  checkpoint(): void {
    if (!this.ended) this.between(() => this.reportCheckpoint());
  }

  /** Runs to its end, whatever that is. Never throws. */
  async run(): Promise<void> {
    let end: RunEnd;
    try {
      await this.turns.take(() => this.prepare());
      end = this.stopped ? await this.stoppedEnd() : await this.train();
    } catch (error) {
      const reason = messageOf(error);
      end = {
        how: 'failed',
        step: this.step,
        reason: inEnglish(ENDS.failed, { reason }),
        digest: null,
      };
    }
    this.pending.splice(0).forEach(({ result, measurement }) => {
      result.numbers.catch(() => undefined);
      measurement?.catch(() => undefined);
      result.release();
    });
    if (this.chunks) this.reportProgress(true);
    if (this.chunks && end.how !== 'failed')
      await this.inTurn(() => this.reportCheckpoint()).catch(() => undefined);
    this.report({ type: 'ended', end });
    this.ended = true;
    await this.answerQuestions();
  }

  /** Frees the network; call it after `run` has ended. */
  async dispose(): Promise<void> {
    await this.answering;
    this.trainer?.dispose();
    this.trainer = null;
  }

  private report(report: DistributiveOmit<Report, 'runId'>, transfer?: Transferable[]): void {
    this.send({ ...report, runId: this.id } as Report, transfer);
  }

  /** Resolves when the numbers of every step under way are back; the loop records them later. */
  private async stepsBack(): Promise<void> {
    await Promise.all(this.pending.flatMap(({ result, measurement }) => [result.numbers, measurement]));
  }

  private answerQuestions(): Promise<void> {
    this.answering = this.answering.then(async () => {
      for (let task = this.questions.shift(); task; task = this.questions.shift()) await this.inTurn(task);
    });
    return this.answering;
  }

  /** Carries something out on this run's engine when its turn comes. */
  private inTurn<T>(task: () => Promise<T>): Promise<T> {
    return this.turns.take(async () => {
      await this.engine?.use();
      return task();
    });
  }

  private async prepare(): Promise<void> {
    if (this.stopped) return;
    const { experiment, started } = this;
    const { source, from = null } = started;
    this.report({ type: 'preparing', what: PREPARING.backend });
    const { environment, engine } = await activateBackend(experiment.backend, experiment);
    this.engine = engine;
    this.report({ type: 'environment', environment });

    this.report({
      type: 'preparing',
      what: source.kind === 'builtin' ? PREPARING.builtin : PREPARING.stored,
    });
    this.images = new Images(await loadDataset(source), experiment);
    const { images } = this;
    refuseOtherData(from, images.summary);
    this.total = totalSteps(experiment, images.stepsPerEpoch);

    this.plan = planNetwork(experiment, images.classes, IMAGE_SIDE);
    this.curves = curvesOf(this.plan);
    this.step = from?.checkpoint.step ?? 0;
    refuseNothingToDo(this.step, this.total);
    this.speedMarks = [{ time: 0, step: this.step }];
    this.chunks = new ChunkBuilder(this.curves.length, this.step);
    const initial = initialValues(this.plan, experiment.seed);
    const { values, velocities, fresh } = from
      ? takeOver(this.plan, from.checkpoint, initial)
      : { values: initial, velocities: new Map(), fresh: [] };
    const shape = { batch: images.batch, side: IMAGE_SIDE };
    this.trainer = engine.trainer(this.plan, shape, experiment, values);
    this.trainer.setVelocities(velocities);
    images.offerTo(this.trainer);
    this.instruments = new Instruments(
      this.plan,
      this.curves,
      experiment,
      values,
      from?.as === 'resume' ? from.checkpoint.instruments : null,
    );
    this.report({
      type: 'ready',
      plan: this.plan,
      curves: this.curves,
      columns: [...this.instruments.columns],
      dataset: images.summary,
      totalSteps: this.total,
      stepsPerEpoch: images.stepsPerEpoch,
      batch: images.batch,
      firstStep: this.step,
      fresh,
    });
    await this.reportCheckpoint();
  }

  private async train(): Promise<RunEnd> {
    if (!this.paused) this.report({ type: 'state', state: 'running' });
    while (this.step < this.total) {
      if (this.paused && this.stepsAllowed === 0) {
        const diverged = await this.inTurn(() => this.readBack(0));
        if (diverged) return diverged;
        await this.inTurn(() => this.reportCheckpoint());
        await this.waitWhilePaused();
      }
      if (this.stopped) break;
      // Told to pause while it waited for its time: then it does that.
      if (!(await this.isTime())) continue;
      if (this.stepsAllowed > 0) this.stepsAllowed--;
      this.lastStep = performance.now();
      const diverged = await this.inTurn(() => this.trainStep());
      if (diverged) return diverged;
      if (this.questions.length > 0) await this.answerQuestions();
      await nextTask();
    }
    return this.inTurn(async () => {
      const diverged = await this.readBack(0);
      if (diverged) return diverged;
      if (this.stopped) return this.stoppedEnd();
      await this.evaluate();
      const reason = inEnglish(ENDS.finished, { steps: this.total });
      return { how: 'finished', step: this.step, reason, digest: await this.digest() };
    });
  }

  /** Waits until slow motion lets the next step be made, answering meanwhile; false where the run is to pause or stop instead. A single step is made at once. */
  private async isTime(): Promise<boolean> {
    for (;;) {
      if (this.stepsAllowed > 0) return true;
      if (this.stopped || this.paused) return false;
      const wait = this.pace.wait(this.lastStep, performance.now());
      if (wait === 0) return true;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, wait);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.wake = null;
      if (this.questions.length > 0) await this.answerQuestions();
    }
  }

  /** One step, and the evaluation after it where one is due; resolves to how the run ended where a loss was not finite. */
  private async trainStep(): Promise<RunEnd | null> {
    const { evalEvery } = this.experiment;
    const start = performance.now();
    this.launchStep();
    // In slow motion every step is shown when it is made.
    const { isSlow } = this.pace;
    const diverged = await this.readBack(isSlow ? 0 : this.engine!.stepsInFlight - 1);
    if (diverged) return diverged;
    this.trainingTime += performance.now() - start;
    this.reportProgress(isSlow);
    if (this.step >= this.total) return null;
    const evaluated = evalEvery > 0 && this.step % evalEvery === 0;
    const kept = this.checkpointDue();
    if (!evaluated && !kept) return null;
    const divergedBefore = await this.readBack(0);
    if (divergedBefore) return divergedBefore;
    if (evaluated) await this.evaluate();
    if (kept) await this.reportCheckpoint();
    return null;
  }

  private checkpointDue(): boolean {
    const { checkpointEvery } = this.experiment;
    return (
      checkpointEvery > 0 &&
      this.step % checkpointEvery === 0 &&
      performance.now() - this.lastCheckpoint.time >= CHECKPOINT_INTERVAL
    );
  }

  /** Reports what is recorded, then a checkpoint of the same step. */
  private async reportCheckpoint(): Promise<void> {
    const { trainer, instruments } = this;
    if (!trainer || this.lastCheckpoint.step === this.step || (await this.readBack(0))) return;
    const { step } = this;
    const values = await trainer.values();
    const velocities = await trainer.velocities();
    this.lastCheckpoint = { step, time: performance.now() };
    this.reportProgress(true);
    const checkpoint = { step, values, velocities, instruments: instruments.state };
    this.report({ type: 'checkpoint', checkpoint }, buffersOfCheckpoint(checkpoint));
  }

  private async stoppedEnd(): Promise<RunEnd> {
    const reason = inEnglish(ENDS.stopped, { step: this.step });
    return { how: 'stopped', step: this.step, reason, digest: await this.digest() };
  }

  private async digest(): Promise<string | null> {
    return this.trainer ? digestOf(this.plan, await this.trainer.values()) : null;
  }

  private async waitWhilePaused(): Promise<void> {
    this.reportProgress(true);
    this.report({ type: 'state', state: 'paused' });
    while (this.paused && this.stepsAllowed === 0 && !this.stopped) {
      await this.answerQuestions();
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    this.wake = null;
    this.speedMarks = [{ time: this.trainingTime, step: this.step }];
    if (!this.paused && !this.stopped) this.report({ type: 'state', state: 'running' });
  }

  private launchStep(): void {
    const { step, instruments } = this;
    const trainer = this.trainer!;
    const lr = learningRate(this.experiment, step, this.total);
    const { input, classes } = this.images.trainingBatch(step);
    const measured = instruments.due(step);
    const vectors = this.curves.map(({ parameter }) => parameter);
    const result = trainer.step(input, classes, lr, vectors, measured ? instruments.needs : undefined);
    const measurement = result.observed ? this.measure(step, result.observed) : null;
    this.pending.push({ step, lr, classes, result, measurement });
    this.step++;
  }

  /** Reads a step back whole, which starts at once, and measures it. */
  private async measure(step: number, observed: Promise<Observed>): Promise<Measurement> {
    const start = performance.now();
    const values = await observed;
    return this.instruments.measure({ step, ...values }, performance.now() - start);
  }

  /** Records steps until at most `leave` are on their way; resolves to how the run ended where a loss was not finite. */
  private async readBack(leave: number): Promise<RunEnd | null> {
    while (this.pending.length > leave) {
      const { step, lr, classes, result, measurement } = this.pending[0]!;
      const { loss, logits, vectors: channels } = await result.numbers;
      const measured = await measurement;
      this.pending.shift();
      this.chunks.add({
        loss,
        lr,
        accuracy: topK(logits, classes, 1),
        logitStd: standardDeviation(logits),
        logitNorm: meanRowNorm(logits, classes.length),
        channels,
      });
      if (measured) this.measurements.push(measured);
      const end = Number.isFinite(loss) ? null : await this.diagnose(step, result);
      result.release();
      if (end) return end;
    }
    return null;
  }

  /** Says where a step whose loss is not finite grew. */
  private async diagnose(step: number, result: Step): Promise<RunEnd> {
    const reason = describeGrowth(step, await result.outputRms());
    return { how: 'diverged', step, reason, digest: await this.digest() };
  }

  private async evaluate(): Promise<void> {
    if (this.images.testCount === 0) return;
    const evaluation = await evaluate(this.trainer!, this.images, this.step, () => this.stopped);
    if (evaluation) this.report({ type: 'evaluation', evaluation });
  }

  private reportProgress(now: boolean): void {
    const time = performance.now();
    if (!now && time - this.lastReport < REPORT_INTERVAL) return;
    const chunk = this.chunks.take();
    if (!chunk) return;
    this.lastReport = time;
    const measurements = this.measurements.splice(0);
    this.report({ type: 'progress', chunk, measurements, imagesPerSecond: this.speed() }, [
      ...buffersOf(chunk),
      ...measurements.map(({ values }) => values.buffer as ArrayBuffer),
    ]);
  }

  /** Images a second of training (evaluations and pauses left out) over the last few seconds. */
  private speed(): number {
    this.speedMarks.push({ time: this.trainingTime, step: this.step });
    while (this.speedMarks.length > 2 && this.trainingTime - this.speedMarks[1]!.time > SPEED_WINDOW)
      this.speedMarks.shift();
    const first = this.speedMarks[0]!;
    const elapsed = this.trainingTime - first.time;
    return elapsed > 0 ? ((this.step - first.step) * this.images.batch * 1000) / elapsed : 0;
  }
}

/** A run resumes on the data that it was begun on, or not at all. */
function refuseOtherData(from: StartingPoint | null, { digest, label }: DatasetSummary): void {
  if (from?.as !== 'resume' || from.dataset === digest) return;
  throw new Error(
    inEnglish(ENDS.otherData, { wanted: from.dataset.slice(0, 12), label, found: digest.slice(0, 12) }),
  );
}

function refuseNothingToDo(step: number, total: number): void {
  if (step === 0 || step < total) return;
  throw new Error(inEnglish(ENDS.nothingToDo, { step, total }));
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
