/** Whole runs, as the worker makes them: that they repeat, obey, evaluate and say what went wrong. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { builtinDataset } from '../../data/builtin/builtin';
import { DEFAULT_EXPERIMENT, type Experiment } from '../../experiment/settings';
import { amongGuesses, confusionOf, scoresOf } from '../../instruments/answers';
import { activateBackend } from '../engines/backend';
import type { Report } from '../protocol';
import type { StartingPoint } from '../checkpoint';
import { checkpointOf, checkpointTensors } from '../formats/checkpoint-file';
import { describeGrowth } from './divergence';
import { probe } from './probe';
import { Pace } from './pace';
import { TrainingRun } from './run';
import { readSafetensors, writeSafetensors } from '../formats/safetensors';
import { Turns } from './turns';

const TINY: Experiment = {
  ...DEFAULT_EXPERIMENT,
  backend: 'wasm',
  depths: [1, 2],
  widths: [4, 8],
  strides: [2, 2],
  batch: 16,
  length: 6,
  evalEvery: 3,
  test: 100,
};

const BUILTIN = { kind: 'builtin', difficulty: 'medium' } as const;

/** Runs to the end; `act` may steer the run at each report. */
async function run(
  changes: Partial<Experiment>,
  act?: (report: Report, run: TrainingRun) => void,
  paused = false,
  from?: StartingPoint,
): Promise<Report[]> {
  const reports: Report[] = [];
  const started = { runId: 'test', experiment: { ...TINY, ...changes }, source: BUILTIN, from };
  const training = new TrainingRun(started, paused, new Turns(), (report) => {
    reports.push(report);
    act?.(report, training);
  });
  await training.run();
  await training.dispose();
  return reports;
}

const ofType = <T extends Report['type']>(reports: Report[], type: T) =>
  reports.filter((report): report is Extract<Report, { type: T }> => report.type === type);
const losses = (reports: Report[]) => ofType(reports, 'progress').flatMap(({ chunk }) => [...chunk.loss]);
const endOf = (reports: Report[]) => ofType(reports, 'ended')[0]!.end;

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  test('the same seed gives the same losses to the last bit, another seed others', async () => {
    const first = losses(await run({ backend }));
    expect(first).toHaveLength(6);
    expect(losses(await run({ backend }))).toEqual(first);
    expect(losses(await run({ backend, seed: 2 }))).not.toEqual(first);
  });
});

describe.each(['wasm', 'cpu'] as const)('a run on %s resumed from a checkpoint', (backend) => {
  const measuring = { backend, length: 9, measureEvery: 2, updates: true } as const;

  test.each(['as it was kept', 'from a file'])(
    'goes on to the last bit, %s: losses, scales, measurements, evaluations, weights',
    async (way) => {
      const whole = await run(measuring);
      let asked = false;
      const interrupted = await run(measuring, (report, training) => {
        if (report.type !== 'evaluation' || asked) return;
        asked = true;
        // After step 3, so that a measurement, an epoch and an evaluation lie on either side.
        training.checkpoint();
        training.stop();
      });
      const taken = ofType(interrupted, 'checkpoint').at(-1)!;
      const {
        plan,
        dataset: { digest: dataset },
      } = ofType(interrupted, 'ready')[0]!;
      const kept = structuredClone(taken.checkpoint);
      const file = writeSafetensors(checkpointTensors(plan, taken.checkpoint));
      const checkpoint =
        way === 'from a file'
          ? checkpointOf(plan, readSafetensors(file).tensors, taken.checkpoint.step)
          : kept;
      expect(checkpoint).toEqual(kept);
      expect(checkpoint.step).toBe(3);
      const resumed = await run(measuring, undefined, false, { checkpoint, as: 'resume', dataset });
      expect(ofType(resumed, 'ready')[0]).toMatchObject({ firstStep: 3, fresh: [] });
      const after = (reports: Report[]) => ({
        losses: losses(reports).slice(-6),
        curves: ofType(reports, 'progress')
          .flatMap(({ chunk }) => [...chunk.curves])
          .slice(-100),
        measurements: ofType(reports, 'progress')
          .flatMap(({ measurements }) => measurements)
          .filter(({ step }) => step >= 3)
          .map(({ step, values }) => [step, ...values]),
        evaluations: ofType(reports, 'evaluation').filter(({ evaluation }) => evaluation.step > 3),
        end: endOf(reports),
      });
      expect(after(resumed)).toEqual(after(whole));
      expect(after(whole).measurements.length).toBe(3);
    },
  );

  test('is refused on other data', async () => {
    const { checkpoint } = ofType(await run({ backend, length: 1 }), 'checkpoint')[0]!;
    const from = { checkpoint, as: 'resume', dataset: 'another' } as const;
    expect(endOf(await run({ backend, length: 1 }, undefined, false, from))).toMatchObject({
      how: 'failed',
      reason: expect.stringContaining('Choose that set under Data'),
    });
  });
});

