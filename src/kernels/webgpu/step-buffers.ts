/** All buffers of a network on the GPU, see ./step-plan. */
import type { BatchNormPlan, NetworkPlan } from '../../network/plan';
import type { Activation, Combine, Convolution, Graph, Term } from '../graph';
import type { StepSettings } from '../update-rule';
import { SUBGROUPS, sumParts, type SumAlgorithm } from './channel-sums';
import { MOST_ADDENDS } from './elementwise';
import type { Gpu } from './gpu';
import type { View } from './shader';
import { mayBeHalves, type ImageShape } from './image-access';
import type { Part } from './merge';
import type { MomentSums } from './norms';
import { PlannedConvolution, scratchFor, type Choice } from './algorithms';
import type { WinogradScratch } from './winograd-products';

/** Alignment of parameters in floats: bindings must start at multiples of 256 bytes. */
const SLOT_FLOATS = 64;

export interface GpuStepSettings extends StepSettings {
  algorithms: Choice;
  /** Whether activations and their gradients are stored in half precision if their number of channels allows it. */
  half: boolean;
}

/**
 * Loss scale for gradients stored as halves (least number 6e-8): the gradient of one image times 256, which leaves
 * range in both directions. A power of two is exact.
 */
export const lossScale = ({ half, batch }: GpuStepSettings) =>
  half ? 256 * 2 ** Math.ceil(Math.log2(batch)) : 1;

/** Offset and length of a parameter or running statistic in its region, in floats. */
export interface Slot {
  offset: number;
  length: number;
}

/** The moments of a norm's source. */
interface Moments {
  sums: MomentSums;
  /** Sources whose moments are summed in the same dispatch, this one included. */
  together: readonly Activation[];
  /** Mean, variance and 1/√(variance + ε) of the batch. */
  batch: View;
}

export interface ConvolutionBuffers {
  planned: PlannedConvolution;
  kernel: View;
  /** Partial gradients, if the algorithm yields several. */
  parts: View | null;
  /** Gradient of the (merged) kernel; null if it is not trained. */
  gradient: View | null;
}

export type KernelPartOf = Extract<Convolution['kernel'], { kind: 'merged' }>['parts'][number];

export class StepBuffers {
  readonly slots = new Map<string, Slot>();
  /** Parameters, then running statistics. */
  readonly parameters: View;
  /** Length in floats of a region of parameters, gradients or velocities. */
  readonly regionLength: number;
  readonly gradients: View;
  readonly velocities: View;
  readonly rate: View;
  readonly labels: View;
  readonly logits: View;
  /** Loss, and whether it is finite. */
  readonly numbers: View;
  readonly images: View;
  /** Views of the batch's mean and variance, by the names of the running statistics. */
  readonly statistics = new Map<string, { view: View; offset: number; channels: number }>();

  private readonly activations = new Map<number, View>();
  readonly convolutions = new Map<Convolution, ConvolutionBuffers>();
  readonly moments = new Map<number, Moments>();
  readonly terms = new Map<Term, { a: View; abc: View | null }>();
  readonly shifts = new Map<Combine, View>();
  private readonly constants = new Map<string, View>();
  readonly zeros = new Map<string, View>();
  private readonly shiftedMeans = new Map<number, View>();
  private readonly norms = new Map<string, { inverse: View; gain: View; dgain: View }>();
  readonly features: View;
  readonly dfeatures: View;
  readonly dlogits: View;
  readonly losses: View;
  readonly scratch: WinogradScratch | null;

