/** Whole runs: what they report, that equal seeds give equal numbers, and the reasons of their ends. */
import { messageInEnglish } from '../../language/message';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { Experiment } from '../../experiment/settings';
import type { RunReport } from '../protocol';
import { Mutex } from './mutex';
import { TrainingRun } from './training-run';
import { BUILTIN, endOf, losses, ofType, TINY, train } from './training-run.test-setup';

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  test('the same seed gives the same losses to the last bit, and another seed other losses', async () => {
    const first = losses(await train({ backend }));
    expect(first).toHaveLength(6);
    expect(losses(await train({ backend }))).toEqual(first);
    expect(losses(await train({ backend, seed: 2 }))).not.toEqual(first);
  });
});

test('two runs on different engines train alternately, and each gives the numbers that it gives alone', async () => {
  const pair: Partial<Experiment>[] = [{ factor: 2 }, { factor: 1, backend: 'cpu', evalEvery: 2 }];
  const mutex = new Mutex();
  const order: string[] = [];
  const reports = pair.map((): RunReport[] => []);
  const runs = pair.map(
    (changes, i) =>
      new TrainingRun(
        { runId: `${i}`, experiment: { ...TINY, ...changes }, source: BUILTIN },
        false,
        mutex,
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
    expect(losses(reports[i]!)).toEqual(losses(await train(changes)));
  }
});

test('a run reports its plan, evaluates when evaluations are due, and finishes', async () => {
  const reports = await train({});
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

test('step 0 records the initial scales, and later steps others', async () => {
  const reports = await train({});
  const { curves } = ofType(reports, 'ready')[0]!;
  const { chunk } = ofType(reports, 'progress')[0]!;
  for (let k = 0; k < curves.length; k++) expect(chunk.curves[k * 8]).toBe(1);
  const last = ofType(reports, 'progress').at(-1)!.chunk;
  const width = curves.length * 8;
  for (let k = 0; k < curves.length; k++) expect(last.curves[(last.count - 1) * width + k * 8]).not.toBe(1);
});

test('a loss that is not finite ends the run and names the step and the layer', async () => {
  const reports = await train({
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
  expect(messageInEnglish(end.reason)).toMatch(/at step \d+.*layer \d/);
});

test('an epoch has only whole batches, and a batch is at most the set', async () => {
  const reports = await train({ train: 100, batch: 48, length: 2, lengthUnit: 'epochs', evalEvery: 0 });
  expect(ofType(reports, 'ready')[0]).toMatchObject({ stepsPerEpoch: 2, totalSteps: 4 });
  expect(ofType(await train({ train: 100, batch: 1024, length: 1 }), 'ready')[0]).toMatchObject({
    batch: 100,
    stepsPerEpoch: 1,
  });
});

test('a run frees all its tensors', async () => {
  await train({});
  const before = tf.memory().numTensors;
  await train({});
  expect(tf.memory().numTensors).toBe(before);
});

test('WebGPU trains a few steps of a very small net', async () => {
  const reports = await train({
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

test('a run without its data set fails before step 0', async () => {
  const reports: RunReport[] = [];
  await new TrainingRun(
    {
      runId: 'test',
      experiment: { ...TINY, data: 'cifar100' },
      source: { kind: 'stored', id: 'cifar100', digest: '' },
    },
    false,
    new Mutex(),
    (report) => reports.push(report),
  ).run();
  expect(endOf(reports)).toMatchObject({ how: 'failed', step: 0 });
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

  test('measure at their interval, and do not change the training', async () => {
    const reports = await train(SIMPLE);
    const { columns } = ofType(reports, 'ready')[0]!;
    const measurements = ofType(reports, 'progress').flatMap((report) => report.measurements);
    expect(measurements.map(({ step }) => step)).toEqual([0, 2, 4]);
    for (const { values } of measurements) {
      expect(values).toHaveLength(columns.length);
      expect([...values].every(Number.isFinite)).toBe(true);
    }
    const off = await train({ ...SIMPLE, measureEvery: 0 });
    expect(ofType(off, 'progress').flatMap((report) => report.measurements)).toEqual([]);
    expect(losses(off)).toEqual(losses(reports));
  });

  test('measure shares that sum to 1, angles that start at 0, laws that hold and kernels that move', async () => {
    const reports = await train(SIMPLE);
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

  test('have no columns where they are off', async () => {
    const reports = await train({ ...SIMPLE, updates: false, channels: false, length: 1 });
    const names = new Set(ofType(reports, 'ready')[0]!.columns.map(({ instrument }) => instrument));
    expect([...names].toSorted()).toEqual(['conservation', 'gradients', 'rms', 'share']);
  });
});
