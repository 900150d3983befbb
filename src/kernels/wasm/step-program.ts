/**
 * Plans a network's memory and its two programs: a training step (forward, backward, update) and an evaluation. Reads
 * the graph once forwards and once backwards; every buffer and the order of every call is fixed here.
 */
import type { BatchNormPlan, NetworkPlan } from '../../network/plan';
import type { StepSettings } from '../update-rule';
import type { Activation, Combine, Convolution, Graph, Head, InSequence, Term } from '../graph';
import {
  GradientPool,
  imageFloats,
  MemoryPlan,
  padded,
  paddedColumns,
  slotsOf,
  writeSlot,
  type Slot,
} from './memory-plan';
import { ProgramBuilder, type Call, type Program } from './program';

/** ε of every batch norm and the weight of a batch in the running statistics, PyTorch's defaults. */
const EPSILON = 1e-5;
const RUNNING_MOMENTUM = 0.1;
/** How many chunks a batch has at most. */
const MOST_CHUNKS = 16;
/**
 * Images of a chunk, by their size: what a chunk reads and writes should stay in the second cache, and small images come
 * with large kernels, whose partial gradients cost more the more chunks there are.
 */
const chunkImages = (size: number) => (size > 8 ? 4 : 8);
/** Bytes that partial sums of kernel gradients may take; fewer chunks where they would take more. */
const PARTS_BUDGET = 256e6;
/** Where Winograd's transformed kernel has more numbers than this, it no longer pays. */
const LARGEST_WINOGRAD = 36 * 256 * 256;
/** Floats of a parameter that one task updates. */
const TASK_FLOATS = 16_384;

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

export interface NetworkProgram {
  bytes: number;
  columns: number;
  slots: ReadonlyMap<string, Slot>;
  /** Floats of a region of parameters. */
  regionLength: number;
  at: Addresses;
  train: Program | null;
  evaluate: Program;
  /** Mean squares of the outputs; to be run after `train` or `evaluateTraining`. */
  squares: Program;
  /** Forward in training mode without moving anything. */
  forwardTraining: Program;
}

/** Plans everything. Throws where the graph asks for what the kernels cannot do. */
export function planStep(plan: NetworkPlan, graph: Graph, settings: WasmStepSettings): NetworkProgram {
  return new StepPlanner(plan, graph, settings).result;
}

interface ConvolutionBuffers {
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

interface Moments {
  sums: number;
  /** Parts of the sums, as the program that was planned last has them. */
  parts: number;
  mean: number;
  variance: number;
  inverse: number;
}

/** Vectors of a combination's term. */
interface TermBuffers {
  a: number;
  /** The gradient's A, B, C of a batch norm. */
  gradient: number;
}

type Mode = 'training' | 'probe' | 'evaluation';

class StepPlanner {
  readonly result: NetworkProgram;
  private readonly memory = new MemoryPlan();
  private readonly inputChannels: number;
  private readonly slots: ReadonlyMap<string, Slot>;
  private readonly regions: { parameters: number; gradients: number; velocities: number };
  private readonly images = new Map<number, number>();
  private readonly convolutions = new Map<Convolution, ConvolutionBuffers>();
  private readonly moments = new Map<number, Moments>();
  private readonly terms = new Map<Term, TermBuffers>();
  private readonly biases = new Map<Combine, number>();
  private readonly constants = new Map<number, number>();
  private readonly constantChannels: number;
  private readonly normInverses = new Map<string, number>();
  private readonly head: {
    features: number;
    logits: number;
    dlogits: number;
    losses: number;
    weightParts: number;
    biasParts: number;
    /** How many of each. */
    parts: number;
  };
  private readonly columns: number;
  private readonly mostChunks: number;
  private readonly at: Addresses;
  private scratchBytes = 4096;

