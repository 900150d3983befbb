/**
 * Compares the kernels of wasm and WebGPU with TensorFlow.js in plain JavaScript, on shapes that are no multiple of a
 * vector, tile or chunk.
 */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { messageInEnglish } from '../../language/message';
import { presetById, valuesOf } from '../../experiment/presets';
import { RandomStream } from '../../experiment/random';
import { DEFAULT_EXPERIMENT, type Experiment } from '../../experiment/settings';
import { SUBGROUPS } from '../../kernels/webgpu/channel-sums';
import { fastestAlgorithms } from '../../kernels/webgpu/fastest-algorithms';
import { contextOf, type GpuContext } from '../../kernels/webgpu/network';
import { isChoice, sameAlgorithmEverywhere, type Choice } from '../../kernels/webgpu/algorithms';
import { initialValues } from '../../network/initial-values';
import { planNetwork } from '../../network/plan-network';
import { activateBackend } from '../engines/backend';
import { Bench } from './bench';
import type { Engine, Observed, Trainer } from '../trainer';
import { startWebgpu } from '../engines/webgpu-backend';
import { webgpuEngine } from '../engines/webgpu-trainer';
import { builtinDataset } from '../../data/builtin/builtin';
import { RunImages } from '../loop/run-images';

const CLASSES = 7;
const OBSERVE = { gradients: true, statistics: true, squares: true, after: true };

interface Shape {
  name: string;
  preset: string;
  widths: number[];
  strides?: number[];
  side: number;
  batch: number;
  depths?: number[];
}

const SHAPES: Shape[] = [
  { name: 'one channel, odd size, one image', preset: 'repvgg', widths: [1, 3], side: 9, batch: 1 },
  { name: '5 and 33 channels', preset: 'repvgg', widths: [5, 33], side: 7, batch: 3 },
  { name: 'Winograd with a partial tile', preset: 'simplified', widths: [16, 24], side: 10, batch: 5 },
  {
    name: 'a narrow layer after a wide one',
    preset: 'plain',
    widths: [72, 8],
    strides: [1, 1],
    side: 8,
    batch: 3,
  },
  {
    name: 'vectors with partial tiles',
    preset: 'plain',
    widths: [16, 36],
    strides: [1, 1],
    side: 9,
    batch: 2,
  },
  { name: 'a batch of 129', preset: 'simplified', widths: [3, 5], side: 5, batch: 129 },
];

async function observed(
  engine: Engine,
  { preset, widths, strides = [1, 2], side, batch, depths = [2, 2] }: Shape,
): Promise<Observed & { loss: number }> {
  await engine.use();
  const experiment: Experiment = {
    ...DEFAULT_EXPERIMENT,
    ...valuesOf(presetById(preset)!),
    depths,
    widths,
    strides,
    factor: 1.5,
    lr: 0.05,
    smoothing: 0.1,
  };
  const plan = planNetwork(experiment, CLASSES, side);
  const trainer = engine.trainer(plan, { batch, side }, experiment, initialValues(plan, 5));
  const random = new RandomStream(8, 5, batch);
  const images = Float32Array.from({ length: batch * side * side * 3 }, () => random.normal());
  const classes = Array.from({ length: batch }, () => random.below(CLASSES));
  const step = trainer.step(images, classes, experiment.lr, [], OBSERVE);
  const [{ loss }, values] = [await step.numbers, (await step.observed)!];
  step.release();
  trainer.dispose();
  return { ...values, loss };
}

const largest = (values: Iterable<number>) => {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
};

/** Largest difference, divided by the largest value of all tensors together: some tensors are exactly zero. */
function distance(a: ReadonlyMap<string, Float32Array>, b: ReadonlyMap<string, Float32Array>): number {
  expect([...a.keys()]).toEqual([...b.keys()]);
  const scale = Math.max(...[...b.values()].map(largest));
  return (
    Math.max(...[...a].map(([name, values]) => largest(values.map((v, i) => v - b.get(name)![i]!)))) / scale
  );
}

async function newContext(): Promise<GpuContext> {
  const adapter = (await navigator.gpu.requestAdapter())!;
  const requiredFeatures = [SUBGROUPS].filter((feature) => adapter.features.has(feature));
  return contextOf(await adapter.requestDevice({ requiredFeatures }));
}

/** One device for all algorithms: shaders other than the convolutions are the same for each, and are compiled once. */
let shared: Promise<GpuContext> | null = null;
const onWebgpu = async (algorithms: Choice, half = false) =>
  webgpuEngine(await (shared ??= newContext()), { algorithms, half });

