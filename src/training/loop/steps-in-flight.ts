/** Launches training steps, and reads their numbers back in the order in which they were launched. */
import type { Message } from '../../language/message';
import type { Measurement } from '../../instruments/measurement';
import { meanRowNorm, standardDeviation, topK } from '../metrics';
import { learningRate } from '../schedule';
import type { Observed, Step } from '../trainer';
import type { BuiltRun } from './build-run';
import { describeGrowth } from './divergence';
import type { RecordedStep } from './series-chunks';

/** A step whose numbers are being read back. */
interface Launched {
  step: number;
  lr: number;
  classes: Uint8Array;
  result: Step;
  measurement: Promise<Measurement> | null;
}

/** A step whose loss is not finite, and where the activations grew. */
export interface Divergence {
  step: number;
  reason: Message;
}

export class StepsInFlight {
  private readonly launched: Launched[] = [];

  /** `record` receives every step that is read back, with its measurement where the instruments were due. */
  constructor(
    private readonly run: BuiltRun,
    private readonly record: (step: RecordedStep, measurement: Measurement | null) => void,
  ) {}

  /** Starts step number `step` and what is to be measured in it; does not wait for either. */
  launch(step: number): void {
    const { trainer, instruments, experiment, images, curves, totalSteps } = this.run;
    const lr = learningRate(experiment, step, totalSteps);
    const { input, classes } = images.trainingBatch(step);
    const vectors = curves.map(({ parameter }) => parameter);
    const observe = instruments.due(step) ? instruments.needs : undefined;
    const result = trainer.step(input, classes, lr, vectors, observe);
    const measurement = result.observed ? this.measure(step, result.observed) : null;
    this.launched.push({ step, lr, classes, result, measurement });
  }

  /** Records steps until at most `leave` are in flight; resolves to the divergence where a loss was not finite. */
  async readBack(leave: number): Promise<Divergence | null> {
    while (this.launched.length > leave) {
      const { step, lr, classes, result, measurement } = this.launched[0]!;
      const { loss, logits, vectors: channels } = await result.numbers;
      const measured = await measurement;
      this.launched.shift();
      const recorded: RecordedStep = {
        loss,
        lr,
        accuracy: topK(logits, classes, 1),
        logitStd: standardDeviation(logits),
        logitNorm: meanRowNorm(logits, classes.length),
        channels,
      };
      this.record(recorded, measured);
      const divergence = Number.isFinite(loss)
        ? null
        : { step, reason: describeGrowth(step, await result.outputRms()) };
      result.release();
      if (divergence) return divergence;
    }
    return null;
  }

  /** Resolves when the numbers of every step in flight have arrived; they are recorded by the next `readBack`. */
  async arrived(): Promise<void> {
    await Promise.all(this.launched.flatMap(({ result, measurement }) => [result.numbers, measurement]));
  }

  /** Drops the steps in flight. */
  discard(): void {
    for (const { result, measurement } of this.launched.splice(0)) {
      result.numbers.catch(() => undefined);
      measurement?.catch(() => undefined);
      result.release();
    }
  }

  private async measure(step: number, observed: Promise<Observed>): Promise<Measurement> {
    const start = performance.now();
    const values = await observed;
    return this.run.instruments.measure({ step, ...values }, performance.now() - start);
  }
}
