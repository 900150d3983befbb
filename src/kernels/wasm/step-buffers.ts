/**
 * Everything that a step needs memory for: where each activation, kernel, vector and partial sum of a network lies. Made
 * once from the graph; the planners of the programs read the addresses here.
 */
import { BATCH_NORM_EPSILON } from '../../network/batch-norm';
import type { BatchNormPlan, NetworkPlan } from '../../network/plan';
import type { Activation, Combine, Convolution, Graph, InSequence, Term } from '../graph';
import type { StepSettings } from '../update-rule';
import { imageFloats, MemoryPlan, padded, paddedColumns, slotsOf, writeSlot, type Slot } from './memory-plan';
import type { Call, ProgramBuilder } from './program';

/** How many chunks a batch has at most. */
const MOST_CHUNKS = 16;
/**
 * Images of a chunk, by their size: what a chunk reads and writes should stay in the second cache, and small images come
 * with large kernels, whose partial gradients cost more the more chunks there are.
 */
const chunkImages = (size: number) => (size > 8 ? 4 : 8);
/** Chunks that a small batch has at least, an image each where it must be, so that threads have something to do. */
const FEWEST_CHUNKS = 4;
/** Bytes that partial sums of kernel gradients may take; fewer chunks where they would take more. */
const PARTS_BUDGET = 256e6;
/** Floats of a kernel that one task works on. */
export const TASK_FLOATS = 16_384;
/** Where Winograd's transformed kernel has more numbers than this, it no longer pays. */
const LARGEST_WINOGRAD = 36 * 256 * 256;

export interface WasmStepSettings extends StepSettings {
  /** Threads that need scratch memory of their own. */
  threads: number;
}

/** Addresses that whoever runs the programs reads or writes. */
export interface Addresses {
  /** Packed float32 images [batch, size, size, 3]. */
  images: number;
  /** int32 [batch]. */
  labels: number;
  logits: number;
  /** float64 and int32. */
  loss: number;
  finite: number;
  /** float32. */
  rate: number;
  parameters: number;
  gradients: number;
  velocities: number;
  /** Vectors of ones and other constants to be filled in before the first run, and factors of gradients. */
  constants: { at: number; values: Float32Array }[];
  /** Mean and variance of the batch by the names of the running statistics. */
  statistics: ReadonlyMap<string, { at: number; channels: number }>;
  /** float64 [chunks][2][channels] of every layer's output. */
  outputSums: { at: number; channels: number; padded: number; values: number; chunks: number }[];
  scratch: number[];
}

export interface ConvolutionBuffers {
  winograd: boolean;
  /** Kernel [k·k][cin][cout] with padding. */
  kernel: number;
  /** The kernel as the forward pass and the input's gradient want it. */
  forward: number;
  turned: number;
  /** Gradient of the kernel where it is merged from several. */
  merged: number | null;
  name: string | null;
  cin: number;
  cout: number;
  /** Partial gradients, and how many. */
  parts: number;
  chunks: number;
}

export interface Moments {
  sums: number;
  /** Parts of the sums, as the program that was planned last has them. */
  parts: number;
  mean: number;
  variance: number;
  inverse: number;
}

/** Vectors of a combination's term. */
export interface TermBuffers {
  a: number;
  /** The gradient's A, B, C of a batch norm. */
  gradient: number;
}