describe('the choice of the fastest convolution algorithms', () => {
  test('covers every number of channels', async () => {
    const context = await newContext();
    const choice = await fastestAlgorithms(context, 1, false);
    expect(isChoice(choice)).toBe(true);
    // Winograd is measured at 16 channels or more; narrower layers do not use it.
    const { thin } = choice.convolutions;
    expect([thin.forward, thin.input, thin.kernel]).not.toContain('winograd');
    expect(context.failure).toBeNull();
    context.device.destroy();
  });

  test('is measured once per adapter', async () => {
    await startWebgpu(true);
    const measure = vi.spyOn(GPUQueue.prototype, 'onSubmittedWorkDone');
    const { engine } = await startWebgpu(true);
    expect(measure).not.toHaveBeenCalled();
    measure.mockRestore();
    expect(engine).toBeDefined();
  });
});

let cpu: Engine;
beforeAll(async () => {
  cpu = (await activateBackend('cpu')).engine;
});

/** A software adapter compiles for seconds, so two algorithms run on half of the shapes each. */
const EVEN = SHAPES.filter((_shape, i) => i % 2 === 0);
const ODD = SHAPES.filter((_shape, i) => i % 2 === 1);

describe.each([
  ['wasm', SHAPES, async () => (await activateBackend('wasm')).engine],
  ['webgpu, tiled', SHAPES, () => onWebgpu(sameAlgorithmEverywhere('tiled', 'tiled', 'many'))],
  ['webgpu, direct', EVEN, () => onWebgpu(sameAlgorithmEverywhere('direct'))],
  [
    'webgpu, Winograd on tiles',
    ODD,
    () => onWebgpu(sameAlgorithmEverywhere('winograd', 'tiled', 'subgroups')),
  ],
  ['webgpu, Winograd in registers', SHAPES, () => onWebgpu(sameAlgorithmEverywhere('winograd', 'direct'))],
] as const)('%s', (_name, shapes, start) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await start();
  });

  test.each([...shapes])('$name', async (shape) => {
    const [ours, theirs] = [await observed(engine, shape), await observed(cpu, shape)];
    expect(Math.abs(ours.loss / theirs.loss - 1)).toBeLessThan(1e-5);
    expect(distance(ours.gradients, theirs.gradients)).toBeLessThan(1e-4);
    expect(distance(ours.after, theirs.after)).toBeLessThan(1e-5);
    expect(distance(ours.statistics, theirs.statistics)).toBeLessThan(1e-4);
    expect(largest(ours.rms.map((value, i) => value / theirs.rms[i]! - 1))).toBeLessThan(1e-4);
  });
});

/** In the second, an image in single precision, because its channels are no multiple of four, lies between images in half precision. */
const HALVES: Shape[] = [
  {
    name: 'partial tiles',
    preset: 'repvgg',
    widths: [16, 36],
    strides: [1, 1],
    side: 9,
    batch: 2,
    depths: [1, 1],
  },
  { name: 'half and single precision', preset: 'repvgg', widths: [5, 36], side: 7, batch: 3, depths: [1, 1] },
];

/** ‖a − b‖₂/‖b‖₂ of all tensors together. */
function relative(a: ReadonlyMap<string, Float32Array>, b: ReadonlyMap<string, Float32Array>): number {
  let [apart, length] = [0, 0];
  for (const [name, values] of b)
    values.forEach((value, i) => {
      apart += (a.get(name)![i]! - value) ** 2;
      length += value ** 2;
    });
  return Math.sqrt(apart / length);
}

describe.each([
  ['tiled', HALVES, sameAlgorithmEverywhere('tiled')],
  ['direct', HALVES.slice(0, 1), sameAlgorithmEverywhere('direct')],
  ['Winograd on tiles', HALVES.slice(0, 1), sameAlgorithmEverywhere('winograd', 'tiled')],
  ['Winograd in registers', HALVES.slice(0, 1), sameAlgorithmEverywhere('winograd', 'direct')],
] as const)('webgpu in half precision, %s', (_name, shapes, algorithms) => {
  test.each([...shapes])('$name', async (shape) => {
    const engine = await onWebgpu(algorithms, true);
    const [ours, theirs] = [await observed(engine, shape), await observed(cpu, shape)];
    expect(Math.abs(ours.loss / theirs.loss - 1)).toBeLessThan(1e-3);
    // Rounding can move an input of a ReLU across zero, which removes its part of the gradient.
    expect(relative(ours.gradients, theirs.gradients)).toBeLessThan(0.05);
    expect(relative(ours.after, theirs.after)).toBeLessThan(0.01);
    expect(relative(ours.statistics, theirs.statistics)).toBeLessThan(2e-3);
    expect(largest(ours.rms.map((value, i) => value / theirs.rms[i]! - 1))).toBeLessThan(2e-3);
  });
});

