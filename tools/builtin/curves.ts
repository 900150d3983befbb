/**
 * Learning curves on the built-in set: a ResNet-20 on the lab's own kernels, and a linear model, measured after every
 * epoch.
 */
import { readFileSync } from 'node:fs';
import { builtinDataset } from '../../src/data/builtin/builtin';
import type { Difficulty } from '../../src/data/builtin/levels';
import type { Dataset } from '../../src/data/dataset';
import { presetById, valuesOf } from '../../src/experiment/presets';
import { DEFAULT_EXPERIMENT, type Experiment } from '../../src/experiment/settings';
import type { KernelModule } from '../../src/kernels/wasm/kernels';
import { initialValues } from '../../src/network/initial-values';
import { planNetwork } from '../../src/network/plan-network';
import { RunImages } from '../../src/training/loop/run-images';
import { topK } from '../../src/training/metrics';
import { learningRate } from '../../src/training/schedule';
import { wasmEngine } from '../../src/training/engines/wasm-trainer';
import { LinearModel } from './linear';
import type { Model } from './model';

/** Accuracies of a model after a number of epochs, as shares of the images. */
export interface Point {
  epoch: number;
  /** On the batches of the last epoch, before each update; null before the first epoch. */
  trainTop1: number | null;
  testTop1: number;
  testCoarse: number;
}

export const MODELS = ['resnet', 'linear'] as const;
export type ModelName = (typeof MODELS)[number];

const COMMON: Partial<Experiment> = { test: 0, lengthUnit: 'epochs', batch: 64, wd: 5e-4, flip: true };

/** ResNet-20 with widths 8, 16, 32 and plain blocks. The linear model uses only the settings of data and training. */
function experimentOf(model: ModelName, seed: number, epochs: number, lr: number): Experiment {
  const network = model === 'resnet' ? valuesOf(presetById('resnet-20')!) : {};
  const block = model === 'resnet' ? valuesOf(presetById('plain')!) : {};
  return {
    ...DEFAULT_EXPERIMENT,
    ...network,
    ...block,
    width: 8,
    factor: 1,
    ...COMMON,
    seed,
    length: epochs,
    lr,
  };
}

function resnet(experiment: Experiment, images: RunImages): Model {
  const build = new URL('../../src/kernels/wasm/build/plain.wasm', import.meta.url);
  const kernels: KernelModule = {
    module: new WebAssembly.Module(readFileSync(build)),
    shared: false,
    arithmetic: 'reproducible',
  };
  const plan = planNetwork(experiment, images.classes);
  const shape = { batch: images.batch, side: 32 };
  const values = initialValues(plan, experiment.seed);
  const trainer = wasmEngine(kernels, null).trainer(plan, shape, experiment, values);
  return {
    async step(batch, classes, lr) {
      const { numbers, release } = trainer.step(batch, classes, lr);
      const { logits } = await numbers;
      release();
      return logits;
    },
    logits: (batch) => trainer.evaluate(batch),
  };
}

/** Trains one model from the start and calls `onPoint` after every epoch. */
export async function learn(
  model: ModelName,
  difficulty: Difficulty,
  { seed, epochs, lr }: { seed: number; epochs: number; lr: number },
  onPoint: (point: Point) => void,
): Promise<Point[]> {
  const dataset = await builtinDataset(difficulty);
  const experiment = experimentOf(model, seed, epochs, lr);
  const images = new RunImages(dataset, experiment);
  const trained =
    model === 'resnet' ? resnet(experiment, images) : new LinearModel(images.classes, experiment);
  const points: Point[] = [];
  const add = async (epoch: number, trainTop1: number | null) => {
    const point = { epoch, trainTop1, ...(await test(trained, images, dataset)) };
    points.push(point);
    onPoint(point);
  };
  await add(0, null);
  const { stepsPerEpoch } = images;
  for (let epoch = 0; epoch < epochs; epoch++) {
    let right = 0;
    for (let step = epoch * stepsPerEpoch; step < (epoch + 1) * stepsPerEpoch; step++) {
      const batch = images.trainingBatch(step);
      const rate = learningRate(experiment, step, epochs * stepsPerEpoch);
      const logits = await trained.step(batch.images, batch.classes, rate);
      right += topK(logits, batch.classes, 1);
    }
    await add(epoch + 1, right / stepsPerEpoch);
  }
  return points;
}

/**
 * Shares of the test images whose class is predicted correctly, and whose superclass is that of the predicted class.
 */
async function test(model: Model, images: RunImages, { test: { fine, coarse } }: Dataset) {
  const superclass = new Map(Array.from(fine, (label, i) => [label, coarse[i]!]));
  let top1 = 0;
  let sameFamily = 0;
  for (const { images: batch, classes } of images.testBatches()) {
    const logits = await model.logits(batch);
    for (const [i, label] of classes.entries()) {
      const row = logits.subarray(i * images.classes, (i + 1) * images.classes);
      const guess = row.indexOf(Math.max(...row));
      if (guess === label) top1++;
      if (superclass.get(guess) === superclass.get(label)) sameFamily++;
    }
  }
  return { testTop1: top1 / images.testCount, testCoarse: sameFamily / images.testCount };
}