export class StepBuffers {
  readonly memory = new MemoryPlan();
  readonly inputChannels: number;
  readonly slots: ReadonlyMap<string, Slot>;
  /** Floats of a region of parameters. */
  readonly regionLength: number;
  readonly regions: { parameters: number; gradients: number; velocities: number };
  readonly images = new Map<number, number>();
  readonly convolutions = new Map<Convolution, ConvolutionBuffers>();
  readonly moments = new Map<number, Moments>();
  readonly terms = new Map<Term, TermBuffers>();
  readonly biases = new Map<Combine, number>();
  readonly constants = new Map<number, number>();
  readonly constantChannels: number;
  readonly normInverses = new Map<string, number>();
  readonly head: {
    features: number;
    logits: number;
    dlogits: number;
    losses: number;
    weightParts: number;
    biasParts: number;
    /** How many of each. */
    parts: number;
  };
  readonly columns: number;
  readonly mostChunks: number;
  readonly at: Addresses;
  scratchBytes = 4096;
  readonly zeros = new Map<string, number>();
  readonly shiftedMeans = new Map<number, number>();
  readonly kernelNorms = new Map<string, { inverse: number; gain: number; dgain: number }>();
  readonly factorVectors = new Map<string, number>();

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
      gradients: training ? memory.floats(length) : 0,
      velocities: training ? memory.floats(length) : 0,
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
      weightParts: training ? memory.floats(this.mostChunks * headChannels * this.columns) : 0,
      biasParts: training ? memory.floats(this.mostChunks * this.columns) : 0,
      parts: 0,
    };
    const numbers = memory.reserve(64);
    this.at = {
      images: memory.floats(batch * graph.input.size ** 2 * graph.input.channels),
      labels: memory.reserve(4 * batch),
      logits: this.head.logits,
      loss: numbers,
      finite: numbers + 8,
      rate: numbers + 12,
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

  /** Opens a phase that suits images of a size; returns its chunks. */
  openPhase(builder: ProgramBuilder, { size }: Activation): number {
    const { batch } = this.settings;
    const wanted = Math.max(Math.ceil(batch / chunkImages(size)), Math.min(FEWEST_CHUNKS, batch));
    return builder.open(Math.min(wanted, this.mostChunks));
  }

  image(activation: Activation): number {
    return this.images.get(activation.id)!;
  }

  /** Address of a parameter, its gradient or its velocity. */
  slot(name: string, region: 'parameters' | 'gradients' | 'velocities' = 'parameters'): number {
    return this.regions[region] + 4 * this.slots.get(name)!.offset;
  }

  /** A vector that holds one value throughout. */
  constant(value: number): number {
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
    const transformed = winograd ? 36 * (cin * cout + 16) : size;
    const isMerged = kernel.kind !== 'parameter';
    const back = training && x !== this.graph.input;
    this.convolutions.set(operation, {
      winograd,
      kernel: isMerged ? memory.floats(size) : this.slot(kernel.name),
      forward: memory.floats(transformed),
      turned: back ? memory.floats(transformed) : 0,
      merged: kernel.kind === 'merged' && training ? memory.floats(size) : null,
      name: isMerged ? null : kernel.name,
      cin,
      cout,
      parts: training && kernel.kind !== 'average' ? memory.floats(this.mostChunks * size) : 0,
      chunks: 0,
    });
    if (winograd) {
      // As ./assembly/winograd lays its scratch out: one tile, V, D or M, the kernel's gradient, one whole tile.
      // The gradient goes through with inputs and outputs exchanged; the narrower of the two takes more tiles at once.
      const tiles = Math.min(cin, cout) <= 32 ? 32 : 16;
      const matrices = (numbers: number) => 36 * (numbers + 16);
      const floats =
        256 +
        matrices(tiles * cin) +
        matrices(tiles * cout) +
        matrices(cin * cout) +
        36 * Math.max(cin, cout);
      this.needScratch(4 * floats + 4096);
    }
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
        this.terms.set(term, { a: this.constant(coefficient.kind === 'bias' ? 1 : factor), gradient: 0 });
      else this.terms.set(term, { a: memory.floats(width), gradient: memory.floats(3 * width) });
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
        const statistics = this.at.statistics as Map<string, { at: number; channels: number }>;
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

  /** The value that a norm gives to zero, at an address of its own. */
  zeroOf({ runningMean, runningVar, gamma, beta }: BatchNormPlan, channels: number) {
    let at = this.zeros.get(runningMean);
    if (at === undefined) {
      at = this.memory.floats(padded(channels));
      this.zeros.set(runningMean, at);
    }
    const names = [runningMean, runningVar, gamma, beta].map((name) => this.slot(name));
    return { at, call: { kernel: 'valueOfZero', args: [...names, at, channels, BATCH_NORM_EPSILON] } };
  }

  /** A mean with what the sequence's kernel makes of its border added (or taken off), at an address of its own. */
  shiftedMean(
    { source }: Term,
    { first, convolution }: Extract<InSequence, { place: 'second' }>,
    from: number,
    sign: 1 | -1,
  ): { mean: number; calls: Call[] } {
    const { kernel, cin, cout } = this.convolutions.get(convolution)!;
    let mean = this.shiftedMeans.get(source.id);
    if (mean === undefined) {
      mean = this.memory.floats(cout);
      this.shiftedMeans.set(source.id, mean);
    }
    const { at, call } = this.zeroOf(first, convolution.x.channels);
    const args = [kernel, at, from, sign, mean, convolution.k ** 2, cin, cout, source.channels];
    return { mean, calls: [call, { kernel: 'addBorderValue', args }] };
  }

  gradientFactors(name: string, values: Float32Array): number {
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

  /** To be called when all programs are planned: places the constants that they asked for and the threads' scratch memory. */
  finish(): this {
    for (const [value, at] of this.constants)
      this.at.constants.push({ at, values: new Float32Array(this.constantChannels).fill(value) });
    for (let thread = 0; thread < this.settings.threads; thread++)
      this.at.scratch.push(this.memory.reserve(this.scratchBytes));
    return this;
  }
}
