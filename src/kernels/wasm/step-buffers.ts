/**
 * The memory of a step on wasm: addresses of all activations, kernels, vectors and partial sums, planned once from the
 * graph; the planners of the programs read them here.
 */
import { BATCH_NORM_EPSILON } from '../../network/batch-norm';
import type { BatchNormPlan, NetworkPlan } from '../../network/plan';
import type { Activation, Combine, Convolution, Graph, InSequence, Term } from '../graph';
import type { StepSettings } from '../update-rule';
import { imageFloats, MemoryPlan, padded, paddedColumns, slotsOf, writeSlot, type Slot } from './memory-plan';
import {
  convolutionScratch,
  headScratch,
  kernelGradientScratch,
  LEAST_SCRATCH,
  transformedKernelFloats,
  turnedKernelScratch,
} from './assembly/layout';
import { offset, type Address } from './kernel-table';
import { taskCall, type ProgramBuilder, type TaskCall } from './program';

/** Greatest number of chunks of a batch. */
const MOST_CHUNKS = 16;
/**
 * Images per chunk, by their size. The data of a chunk should fit into the L2 cache; small images come with large
 * kernels, whose partial gradients cost more with more chunks.
 */
const chunkImages = (size: number) => (size > 8 ? 4 : 8);
/** Least number of chunks, even with one image each, so that all threads have work. */
const FEWEST_CHUNKS = 4;
/** Greatest number of bytes for partial kernel gradients; beyond it there are fewer chunks. */
const PARTS_BUDGET = 256e6;
/** Number of floats of a kernel per task. */
export const TASK_FLOATS = 16_384;
/** Greatest size of a transformed kernel in numbers: beyond it Winograd is slower. */
const LARGEST_WINOGRAD = 36 * 256 * 256;

export interface WasmStepSettings extends StepSettings {
  /** Number of threads, each of which needs scratch memory. */
  threads: number;
}

/** Addresses that the owner of the network reads or writes. */
export interface Addresses {
  /** Packed float32 images [batch, size, size, 3]. */
  images: Address;
  /** int32 [batch]. */
  labels: Address;
  logits: Address;
  /** float64 and int32. */
  loss: Address;
  finite: Address;
  /** float32. */
  rate: Address;
  parameters: Address;
  /** null if the network is only evaluated. */
  gradients: Address | null;
  velocities: Address | null;
  /** Constant vectors, to be written before the first run, such as factors of gradients. */
  constants: { at: Address; values: Float32Array }[];
  /** Mean and variance of the batch, by the names of the running statistics. */
  statistics: ReadonlyMap<string, { at: Address; channels: number }>;
  /** float64 [chunks][2][channels] of every layer's output. */
  outputSums: { at: Address; channels: number; padded: number; values: number; chunks: number }[];
  scratch: Address[];
}

export interface ConvolutionBuffers {
  winograd: boolean;
  /** Kernel [k·k][cin][cout] with padding. */
  kernel: Address;
  /** The kernel in the layouts of the forward pass and of the input gradient. */
  forward: Address;
  /** The flipped kernel; null if the input needs no gradient. */
  turned: Address | null;
  /** Gradient of a merged kernel; null for a single one. */
  merged: Address | null;
  name: string | null;
  cin: number;
  cout: number;
  /** Partial gradients of the kernel (null if it is not trained), and their number. */
  parts: Address | null;
  chunks: number;
}

export interface Moments {
  sums: Address;
  /** Number of partial sums in the program planned last. */
  parts: number;
  mean: Address;
  variance: Address;
  inverse: Address;
}

/** Vectors of one term of a combination. */
export interface TermBuffers {
  a: Address;
  /** A, B and C of a batch norm's gradient; null if the coefficient is constant. */
  gradient: { a: Address; b: Address; c: Address } | null;
}