test('activations beyond the range of half precision make the loss NaN, and update nothing', async () => {
  const { engine, adapter } = await startWebgpu(true, sameAlgorithmEverywhere('direct'), 'half');
  expect(messageInEnglish(adapter)).toContain('half precision');
  const experiment: Experiment = { ...DEFAULT_EXPERIMENT, depths: [1], widths: [4], strides: [1] };
  const plan = planNetwork(experiment, CLASSES, 4);
  const values = initialValues(plan, 5);
  const trainer = engine.trainer(plan, { batch: 2, side: 4 }, experiment, values);
  const images = new Float32Array(2 * 4 * 4 * 3).map((_, i) => 1e7 * ((i % 5) - 2));
  const { loss } = await trainer.step(images, [0, 1], 0.1).numbers;
  expect(loss).not.toSatisfy(Number.isFinite);
  const after = await trainer.values();
  for (const { name } of plan.parameters) expect(after.get(name), name).toEqual(values.get(name));
  trainer.dispose();
});

describe('the benchmark on WebGPU', () => {
  test('measures the rate of a plain matrix product, and the time in kernels where the adapter has timestamps', async () => {
    const { engine, matrixRate } = await startWebgpu(true, sameAlgorithmEverywhere('direct'));
    expect(await matrixRate()).toBeGreaterThan(0);
    const { kernels, encode } = (await new Bench(engine, 'plain-11', 1).profile())!;
    const clock = (await navigator.gpu.requestAdapter())!.features.has('timestamp-query');
    expect(encode).toBeGreaterThanOrEqual(0);
    if (clock) expect(kernels).toBeGreaterThan(0);
    else expect(kernels).toBeNull();
  });
});

describe('a network on WebGPU whose data set is resident on the GPU', () => {
  const settings = { data: 'builtin', batch: 12, train: 300, test: 20, crop: true, flip: true } as const;
  const experiment: Experiment = {
    ...DEFAULT_EXPERIMENT,
    ...settings,
    depths: [1],
    widths: [4],
    strides: [2],
  };
  const plan = planNetwork(experiment, 100, 32);
  const shape = { batch: 12, side: 32 };
  const values = initialValues(plan, 5);

  test('crops and mirrors images as the processor does, to the last bit', async () => {
    const engine = await onWebgpu(sameAlgorithmEverywhere('direct'));
    const images = new RunImages(await builtinDataset('easy'), experiment);
    const [resident, uploaded] = [0, 1].map(() => engine.trainer(plan, shape, experiment, values)) as [
      Trainer,
      Trainer,
    ];
    images.makeResident(resident);
    for (let step = 0; step < 3; step++) {
      const batch = images.trainingBatch(step);
      expect(batch.input).not.toBeInstanceOf(Float32Array);
      const [a, b] = [
        resident.step(batch.input, batch.classes, 0.1),
        uploaded.step(batch.images, batch.classes, 0.1),
      ];
      expect((await a.numbers).logits).toEqual((await b.numbers).logits);
    }
    for (const { input, images: whole } of images.testBatches())
      expect(await resident.evaluate(input)).toEqual(await uploaded.evaluate(whole));
    resident.dispose();
    uploaded.dispose();
  });

  test('compiles and allocates nothing after its first steps', async () => {
    const engine = await onWebgpu(sameAlgorithmEverywhere('direct'));
    const images = new RunImages(await builtinDataset('easy'), experiment);
    const trainer = engine.trainer(plan, shape, experiment, values);
    images.makeResident(trainer);
    const step = async (index: number) => {
      const { input, classes } = images.trainingBatch(index);
      await trainer.step(input, classes, 0.1).numbers;
    };
    for (let index = 0; index < 3; index++) await step(index);
    const made: string[] = [];
    const spies = (['createComputePipeline', 'createBuffer', 'createBindGroup'] as const).map((name) =>
      vi.spyOn(GPUDevice.prototype, name).mockImplementation((() => {
        made.push(name);
        throw new Error(`${name} was called.`);
      }) as never),
    );
    for (let index = 3; index < 23; index++) await step(index);
    spies.forEach((spy) => spy.mockRestore());
    expect(made).toEqual([]);
    trainer.dispose();
  });
});
