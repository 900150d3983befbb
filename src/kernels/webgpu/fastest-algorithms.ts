/** Measures which ways are fastest on a device: to convolve, for each pass and number of channels, and to sum channels. */
import { gradientSums, momentSums, SUBGROUPS, sumParts, SUM_WAYS, type SumWay } from './channel-sums';
import { encode, Gpu, readAfter } from './gpu';
import type { Dispatch, Shader } from './shader';
import type { GpuContext } from './network';
import { oneWay, PlannedConvolution, scratchFor, type Choice, type PlainWay, type Way } from './algorithms';

/** Channels and image sides that stand for their class: a network halves its images where it doubles its channels. */
const STANDING = [
  { name: 'narrow', channels: 16, side: 32 },
  { name: 'middle', channels: 32, side: 16 },
  { name: 'wide', channels: 64, side: 8 },
] as const;
/** Rounds in which the ways take turns; the best of each counts, for other programs only ever slow it. */
const ROUNDS = 3;
/** What one timing should last at least, in milliseconds, and in how many repetitions at most. */
const LONG_ENOUGH = 4;
const MOST_REPEATS = 32;

/** How many times as slow as the other a plain way is, if it is tried no more on what is left to measure. */
const HOPELESS = 3;

/**
 * Times each pass of a 3x3 convolution in each way on `batch` images; compiling the kernels takes most of the time that
 * this needs. Images are in half precision with `half`. Convolutions of fewer than 16 channels go the plain ways of those
 * with 16. Throws where the device fails.
 */
export async function fastestWays(context: GpuContext, batch: number, half: boolean): Promise<Choice> {
  const choice = new Map<string, Choice['convolutions']['wide']>();
  let hopeful: readonly PlainWay[] = ['tiled', 'direct'];
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
    const planned = (way: Way, plain?: PlainWay) =>
      new PlannedConvolution(shape, oneWay(way, plain), context.device.limits.maxStorageBufferBindingSize);
    const plain = { tiled: planned('tiled'), direct: planned('direct') };
    const partLength = Math.max(plain.tiled.parts, plain.direct.parts) * 9 * channels * channels;
    const parts = gpu.floats(partLength, 'measured gradient');
    const scratch = scratchFor(gpu, [planned('winograd')]);
    const times = (candidates: readonly (readonly Shader[])[]) =>
      timesOf(
        context,
        candidates.map((shaders) => shaders.map((shader) => gpu.dispatch(shader))),
      );
    /** The faster plain way of a pass, and the fastest of all. */
    const fastest = async (make: (of: PlannedConvolution) => readonly Shader[], products?: PlainWay) => {
      const taken = await times(hopeful.map((way) => make(plain[way])));
      const least = Math.min(...taken);
      const way = hopeful[taken.indexOf(least)]!;
      hopeful = hopeful.filter((_, i) => taken[i]! < HOPELESS * least);
      const [plainly = 0, transformed = 0] = await times([
        make(plain[way]),
        make(planned('winograd', products ?? way)),
      ]);
      return { plain: way, any: transformed < plainly ? ('winograd' as const) : way };
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
 * The fastest way to sum channels among those that the device has and sum alike on it, by what the gradient of a block of
 * three branches sums: the longest of these kernels, so that the difference shows. Compiling them for every size would take
 * a software adapter ten seconds.
 */
async function fastestSums(context: GpuContext, batch: number, half: boolean): Promise<SumWay> {
  const gpu = new Gpu(context.device, context.pipelines);
  const [{ channels, side: size }] = STANDING;
  const shape = { batch, size, channels };
  const image = () => gpu.numbers(batch * size ** 2 * channels, half, 'measured images');
  const [gradient, out, branches] = [image(), image(), [image(), image(), image()]];
  const sums = gpu.floats(sumParts(shape) * (1 + branches.length) * channels, 'measured sums');
  const alike = context.device.features.has(SUBGROUPS) && (await subgroupsSumAlike(context));
  const ways = SUM_WAYS.filter((way) => way !== 'subgroups' || alike);
  const taken = await timesOf(
    context,
    ways.map((way) => [gpu.dispatch(gradientSums(shape, way, gradient, out, branches, sums))]),
  );
  gpu.destroy();
  return ways[taken.indexOf(Math.min(...taken))]!;
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
  const summed = async (way: SumWay) => {
    const sums = gpu.floats(sumParts(shape) * 2 * 8, 'tested sums');
    const encoder = context.device.createCommandEncoder();
    encode(encoder, [gpu.dispatch(momentSums(shape, way, [image], sums))]);
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
