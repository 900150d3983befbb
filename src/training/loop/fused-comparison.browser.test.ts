/** The trained form, the fused form and the TensorFlow.js graph model of every network give the same logits, on tfjs's cpu backend. */
import * as tf from '@tensorflow/tfjs-core';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import { beforeAll, describe, expect, test } from 'vitest';
import { PRESETS, valuesOf } from '../../experiment/presets';
import { RandomStream } from '../../experiment/random';
import { DEFAULT_EXPERIMENT, type Experiment } from '../../experiment/settings';
import { fuseNetwork, whyNotFusable } from '../../network/fuse';
import { randomValues } from '../../network/fuse.test-values';
import type { NetworkPlan } from '../../network/plan';
import { planNetwork } from '../../network/plan-network';
import { activateBackend } from '../engines/backend';
import { toGraphModel } from '../formats/graph-model';
import { forward } from '../engines/tfjs/model';
import { toTensors } from '../engines/tfjs/readback';

const SIDE = 7;
const FAMILIES: [string, Partial<Experiment>][] = [
  ['repvgg', { family: 'repvgg', depths: [1, 2], widths: [3, 5], strides: [1, 2] }],
  ['pairs', { family: 'repvgg', depths: [2, 2], widths: [3, 5], strides: [1, 2], shortcuts: 'pairs' }],
  ['resnet', { family: 'resnet', n: 1, width: 3 }],
  ['wrn', { family: 'wrn', n: 1, width: 3, widen: 2 }],
];

type Values = ReadonlyMap<string, Float32Array>;

function logitsOf(plan: NetworkPlan, values: Values, x: tf.Tensor4D): Float32Array {
  return tf.tidy(() => {
    const tensors = toTensors(plan, values);
    return forward(plan, tensors, x, { kind: 'evaluation', running: tensors }).dataSync<'float32'>();
  });
}

async function graphLogits(plan: NetworkPlan, values: Values, x: tf.Tensor4D): Promise<Float32Array> {
  const { model, weights } = toGraphModel(plan, values, SIDE);
  const json = model as {
    modelTopology: object;
    weightsManifest: { weights: tf.io.WeightsManifestEntry[] }[];
  };
  const loaded = await loadGraphModel(
    tf.io.fromMemory({
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest[0]!.weights,
      weightData: weights,
    }),
  );
  const logits = loaded.predict(x) as tf.Tensor;
  const data = logits.dataSync<'float32'>();
  logits.dispose();
  loaded.dispose();
  return data;
}

const distance = (a: Float32Array, b: Float32Array) => {
  const size = Math.max(...b.map(Math.abs));
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) / size;
};

beforeAll(async () => {
  expect((await activateBackend('cpu')).environment.backend).toBe('cpu');
});

describe.each(FAMILIES)('%s', (_name, family) => {
  test.each(PRESETS.filter(({ group }) => group === 'block').map((preset) => [preset.id, preset] as const))(
    '%s',
    async (_id, preset) => {
      const experiment = { ...DEFAULT_EXPERIMENT, ...valuesOf(preset), ...family, factor: 1.5 };
      const plan = planNetwork(experiment, 6, SIDE);
      const values = randomValues(plan);
      const random = new RandomStream(9, 5);
      const noise = Float32Array.from({ length: 3 * SIDE * SIDE * 3 }, () => random.normal());
      const x = tf.tensor4d(noise, [3, SIDE, SIDE, 3]);
      const trained = logitsOf(plan, values, x);
      expect(distance(await graphLogits(plan, values, x), trained), 'graph model').toBeLessThan(1e-4);
      if (whyNotFusable(plan) === null) {
        const fused = fuseNetwork(plan, values);
        expect(distance(logitsOf(fused.plan, fused.values, x), trained), 'fused').toBeLessThan(1e-4);
        const graph = await graphLogits(fused.plan, fused.values, x);
        expect(distance(graph, trained), 'fused graph model').toBeLessThan(1e-4);
      }
      x.dispose();
    },
  );
});