  constructor(
    readonly gpu: Gpu,
    readonly plan: NetworkPlan,
    readonly graph: Graph,
    readonly settings: GpuStepSettings,
  ) {
    const { batch, rules } = settings;
    this.regionLength = this.placeSlots();
    const region = (label: string) => gpu.floats(this.regionLength, label);
    this.parameters = region('parameters');
    this.gradients = rules ? region('gradients') : this.parameters;
    this.velocities = rules ? region('velocities') : this.parameters;
    this.rate = gpu.floats(4, 'rate');
    this.labels = gpu.floats(batch, 'labels');
    this.numbers = gpu.floats(4, 'numbers');
    this.logits = gpu.floats(batch * plan.classes, 'logits');
    this.dlogits = gpu.floats(batch * plan.classes, 'dlogits');
    this.losses = gpu.floats(batch, 'losses');
    this.features = gpu.floats(batch * plan.head.cin, 'features');
    this.dfeatures = gpu.floats(batch * plan.head.cin, 'dfeatures');
    for (const activation of graph.activations)
      this.activations.set(activation.id, this.allocated(activation, `activation ${activation.id}`));
    this.images = this.image(graph.input);
    for (const operation of graph.operations) {
      if (operation.kind === 'convolution') this.planConvolution(operation);
      if (operation.kind === 'combine') this.planCombine(operation);
    }
    this.scratch = scratchFor(
      gpu,
      [...this.convolutions.values()].map(({ planned }) => planned),
    );
  }

  /** View of a parameter or running statistic in the region `of`. */
  slotView(name: string, of: View = this.parameters): View {
    const { offset, length } = this.slots.get(name)!;
    return { buffer: of.buffer, offset: 4 * offset, bytes: 4 * Math.ceil(length / 4) * 4 };
  }

  private placeSlots(): number {
    let offset = 0;
    const place = (name: string, length: number) => {
      this.slots.set(name, { offset, length });
      offset += Math.ceil(length / SLOT_FLOATS) * SLOT_FLOATS;
    };
    for (const { name, shape } of this.plan.parameters)
      place(
        name,
        shape.reduce((product, side) => product * side, 1),
      );
    for (const { runningMean, runningVar, channels } of this.plan.batchNorms) {
      place(runningMean, channels);
      place(runningVar, channels);
    }
    return offset;
  }

  elements({ size, channels }: Activation): number {
    return this.settings.batch * size * size * channels;
  }

  get sumWay(): SumAlgorithm {
    const { sums } = this.settings.algorithms;
    return sums === 'subgroups' && !this.gpu.device.features.has(SUBGROUPS) ? 'many' : sums;
  }

  /** Buffer for an activation or its gradient. The network's input is in single precision. */
  allocated(activation: Activation, label: string): View {
    const half = this.settings.half && activation !== this.graph.input && mayBeHalves(activation.channels);
    return this.gpu.numbers(this.elements(activation), half, label);
  }

  shape({ size, channels }: Activation): ImageShape {
    return { batch: this.settings.batch, size, channels };
  }

  image({ id }: Activation): View {
    return this.activations.get(id)!;
  }

  gradient(name: string): View {
    return this.slotView(name, this.gradients);
  }

  vector(channels: number, label: string): View {
    return this.gpu.floats(channels, label);
  }

  constant(value: number, channels: number): View {
    const key = `${value} ${channels}`;
    let view = this.constants.get(key);
    if (!view) {
      view = this.vector(channels, `constant ${value}`);
      this.gpu.device.queue.writeBuffer(view.buffer, 0, new Float32Array(channels).fill(value));
      this.constants.set(key, view);
    }
    return view;
  }

  affine({ gamma, beta }: BatchNormPlan) {
    return { gamma: this.slotView(gamma), beta: this.slotView(beta) };
  }

  running({ runningMean, runningVar }: BatchNormPlan) {
    return { mean: this.slotView(runningMean), variance: this.slotView(runningVar) };
  }

