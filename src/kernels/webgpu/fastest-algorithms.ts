/**
 * Measures the fastest algorithms on a device: of convolutions, for each pass and channel class, and of channel sums.
 */
import {
  gradientSums,
  momentSums,
  SUBGROUPS,
  sumParts,
  SUM_ALGORITHMS,
  type SumAlgorithm,
} from './channel-sums';
import { encode, Gpu, readAfter } from './gpu';
import type { Dispatch, Shader } from './shader';
import type { GpuContext } from './network';
import {
  sameAlgorithmEverywhere,
  PlannedConvolution,
  scratchFor,
  type Choice,
  type PlainAlgorithm,
  type Algorithm,
} from './algorithms';

/** Channels and image sides that stand for their class: a network halves its images where it doubles its channels. */
const STANDING = [
  { name: 'narrow', channels: 16, side: 32 },
  { name: 'middle', channels: 32, side: 16 },
  { name: 'wide', channels: 64, side: 8 },
] as const;
/**
 * Number of rounds, in which the algorithms alternate. The best time of each counts, because other programs only slow
 * it down.
 */
const ROUNDS = 3;
/** What one timing should last at least, in milliseconds, and in how many repetitions at most. */
const LONG_ENOUGH = 4;
const MOST_REPEATS = 32;

/** Ratio of times above which the slower plain algorithm is not measured any further. */
const HOPELESS = 3;

/**
 * Measures each pass of a 3x3 convolution with each algorithm on `batch` images; most of the time is spent compiling
 * the shaders. With `half`, images are in half precision. Convolutions of fewer than 16 channels use the plain
 * algorithms of those with more.
 */
export async function fastestAlgorithms(context: GpuContext, batch: number, half: boolean): Promise<Choice> {
  const choice = new Map<string, Choice['convolutions']['wide']>();
  let hopeful: readonly PlainAlgorithm[] = ['tiled', 'direct'];
  for (const { name, channels, side } of STANDING) {
    const gpu = new Gpu(context.device, context.pipelines);
    const shape = {
      batch,
      inSize: side,
      outSize: side,
      cin: channels,
      cout: channels,
      k: 3,
      stride: 1,
    } as const;
    const images = () => gpu.numbers(batch * side * side * channels, half, 'measured images');
    const [x, y, kernel] = [images(), images(), gpu.floats(9 * channels * channels, 'measured kernel')];
    const planned = (algorithm: Algorithm, plain?: PlainAlgorithm) =>
      new PlannedConvolution(
        shape,
        sameAlgorithmEverywhere(algorithm, plain),
        context.device.limits.maxStorageBufferBindingSize,
      );
    const plain = { tiled: planned('tiled'), direct: planned('direct') };
    const partLength = Math.max(plain.tiled.parts, plain.direct.parts) * 9 * channels * channels;
    const parts = gpu.floats(partLength, 'measured gradient');
    const scratch = scratchFor(gpu, [planned('winograd')]);
    const times = (candidates: readonly (readonly Shader[])[]) =>
      timesOf(
        context,
        candidates.map((shaders) => shaders.map((shader) => gpu.dispatch(shader))),
      );
    /** The faster plain algorithm of a pass, and the fastest algorithm overall. */
    const fastest = async (
      make: (of: PlannedConvolution) => readonly Shader[],
      products?: PlainAlgorithm,
    ) => {
      const taken = await times(hopeful.map((algorithm) => make(plain[algorithm])));
      const least = Math.min(...taken);
      const algorithm = hopeful[taken.indexOf(least)]!;
      hopeful = hopeful.filter((_, i) => taken[i]! < HOPELESS * least);
      const [plainly = 0, transformed = 0] = await times([
        make(plain[algorithm]),
        make(planned('winograd', products ?? algorithm)),
      ]);
      return { plain: algorithm, any: transformed < plainly ? ('winograd' as const) : algorithm };
    };
    const forward = await fastest((of) => of.forward({ x, kernel, y }, scratch));
    const input = await fastest(
      (of) => of.inputGradient({ dy: y, kernel, dx: x }, false, scratch),
      forward.plain,
    );
    const gradient = await fastest((of) => of.kernelGradient({ x, dy: y, parts }, scratch), forward.plain);
    const products = forward.plain;
    choice.set(name, { forward: forward.any, input: input.any, kernel: gradient.any, plain: products });
    if (name === 'narrow')
      choice.set('thin', { forward: products, input: input.plain, kernel: gradient.plain, plain: products });
    gpu.destroy();
  }
  const sums = await fastestSums(context, batch, half);
  if (context.failure !== null) throw new Error(`the GPU refused a test: ${context.failure}`);
  return { convolutions: Object.fromEntries(choice) as Choice['convolutions'], sums };
}

