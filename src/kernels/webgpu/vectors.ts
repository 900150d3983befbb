/** Small shaders on vectors and kernels: batch norm's coefficients, scales, merged kernels, the head, the update. One thread an element. */
import { ENTRY, groupsFor, INDEX, type Binding, type Shader, type View } from './gpu';
import { access, lanesOf } from './images';

/** One thread for each of `count` elements; `code` sees its number as i. */
function each(label: string, count: number, bindings: readonly Binding[], code: string, before = ''): Shader {
  return {
    label,
    bindings,
    groups: groupsFor(count),
    code: `${before}
${ENTRY} {
  ${INDEX}
  if (i >= ${count}u) { return; }
  ${code}
}`,
  };
}

/** A number as WGSL has it. */
const f = (value: number) => `f32(${value})`;

/** What momentSums left of one image, per channel. */
export interface MomentSums {
  sums: View;
  parts: number;
  channels: number;
  /** Values behind each sum. */
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

/** batch = mean, biased variance, 1/√(variance + ε), one vector after the other. */
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
 * In one go what `statistics`, `moveRunning` (where `running` is given) and `normCoefficients` do: the sums are finished
 * by who wants them. Bindings on the buffer of parameters are all writable, as WebGPU wants it where one of them is.
 */
export const finishNorm = (
  moments: MomentSums,
  epsilon: number,
  batch: View,
  running: { mean: View; variance: View; momentum: number } | null,
  affine: { gamma: View; beta: View },
  factor: number,
  a: View,
  b: View,
  add: boolean,
): Shader => {
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
    const { momentum } = running;
    bindings.push({ view: running.mean, name: 'runningMean', write: true });
    bindings.push({ view: running.variance, name: 'runningVariance', write: true });
    moves = `runningMean[i] = runningMean[i] * ${f(1 - momentum)} + mean * ${f(momentum)};
  runningVariance[i] = runningVariance[i] * ${f(1 - momentum)} + variance * ${f(unbias(count) * momentum)};`;
  }
  return each(
    'finish norm',
    channels,
    bindings,
    `${finished(moments, epsilon)}
  ${moves}
  let gain = ${f(factor)} * gamma[i] * inverse;
  a[i] = gain;
  b[i] = ${add ? 'b[i] + ' : ''}${f(factor)} * beta[i] - gain * mean;`,
  );
};

/** What makes a biased variance of `count` values an unbiased one. */
const unbias = (count: number) => count / Math.max(1, count - 1);

/** Running statistics move by `momentum` towards the batch's; `mean` is its own vector where it is not the first of `of`. */
export const moveRunning = (
  channels: number,
  mean: View,
  of: View,
  running: { mean: View; variance: View },
  momentum: number,
  /** Values behind the batch's variance, which is biased. */
  count: number,
): Shader =>
  each(
    'running statistics',
    channels,
    [
      { view: mean, name: 'mean' },
      { view: of, name: 'batch' },
      { view: running.mean, name: 'runningMean', write: true },
      { view: running.variance, name: 'runningVariance', write: true },
    ],
    `runningMean[i] = runningMean[i] * ${f(1 - momentum)} + mean[i] * ${f(momentum)};
  runningVariance[i] = runningVariance[i] * ${f(1 - momentum)} + batch[i + ${channels}u] * ${f(unbias(count) * momentum)};`,
  );