test('a run branched from a checkpoint keeps what fits, begins the rest anew, and counts on', async () => {
  const before = await run({ length: 4 });
  const { checkpoint } = ofType(before, 'checkpoint').at(-1)!;
  const from = { checkpoint, as: 'branch', dataset: '' } as const;
  const without = await run({ length: 6, conv1x1: 'off' }, undefined, false, from);
  expect(ofType(without, 'ready')[0]).toMatchObject({ firstStep: 4, fresh: [] });
  expect(ofType(without, 'progress')[0]!.chunk.firstStep).toBe(4);
  expect(losses(without)).toHaveLength(2);
  expect(endOf(without)).toMatchObject({ how: 'finished', step: 6 });
  const other = await run({ length: 6, conv1x1: 'scale', norm: 'post' }, undefined, false, from);
  const { fresh } = ofType(other, 'ready')[0]!;
  expect(fresh.length).toBeGreaterThan(0);
  expect(fresh.every((name) => checkpoint.values.get(name) === undefined)).toBe(true);
});

test('checkpoints come at the start, before a pause and at the end', async () => {
  let steps = 0;
  const reports = await run(
    { length: 3, evalEvery: 0 },
    (report, training) => {
      if (report.type === 'state' && report.state === 'paused') {
        if (steps++ < 1) training.single();
        else training.resume();
      }
    },
    true,
  );
  expect(ofType(reports, 'checkpoint').map(({ checkpoint }) => checkpoint.step)).toEqual([0, 1, 3]);
  const types = reports.map(({ type }) => type);
  expect(types.at(-1)).toBe('ended');
  expect(types.at(-2)).toBe('checkpoint');
});
test('slow motion changes when steps are made, not what they give; it can be paused, stepped and ended while it waits', async () => {
  const fast = await run({});
  const reports: Report[] = [];
  const pace = new Pace();
  pace.set(0.01);
  const seen: number[] = [];
  const training = new TrainingRun(
    { runId: 'test', experiment: TINY, source: BUILTIN },
    false,
    new Turns(),
    (report) => {
      reports.push(report);
      if (report.type === 'progress') seen.push(report.chunk.count);
      // The second step would be due in 100 seconds: a single step is made at once, and so are all at full speed.
      if (report.type === 'progress' && seen.length === 1) setTimeout(() => training.pause());
      if (report.type === 'state' && report.state === 'paused' && seen.length === 1) training.single();
      else if (report.type === 'state' && report.state === 'paused') {
        pace.set(null);
        training.resume();
      }
    },
    pace,
  );
  await training.run();
  await training.dispose();
  expect(seen.slice(0, 2)).toEqual([1, 1]);
  expect(losses(reports)).toEqual(losses(fast));
  expect(endOf(reports).digest).toBe(endOf(fast).digest);
});

test('two runs side by side take turns, on engines of their own, and each gives what it gives alone', async () => {
  const pair: Partial<Experiment>[] = [{ factor: 2 }, { factor: 1, backend: 'cpu', evalEvery: 2 }];
  const turns = new Turns();
  const order: string[] = [];
  const reports = pair.map((): Report[] => []);
  const runs = pair.map(
    (changes, i) =>
      new TrainingRun(
        { runId: `${i}`, experiment: { ...TINY, ...changes }, source: BUILTIN },
        false,
        turns,
        (report) => {
          reports[i]!.push(report);
          if (report.type === 'evaluation') order.push(`${i}: ${report.evaluation.step}`);
        },
      ),
  );
  await Promise.all(runs.map((one) => one.run()));
  await Promise.all(runs.map((one) => one.dispose()));
  expect(order).toEqual(['1: 2', '0: 3', '1: 4', '0: 6', '1: 6']);
  for (const [i, changes] of pair.entries()) {
    expect(losses(reports[i]!)).toHaveLength(6);
    expect(losses(reports[i]!)).toEqual(losses(await run(changes)));
  }
});