export class StepBuffers {
  readonly memory = new MemoryPlan();
  readonly inputChannels: number;
  readonly slots: ReadonlyMap<string, Slot>;
  /** Length in floats of a region of parameters. */
  readonly regionLength: number;
  readonly regions: Pick<Addresses, 'parameters' | 'gradients' | 'velocities'>;
  readonly images = new Map<number, Address>();
  readonly convolutions = new Map<Convolution, ConvolutionBuffers>();
  readonly moments = new Map<number, Moments>();
  readonly terms = new Map<Term, TermBuffers>();
  readonly biases = new Map<Combine, Address>();
  readonly constants = new Map<number, Address>();
  readonly constantChannels: number;
  readonly normInverses = new Map<string, Address>();
  readonly head: {
    features: Address;
    logits: Address;
    dlogits: Address;
    losses: Address;
    /** Partial gradients of weight and bias; null if the network is only evaluated. */
    weightParts: Address | null;
    biasParts: Address | null;
    /** Number of partial gradients. */
    parts: number;
  };
  readonly columns: number;
  readonly mostChunks: number;
  readonly at: Addresses;
  scratchBytes = LEAST_SCRATCH;
  readonly zeros = new Map<string, Address>();
  readonly shiftedMeans = new Map<number, Address>();
  readonly kernelNorms = new Map<string, { inverse: Address; gain: Address; dgain: Address }>();
  readonly factorVectors = new Map<string, Address>();

  constructor(
    readonly plan: NetworkPlan,
    readonly graph: Graph,
    readonly settings: WasmStepSettings,
  ) {
    const { memory } = this;
    const { batch, rules } = settings;
    const training = rules !== null;
    const inputConvolutions = graph.operations.filter(
      (operation): operation is Convolution =>
        operation.kind === 'convolution' && operation.x === graph.input,
    );
    const elsewhere = graph.operations.some(
      (operation) =>
        operation.kind === 'combine' && operation.terms.some(({ source }) => source === graph.input),
    );
    this.inputChannels = elsewhere ? padded(graph.input.channels) : 4;
    const inputKernels = new Set(
      inputConvolutions.flatMap(({ kernel }) =>
        kernel.kind === 'parameter'
          ? [kernel.name]
          : kernel.kind === 'merged'
            ? kernel.parts.map(({ parameter }) => parameter ?? '')
            : [],
      ),
    );
    const { slots, length } = slotsOf(plan, { channels: this.inputChannels, kernels: inputKernels });
    this.slots = slots;
    this.regionLength = length;
    const kernels = plan.parameters.reduce((sum, { name }) => sum + slots.get(name)!.length, 0);
    this.mostChunks = Math.max(1, Math.min(MOST_CHUNKS, Math.floor(PARTS_BUDGET / (4 * kernels))));
    this.columns = paddedColumns(plan.classes);
    this.regions = {
      parameters: memory.floats(length),
      gradients: training ? memory.floats(length) : null,
      velocities: training ? memory.floats(length) : null,
    };
    this.constantChannels = Math.max(...graph.activations.map((a) => this.channelsOf(a)));
    for (const activation of graph.activations)
      this.images.set(
        activation.id,
        memory.floats(imageFloats(activation.size, this.channelsOf(activation), batch)),
      );
    const headChannels = padded(plan.head.cin);
    this.head = {
      features: memory.floats(batch * headChannels),
      logits: memory.floats(batch * this.columns),
      dlogits: memory.floats(batch * this.columns),
      losses: memory.reserve(8 * batch),
      weightParts: training ? memory.floats(this.mostChunks * headChannels * this.columns) : null,
      biasParts: training ? memory.floats(this.mostChunks * this.columns) : null,
      parts: 0,
    };
    if (training) this.needScratch(headScratch(headChannels));
    const numbers = memory.reserve(64);
    this.at = {
      images: memory.floats(batch * graph.input.size ** 2 * graph.input.channels),
      labels: memory.reserve(4 * batch),
      logits: this.head.logits,
      loss: numbers,
      finite: offset(numbers, 8),
      rate: offset(numbers, 12),
      parameters: this.regions.parameters,
      gradients: this.regions.gradients,
      velocities: this.regions.velocities,
      constants: [],
      statistics: new Map(),
      outputSums: [],
      scratch: [],
    };
    for (const operation of graph.operations) this.planMemory(operation, training);
  }