/** factor·(γ(x − μ)/σ + β) as a·x + b. `batch` holds statistics; in evaluation mean and variance are given apart. */
export const normCoefficients = (
  channels: number,
  from: { batch: View } | { mean: View; variance: View; epsilon: number },
  affine: { gamma: View; beta: View },
  factor: number,
  a: View,
  b: View,
  add: boolean,
): Shader => {
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
  let gain = ${f(factor)} * gamma[i] * inverse;
  a[i] = gain;
  b[i] = ${add ? 'b[i] + ' : ''}${f(factor)} * beta[i] - gain * mean;`,
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

/** What gradientSums left of one term. */
export interface TermSums {
  sums: View;
  parts: number;
  channels: number;
  /** Values behind each sum. */
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
export const normGradient = (
  term: TermSums,
  factor: number,
  batch: View,
  gamma: View,
  dgamma: View,
  dbeta: View,
  abc: View,
): Shader => {
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

/** Kernels' gradients at a time: with their sums as many as a shader may bind. */
export const MOST_SUMS = 4;

/** Each sum = Σ its parts, `number` of `length` floats; at most MOST_SUMS of them. */
export const sumsOfParts = (
  gradients: readonly { parts: View; sum: View }[],
  number: number,
  length: number,
): Shader =>
  each(
    'sums of parts',
    gradients.length * length,
    gradients.flatMap(({ parts, sum }, g) => [
      { view: parts, name: `parts${g}` },
      { view: sum, name: `sum${g}`, write: true },
    ]),
    `let at = i % ${length}u;
  var total = 0f;
  switch (i / ${length}u) {
    ${gradients
      .map(
        (_, g) => `${g === 0 ? 'default' : `case ${g}u`}: {
      for (var p = 0u; p < ${number}u; p++) { total += parts${g}[p * ${length}u + at]; }
      sum${g}[at] = total;
    }`,
      )
      .join('\n    ')}
  }`,
  );

export interface Part {
  /** null for the identity. */
  kernel: View | null;
  height: number;
  width: number;
  /** Per output channel; null where there is none. */
  gain: View | null;
  constant: number;
}

interface KernelShape {
  k: number;
  cin: number;
  cout: number;
}

/** Buffers that a shader binds at most, as WebGPU guarantees it. */
const MOST_BINDINGS = 8;

/** Cuts a list into pieces that bind no more than a shader may, beside `others` that every piece binds. */
function pieces<T>(items: readonly T[], others: number, bindingsOf: (item: T) => number): T[][] {
  const cut: T[][] = [];
  let bound = Infinity;
  for (const item of items) {
    const more = bindingsOf(item);
    if (others + bound + more > MOST_BINDINGS) {
      cut.push([]);
      bound = 0;
    }
    cut.at(-1)!.push(item);
    bound += more;
  }
  return cut;
}

/** Bindings of part p's kernel and gain, where it has them. */
const bindingsOfPart = ({ kernel, gain }: Part, p: number): Binding[] => [
  ...(kernel ? [{ view: kernel, name: `weights${p}` }] : []),
  ...(gain ? [{ view: gain, name: `gain${p}` }] : []),
];

/** WGSL that adds constant · gain ⊙ part p, put in the middle, to element i of a merged kernel. */
const addPart = (
  { k, cin, cout }: KernelShape,
  { kernel, height, width, gain, constant }: Part,
  p: number,
) => `{
    let row = i32(tap / ${k}u) - ${(k - height) / 2};
    let column = i32(tap % ${k}u) - ${(k - width) / 2};
    if (row >= 0 && row < ${height} && column >= 0 && column < ${width}) {
      value += ${f(constant)} * ${gain ? `gain${p}[co] * ` : ''}${
        kernel
          ? `weights${p}[(u32(row * ${width} + column) * ${cin}u + ci) * ${cout}u + co]`
          : 'select(0f, 1f, ci == co)'
      };
    }
  }`;

/** K = Σ constant · gain ⊙ part, each put in the middle. */
export const mergeParts = (shape: KernelShape, parts: readonly Part[], merged: View): Shader[] => {
  const { k, cin, cout } = shape;
  return pieces(parts, 1, (part) => bindingsOfPart(part, 0).length).map((piece, turn) =>
    each(
      'merge',
      k * k * cin * cout,
      [{ view: merged, name: 'merged', write: true }, ...piece.flatMap(bindingsOfPart)],
      `let co = i % ${cout}u;
  let ci = (i / ${cout}u) % ${cin}u;
  let tap = i / ${cin * cout}u;
  var value = ${turn === 0 ? '0f' : 'merged[i]'};
  ${piece.map((part, p) => addPart(shape, part, p)).join('\n  ')}
  merged[i] = value;`,
    ),
  );
};

/** The mean of k·k pixels, channel by channel. */
export const averageKernel = ({ k, cin, cout }: KernelShape, to: View): Shader =>
  each(
    'average kernel',
    k * k * cin * cout,
    [{ view: to, name: 'output', write: true }],
    `output[i] = select(0f, ${f(1 / (k * k))}, i % ${cout}u == (i / ${cout}u) % ${cin}u);`,
  );

/** Index in the merged kernel of element r (tap and input) of a part, output channel co. */
const source = ({ k, cin, cout }: KernelShape, { height, width }: Part) =>
  `(((r / ${cin}u / ${width}u + ${(k - height) / 2}u) * ${k}u + (r / ${cin}u) % ${width}u + ${(k - width) / 2}u) * ${cin}u + r % ${cin}u) * ${cout}u + co`;

/** WGSL that runs one of several pieces of code, each on so many elements, which it sees as i. */
function split(cases: readonly { count: number; code: string }[]): { count: number; code: string } {
  let first = 0;
  const branches = cases.map(({ count, code }) => {
    const from = first;
    first += count;
    return `if (at < ${first}u) {
    let i = at - ${from}u;
    ${code}
  }`;
  });
  return { count: first, code: branches.join(' else ') };
}

/** dW = constant · gain ⊙ dK for each part's kernel, and where it goes. */
export const partGradients = (
  shape: KernelShape,
  parts: readonly { part: Part; dw: View }[],
  dmerged: View,
): Shader[] => {
  const { cin, cout } = shape;
  return pieces(parts, 1, ({ part }) => (part.gain ? 2 : 1)).map((piece) => {
    const { count, code } = split(
      piece.map(({ part }, p) => ({
        count: part.height * part.width * cin * cout,
        code: `let co = i % ${cout}u;
    let r = i / ${cout}u;
    dw${p}[i] = ${f(part.constant)} * ${part.gain ? `gain${p}[co] * ` : ''}dmerged[${source(shape, part)}];`,
      })),
    );
    const bindings = piece.flatMap(({ part: { gain }, dw }, p) => [
      { view: dw, name: `dw${p}`, write: true },
      ...(gain ? [{ view: gain, name: `gain${p}` }] : []),
    ]);
    return each(
      'part gradients',
      count,
      [{ view: dmerged, name: 'dmerged' }, ...bindings],
      `let at = i;\n  ${code}`,
    );
  });
};

/** dgain[co] = constant · Σ dK·W for each part; of an identity constant · dK's centre. */
export const gainGradients = (
  shape: KernelShape,
  parts: readonly { part: Part; dgain: View }[],
  dmerged: View,
): Shader[] => {
  const { cin, cout } = shape;
  return pieces(parts, 1, ({ part }) => (part.kernel ? 2 : 1)).map((piece) => {
    const { count, code } = split(
      piece.map(({ part }, p) => ({
        count: cout,
        code: part.kernel
          ? `let co = i;
    var sum = 0f;
    for (var r = 0u; r < ${part.height * part.width * cin}u; r++) { sum += weights${p}[r * ${cout}u + co] * dmerged[${source(shape, part)}]; }
    dgain${p}[i] = ${f(part.constant)} * sum;`
          : `let co = i;
    let r = i;
    dgain${p}[i] = ${f(part.constant)} * dmerged[${source(shape, part)}];`,
      })),
    );
    const bindings = piece.flatMap(({ part: { kernel }, dgain }, p) => [
      { view: dgain, name: `dgain${p}`, write: true },
      ...(kernel ? [{ view: kernel, name: `weights${p}` }] : []),
    ]);
    return each(
      'gain gradients',
      count,
      [{ view: dmerged, name: 'dmerged' }, ...bindings],
      `let at = i;\n  ${code}`,
    );
  });
};

/** inverse = 1/‖W[·, co]‖, gain = s · inverse, of a kernel [rows][cout]. */
export const kernelNorms = (
  rows: number,
  cout: number,
  w: View,
  s: View,
  inverse: View,
  gain: View,
): Shader =>
  each(
    'kernel norms',
    cout,
    [
      { view: w, name: 'weights' },
      { view: s, name: 'scale' },
      { view: inverse, name: 'inverse', write: true },
      { view: gain, name: 'gain', write: true },
    ],
    `var sum = 0f;
  for (var r = 0u; r < ${rows}u; r++) { let v = weights[r * ${cout}u + i]; sum += v * v; }
  inverse[i] = inverseSqrt(sum);
  gain[i] = scale[i] * inverseSqrt(sum);`,
  );

/** ds = dgain/‖W‖ (written where dgain was not) and dW −= s · dgain · W/‖W‖³. */
export const kernelNormsGradient = (
  rows: number,
  cout: number,
  w: View,
  dw: View,
  s: View,
  ds: View,
  dgain: View,
  inverse: View,
): Shader =>
  each(
    'kernel norms gradient',
    rows * cout,
    [
      { view: w, name: 'weights' },
      { view: dw, name: 'dw', write: true },
      { view: s, name: 'scale' },
      { view: ds, name: 'ds', write: true },
      { view: dgain, name: 'dgain' },
      { view: inverse, name: 'inverse' },
    ],
    `let co = i % ${cout}u;
  let n = inverse[co];
  if (i < ${cout}u) { ds[i] = dgain[i] * n; }
  dw[i] = dw[i] - scale[co] * dgain[co] * n * n * n * weights[i];`,
  );

/** What a batch norm makes of a zero input by its running statistics. */
export const valueOfZero = (
  channels: number,
  running: { mean: View; variance: View },
  affine: { gamma: View; beta: View },
  epsilon: number,
  to: View,
): Shader =>
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
  kernel: View,
  v: View,
  from: View,
  sign: number,
  to: View,
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

/** features [n, channels] = mean of x [n, pixels, channels] over its pixels. */
export const globalMean = (batch: number, pixels: number, channels: number, x: View, to: View): Shader => {
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

export const logits = (
  batch: number,
  channels: number,
  classes: number,
  features: View,
  weight: View,
  bias: View,
  to: View,
): Shader =>
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
export const crossEntropy = (
  batch: number,
  classes: number,
  smoothing: number,
  scale: number,
  z: View,
  labels: View,
  dlogits: View,
  losses: View,
): Shader =>
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
export const meanLoss = (batch: number, losses: View, numbers: View): Shader =>
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
  // A comparison with a NaN may be optimised away; its bits are looked at instead.
  numbers[1] = select(1f, 0f, (bitcast<u32>(sum) & 0x7f800000u) == 0x7f800000u);`,
  );

