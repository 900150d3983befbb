/** Batch norm's vectors: statistics, coefficients, running means, gradients; scales and biases; the border of a sequence. */
import type { Binding, Shader, View } from './shader';
import type { KernelShape } from './merge';
import { each, f } from './wgsl';

/** What momentSums left of one image, per channel. */
export interface MomentSums {
  sums: View;
  parts: number;
  channels: number;
  /** Number of values behind each sum. */
  count: number;
  /** How many images were summed together, and which of them this is. */
  images: number;
  image: number;
}

/** WGSL that makes mean, variance and inverse = 1/√(variance + ε) of sums. */
const finished = ({ parts, channels, count, images, image }: MomentSums, epsilon: number) => `var s = 0f;
  var q = 0f;
  for (var p = 0u; p < ${parts}u; p++) {
    let at = (p * ${images}u + ${image}u) * ${2 * channels}u + i;
    s += sums[at];
    q += sums[at + ${channels}u];
  }
  let mean = s / ${f(count)};
  let variance = max(0f, q / ${f(count)} - mean * mean);
  let inverse = inverseSqrt(variance + ${f(epsilon)});
  batch[i] = mean;
  batch[i + ${channels}u] = variance;
  batch[i + ${2 * channels}u] = inverse;`;

/** Factor from a biased to an unbiased variance of `count` values. */
const unbias = (count: number) => count / Math.max(1, count - 1);

/** WGSL that updates running statistics with a mean and a biased variance of `count` values. */
const moved = (
  momentum: number,
  count: number,
  mean: string,
  variance: string,
) => `runningMean[i] = runningMean[i] * ${f(1 - momentum)} + ${mean} * ${f(momentum)};
  runningVariance[i] = runningVariance[i] * ${f(1 - momentum)} + ${variance} * ${f(unbias(count) * momentum)};`;

/**
 * WGSL of the coefficients a and b with a·x + b = factor·(γ(x − mean)·inverse + β); with `add`, b is added to the
 * present value.
 */
const coefficients = (factor: number, add: boolean) => `let gain = ${f(factor)} * gamma[i] * inverse;
  a[i] = gain;
  b[i] = ${add ? 'b[i] + ' : ''}${f(factor)} * beta[i] - gain * mean;`;

/** batch = mean, biased variance, 1/√(variance + ε), as consecutive vectors. */
export const statistics = (moments: MomentSums, epsilon: number, batch: View): Shader =>
  each(
    'statistics',
    moments.channels,
    [
      { view: moments.sums, name: 'sums' },
      { view: batch, name: 'batch', write: true },
    ],
    finished(moments, epsilon),
  );

/**
 * Does `statistics`, `moveRunning` (if `running` is given) and `normCoefficients` in one dispatch; each thread finishes
 * the sums of its channel. All bindings of the parameter buffer are writable, because WebGPU requires it if one is.
 */
export const finishNorm = ({
  moments,
  epsilon,
  batch,
  running,
  affine,
  factor,
  a,
  b,
  add,
}: {
  moments: MomentSums;
  epsilon: number;
  batch: View;
  running: { mean: View; variance: View; momentum: number } | null;
  affine: { gamma: View; beta: View };
  factor: number;
  a: View;
  b: View;
  add: boolean;
}): Shader => {
  const { channels, count } = moments;
  const bindings: Binding[] = [
    { view: moments.sums, name: 'sums' },
    { view: batch, name: 'batch', write: true },
    { view: affine.gamma, name: 'gamma', write: true },
    { view: affine.beta, name: 'beta', write: true },
    { view: a, name: 'a', write: true },
    { view: b, name: 'b', write: true },
  ];
  let moves = '';
  if (running) {
    bindings.push({ view: running.mean, name: 'runningMean', write: true });
    bindings.push({ view: running.variance, name: 'runningVariance', write: true });
    moves = moved(running.momentum, count, 'mean', 'variance');
  }
  return each(
    'finish norm',
    channels,
    bindings,
    `${finished(moments, epsilon)}
  ${moves}
  ${coefficients(factor, add)}`,
  );
};

/**
 * Updates running statistics by `momentum` towards the batch's; `mean` is a separate vector if it is not the first of
 * `of`.
 */
export const moveRunning = ({
  channels,
  mean,
  of,
  running,
  momentum,
  count,
}: {
  channels: number;
  mean: View;
  of: View;
  running: { mean: View; variance: View };
  momentum: number;
  /** Number of values behind the batch's (biased) variance. */
  count: number;
}): Shader =>
  each(
    'running statistics',
    channels,
    [
      { view: mean, name: 'mean' },
      { view: of, name: 'batch' },
      { view: running.mean, name: 'runningMean', write: true },
      { view: running.variance, name: 'runningVariance', write: true },
    ],
    moved(momentum, count, 'mean[i]', `batch[i + ${channels}u]`),
  );