  channelsOf({ id, channels }: Activation): number {
    return id === this.graph.input.id ? this.inputChannels : padded(channels);
  }

  /** Opens a phase with chunks for images of this size; returns the number of chunks. */
  openPhase(builder: ProgramBuilder, { size }: Activation): number {
    const { batch } = this.settings;
    const wanted = Math.max(Math.ceil(batch / chunkImages(size)), Math.min(FEWEST_CHUNKS, batch));
    return builder.open(Math.min(wanted, this.mostChunks));
  }

  image(activation: Activation): Address {
    return this.images.get(activation.id)!;
  }

  /** Address of a parameter, its gradient or its velocity. */
  slot(name: string, region: 'parameters' | 'gradients' | 'velocities' = 'parameters'): Address {
    return offset(this.regions[region]!, 4 * this.slots.get(name)!.offset);
  }

  /** Address of a constant vector filled with one value. */
  constant(value: number): Address {
    let at = this.constants.get(value);
    if (at === undefined) {
      at = this.memory.floats(this.constantChannels);
      this.constants.set(value, at);
    }
    return at;
  }

  planMemory(operation: Graph['operations'][number], training: boolean): void {
    if (operation.kind === 'convolution') this.planConvolution(operation, training);
    if (operation.kind === 'combine') this.planCombine(operation);
  }

  planConvolution(operation: Convolution, training: boolean): void {
    const { memory } = this;
    const { kernel, k, stride, x, y } = operation;
    const cin = this.channelsOf(x);
    const cout = this.channelsOf(y);
    const size = k * k * cin * cout;
    const winograd =
      k === 3 && stride === 1 && x.size >= 4 && cin % 8 === 0 && 36 * cin * cout <= LARGEST_WINOGRAD;
    const transformed = winograd ? transformedKernelFloats(cin, cout) : size;
    const isMerged = kernel.kind !== 'parameter';
    const back = training && x !== this.graph.input;
    this.convolutions.set(operation, {
      winograd,
      kernel: isMerged ? memory.floats(size) : this.slot(kernel.name),
      forward: memory.floats(transformed),
      turned: back ? memory.floats(transformed) : null,
      merged: kernel.kind === 'merged' && training ? memory.floats(size) : null,
      name: isMerged ? null : kernel.name,
      cin,
      cout,
      parts: training && kernel.kind !== 'average' ? memory.floats(this.mostChunks * size) : null,
      chunks: 0,
    });
    if (!winograd) return;
    this.needScratch(convolutionScratch(cin, cout));
    if (back) this.needScratch(Math.max(convolutionScratch(cout, cin), turnedKernelScratch()));
    if (training) this.needScratch(kernelGradientScratch(cin, cout));
  }

  needScratch(bytes: number): void {
    this.scratchBytes = Math.max(this.scratchBytes, bytes);
  }