test('a run reports its plan, evaluates where it was asked to, and finishes', async () => {
  const reports = await run({});
  expect(ofType(reports, 'ready')[0]).toMatchObject({
    totalSteps: 6,
    batch: 16,
    dataset: { id: 'builtin', testUsed: 100 },
  });
  expect(ofType(reports, 'evaluation').map(({ evaluation }) => [evaluation.step, evaluation.images])).toEqual(
    [
      [3, 100],
      [6, 100],
    ],
  );
  expect(endOf(reports)).toMatchObject({ how: 'finished', step: 6 });
});

test('step 0 shows the initial scales, and they move', async () => {
  const reports = await run({});
  const { curves } = ofType(reports, 'ready')[0]!;
  const { chunk } = ofType(reports, 'progress')[0]!;
  for (let k = 0; k < curves.length; k++) expect(chunk.curves[k * 8]).toBe(1);
  const last = ofType(reports, 'progress').at(-1)!.chunk;
  const width = curves.length * 8;
  for (let k = 0; k < curves.length; k++) expect(last.curves[(last.count - 1) * width + k * 8]).not.toBe(1);
});

test('a paused run waits, makes single steps, and the numbers are those of a run that never paused', async () => {
  let steps = 0;
  const reports = await run(
    {},
    (report, training) => {
      if (report.type === 'state' && report.state === 'paused') {
        if (steps++ < 3) training.single();
        else training.resume();
      }
    },
    true,
  );
  expect(steps).toBeGreaterThanOrEqual(3);
  expect(losses(reports)).toEqual(losses(await run({})));
});

test('a stopped run keeps what it recorded', async () => {
  const reports = await run({ length: 1000, evalEvery: 0 }, (report, training) => {
    if (report.type === 'progress') training.stop();
  });
  const end = endOf(reports);
  expect(end.how).toBe('stopped');
  expect(losses(reports)).toHaveLength(end.step);
});

test('a loss that is not finite ends the run and names the step and the layer', async () => {
  const reports = await run({
    norm: 'none',
    conv3x3: 'scale',
    conv1x1: 'scale',
    identity: 'scale',
    factor: 4,
    lr: 10,
    length: 50,
    evalEvery: 0,
  });
  const end = endOf(reports);
  expect(end.how).toBe('diverged');
  expect(losses(reports)).toHaveLength(end.step + 1);
  expect(end.reason).toMatch(/at step \d+.*layer \d/);
});

test('epochs count whole batches, and a batch larger than the set is the set', async () => {
  const reports = await run({ train: 100, batch: 48, length: 2, lengthUnit: 'epochs', evalEvery: 0 });
  expect(ofType(reports, 'ready')[0]).toMatchObject({ stepsPerEpoch: 2, totalSteps: 4 });
  expect(ofType(await run({ train: 100, batch: 1024, length: 1 }), 'ready')[0]).toMatchObject({
    batch: 100,
    stepsPerEpoch: 1,
  });
});

test('no tensor outlives its run', async () => {
  await run({});
  const before = tf.memory().numTensors;
  await run({});
  expect(tf.memory().numTensors).toBe(before);
});

test('WebGPU trains a few steps of a very small net', async () => {
  const reports = await run({
    backend: 'webgpu',
    depths: [1, 1],
    widths: [3, 4],
    strides: [2, 2],
    batch: 4,
    length: 4,
    evalEvery: 0,
    test: 20,
  });
  expect(ofType(reports, 'environment')[0]!.environment.backend).toBe('webgpu');
  expect(endOf(reports).how).toBe('finished');
  expect(losses(reports).every(Number.isFinite)).toBe(true);
});