/** factor·(γ(x − μ)/σ + β) as a·x + b. `batch` contains statistics; in evaluation, mean and variance are separate. */
export const normCoefficients = ({
  channels,
  from,
  affine,
  factor,
  a,
  b,
  add,
}: {
  channels: number;
  from: { batch: View } | { mean: View; variance: View; epsilon: number };
  affine: { gamma: View; beta: View };
  factor: number;
  a: View;
  b: View;
  add: boolean;
}): Shader => {
  const bindings: Binding[] = [
    { view: affine.gamma, name: 'gamma' },
    { view: affine.beta, name: 'beta' },
    { view: a, name: 'a', write: true },
    { view: b, name: 'b', write: true },
  ];
  let numbers = `let mean = batch[i]; let inverse = batch[i + ${2 * channels}u];`;
  if ('batch' in from) bindings.push({ view: from.batch, name: 'batch' });
  else {
    bindings.push({ view: from.mean, name: 'means' }, { view: from.variance, name: 'variances' });
    numbers = `let mean = means[i]; let inverse = inverseSqrt(variances[i] + ${f(from.epsilon)});`;
  }
  return each(
    'norm coefficients',
    channels,
    bindings,
    `${numbers}
  ${coefficients(factor, add)}`,
  );
};

/** to = [to +] factor · from. */
export const scaled = (channels: number, from: View, factor: number, to: View, add = false): Shader =>
  each(
    'scaled',
    channels,
    [
      { view: from, name: 'source' },
      { view: to, name: 'output', write: true },
    ],
    `output[i] = ${add ? 'output[i] + ' : ''}${f(factor)} * source[i];`,
  );

/** The sums of one term from gradientSums. */
export interface TermSums {
  sums: View;
  parts: number;
  channels: number;
  /** Number of values behind each sum. */
  count: number;
  rows: number;
  row: number;
}

const totals = ({ parts, rows, row, channels }: TermSums, factor: number) => `var sum = 0f;
  var product = 0f;
  for (var p = 0u; p < ${parts}u; p++) {
    sum += sums[p * ${rows * channels}u + i];
    product += sums[(p * ${rows}u + ${row}u) * ${channels}u + i];
  }
  sum *= ${f(factor)};
  product *= ${f(factor)};`;

/** dγ, dβ and the three vectors of dx = A·dz + B·x + C. */
export const normGradient = ({
  term,
  factor,
  batch,
  gamma,
  dgamma,
  dbeta,
  abc,
}: {
  term: TermSums;
  factor: number;
  batch: View;
  gamma: View;
  dgamma: View;
  dbeta: View;
  abc: View;
}): Shader => {
  const { channels, count } = term;
  return each(
    'norm gradient',
    channels,
    [
      { view: term.sums, name: 'sums' },
      { view: batch, name: 'batch' },
      { view: gamma, name: 'gamma' },
      { view: dgamma, name: 'dgamma', write: true },
      { view: dbeta, name: 'dbeta', write: true },
      { view: abc, name: 'abc', write: true },
    ],
    `${totals(term, factor)}
  let mean = batch[i];
  let inverse = batch[i + ${2 * channels}u];
  let slope = (product - mean * sum) * inverse;
  let gain = gamma[i] * inverse;
  let bend = -gain * inverse * slope / ${f(count)};
  dgamma[i] = slope;
  dbeta[i] = sum;
  abc[i] = gain * ${f(factor)};
  abc[i + ${channels}u] = bend;
  abc[i + ${2 * channels}u] = -gain * sum / ${f(count)} - bend * mean;`,
  );
};

/** ds = factor · Σ dz·y. */
export const scaleGradient = (term: TermSums, factor: number, ds: View): Shader =>
  each(
    'scale gradient',
    term.channels,
    [
      { view: term.sums, name: 'sums' },
      { view: ds, name: 'ds', write: true },
    ],
    `${totals(term, factor)}
  ds[i] = product;`,
  );

/** The output of a batch norm for a zero input, with its running statistics. */
export const valueOfZero = ({
  channels,
  running,
  affine,
  epsilon,
  to,
}: {
  channels: number;
  running: { mean: View; variance: View };
  affine: { gamma: View; beta: View };
  epsilon: number;
  to: View;
}): Shader =>
  each(
    'value of zero',
    channels,
    [
      { view: running.mean, name: 'mean' },
      { view: running.variance, name: 'variance' },
      { view: affine.gamma, name: 'gamma' },
      { view: affine.beta, name: 'beta' },
      { view: to, name: 'output', write: true },
    ],
    `output[i] = beta[i] - gamma[i] * inverseSqrt(variance[i] + ${f(epsilon)}) * mean[i];`,
  );

/** to = from + sign · Σ kernel[·][i][o] · v[i]. */
export const addBorderValue = (
  { k, cin, cout }: KernelShape,
  { kernel, v, from, sign, to }: { kernel: View; v: View; from: View; sign: number; to: View },
): Shader =>
  each(
    'border value',
    cout,
    [
      { view: kernel, name: 'weights' },
      { view: v, name: 'v' },
      { view: from, name: 'source' },
      { view: to, name: 'output', write: true },
    ],
    `var sum = 0f;
  for (var r = 0u; r < ${k * k * cin}u; r++) { sum += weights[r * ${cout}u + i] * v[r % ${cin}u]; }
  output[i] = source[i] + ${f(sign)} * sum;`,
  );
