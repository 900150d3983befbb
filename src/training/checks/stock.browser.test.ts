/** TensorFlow.js's own wasm backend, which the benchmark times, gives the numbers of its plain JavaScript backend. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { RandomStream } from '../../experiment/random';
import { initialValues } from '../../network/initial-values';
import { benchBatch, benchPlan } from './bench';
import { startTfjs } from '../engines/tfjs/backend';
import { StockNetwork } from '../engines/tfjs/stock';

const BACKENDS = ['wasm', 'cpu'] as const;
type Backend = (typeof BACKENDS)[number];

beforeAll(async () => {
  for (const backend of BACKENDS) await startTfjs(backend);
});

test.each([
  { k: 3, stride: 1, side: 6 },
  { k: 3, stride: 2, side: 6 },
  { k: 3, stride: 2, side: 7 },
  { k: 1, stride: 2, side: 6 },
  { k: 1, stride: 1, side: 5 },
])(
  'the kernel gradient is equal for a $k x $k kernel, stride $stride, side $side',
  async ({ k, stride, side }) => {
    const random = new RandomStream(4, 5);
    const normals = (length: number) => Float32Array.from({ length }, () => random.normal());
    const [images, taps] = [normals(3 * side * side * 5), normals(k * k * 5 * 4)];
    const gradient = async (backend: Backend) => {
      await tf.setBackend(backend);
      const x = tf.tensor4d(images, [3, side, side, 5]);
      const kernel = tf.tensor4d(taps, [k, k, 5, 4]);
      const loss = (w: tf.Tensor) =>
        tf.sum(tf.square(tf.conv2d(x, w as tf.Tensor4D, stride, (k - 1) / 2))) as tf.Scalar;
      return tf.tidy(() => tf.grad(loss)(kernel).dataSync());
    };
    const [own, expected] = [await gradient('wasm'), await gradient('cpu')];
    const largest = Math.max(...expected.map(Math.abs));
    expected.forEach((value, i) => expect(Math.abs(own[i]! - value) / largest).toBeLessThan(1e-5));
  },
);

test('two steps of RepVGG give the losses that plain JavaScript gives', async () => {
  const { plan } = benchPlan('repvgg-11', { width: 1, depth: 1, side: 8 });
  const { images, classes } = benchBatch(2, 8);
  const losses = async (backend: Backend) => {
    await tf.setBackend(backend);
    const network = new StockNetwork(plan, 8, initialValues(plan, 1), 0.01, 0.9);
    const both = [await network.step(images, classes), await network.step(images, classes)];
    network.dispose();
    return both;
  };
  const expected = await losses('cpu');
  (await losses('wasm')).forEach((loss, i) => expect(loss).toBeCloseTo(expected[i]!, 3));
});
