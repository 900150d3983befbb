/** Which kernels compute a network: the ways there are, a choice among them, and the shaders of a convolution in its way. */
import { SUM_WAYS, type SumWay } from './channel-sums';
import * as tiled from './convolution';
import type { ConvolutionShape, ForwardViews, InputGradientViews, KernelGradientViews } from './convolution';
import * as direct from './direct';
import type { Gpu } from './gpu';
import type { Shader } from './shader';
import * as winograd from './winograd';
import type { WinogradScratch } from './winograd-products';

/** Ways for every shape: operands in shared memory, or in registers alone. */
export type PlainWay = 'tiled' | 'direct';
/** And one for 3x3 convolutions of stride 1. */
export type Way = PlainWay | 'winograd';

/** Ways for each pass: output, input gradient, kernel gradient. */
interface PassWays {
  forward: Way;
  input: Way;
  kernel: Way;
  /** Where Winograd's way is chosen and cannot be gone, and for the products that it consists of. */
  plain: PlainWay;
}

/** Convolutions by the lesser of their channels in and out: below 16, below 32, below 64, and the others. */
export const CHANNEL_CLASSES = ['thin', 'narrow', 'middle', 'wide'] as const;
export type ChannelClass = (typeof CHANNEL_CLASSES)[number];

/** How convolutions are computed, by channels, and how channels are summed. */
export interface Choice {
  convolutions: Record<ChannelClass, PassWays>;
  sums: SumWay;
}

const PLAIN: readonly unknown[] = ['tiled', 'direct'] satisfies PlainWay[];
const ANY: readonly unknown[] = [...PLAIN, 'winograd' satisfies Way];
const SUMS: readonly unknown[] = SUM_WAYS;

/** Whether something that was kept is a choice. */
export function isChoice(kept: unknown): kept is Choice {
  if (typeof kept !== 'object' || kept === null) return false;
  const { convolutions, sums } = kept as Partial<Record<keyof Choice, unknown>>;
  if (typeof convolutions !== 'object' || convolutions === null || !SUMS.includes(sums)) return false;
  const classes = convolutions as Partial<
    Record<ChannelClass, Partial<Record<keyof PassWays, unknown>> | null>
  >;
  return CHANNEL_CLASSES.every((name) => {
    const ways = classes[name];
    return (
      ways &&
      PLAIN.includes(ways.plain) &&
      [ways.forward, ways.input, ways.kernel].every((way) => ANY.includes(way))
    );
  });
}

/** One way for all convolutions, where it can be gone, Winograd's on either plain way; and one for all sums. */
export function oneWay(
  way: Way,
  plain: PlainWay = way === 'winograd' ? 'direct' : way,
  sums: SumWay = 'few',
): Choice {
  const ways: PassWays = { forward: way, input: way, kernel: way, plain };
  return { convolutions: { thin: ways, narrow: ways, middle: ways, wide: ways }, sums };
}

function classOf({ cin, cout }: ConvolutionShape): ChannelClass {
  const least = Math.min(cin, cout);
  return CHANNEL_CLASSES[least < 16 ? 0 : least < 32 ? 1 : least < 64 ? 2 : 3];
}

/** Parts in which each way leaves a kernel's gradient. */
const PARTS: Record<Way, (shape: ConvolutionShape) => number> = {
  tiled: tiled.gradientParts,
  direct: direct.directGradientParts,
  winograd: () => 1,
};

/** A convolution with its ways settled. */
export class PlannedConvolution {
  private readonly ways: PassWays;
  /** Parts of the kernel's gradient. */
  readonly parts: number;
  /** Scratch memory that it wants, in floats. */
  readonly scratch: { kernel: number; seen: number; made: number };

  /** `limit` is the largest binding in bytes; what Winograd's way would need beyond it is computed plainly. */
  constructor(
    readonly shape: ConvolutionShape,
    choice: Choice,
    limit: number,
  ) {
    const chosen = choice.convolutions[classOf(shape)];
    const plain = (way: PlainWay): PlainWay => (direct.isDirect(shape) ? way : 'tiled');
    const needs = winograd.winogradScratch(shape);
    const possible = winograd.isWinograd(shape) && 4 * Math.max(...Object.values(needs)) <= limit;
    const settled = (way: Way): Way =>
      way !== 'winograd' ? plain(way) : possible ? way : plain(chosen.plain);
    this.ways = {
      forward: settled(chosen.forward),
      input: settled(chosen.input),
      kernel: settled(chosen.kernel),
      plain: plain(chosen.plain),
    };
    const wanted = Object.values(this.ways).includes('winograd');
    this.scratch = wanted ? needs : { kernel: 0, seen: 0, made: 0 };
    this.parts = PARTS[this.ways.kernel](shape);
  }

  /** y = x ∗ kernel. */
  forward(views: ForwardViews, scratch: WinogradScratch | null): Shader[] {
    const { shape, ways } = this;
    if (ways.forward === 'winograd')
      return winograd.winogradConvolution(shape, views, scratch!, ways.plain === 'direct');
    return [(ways.forward === 'direct' ? direct.directConvolution : tiled.convolution)(shape, views)];
  }

  /** dx = dy ∗ turned kernel, or dx += with `add`. */
  inputGradient(views: InputGradientViews, add: boolean, scratch: WinogradScratch | null): Shader[] {
    const { shape, ways } = this;
    if (ways.input === 'winograd')
      return winograd.winogradInputGradient(shape, views, add, scratch!, ways.plain === 'direct');
    const make = ways.input === 'direct' ? direct.directInputGradient : tiled.inputGradient;
    return [make(shape, views, add)];
  }

  /** The kernel's gradient over parts of the batch, [parts][k, k, cin, cout]. */
  kernelGradient(views: KernelGradientViews, scratch: WinogradScratch | null): Shader[] {
    const { shape, ways } = this;
    if (ways.kernel === 'winograd')
      return winograd.winogradKernelGradient(shape, views, scratch!, ways.plain === 'direct');
    const make = ways.kernel === 'direct' ? direct.directKernelGradient : tiled.kernelGradient;
    return [make(shape, views)];
  }
}

/** Memory enough for each of these convolutions; null where none wants any. */
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