test('a lack of data is told with what to do', async () => {
  const reports: Report[] = [];
  await new TrainingRun(
    {
      runId: 'test',
      experiment: { ...TINY, data: 'cifar100' },
      source: { kind: 'stored', id: 'cifar100', digest: '' },
    },
    false,
    new Turns(),
    (report) => reports.push(report),
  ).run();
  expect(endOf(reports)).toMatchObject({ how: 'failed', step: 0 });
});

test('growth is blamed on the first layer that is not finite, or the one that grew most', () => {
  expect(describeGrowth(7, [1, 50, Infinity])).toContain(
    'layer 3 are not finite, after layer 2, whose RMS is 50.0',
  );
  expect(describeGrowth(7, [1, 2, 1e9, 2e9])).toContain(
    'grew most in layer 3: RMS 1.00e+9, from 2.00 in layer 2',
  );
});

describe('instruments', () => {
  const SIMPLE = {
    conv3x3: 'scale',
    conv1x1: 'scale',
    identity: 'scale',
    norm: 'post',
    factor: 1,
    measureEvery: 2,
    evalEvery: 0,
  } as const;

  test('measure every so many steps, and change nothing of the training', async () => {
    const reports = await run(SIMPLE);
    const { columns } = ofType(reports, 'ready')[0]!;
    const measurements = ofType(reports, 'progress').flatMap((report) => report.measurements);
    expect(measurements.map(({ step }) => step)).toEqual([0, 2, 4]);
    for (const { values } of measurements) {
      expect(values).toHaveLength(columns.length);
      expect([...values].every(Number.isFinite)).toBe(true);
    }
    const off = await run({ ...SIMPLE, measureEvery: 0 });
    expect(ofType(off, 'progress').flatMap((report) => report.measurements)).toEqual([]);
    expect(losses(off)).toEqual(losses(reports));
  });

  test('shares sum to 1, angles start at 0, laws hold, kernels move', async () => {
    const reports = await run(SIMPLE);
    const { columns } = ofType(reports, 'ready')[0]!;
    const [first, , last] = ofType(reports, 'progress').flatMap((report) => report.measurements);
    const valuesOf = (quantity: string, values: Float32Array, layer?: number) =>
      columns.flatMap((column, k) =>
        column.quantity === quantity && (layer === undefined || column.layer === layer) ? [values[k]!] : [],
      );
    for (const layer of [0, 1, 2]) {
      const sum = valuesOf('share', last!.values, layer).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 5);
    }
    expect(valuesOf('angle', first!.values).every((angle) => angle < 0.1)).toBe(true);
    expect(valuesOf('angle', last!.values).every((angle) => angle > 0.1)).toBe(true);
    for (const quantity of ['rotationResidual', 'scaleResidual'])
      expect(Math.max(...valuesOf(quantity, last!.values)), quantity).toBeLessThan(1e-3);
    expect(valuesOf('rms', first!.values)).toHaveLength(3);
    expect(Math.min(...valuesOf('rms', first!.values))).toBeGreaterThan(0.1);
    expect(Math.min(...valuesOf('tangential', last!.values))).toBeGreaterThan(0);
    // Scales start at 1: Σ s² is the number of scales.
    expect(valuesOf('sumSquares', first!.values)).toEqual([8, 16, 24]);
    expect(valuesOf('gradient', first!.values).length).toBeGreaterThan(6);
  });

  test('that are off have no columns', async () => {
    const reports = await run({ ...SIMPLE, updates: false, channels: false, length: 1 });
    const names = new Set(ofType(reports, 'ready')[0]!.columns.map(({ instrument }) => instrument));
    expect([...names].toSorted()).toEqual(['conservation', 'gradients', 'rms', 'share']);
  });
});

