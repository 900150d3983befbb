/** The head: mean over pixels, linear layer, cross-entropy, and their gradients. */
import type { Shader, View } from './shader';
import { access, lanesOf } from './image-access';
import { each, f } from './wgsl';

/** features [n, channels] = mean of x [n, pixels, channels] over its pixels. */
export const globalMean = ({
  batch,
  pixels,
  channels,
  x,
  to,
}: {
  batch: number;
  pixels: number;
  channels: number;
  x: View;
  to: View;
}): Shader => {
  const image = access(x, 'x', 1);
  return each(
    'global mean',
    batch * channels,
    [image.binding, { view: to, name: 'output', write: true }],
    `let first = (i / ${channels}u) * ${pixels * channels}u + i % ${channels}u;
  var sum = 0f;
  for (var p = 0u; p < ${pixels}u; p++) { sum += ${image.at(`first + p * ${channels}u`)}; }
  output[i] = sum / ${f(pixels)};`,
  );
};

export const logits = ({
  batch,
  channels,
  classes,
  features,
  weight,
  bias,
  to,
}: {
  batch: number;
  channels: number;
  classes: number;
  features: View;
  weight: View;
  bias: View;
  to: View;
}): Shader =>
  each(
    'logits',
    batch * classes,
    [
      { view: features, name: 'features' },
      { view: weight, name: 'weight' },
      { view: bias, name: 'bias' },
      { view: to, name: 'output', write: true },
    ],
    `let n = i / ${classes}u;
  let k = i % ${classes}u;
  var sum = bias[k];
  for (var c = 0u; c < ${channels}u; c++) { sum += features[n * ${channels}u + c] * weight[c * ${classes}u + k]; }
  output[i] = sum;`,
  );

/** losses [n] in nats and `scale` times the mean loss's gradient (softmax − target)/batch. */
export const crossEntropy = ({
  batch,
  classes,
  smoothing,
  scale,
  z,
  labels,
  dlogits,
  losses,
}: {
  batch: number;
  classes: number;
  smoothing: number;
  scale: number;
  z: View;
  labels: View;
  dlogits: View;
  losses: View;
}): Shader =>
  each(
    'cross-entropy',
    batch,
    [
      { view: z, name: 'z' },
      { view: labels, name: 'labels', element: 'u32' },
      { view: dlogits, name: 'dlogits', write: true },
      { view: losses, name: 'losses', write: true },
    ],
    `let first = i * ${classes}u;
  var most = z[first];
  for (var k = 1u; k < ${classes}u; k++) { most = max(most, z[first + k]); }
  var sum = 0f;
  for (var k = 0u; k < ${classes}u; k++) { sum += exp(z[first + k] - most); }
  let total = log(sum);
  var loss = 0f;
  for (var k = 0u; k < ${classes}u; k++) {
    let shifted = z[first + k] - most;
    let t = ${f(smoothing / classes)} + select(0f, ${f(1 - smoothing)}, k == labels[i]);
    loss += t * (total - shifted);
    dlogits[first + k] = (exp(shifted) / sum - t) * ${f(scale / batch)};
  }
  losses[i] = loss;`,
  );

/** numbers = the mean of losses [n], and 1 where it is finite, else 0. */
export const meanLoss = ({
  batch,
  losses,
  numbers,
}: {
  batch: number;
  losses: View;
  numbers: View;
}): Shader =>
  each(
    'mean loss',
    1,
    [
      { view: losses, name: 'losses' },
      { view: numbers, name: 'numbers', write: true },
    ],
    `var sum = 0f;
  for (var n = 0u; n < ${batch}u; n++) { sum += losses[n]; }
  numbers[0] = sum / ${f(batch)};
  // A comparison with NaN may be optimised away, so the bits are tested.
  numbers[1] = select(1f, 0f, (bitcast<u32>(sum) & 0x7f800000u) == 0x7f800000u);`,
  );

/** dfeatures/pixels, spread over the pixels of dx. */
export const headInputGradient = ({
  batch,
  pixels,
  channels,
  classes,
  dlogits,
  weight,
  dfeatures,
}: {
  batch: number;
  pixels: number;
  channels: number;
  classes: number;
  dlogits: View;
  weight: View;
  dfeatures: View;
}): Shader =>
  each(
    'feature gradient',
    batch * channels,
    [
      { view: dlogits, name: 'dlogits' },
      { view: weight, name: 'weight' },
      { view: dfeatures, name: 'output', write: true },
    ],
    `let n = i / ${channels}u;
  let c = i % ${channels}u;
  var sum = 0f;
  for (var k = 0u; k < ${classes}u; k++) { sum += dlogits[n * ${classes}u + k] * weight[c * ${classes}u + k]; }
  output[i] = sum / ${f(pixels)};`,
  );

export const spreadFeatures = ({
  batch,
  pixels,
  channels,
  dfeatures,
  dx,
}: {
  batch: number;
  pixels: number;
  channels: number;
  dfeatures: View;
  dx: View;
}): Shader => {
  const lanes = lanesOf(channels);
  const width = channels / lanes;
  const from = access(dfeatures, 'dfeatures', lanes);
  const output = access(dx, 'output', lanes, true);
  return each(
    'spread features',
    batch * pixels * width,
    [from.binding, output.binding],
    output.put('i', from.at(`(i / ${pixels * width}u) * ${width}u + i % ${width}u`)),
  );
};

/** Gradients of the linear layer's weight [channels, classes] and, in one more row, of its bias. */
export const headGradient = ({
  batch,
  channels,
  classes,
  features,
  dlogits,
  dweight,
  dbias,
}: {
  batch: number;
  channels: number;
  classes: number;
  features: View;
  dlogits: View;
  dweight: View;
  dbias: View;
}): Shader =>
  each(
    'head gradient',
    (channels + 1) * classes,
    [
      { view: features, name: 'features' },
      { view: dlogits, name: 'dlogits' },
      { view: dweight, name: 'dweight', write: true },
      { view: dbias, name: 'dbias', write: true },
    ],
    `let c = i / ${classes}u;
  let k = i % ${classes}u;
  var sum = 0f;
  for (var n = 0u; n < ${batch}u; n++) {
    sum += dlogits[n * ${classes}u + k] * select(1f, features[n * ${channels}u + min(c, ${channels - 1}u)], c < ${channels}u);
  }
  if (c < ${channels}u) { dweight[i] = sum; } else { dbias[k] = sum; }`,
  );