  constructor(
    private readonly plan: NetworkPlan,
    private readonly graph: Graph,
    private readonly settings: WasmStepSettings,
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

    const train = training ? this.trainProgram() : null;
    const forwardTraining = this.forwardProgram('probe');
    const evaluate = this.forwardProgram('evaluation');
    const squares = this.squaresProgram();
    for (const [value, at] of this.constants)
      this.at.constants.push({ at, values: new Float32Array(this.constantChannels).fill(value) });
    for (let thread = 0; thread < settings.threads; thread++)
      this.at.scratch.push(memory.reserve(this.scratchBytes));
    this.result = {
      bytes: memory.bytes,
      columns: this.columns,
      slots,
      regionLength: length,
      at: this.at,
      train,
      evaluate,
      squares,
      forwardTraining,
    };
  }

  private channelsOf({ id, channels }: Activation): number {
    return id === this.graph.input.id ? this.inputChannels : padded(channels);
  }

  /** Opens a phase that suits images of a size; returns its chunks. */
  private openPhase(builder: ProgramBuilder, { size }: Activation): number {
    const wanted = Math.ceil(this.settings.batch / chunkImages(size));
    return builder.open(Math.min(wanted, this.mostChunks));
  }

  private image(activation: Activation): number {
    return this.images.get(activation.id)!;
  }

  /** Address of a parameter, its gradient or its velocity. */
  private slot(name: string, region: 'parameters' | 'gradients' | 'velocities' = 'parameters'): number {
    return this.regions[region] + 4 * this.slots.get(name)!.offset;
  }

  /** A vector that holds one value throughout. */
  private constant(value: number): number {
    let at = this.constants.get(value);
    if (at === undefined) {
      at = this.memory.floats(this.constantChannels);
      this.constants.set(value, at);
    }
    return at;
  }

  // Memory of each operation.

  private planMemory(operation: Graph['operations'][number], training: boolean): void {
    if (operation.kind === 'convolution') this.planConvolution(operation, training);
    if (operation.kind === 'combine') this.planCombine(operation);
  }

  private planConvolution(operation: Convolution, training: boolean): void {
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
      const tiles = (channels: number) => 36 * ((channels <= 32 ? 32 : 16) * channels + 16);
      const floats =
        256 +
        tiles(cin) +
        36 * ((cin <= 32 ? 32 : 16) * cout + 16) +
        36 * (cin * cout + 16) +
        36 * Math.max(cin, cout);
      this.needScratch(4 * floats + 4096);
    }
  }

  private needScratch(bytes: number): void {
    this.scratchBytes = Math.max(this.scratchBytes, bytes);
  }