describe('questions', () => {
  test('are answered between steps and after the end: fused it is the same function', async () => {
    let asked = false;
    const reports = await run({ evalEvery: 0 }, (report, training) => {
      if (report.type === 'progress' && !asked) {
        asked = true;
        training.ask({ type: 'fuse', runId: 'test' });
        training.ask({ type: 'weights', runId: 'test', form: 'fused' });
      }
    });
    const fused = ofType(reports, 'fused')[0]!.report!;
    expect(fused.images).toBe(100);
    expect(fused.largestDifference / fused.largestLogit).toBeLessThan(1e-4);
    expect(fused.fused.top1).toBe(fused.trained.top1);
    expect(fused.fused.parameters).toBeLessThan(fused.trained.parameters);
    const { tensors } = ofType(reports, 'weights')[0]!;
    expect(tensors!.find(({ name }) => name === 'blocks.0.weight')!.shape).toEqual([4, 3, 3, 3]);
  });

  test('test image by image: as right as the last evaluation, with the images of the mistakes', async () => {
    const reports = await run({}, (report, training) => {
      if (report.type === 'ended') training.ask({ type: 'answers', runId: 'test' });
    });
    const { report } = ofType(reports, 'answered')[0]!;
    const { step, answers, mistakes, pixels, coarseOf, fineNames } = report!;
    const { top1, top5 } = ofType(reports, 'evaluation').at(-1)!.evaluation;
    const right = scoresOf(confusionOf(answers, 100)).reduce((sum, score) => sum + score.right, 0);
    const among = amongGuesses(answers, 100).reduce((sum, found) => sum + found, 0);
    expect(step).toBe(6);
    expect(right / 100).toBeCloseTo(top1, 9);
    expect(among / 100).toBeCloseTo(top5, 9);
    const { fineNames: names, test: set } = await builtinDataset('medium');
    expect(fineNames).toEqual(names);
    expect(coarseOf[set.fine[7]!]).toBe(set.coarse[7]);
    // Classes take turns, so the first hundred test images are the run's.
    expect(mistakes.length).toBe(24);
    mistakes.forEach((place, i) => {
      expect(answers.classes[place]).toBe(set.fine[place]);
      expect(pixels.subarray(3072 * i, 3072 * (i + 1))).toEqual(
        set.images.subarray(3072 * place, 3072 * (place + 1)),
      );
    });
  });

  test('recognise an image as the test does, between two steps and after the end', async () => {
    const { test: set } = await builtinDataset('medium');
    const picture = set.images.slice(0, 3072);
    let asked = false;
    const reports = await run({ evalEvery: 0 }, (report, training) => {
      const first = report.type === 'progress' && !asked;
      if (first || report.type === 'ended')
        training.ask({ type: 'recognise', runId: 'test', pixels: picture });
      if (first) asked = true;
      if (report.type === 'ended') training.ask({ type: 'answers', runId: 'test' });
    });
    const [between, after] = ofType(reports, 'recognised').map(({ report }) => report!);
    expect(between!.step).toBeLessThan(after!.step);
    expect(between!.names).toHaveLength(5);
    const { answers, fineNames } = ofType(reports, 'answered')[0]!.report!;
    expect(after!.names).toEqual([...answers.guesses.subarray(0, 5)].map((label) => fineNames[label]));
    after!.probabilities.forEach((p, i) => expect(p).toBeCloseTo(answers.probabilities[i]!, 5));
    expect(losses(reports)).toEqual(losses(await run({ evalEvery: 0 })));
  });

  test('that cannot be answered say why', async () => {
    const reports = await run({ branchRelu: true, length: 1 }, (report, training) => {
      if (report.type === 'ready') training.ask({ type: 'fuse', runId: 'test' });
    });
    expect(ofType(reports, 'fused')[0]!.report).toBeNull();
    expect(ofType(reports, 'fused')[0]!.reason).toMatch(/ReLU/);
  });
});

test('a probe says how activations grow before the first step', async () => {
  const { engine } = await activateBackend('wasm');
  const bounded = await probe(engine, {
    ...TINY,
    depths: [6],
    widths: [4],
    strides: [2],
    conv3x3: 'scale',
    norm: 'post',
    factor: 1,
  });
  const growing = await probe(engine, {
    ...TINY,
    depths: [6],
    widths: [4],
    strides: [2],
    conv1x1: 'off',
    identity: 'none',
    norm: 'none',
    factor: 2,
  });
  expect(bounded.rms).toHaveLength(6);
  expect(bounded.rms[5]! / bounded.rms[0]!).toBeLessThan(2);
  expect(growing.rms[5]! / growing.rms[0]!).toBeGreaterThan(20);
  expect(growing.logitStd).toBeGreaterThan(bounded.logitStd);
});
