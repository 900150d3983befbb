/** Sums per channel over the pixels of images, in a fixed order: a norm's moments, and what its gradient needs. */
import type { Shader, View } from './shader';
import { access, lanesOf, valuesOf, valueType, type Access, type ImageShape } from './image-access';

/**
 * Algorithms of a channel sum: many or few threads per workgroup, reduced pairwise in shared memory; or many threads
 * reduced within subgroups first, without barriers. Barriers are slow on software adapters, so the fastest is measured.
 */
export const SUM_ALGORITHMS = ['many', 'few', 'subgroups'] as const;
export type SumAlgorithm = (typeof SUM_ALGORITHMS)[number];

/** Device feature required for sums in subgroups. */
export const SUBGROUPS: GPUFeatureName = 'subgroups';

const THREADS: Record<SumAlgorithm, number> = { many: 128, few: 32, subgroups: 128 };
const MOST_PARTS = 64;
const PART_PIXELS = 512;
/** Greatest number of channels (or groups of four) that a workgroup sums in parallel. */
const MOST_WIDE = 64;

export const sumParts = ({ batch, size }: ImageShape) =>
  Math.min(MOST_PARTS, Math.ceil((batch * size * size) / PART_PIXELS));

/** WGSL that reduces the threads' sums of a channel into the first thread, in shared memory. */
function addedUp(algorithm: SumAlgorithm, names: readonly string[], wide: number): string {
  const threads = THREADS[algorithm];
  const share = names.map((name) => `shared_${name}[t] = ${name};`).join(' ');
  const take = (other: string) =>
    names.map((name) => `shared_${name}[t] += shared_${name}[${other}];`).join(' ');
  if (algorithm === 'subgroups')
    return `for (var step = lanes / 2u; step >= ${wide}u; step /= 2u) {
    ${names.map((name) => `${name} += subgroupShuffleXor(${name}, step);`).join(' ')}
  }
  let apart = max(lanes, ${wide}u);
  if (lanes < ${wide}u || t % lanes < ${wide}u) { ${share} }
  workgroupBarrier();
  if (t < ${wide}u) {
    for (var other = t + apart; other < ${threads}u; other += apart) { ${take('other')} }
  }`;
  return `${share}
  for (var half = ${threads / 2}u; half >= ${wide}u; half /= 2) {
    workgroupBarrier();
    if (t < half) { ${take('t + half')} }
  }`;
}

/**
 * Per-channel Σ of each expression: [parts][expressions][channels]. Adjacent threads take adjacent channels, so that
 * memory reads are coalesced, and then reduce over their pixels.
 */
function channelSums(
  shape: ImageShape,
  algorithm: SumAlgorithm,
  label: string,
  images: readonly Access[],
  to: View,
  statement: string,
  expressions: readonly string[],
): Shader {
  const { batch, size } = shape;
  const { lanes, width } = valuesOf(shape);
  const type = valueType(lanes);
  const threads = THREADS[algorithm];
  let wide = 1;
  while (wide < width && wide < Math.min(threads, MOST_WIDE)) wide *= 2;
  const deep = threads / wide;
  const pixels = batch * size * size;
  const parts = sumParts(shape);
  const perPart = Math.ceil(pixels / parts);
  const names = expressions.map((_, k) => `s${k}`);
  const sums = access(to, 'sums', lanes, true);
  return {
    label,
    bindings: [...images.map(({ binding }) => binding), sums.binding],
    groups: [Math.ceil(width / wide), parts, 1],
    ...(algorithm === 'subgroups' && { enables: SUBGROUPS }),
    code: `
${names.map((name) => `var<workgroup> shared_${name}: array<${type}, ${threads}>;`).join('\n')}
@compute @workgroup_size(${threads})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) t: u32,
  ${algorithm === 'subgroups' ? '@builtin(subgroup_size) lanes: u32,' : ''}
) {
  let c = group.x * ${wide}u + t % ${wide}u;
  ${names.map((name) => `var ${name} = ${type}();`).join(' ')}
  if (c < ${width}u) {
    let end = min((group.y + 1) * ${perPart}u, ${pixels}u);
    for (var p = group.y * ${perPart}u + t / ${wide}u; p < end; p += ${deep}u) {
      let i = p * ${width}u + c;
      ${statement}
      ${names.map((name, k) => `${name} += ${expressions[k]};`).join(' ')}
    }
  }
  ${addedUp(algorithm, names, wide)}
  if (t < ${wide}u && c < ${width}u) {
    ${names.map((name, k) => sums.put(`(group.y * ${names.length}u + ${k}u) * ${width}u + c`, `shared_${name}[t]`)).join('\n    ')}
  }
}`,
  };
}

/** Σ x and Σ x² per channel of up to MOST_ADDENDS images of one shape: [parts][images][2][channels]. */
export function momentSums(
  shape: ImageShape,
  algorithm: SumAlgorithm,
  images: readonly View[],
  sums: View,
): Shader {
  const xs = images.map((view, k) => access(view, `x${k}`, lanesOf(shape.channels)));
  return channelSums(
    shape,
    algorithm,
    'moments',
    xs,
    sums,
    xs.map(({ at }, k) => `let v${k} = ${at('i')};`).join(' '),
    xs.flatMap((_, k) => [`v${k}`, `v${k} * v${k}`]),
  );
}

/** Masks dout by out > 0 in place (where out is given) and sums Σ dz and each Σ dz·y. */
export function gradientSums(
  shape: ImageShape,
  algorithm: SumAlgorithm,
  dout: View,
  out: View | null,
  ys: readonly View[],
  sums: View,
): Shader {
  const lanes = lanesOf(shape.channels);
  const zero = `${valueType(lanes)}()`;
  const gradient = access(dout, 'gradient', lanes, out !== null);
  const values = ys.map((view, t) => access(view, `y${t}`, lanes));
  const mask = out && access(out, 'value', lanes);
  return channelSums(
    shape,
    algorithm,
    'gradient sums',
    [gradient, ...values, ...(mask ? [mask] : [])],
    sums,
    mask
      ? `let g = select(${zero}, ${gradient.at('i')}, ${mask.at('i')} > ${zero}); ${gradient.put('i', 'g')}`
      : `let g = ${gradient.at('i')};`,
    ['g', ...values.map(({ at }) => `g * ${at('i')}`)],
  );
}