  planCombine(operation: Combine): void {
    const { memory } = this;
    const width = padded(operation.out.channels);
    const shifts = operation.terms.some(
      ({ coefficient }) => coefficient.kind === 'norm' || coefficient.kind === 'bias',
    );
    if (shifts) this.biases.set(operation, memory.floats(width));
    for (const term of operation.terms) {
      const { coefficient, factor, source } = term;
      if (coefficient.kind === 'one' || coefficient.kind === 'bias')
        this.terms.set(term, { a: this.constant(coefficient.kind === 'bias' ? 1 : factor), gradient: null });
      else {
        const a = memory.floats(width);
        const gradient = memory.floats(3 * width);
        this.terms.set(term, {
          a,
          gradient: { a: gradient, b: offset(gradient, 4 * width), c: offset(gradient, 8 * width) },
        });
      }
      if (coefficient.kind === 'norm') {
        this.normInverses.set(coefficient.norm.runningVar, memory.floats(width));
        let moments = this.moments.get(source.id);
        if (!moments) {
          const channels = this.channelsOf(source);
          moments = {
            parts: 0,
            sums: memory.reserve(8 * this.mostChunks * 2 * channels),
            mean: memory.floats(channels),
            variance: memory.floats(channels),
            inverse: memory.floats(channels),
          };
          this.moments.set(source.id, moments);
        }
        const statistics = this.at.statistics as Map<string, { at: Address; channels: number }>;
        const { sequence } = coefficient;
        const mean =
          sequence?.place === 'second'
            ? this.shiftedMean(term, sequence, moments.mean, 1).mean
            : moments.mean;
        statistics.set(coefficient.norm.runningMean, { at: mean, channels: source.channels });
        statistics.set(coefficient.norm.runningVar, { at: moments.variance, channels: source.channels });
      }
    }
  }

  normsOf(parameter: string, cout: number) {
    let norms = this.kernelNorms.get(parameter);
    if (!norms) {
      const { memory } = this;
      norms = { inverse: memory.floats(cout), gain: memory.floats(cout), dgain: memory.floats(cout) };
      this.kernelNorms.set(parameter, norms);
    }
    return norms;
  }

  /** The output of a norm for a zero input, at a new address. */
  zeroOf({ runningMean, runningVar, gamma, beta }: BatchNormPlan, channels: number) {
    let at = this.zeros.get(runningMean);
    if (at === undefined) {
      at = this.memory.floats(padded(channels));
      this.zeros.set(runningMean, at);
    }
    const call = taskCall('valueOfZero', {
      runningMean: this.slot(runningMean),
      runningVariance: this.slot(runningVar),
      gamma: this.slot(gamma),
      beta: this.slot(beta),
      value: at,
      channels,
      epsilon: BATCH_NORM_EPSILON,
    });
    return { at, call };
  }

  /** A mean plus (or minus) the contribution of the border through the sequence's kernel. */
  shiftedMean(
    { source }: Term,
    { first, convolution }: Extract<InSequence, { place: 'second' }>,
    from: Address,
    sign: 1 | -1,
  ): { mean: Address; calls: TaskCall[] } {
    const { kernel, cin, cout } = this.convolutions.get(convolution)!;
    let mean = this.shiftedMeans.get(source.id);
    if (mean === undefined) {
      mean = this.memory.floats(cout);
      this.shiftedMeans.set(source.id, mean);
    }
    const { at, call } = this.zeroOf(first, convolution.x.channels);
    const shift = taskCall('addBorderValue', {
      kernel,
      v: at,
      from,
      sign,
      to: mean,
      taps: convolution.k ** 2,
      cin,
      cout,
      channels: source.channels,
    });
    return { mean, calls: [call, shift] };
  }

  gradientFactors(name: string, values: Float32Array): Address {
    let at = this.factorVectors.get(name);
    if (at === undefined) {
      const slot = this.slots.get(name)!;
      at = this.memory.floats(slot.length);
      this.factorVectors.set(name, at);
      const laid = new Float32Array(slot.length);
      writeSlot({ ...slot, offset: 0 }, laid, values);
      this.at.constants.push({ at, values: laid });
    }
    return at;
  }

  /** Allocates the constants and the scratch memory of the threads. Call it after all programs are planned. */
  finish(): this {
    for (const [value, at] of this.constants)
      this.at.constants.push({ at, values: new Float32Array(this.constantChannels).fill(value) });
    for (let thread = 0; thread < this.settings.threads; thread++)
      this.at.scratch.push(this.memory.reserve(this.scratchBytes));
    return this;
  }
}