  private planCombine(operation: Combine): void {
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

  // Programs.

  private forwardProgram(mode: Mode): Program {
    const builder = new ProgramBuilder();
    this.emitForward(builder, mode);
    return builder.program;
  }

  private trainProgram(): Program {
    const builder = new ProgramBuilder();
    this.emitForward(builder, 'training');
    this.emitBackward(builder);
    this.emitUpdate(builder);
    return builder.program;
  }

  private squaresProgram(): Program {
    const builder = new ProgramBuilder();
    for (const output of this.graph.outputs) {
      const channels = this.channelsOf(output);
      const at = this.memory.reserve(8 * this.mostChunks * 2 * channels);
      this.at.outputSums.push({
        at,
        channels: output.channels,
        padded: channels,
        values: output.size ** 2 * output.channels,
        chunks: this.openPhase(builder, output),
      });
      builder.chunk('momentSums', this.image(output), at, output.size, channels);
    }
    return builder.program;
  }

  private emitForward(builder: ProgramBuilder, mode: Mode): void {
    const { graph, settings } = this;
    const withGradients = mode === 'training';
    builder.tasks(this.mergeTasks());
    builder.tasks([...this.coefficientTasks(mode), ...this.transformTasks(withGradients)]);
    const { input } = graph;
    const { images, labels } = this.at;
    this.openPhase(builder, input);
    builder.chunk('importImages', images, this.image(input), input.size, input.channels, this.inputChannels);
    /** Activations whose moments have been worked out. */
    const known = new Set<number>();
    this.emitMoments(builder, input, mode);
    for (const operation of graph.operations) {
      switch (operation.kind) {
        case 'convolution':
          this.emitConvolution(builder, operation);
          this.emitMoments(builder, operation.y, mode);
          break;
        case 'combine':
          this.emitCombine(builder, operation, mode, known);
          this.emitMoments(builder, operation.out, mode);
          break;
        case 'head': {
          this.openPhase(builder, operation.x);
          const { features, logits, dlogits, losses } = this.head;
          const { x, weight, bias } = operation;
          const channels = this.channelsOf(x);
          builder.chunk(
            'headForward',
            this.image(x),
            features,
            this.slot(weight),
            this.slot(bias),
            logits,
            x.size,
            channels,
            this.columns,
          );
          if (mode !== 'training') break;
          const { batch, smoothing } = settings;
          const { classes } = this.plan;
          builder.chunk(
            'crossEntropy',
            logits,
            labels,
            dlogits,
            losses,
            classes,
            this.columns,
            batch,
            smoothing,
          );
          builder.finish('meanLoss', losses, batch, this.at.loss, this.at.finite);
        }
      }
    }
  }

  /** Kernels summed from several, each from scratch. */
  private mergeTasks(): Call[][] {
    return [...this.convolutions].flatMap(([{ kernel, k, x }, buffers]) => {
      if (kernel.kind === 'parameter') return [];
      const { kernel: merged, cin, cout } = buffers;
      const calls: Call[] = [{ kernel: 'clear', args: [merged, k * k * cin * cout] }];
      if (kernel.kind === 'average') {
        calls.push({ kernel: 'averageKernel', args: [merged, k * k, cin, cout, x.channels] });
        return [calls];
      }
      for (const { parameter, height, width, scale, normalised, constant } of kernel.parts) {
        const s = scale ? this.slot(scale) : 0;
        if (parameter === null) {
          calls.push({ kernel: 'mergeIdentity', args: [merged, k, s, constant, cin, cout, x.channels] });
          continue;
        }
        const w = this.slot(parameter);
        if (normalised) {
          const { inverse, gain } = this.normsOf(parameter, cout);
          const channels = this.slots.get(parameter)!.row;
          calls.push(
            { kernel: 'kernelNorms', args: [w, s, height * width * cin, cout, channels, inverse, gain] },
            { kernel: 'mergeKernel', args: [merged, k, w, height, width, gain, constant, cin, cout] },
          );
        } else
          calls.push({ kernel: 'mergeKernel', args: [merged, k, w, height, width, s, constant, cin, cout] });
      }
      return [calls];
    });
  }

  private readonly zeros = new Map<string, number>();
  private readonly shiftedMeans = new Map<number, number>();
  private readonly kernelNorms = new Map<string, { inverse: number; gain: number; dgain: number }>();

  private normsOf(parameter: string, cout: number) {
    let norms = this.kernelNorms.get(parameter);
    if (!norms) {
      const { memory } = this;
      norms = { inverse: memory.floats(cout), gain: memory.floats(cout), dgain: memory.floats(cout) };
      this.kernelNorms.set(parameter, norms);
    }
    return norms;
  }

  /** Coefficients that are known before the first image: of scales and biases, and in evaluation of batch norms. */
  private coefficientTasks(mode: Mode): Call[][] {
    return this.graph.operations.flatMap((operation) => {
      if (operation.kind !== 'combine') return [];
      const calls: Call[] = [];
      const b = this.biases.get(operation) ?? 0;
      let add = 0;
      for (const term of operation.terms) {
        const { coefficient, factor, source } = term;
        const { a } = this.terms.get(term)!;
        const { channels } = source;
        if (coefficient.kind === 'scale')
          calls.push({
            kernel: 'scaleCoefficient',
            args: [this.slot(coefficient.parameter), factor, a, channels],
          });
        if (coefficient.kind === 'bias') {
          calls.push({
            kernel: 'biasCoefficient',
            args: [this.slot(coefficient.parameter), factor, b, channels, add],
          });
          add = 1;
        }
        if (coefficient.kind === 'norm' && mode === 'evaluation') {
          const { runningMean, runningVar, gamma, beta } = coefficient.norm;
          const inverse = this.normInverses.get(runningVar)!;
          const { sequence } = coefficient;
          const { mean, calls: shift } =
            sequence?.place === 'second'
              ? this.shiftedMean(term, sequence, this.slot(runningMean), -1)
              : { mean: this.slot(runningMean), calls: [] };
          calls.push(
            ...shift,
            { kernel: 'inverseDeviation', args: [this.slot(runningVar), inverse, channels, EPSILON] },
            {
              kernel: 'normCoefficients',
              args: [mean, inverse, this.slot(gamma), this.slot(beta), factor, a, b, channels, add],
            },
          );
          if (sequence?.place === 'first') calls.push(...this.lessZero(coefficient.norm, b, channels));
          add = 1;
        }
      }
      return calls.length > 0 ? [calls] : [];
    });
  }

  /** The value that a norm gives to zero, at an address of its own. */
  private zeroOf({ runningMean, runningVar, gamma, beta }: BatchNormPlan, channels: number) {
    let at = this.zeros.get(runningMean);
    if (at === undefined) {
      at = this.memory.floats(padded(channels));
      this.zeros.set(runningMean, at);
    }
    const names = [runningMean, runningVar, gamma, beta].map((name) => this.slot(name));
    return { at, call: { kernel: 'valueOfZero', args: [...names, at, channels, EPSILON] } };
  }

  /** Takes a norm's value of zero off what it gives. */
  private lessZero(norm: BatchNormPlan, b: number, channels: number): Call[] {
    const { at, call } = this.zeroOf(norm, channels);
    return [call, { kernel: 'biasCoefficient', args: [at, -1, b, channels, 1] }];
  }

  /** A mean with what the sequence's kernel makes of its border added (or taken off), at an address of its own. */
  private shiftedMean(
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

  /** Every kernel in the form its convolution wants, and turned for the gradients. */
  private transformTasks(withGradients: boolean): Call[][] {
    return [...this.convolutions].flatMap(([{ k }, buffers]) => {
      const { winograd, kernel, forward, turned, cin, cout } = buffers;
      const tasks: Call[][] = [];
      const split = (name: string, to: number, panels: number) => {
        const most = Math.max(1, Math.floor((TASK_FLOATS * panels) / (k * k * cin * cout)));
        for (let first = 0; first < panels; first += most) {
          const range = [first, Math.min(panels, first + most)];
          const taps = winograd ? [] : [k * k];
          tasks.push([{ kernel: name, args: [kernel, to, ...taps, cin, cout, ...range] }]);
        }
      };
      split(winograd ? 'winogradKernel' : 'packKernel', forward, cout / 8);
      if (withGradients && turned)
        split(winograd ? 'winogradTurnedKernel' : 'packTurnedKernel', turned, cin / 8);
      return tasks;
    });
  }

  private emitConvolution(builder: ProgramBuilder, operation: Convolution): void {
    const { x, y, k, stride } = operation;
    const { winograd, forward, cin, cout } = this.convolutions.get(operation)!;
    this.openPhase(builder, y);
    if (winograd)
      builder.chunk('winogradConvolution', this.image(x), forward, this.image(y), x.size, cin, cout, 0);
    else
      builder.chunk(
        'directConvolution',
        this.image(x),
        forward,
        this.image(y),
        x.size,
        y.size,
        cin,
        cout,
        k,
        stride,
        0,
      );
  }

  private emitMoments(builder: ProgramBuilder, activation: Activation, mode: Mode): void {
    const moments = this.moments.get(activation.id);
    if (!moments || mode === 'evaluation') return;
    moments.parts = this.openPhase(builder, activation);
    builder.chunk(
      'momentSums',
      this.image(activation),
      moments.sums,
      activation.size,
      this.channelsOf(activation),
    );
  }

  private emitCombine(builder: ProgramBuilder, operation: Combine, mode: Mode, known: Set<number>): void {
    const { terms, relu, out } = operation;
    if (mode !== 'evaluation') this.emitNormCoefficients(builder, operation, mode, known);
    this.openPhase(builder, out);
    const channels = this.channelsOf(out);
    const whole = terms.filter(({ view }) => !view);
    const views = terms.filter(({ view }) => view);
    const b = this.biases.get(operation) ?? 0;
    const to = this.image(out);
    const inputs = whole.map((term) => [this.image(term.source), this.terms.get(term)!.a] as const);
    const one = this.constant(1);
    for (let round = 0, rest = inputs; round === 0 || rest.length > 0; round++) {
      // Three terms at a time; what there is so far is the first of the next three.
      const most = round === 0 ? 3 : 2;
      const now = round === 0 ? rest.slice(0, most) : [[to, one] as const, ...rest.slice(0, most)];
      rest = rest.slice(most);
      const last = rest.length === 0 && views.length === 0;
      const addresses = now.flat();
      builder.chunk(
        'combine',
        to,
        round === 0 ? b : 0,
        last && relu ? 1 : 0,
        out.size,
        channels,
        ...addresses,
        ...Array<number>(6 - addresses.length).fill(0),
      );
    }
    for (const { source, factor, view } of views) {
      const { stride, offset } = view!;
      builder.chunk(
        'addView',
        to,
        this.image(source),
        factor,
        out.size,
        channels,
        source.size,
        this.channelsOf(source),
        source.channels,
        stride,
        offset,
      );
    }
    if (views.length > 0 && relu) builder.chunk('rectify', to, out.size, channels);
  }

  /** Statistics of the batch and from them a and b, between two phases. */
  private emitNormCoefficients(
    builder: ProgramBuilder,
    operation: Combine,
    mode: Mode,
    known: Set<number>,
  ): void {
    const b = this.biases.get(operation) ?? 0;
    let add = operation.terms.some(({ coefficient }) => coefficient.kind === 'bias') ? 1 : 0;
    let waits = false;
    for (const term of operation.terms) {
      const { coefficient, factor, source } = term;
      if (coefficient.kind !== 'norm') continue;
      waits = true;
      const { sums, parts, mean, variance, inverse } = this.moments.get(source.id)!;
      const count = this.settings.batch * source.size ** 2;
      const { channels } = source;
      if (!known.has(source.id)) {
        known.add(source.id);
        builder.finish(
          'moments',
          sums,
          parts,
          this.channelsOf(source),
          channels,
          count,
          EPSILON,
          mean,
          variance,
          inverse,
        );
      }
      const { runningMean, runningVar, gamma, beta } = coefficient.norm;
      const { sequence } = coefficient;
      let shownMean = mean;
      if (sequence?.place === 'second') {
        const shifted = this.shiftedMean(term, sequence, mean, 1);
        shownMean = shifted.mean;
        for (const { kernel, args } of shifted.calls) builder.finish(kernel, ...args);
      }
      if (mode === 'training')
        builder.finish(
          'moveRunning',
          shownMean,
          variance,
          this.slot(runningMean),
          this.slot(runningVar),
          channels,
          RUNNING_MOMENTUM,
          count / Math.max(1, count - 1),
        );
      const { a } = this.terms.get(term)!;
      builder.finish(
        'normCoefficients',
        mean,
        inverse,
        this.slot(gamma),
        this.slot(beta),
        factor,
        a,
        b,
        channels,
        add,
      );
      if (sequence?.place === 'first')
        for (const call of this.lessZero(coefficient.norm, b, channels))
          builder.finish(call.kernel, ...call.args);
      add = 1;
    }
    if (waits) builder.barrier();
  }

  private emitBackward(builder: ProgramBuilder): void {
    const pool = new GradientPool(this.memory, this.settings.batch, (activation) =>
      this.channelsOf(activation),
    );
    const gradients = new Map<number, number>();
    for (const operation of this.graph.operations.toReversed()) {
      switch (operation.kind) {
        case 'head':
          this.emitHeadGradient(builder, operation, pool, gradients);
          break;
        case 'combine':
          this.emitCombineGradient(builder, operation, pool, gradients);
          break;
        case 'convolution':
          this.emitConvolutionGradient(builder, operation, pool, gradients);
      }
    }
  }

  private emitHeadGradient(
    builder: ProgramBuilder,
    { x, weight }: Head,
    pool: GradientPool,
    gradients: Map<number, number>,
  ): void {
    const { features, dlogits, weightParts, biasParts } = this.head;
    this.head.parts = this.openPhase(builder, x);
    const dx = pool.take(x);
    gradients.set(x.id, dx);
    const channels = this.channelsOf(x);
    this.needScratch(4 * channels);
    builder.chunk(
      'headBackward',
      features,
      this.slot(weight),
      dlogits,
      dx,
      weightParts,
      biasParts,
      x.size,
      channels,
      this.columns,
    );
  }

  private emitCombineGradient(
    builder: ProgramBuilder,
    { terms, relu, out }: Combine,
    pool: GradientPool,
    gradients: Map<number, number>,
  ): void {
    const dz = gradients.get(out.id);
    if (dz === undefined) return;
    gradients.delete(out.id);
    this.openPhase(builder, out);
    const channels = this.channelsOf(out);
    const vectors = terms.filter(({ coefficient: { kind } }) => kind === 'norm' || kind === 'scale');
    if (vectors.length === 0) {
      if (relu) builder.chunk('maskGradient', dz, this.image(out), out.size, channels);
    } else {
      this.emitGradientSums(builder, vectors, dz, relu ? this.image(out) : 0, out, channels);
      this.openPhase(builder, out);
    }

    const wanted = terms.filter(({ source }) => source !== this.graph.input);
    // The last term that starts a gradient takes dz's own memory.
    const starts = wanted.filter(
      ({ source, view }, i) =>
        !view && !gradients.has(source.id) && wanted.findIndex((term) => term.source === source) === i,
    );
    const heir = starts.at(-1);
    const ordered = heir ? [...wanted.filter((term) => term !== heir), heir] : wanted;
    for (const term of ordered) {
      const { source, view, factor, coefficient } = term;
      let dy = gradients.get(source.id);
      const add = dy === undefined ? 0 : 1;
      if (dy === undefined) {
        dy = term === heir ? dz : pool.take(source);
        gradients.set(source.id, dy);
      }
      const shape = [source.size, this.channelsOf(source)];
      const { a, gradient } = this.terms.get(term)!;
      if (view) {
        const { stride, offset } = view;
        builder.chunk(
          'addViewGradient',
          dz,
          dy,
          factor,
          out.size,
          channels,
          ...shape,
          source.channels,
          stride,
          offset,
          add,
        );
      } else if (coefficient.kind === 'norm') {
        const width = 4 * channels;
        builder.chunk(
          'spreadGradient',
          dz,
          this.image(source),
          dy,
          gradient,
          gradient + width,
          gradient + 2 * width,
          ...shape,
          add,
        );
      } else if (!(dy === dz && factor === 1 && coefficient.kind === 'one'))
        builder.chunk('spreadGradient', dz, 0, dy, a, 0, 0, ...shape, add);
    }
    if (!heir) pool.giveBack(out, dz);
  }

  /** Σ dz and Σ dz·y of a combination's scaled and normalised terms, and what follows from them. */
  private emitGradientSums(
    builder: ProgramBuilder,
    vectors: readonly Term[],
    dz: number,
    mask: number,
    out: Activation,
    channels: number,
  ): void {
    const chunks = this.openPhase(builder, out);
    const rounds: { group: readonly Term[]; sums: number }[] = [];
    for (let first = 0; first < vectors.length; first += 3) {
      const group = vectors.slice(first, first + 3);
      const sums = this.memory.reserve(8 * this.mostChunks * (1 + group.length) * channels);
      rounds.push({ group, sums });
      const sources = group.map(({ source }) => this.image(source));
      builder.chunk(
        'gradientSums',
        dz,
        first === 0 ? mask : 0,
        sums,
        out.size,
        channels,
        group.length,
        ...sources,
        ...Array<number>(3 - sources.length).fill(0),
      );
    }
    for (const { group, sums } of rounds) {
      group.forEach((term, i) => {
        const { coefficient, factor, source } = term;
        const shared = [sums, chunks, 1 + group.length, 1 + i, channels, source.channels];
        if (coefficient.kind === 'scale')
          builder.finish('scaleGradient', ...shared, factor, this.slot(coefficient.parameter, 'gradients'));
        if (coefficient.kind === 'norm') {
          const { mean, inverse } = this.moments.get(source.id)!;
          const { gamma, beta } = coefficient.norm;
          const { gradient } = this.terms.get(term)!;
          builder.finish(
            'normGradient',
            ...shared,
            this.settings.batch * source.size ** 2,
            factor,
            mean,
            inverse,
            this.slot(gamma),
            this.slot(gamma, 'gradients'),
            this.slot(beta, 'gradients'),
            gradient,
            gradient + 4 * channels,
            gradient + 8 * channels,
          );
        }
      });
    }
    builder.barrier();
  }

  private emitConvolutionGradient(
    builder: ProgramBuilder,
    operation: Convolution,
    pool: GradientPool,
    gradients: Map<number, number>,
  ): void {
    const { x, y, k, stride } = operation;
    const dy = gradients.get(y.id);
    if (dy === undefined) return;
    gradients.delete(y.id);
    const buffers = this.convolutions.get(operation)!;
    const { winograd, turned, cin, cout, parts } = buffers;
    buffers.chunks = this.openPhase(builder, y);
    const from = this.image(x);
    if (parts === 0) {
      // A kernel that is not trained.
    } else if (winograd) builder.chunk('winogradKernelGradient', from, dy, parts, x.size, cin, cout);
    else builder.chunk('directKernelGradient', from, dy, parts, x.size, y.size, cin, cout, k, stride);
    if (x !== this.graph.input) {
      let dx = gradients.get(x.id);
      const add = dx === undefined ? 0 : 1;
      if (dx === undefined) {
        dx = pool.take(x);
        gradients.set(x.id, dx);
      }
      if (winograd) builder.chunk('winogradConvolution', dy, turned, dx, x.size, cout, cin, add);
      else if (stride === 1)
        builder.chunk('directConvolution', dy, turned, dx, y.size, x.size, cout, cin, k, 1, add);
      else builder.chunk('directInputGradient2', dy, turned, dx, x.size, y.size, cin, cout, k, add);
    }
    pool.giveBack(y, dy);
  }

  private emitUpdate(builder: ProgramBuilder): void {
    const first: Call[][] = [];
    const second: Call[][] = [];
    const merged = new Set<string>();
    const summed = new Map<string, { parts: number; chunks: number; length: number }>();
    for (const [{ kernel, k, x }, buffers] of this.convolutions) {
      const { cin, cout, parts, chunks, name } = buffers;
      const length = k * k * cin * cout;
      if (kernel.kind === 'parameter') {
        summed.set(name!, { parts, chunks, length });
        continue;
      }
      if (kernel.kind === 'average') continue;
      for (let from = 0; from < length; from += TASK_FLOATS)
        first.push([
          this.sumCall(
            { parts, chunks, length },
            buffers.merged!,
            from,
            Math.min(TASK_FLOATS, length - from),
          ),
        ]);
      const calls: Call[] = [];
      for (const { parameter, height, width, scale, normalised, constant } of kernel.parts) {
        const s = scale ? this.slot(scale) : 0;
        const ds = scale ? this.slot(scale, 'gradients') : 0;
        if (scale) merged.add(scale);
        if (parameter === null) {
          if (scale)
            calls.push({
              kernel: 'mergeIdentityGradient',
              args: [buffers.merged!, k, ds, constant, cin, cout, x.channels],
            });
          continue;
        }
        merged.add(parameter);
        const w = this.slot(parameter);
        const dw = this.slot(parameter, 'gradients');
        if (normalised) {
          const { inverse, gain, dgain } = this.normsOf(parameter, cout);
          const channels = this.slots.get(parameter)!.row;
          calls.push(
            {
              kernel: 'mergeKernelGradient',
              args: [buffers.merged!, k, w, dw, height, width, gain, dgain, constant, cin, cout],
            },
            {
              kernel: 'kernelNormsGradient',
              args: [w, dw, s, ds, dgain, inverse, height * width * cin, cout, channels],
            },
          );
        } else
          calls.push({
            kernel: 'mergeKernelGradient',
            args: [buffers.merged!, k, w, dw, height, width, s, ds, constant, cin, cout],
          });
      }
      for (const { parameter, scale } of kernel.parts)
        for (const member of [parameter, scale])
          if (member !== null) calls.push(...this.updateCalls(member, 0, this.slots.get(member)!.length));
      second.push(calls);
    }
    const { weight, bias } = this.plan.head;
    const { weightParts, biasParts, parts: chunks } = this.head;
    summed.set(weight, { parts: weightParts, chunks, length: padded(this.plan.head.cin) * this.columns });
    summed.set(bias, { parts: biasParts, chunks, length: this.columns });
    const vectors: Call[] = [];
    for (const { name } of this.plan.parameters) {
      if (merged.has(name)) continue;
      const sum = summed.get(name);
      const { length } = this.slots.get(name)!;
      if (!sum) {
        vectors.push(...this.updateCalls(name, 0, length));
        continue;
      }
      for (let from = 0; from < length; from += TASK_FLOATS) {
        const count = Math.min(TASK_FLOATS, length - from);
        first.push([
          this.sumCall(sum, this.slot(name, 'gradients'), from, count),
          ...this.updateCalls(name, from, count),
        ]);
      }
    }
    if (vectors.length > 0) first.push(vectors);
    builder.tasks(first);
    builder.tasks(second);
  }

  private sumCall(
    { parts, chunks, length }: { parts: number; chunks: number; length: number },
    to: number,
    from: number,
    count: number,
  ): Call {
    return { kernel: 'sumParts', args: [parts + 4 * from, length, chunks, to + 4 * from, count] };
  }

  private updateCalls(name: string, from: number, count: number): Call[] {
    const rule = this.settings.rules!.get(name);
    if (!rule) throw new Error(`There is no update rule for ${name}.`);
    const { momentum, nesterov } = this.settings;
    const { lrFactor, decay } = rule;
    const offset = 4 * from;
    const gradient = this.slot(name, 'gradients') + offset;
    const calls: Call[] = [];
    if (rule.gradientFactors)
      calls.push({
        kernel: 'multiply',
        args: [gradient, this.gradientFactors(name, rule.gradientFactors) + offset, count],
      });
    calls.push({
      kernel: 'updateParameter',
      args: [
        this.slot(name) + offset,
        this.slot(name, 'velocities') + offset,
        gradient,
        count,
        this.at.rate,
        this.at.finite,
        lrFactor,
        decay,
        momentum,
        nesterov ? 1 : 0,
      ],
    });
    return calls;
  }

  private readonly factorVectors = new Map<string, number>();

  private gradientFactors(name: string, values: Float32Array): number {
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
}