/**
 * The fastest algorithm to sum channels among those that the device has and sum alike on it, by what the gradient of a block of
 * three branches sums: the longest of these kernels, so that the difference shows. Compiling them for every size would take
 * a software adapter ten seconds.
 */
async function fastestSums(context: GpuContext, batch: number, half: boolean): Promise<SumAlgorithm> {
  const gpu = new Gpu(context.device, context.pipelines);
  const [{ channels, side: size }] = STANDING;
  const shape = { batch, size, channels };
  const image = () => gpu.numbers(batch * size ** 2 * channels, half, 'measured images');
  const [gradient, out, branches] = [image(), image(), [image(), image(), image()]];
  const sums = gpu.floats(sumParts(shape) * (1 + branches.length) * channels, 'measured sums');
  const alike = context.device.features.has(SUBGROUPS) && (await subgroupsSumAlike(context));
  const algorithms = SUM_ALGORITHMS.filter((algorithm) => algorithm !== 'subgroups' || alike);
  const taken = await timesOf(
    context,
    algorithms.map((algorithm) => [
      gpu.dispatch(gradientSums(shape, algorithm, gradient, out, branches, sums)),
    ]),
  );
  gpu.destroy();
  return algorithms[taken.indexOf(Math.min(...taken))]!;
}

/**
 * Whether subgroups add up what shared memory does: WGSL leaves open which threads share a subgroup, and the sums count on
 * threads beside each other. Whole numbers are summed, whose sums are exact in any order.
 */
async function subgroupsSumAlike(context: GpuContext): Promise<boolean> {
  const gpu = new Gpu(context.device, context.pipelines);
  const shape = { batch: 1, size: 16, channels: 8 };
  const image = gpu.floats(16 ** 2 * 8, 'tested image');
  const numbers = Float32Array.from({ length: 16 ** 2 * 8 }, (_, i) => ((i * 7) % 13) - 6);
  context.device.queue.writeBuffer(image.buffer, 0, numbers);
  const summed = async (algorithm: SumAlgorithm) => {
    const sums = gpu.floats(sumParts(shape) * 2 * 8, 'tested sums');
    const encoder = context.device.createCommandEncoder();
    encode(encoder, [gpu.dispatch(momentSums(shape, algorithm, [image], sums))]);
    return new Float32Array(await readAfter(context.device, encoder, sums));
  };
  const [one, other] = [await summed('many'), await summed('subgroups')];
  gpu.destroy();
  return one.every((value, i) => value === other[i]);
}

/** Milliseconds of each of several lists of dispatches, the least of rounds in which they take turns. */
export async function timesOf(
  { device }: GpuContext,
  candidates: readonly (readonly Dispatch[])[],
): Promise<number[]> {
  const time = async (dispatches: readonly Dispatch[], repeats: number) => {
    const encoder = device.createCommandEncoder();
    for (let i = 0; i < repeats; i++) encode(encoder, dispatches);
    const start = performance.now();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    return (performance.now() - start) / repeats;
  };
  const inTurns = async (repeats: number) => {
    const times: number[] = [];
    for (const dispatches of candidates) times.push(await time(dispatches, repeats));
    return times;
  };
  // The first round compiles; the second tells how often to repeat.
  await inTurns(1);
  const least = await inTurns(1);
  const repeats = Math.min(MOST_REPEATS, Math.ceil(LONG_ENOUGH / Math.max(Math.min(...least), 0.01)));
  for (let round = 0; round < ROUNDS; round++) {
    const times = await inTurns(repeats);
    times.forEach((value, i) => (least[i] = Math.min(least[i]!, value)));
  }
  return least;
}
