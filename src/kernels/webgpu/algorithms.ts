/**
 * The algorithms that can compute a network, a choice among them, and the shaders of a convolution for its chosen
 * algorithm.
 */
import { SUM_ALGORITHMS, type SumAlgorithm } from './channel-sums';
import * as tiled from './convolution';
import type { ConvolutionShape, ForwardViews, InputGradientViews, KernelGradientViews } from './convolution';
import * as direct from './direct';
import type { Gpu } from './gpu';
import type { Shader } from './shader';
import * as winograd from './winograd';
import type { WinogradScratch } from './winograd-products';

/** Algorithms for every shape: operands in shared memory (tiled), or in registers only (direct). */
export type PlainAlgorithm = 'tiled' | 'direct';
/** Winograd works for 3x3 convolutions of stride 1 only. */
export type Algorithm = PlainAlgorithm | 'winograd';

/** Algorithm per pass: output, input gradient, kernel gradient. */
interface PassAlgorithms {
  forward: Algorithm;
  input: Algorithm;
  kernel: Algorithm;
  /**
   * Fallback where Winograd is selected but does not apply to the shape; also the algorithm of Winograd's matrix
   * products.
   */
  plain: PlainAlgorithm;
}

/** Classes of convolutions by min(cin, cout): below 16, below 32, below 64, and the others. */
export const CHANNEL_CLASSES = ['thin', 'narrow', 'middle', 'wide'] as const;
export type ChannelClass = (typeof CHANNEL_CLASSES)[number];

/** The chosen algorithms: of convolutions by channel class, and of channel sums. */
export interface Choice {
  convolutions: Record<ChannelClass, PassAlgorithms>;
  sums: SumAlgorithm;
}

const PLAIN: readonly unknown[] = ['tiled', 'direct'] satisfies PlainAlgorithm[];
const ANY: readonly unknown[] = [...PLAIN, 'winograd' satisfies Algorithm];
const SUMS: readonly unknown[] = SUM_ALGORITHMS;

/** Whether a cached value has the form of a choice. */
export function isChoice(kept: unknown): kept is Choice {
  if (typeof kept !== 'object' || kept === null) return false;
  const { convolutions, sums } = kept as Partial<Record<keyof Choice, unknown>>;
  if (typeof convolutions !== 'object' || convolutions === null || !SUMS.includes(sums)) return false;
  const classes = convolutions as Partial<
    Record<ChannelClass, Partial<Record<keyof PassAlgorithms, unknown>> | null>
  >;
  return CHANNEL_CLASSES.every((name) => {
    const algorithms = classes[name];
    return (
      algorithms &&
      PLAIN.includes(algorithms.plain) &&
      [algorithms.forward, algorithms.input, algorithms.kernel].every((algorithm) => ANY.includes(algorithm))
    );
  });
}

/** A choice with one algorithm for all convolutions that it applies to, and one for all sums. */
export function sameAlgorithmEverywhere(
  algorithm: Algorithm,
  plain: PlainAlgorithm = algorithm === 'winograd' ? 'direct' : algorithm,
  sums: SumAlgorithm = 'few',
): Choice {
  const algorithms: PassAlgorithms = { forward: algorithm, input: algorithm, kernel: algorithm, plain };
  return {
    convolutions: { thin: algorithms, narrow: algorithms, middle: algorithms, wide: algorithms },
    sums,
  };
}

function classOf({ cin, cout }: ConvolutionShape): ChannelClass {
  const least = Math.min(cin, cout);
  return CHANNEL_CLASSES[least < 16 ? 0 : least < 32 ? 1 : least < 64 ? 2 : 3];
}

/** Number of partial sums in which each algorithm leaves a kernel's gradient. */
const PARTS: Record<Algorithm, (shape: ConvolutionShape) => number> = {
  tiled: tiled.gradientParts,
  direct: direct.directGradientParts,
  winograd: () => 1,
};

/** A convolution with the algorithm of each pass decided. */
export class PlannedConvolution {
  private readonly algorithms: PassAlgorithms;
  /** Number of partial sums of the kernel's gradient. */
  readonly parts: number;
  /** Scratch memory that it needs, in floats. */
  readonly scratch: { kernel: number; seen: number; made: number };

  /** `limit` is the largest binding in bytes; passes in which Winograd would need more use the fallback. */
  constructor(
    readonly shape: ConvolutionShape,
    choice: Choice,
    limit: number,
  ) {
    const chosen = choice.convolutions[classOf(shape)];
    const plain = (algorithm: PlainAlgorithm): PlainAlgorithm =>
      direct.isDirect(shape) ? algorithm : 'tiled';
    const needs = winograd.winogradScratch(shape);
    const possible = winograd.isWinograd(shape) && 4 * Math.max(...Object.values(needs)) <= limit;
    const settled = (algorithm: Algorithm): Algorithm =>
      algorithm !== 'winograd' ? plain(algorithm) : possible ? algorithm : plain(chosen.plain);
    this.algorithms = {
      forward: settled(chosen.forward),
      input: settled(chosen.input),
      kernel: settled(chosen.kernel),
      plain: plain(chosen.plain),
    };
    const wanted = Object.values(this.algorithms).includes('winograd');
    this.scratch = wanted ? needs : { kernel: 0, seen: 0, made: 0 };
    this.parts = PARTS[this.algorithms.kernel](shape);
  }

  /** y = x ∗ kernel. */
  forward(views: ForwardViews, scratch: WinogradScratch | null): Shader[] {
    const { shape, algorithms } = this;
    if (algorithms.forward === 'winograd')
      return winograd.winogradConvolution(shape, views, scratch!, algorithms.plain === 'direct');
    return [(algorithms.forward === 'direct' ? direct.directConvolution : tiled.convolution)(shape, views)];
  }

  /** dx = dy ∗ turned kernel, or dx += with `add`. */
  inputGradient(views: InputGradientViews, add: boolean, scratch: WinogradScratch | null): Shader[] {
    const { shape, algorithms } = this;
    if (algorithms.input === 'winograd')
      return winograd.winogradInputGradient(shape, views, add, scratch!, algorithms.plain === 'direct');
    const make = algorithms.input === 'direct' ? direct.directInputGradient : tiled.inputGradient;
    return [make(shape, views, add)];
  }

  /** The kernel's gradient over parts of the batch, [parts][k, k, cin, cout]. */
  kernelGradient(views: KernelGradientViews, scratch: WinogradScratch | null): Shader[] {
    const { shape, algorithms } = this;
    if (algorithms.kernel === 'winograd')
      return winograd.winogradKernelGradient(shape, views, scratch!, algorithms.plain === 'direct');
    const make = algorithms.kernel === 'direct' ? direct.directKernelGradient : tiled.kernelGradient;
    return [make(shape, views)];
  }
}

/** Scratch memory large enough for each of these convolutions; null if none needs any. */
export function scratchFor(gpu: Gpu, convolutions: Iterable<PlannedConvolution>): WinogradScratch | null {
  const most = { kernel: 0, seen: 0, made: 0 };
  for (const { scratch } of convolutions)
    for (const name of ['kernel', 'seen', 'made'] as const) most[name] = Math.max(most[name], scratch[name]);
  if (most.seen === 0) return null;
  return {
    kernel: gpu.floats(most.kernel, 'transformed kernel'),
    seen: gpu.floats(most.seen, 'input tiles'),
    made: gpu.floats(most.made, 'Winograd products'),
  };
}
