/**
 * Exported weights of every family, and the lab's logits for them, to compare with PyTorch's. Nothing is trained: all
 * values, running statistics included, are random, so that no parameter is 0 or 1.
 */
import { readFileSync } from 'node:fs';
import { presetById, valuesOf } from '../../src/experiment/presets';
import { RandomStream } from '../../src/experiment/random';
import { DEFAULT_EXPERIMENT, type Experiment } from '../../src/experiment/settings';
import type { KernelModule } from '../../src/kernels/wasm/kernels';
import { fuseNetwork } from '../../src/network/fuse';
import { randomValues } from '../../src/network/fuse.test-values';
import { planNetwork } from '../../src/network/plan-network';
import { exampleState } from '../../src/runs/example-state';
import { weightsFile } from '../../src/runs/files/weights';
import { writeSafetensors } from '../../src/training/formats/safetensors';
import { wasmEngine } from '../../src/training/engines/wasm-trainer';

const SIDE = 8;
const IMAGES = 4;
const CLASSES = 100;

/** Networks as configurations of the reference, and the same ones as experiments. */
const CASES: { name: string; network: object; experiment: Partial<Experiment> }[] = [
  {
    name: 'repvgg',
    network: { family: 'repvgg', depths: [1, 2], widths: [4, 8], strides: [1, 2] },
    experiment: {
      ...valuesOf(presetById('repvgg')!),
      family: 'repvgg',
      depths: [1, 2],
      widths: [4, 8],
      strides: [1, 2],
      factor: 1.5,
    },
  },
  {
    name: 'simplified',
    network: { family: 'repvgg', depths: [1, 2], widths: [4, 8], strides: [1, 2] },
    experiment: {
      ...valuesOf(presetById('simplified')!),
      family: 'repvgg',
      depths: [1, 2],
      widths: [4, 8],
      strides: [1, 2],
      factor: 2,
    },
  },
  {
    name: 'resnet',
    network: { family: 'resnet', depth: 8, width: 4 },
    experiment: { ...valuesOf(presetById('simplified')!), family: 'resnet', n: 1, width: 4, factor: 1 },
  },
  {
    name: 'wrn',
    network: { family: 'wrn', depth: 10, widen: 1, base: 4 },
    experiment: {
      ...valuesOf(presetById('simplified')!),
      family: 'wrn',
      n: 1,
      width: 4,
      widen: 1,
      factor: 1,
      norm: 'none',
    },
  },
];

export interface WeightsCase {
  name: string;
  /** Configuration for reference.py. */
  config: object;
  /** The files that the lab exports. */
  trained: ArrayBuffer;
  fused: ArrayBuffer;
  /** The images [n, 3, side, side] as safetensors, and the lab's logits [n, classes] of both forms. */
  images: ArrayBuffer;
  logits: Record<'trained' | 'fused', Float32Array>;
}

const kernels = (): KernelModule => ({
  module: new WebAssembly.Module(
    readFileSync(new URL('../../src/kernels/wasm/build/plain.wasm', import.meta.url)),
  ),
  shared: false,
  arithmetic: 'reproducible',
});

const branch = (transform: string) => (transform === 'off' ? [] : [transform]);

/** Creates all cases; they are the same on every machine. */
export async function weightsCases(): Promise<WeightsCase[]> {
  const engine = wasmEngine(kernels(), null);
  const cases: WeightsCase[] = [];
  for (const { name, network, experiment: changes } of CASES) {
    const experiment: Experiment = { ...DEFAULT_EXPERIMENT, ...changes };
    const plan = planNetwork(experiment, CLASSES, SIDE);
    const values = randomValues(plan);
    const run = { ...exampleState({ id: name, steps: 0, experiment: changes }), plan, name };
    const checkpoint = {
      step: 0,
      values,
      velocities: new Map(),
      instruments: { lastStep: -1, updates: null },
    };
    const random = new RandomStream(9, 5);
    const pixels = SIDE * SIDE;
    const lasting = Float32Array.from({ length: IMAGES * pixels * 3 }, () => random.normal());
    // The lab has [n, side, side, 3].
    const torch = lasting.map((_, i) => {
      const [image, channel, pixel] = [Math.floor(i / (3 * pixels)), Math.floor(i / pixels) % 3, i % pixels];
      return lasting[(image * pixels + pixel) * 3 + channel]!;
    });
    const shape = { batch: IMAGES, side: SIDE };
    const fused = fuseNetwork(plan, values);
    const logitsOf = async (...[of, from]: [typeof plan, ReadonlyMap<string, Float32Array>]) => {
      const evaluator = engine.evaluator(of, shape, from);
      const logits = await evaluator.evaluate(lasting);
      evaluator.dispose();
      return logits;
    };
    const { conv3x3, conv1x1, identity, norm, factor, factorAt } = experiment;
    const branches = Object.fromEntries(
      Object.entries({ conv3x3, conv1x1, identity }).flatMap(([key, transform]) =>
        branch(transform).map((kind) => [key, kind]),
      ),
    );
    cases.push({
      name,
      config: { network: { ...network, classes: CLASSES }, block: { branches, norm, factor, factorAt } },
      trained: weightsFile(run, checkpoint, 'trained', 'test').file!,
      fused: weightsFile(run, checkpoint, 'fused', 'test').file!,
      images: writeSafetensors([{ name: 'x', shape: [IMAGES, 3, SIDE, SIDE], data: torch }]),
      logits: { trained: await logitsOf(plan, values), fused: await logitsOf(fused.plan, fused.values) },
    });
  }
  return cases;
}