/** dfeatures/pixels, spread over the pixels of dx. */
export const headInputGradient = (
  batch: number,
  pixels: number,
  channels: number,
  classes: number,
  dlogits: View,
  weight: View,
  dfeatures: View,
): Shader =>
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

export const spreadFeatures = (
  batch: number,
  pixels: number,
  channels: number,
  dfeatures: View,
  dx: View,
): Shader => {
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
export const headGradient = (
  batch: number,
  channels: number,
  classes: number,
  features: View,
  dlogits: View,
  dweight: View,
  dbias: View,
): Shader =>
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

/**
 * One pass over all parameters: see training/optimiser. `rules` holds lr factor and decay for each number. Gradients that
 * come multiplied by `scale`, a power of two, are left as they are without it.
 */
export const update = (
  count: number,
  views: {
    parameters: View;
    velocities: View;
    gradients: View;
    rules: View;
    factors: View | null;
    rate: View;
    numbers: View;
  },
  momentum: number,
  nesterov: boolean,
  scale: number,
): Shader => {
  const factors = [...(scale === 1 ? [] : [f(1 / scale)]), ...(views.factors ? ['factors[i]'] : [])];
  const bindings: Binding[] = [
    { view: views.parameters, name: 'w', write: true },
    { view: views.velocities, name: 'v', write: true },
    { view: views.gradients, name: 'g', write: factors.length > 0 },
    { view: views.rules, name: 'rules', element: 'vec2<f32>' },
    { view: views.rate, name: 'rate' },
    { view: views.numbers, name: 'numbers' },
  ];
  if (views.factors) bindings.push({ view: views.factors, name: 'factors' });
  return each(
    'update',
    count,
    bindings,
    `${factors.length > 0 ? `g[i] *= ${factors.join(' * ')};` : ''}
  if (numbers[1] == 0) { return; }
  let d = g[i] + rules[i].y * w[i];
  let moved = ${f(momentum)} * v[i] + d;
  v[i] = moved;
  w[i] -= rate[0] * rules[i].x * ${nesterov ? `(d + ${f(momentum)} * moved)` : 'moved'};`,
  );
};