  private planConvolution(operation: Convolution): void {
    const { x, y, k, stride, kernel } = operation;
    const training = this.settings.rules !== null;
    const shape = {
      batch: this.settings.batch,
      inSize: x.size,
      outSize: y.size,
      cin: x.channels,
      cout: y.channels,
      k,
      stride,
    };
    const size = k * k * x.channels * y.channels;
    const trained = training && kernel.kind !== 'average';
    const merged = trained && kernel.kind === 'merged' ? this.gpu.floats(size, 'merged gradient') : null;
    /** Target of the kernel's gradient if it is not split into parts. */
    const whole = kernel.kind === 'parameter' ? this.gradient(kernel.name) : merged;
    const { maxStorageBufferBindingSize } = this.gpu.device.limits;
    const planned = new PlannedConvolution(shape, this.settings.algorithms, maxStorageBufferBindingSize);
    this.convolutions.set(operation, {
      planned,
      kernel: kernel.kind === 'parameter' ? this.slotView(kernel.name) : this.gpu.floats(size, 'kernel'),
      parts:
        trained && planned.parts > 1 ? this.gpu.floats(planned.parts * size, 'kernel gradient parts') : null,
      gradient: trained ? whole : null,
    });
  }

  private planCombine(operation: Combine): void {
    const { channels } = operation.out;
    if (operation.terms.some(({ coefficient: { kind } }) => kind === 'norm' || kind === 'bias'))
      this.shifts.set(operation, this.vector(channels, 'shift'));
    this.planMoments(operation);
    for (const term of operation.terms) {
      const { coefficient, factor, source } = term;
      if (coefficient.kind === 'one' || coefficient.kind === 'bias') {
        this.terms.set(term, {
          a: this.constant(coefficient.kind === 'bias' ? 1 : factor, channels),
          abc: null,
        });
        continue;
      }
      const abc = coefficient.kind === 'norm' ? this.vector(3 * channels, 'abc') : null;
      this.terms.set(term, { a: this.vector(channels, 'a'), abc });
      if (coefficient.kind !== 'norm') continue;
      const { runningMean, runningVar } = coefficient.norm;
      const place = { view: this.moments.get(source.id)!.batch, channels: source.channels };
      const shifted = coefficient.sequence?.place === 'second';
      this.statistics.set(
        runningMean,
        shifted
          ? { view: this.shiftedMean(source), offset: 0, channels: source.channels }
          : { ...place, offset: 0 },
      );
      this.statistics.set(runningVar, { ...place, offset: source.channels });
    }
  }

  /**
   * Plans the moments of a sum's normalised sources that no earlier sum needed. All have one shape, so they are summed
   * together.
   */
  private planMoments({ terms }: Combine): void {
    const sources = terms
      .filter(({ coefficient: { kind }, source }) => kind === 'norm' && !this.moments.has(source.id))
      .map(({ source }) => source)
      .filter((source, i, all) => all.indexOf(source) === i);
    for (let first = 0; first < sources.length; first += MOST_ADDENDS) {
      const together = sources.slice(first, first + MOST_ADDENDS);
      const { channels, size } = together[0]!;
      const parts = sumParts(this.shape(together[0]!));
      const view = this.gpu.floats(parts * together.length * 2 * channels, 'moment sums');
      const count = this.settings.batch * size ** 2;
      together.forEach(({ id }, image) =>
        this.moments.set(id, {
          sums: { sums: view, parts, channels, count, images: together.length, image },
          together,
          batch: this.vector(3 * channels, 'statistics'),
        }),
      );
    }
  }

  shiftedMean({ id, channels }: Activation): View {
    let view = this.shiftedMeans.get(id);
    if (!view) {
      view = this.vector(channels, 'shifted mean');
      this.shiftedMeans.set(id, view);
    }
    return view;
  }

  normsOf(parameter: string, cout: number) {
    let made = this.norms.get(parameter);
    if (!made) {
      made = {
        inverse: this.vector(cout, 'inverse norm'),
        gain: this.vector(cout, 'gain'),
        dgain: this.vector(cout, 'gain gradient'),
      };
      this.norms.set(parameter, made);
    }
    return made;
  }

  partOf({ parameter, scale, normalised, height, width, constant }: KernelPartOf, cout: number): Part {
    const gain =
      normalised && parameter ? this.normsOf(parameter, cout).gain : scale ? this.slotView(scale) : null;
    return { kernel: parameter === null ? null : this.slotView(parameter), height, width, gain, constant };
  }
}
