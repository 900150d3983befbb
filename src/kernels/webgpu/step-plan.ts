/**
 * Plans a network on the GPU: its buffers and the dispatches of a training step and of an evaluation, recorded once and
 * replayed. Reads the graph once forwards and once backwards, as the wasm planner does.
 */
import { BATCH_NORM_EPSILON, RUNNING_MOMENTUM } from '../../network/batch-norm';
import type { BatchNormPlan, NetworkPlan } from '../../network/plan';
import type { StepSettings, UpdateRule } from '../update-rule';
import type { Activation, Combine, Convolution, Graph, Head, InSequence, Term } from '../graph';
import type { ConvolutionShape } from './convolution';
import * as channelSums from './channel-sums';
import * as passes from './elementwise';
import type { Dispatch, Gpu, Shader, View } from './gpu';
import { mayBeHalves, type ImageShape } from './images';
import * as vectors from './vectors';
import { PlannedConvolution, scratchFor, type Choice } from './ways';
import type { WinogradScratch } from './winograd';

/** Floats between the starts of two parameters: bindings start at multiples of 256 bytes. */
const SLOT_FLOATS = 64;

export interface GpuStepSettings extends StepSettings {
  ways: Choice;
  /** Whether images between the layers, and their gradients, are kept in half precision where their channels allow it. */
  half: boolean;
}

/**
 * What gradients are multiplied by where they are kept as halves, whose least number is 6e-8: the gradient of one image
 * by 256, so that far smaller and far larger ones than are usual have room. A power of two, which loses nothing.
 */
const lossScale = ({ half, batch }: GpuStepSettings) => (half ? 256 * 2 ** Math.ceil(Math.log2(batch)) : 1);

type Mode = 'training' | 'probe' | 'evaluation';

/** Offset and length of a parameter or running statistic in its region, in floats. */
export interface Slot {
  offset: number;
  length: number;
}

/** Where the moments of a norm's source are, and what becomes of them. */
interface Moments {
  sums: vectors.MomentSums;
  /** Sources whose moments are summed in the same go, this one among them. */
  together: readonly Activation[];
  /** Mean, variance and 1/√(variance + ε). */
  batch: View;
}

interface ConvolutionBuffers {
  planned: PlannedConvolution;
  kernel: View;
  /** Where the gradient comes in parts: they. */
  parts: View | null;
  /** The gradient of the kernel, merged ones as one; null where it is not trained. */
  gradient: View | null;
}

export class StepPlan {
  readonly slots = new Map<string, Slot>();
  /** Parameters, then running statistics. */
  readonly parameters: View;
  readonly gradients: View;
  readonly velocities: View;
  readonly rate: View;
  readonly labels: View;
  readonly logits: View;
  /** Loss, and whether it is finite. */
  readonly numbers: View;
  readonly images: View;
  readonly train: readonly Dispatch[];
  /** How many of them are the forward pass, and how many end the backward pass. */
  readonly sections = { forward: 0, backward: 0 };
  readonly evaluate: readonly Dispatch[];
  readonly forwardTraining: readonly Dispatch[];
  readonly squares: readonly Dispatch[];
  /** Sums of squares per channel of every layer's output, [parts][2][channels]. */
  readonly outputSums: readonly { view: View; parts: number; channels: number; values: number }[];
  /** Mean and variance of the batch: where they are, by the names of the running statistics. */
  readonly statistics = new Map<string, { view: View; offset: number; channels: number }>();

  private readonly activations = new Map<number, View>();
  private readonly convolutions = new Map<Convolution, ConvolutionBuffers>();
  private readonly moments = new Map<number, Moments>();
  private readonly terms = new Map<Term, { a: View; abc: View | null }>();
  private readonly shifts = new Map<Combine, View>();
  private readonly constants = new Map<string, View>();
  private readonly zeros = new Map<string, View>();
  private readonly shiftedMeans = new Map<number, View>();
  private readonly norms = new Map<string, { inverse: View; gain: View; dgain: View }>();
  private readonly features: View;
  private readonly dfeatures: View;
  private readonly dlogits: View;
  private readonly losses: View;
  private readonly scratch: WinogradScratch | null;
  private recording: Dispatch[] = [];

  constructor(
    private readonly gpu: Gpu,
    private readonly plan: NetworkPlan,
    private readonly graph: Graph,
    private readonly settings: GpuStepSettings,
  ) {
    const { batch, rules } = settings;
    const regionLength = this.placeSlots();
    const region = (label: string) => gpu.floats(regionLength, label);
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
    this.train = rules
      ? this.record(() => {
          this.emitForward('training');
          this.sections.forward = this.recording.length;
          this.emitBackward();
          this.sections.backward = this.recording.length;
          this.emitUpdate(regionLength, rules);
        })
      : [];
    this.forwardTraining = rules ? this.record(() => this.emitForward('probe')) : [];
    this.evaluate = this.record(() => this.emitForward('evaluation'));
    this.outputSums = graph.outputs.map((output) => {
      const shape = this.shape(output);
      const parts = channelSums.sumParts(shape);
      const view = gpu.floats(parts * 2 * output.channels, 'output sums');
      return { view, parts, channels: output.channels, values: output.size ** 2 * output.channels };
    });
    this.squares = this.record(() => {
      graph.outputs.forEach((output, i) =>
        this.add(
          channelSums.momentSums(
            this.shape(output),
            this.sumWay,
            [this.image(output)],
            this.outputSums[i]!.view,
          ),
        ),
      );
    });
  }

  /** Where a parameter or running statistic lies in `of`. */
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

  private record(emit: () => void): Dispatch[] {
    this.recording = [];
    emit();
    return this.recording;
  }

  private add(...shaders: readonly Shader[]): void {
    for (const shader of shaders) this.recording.push(this.gpu.dispatch(shader));
  }

  private elements({ size, channels }: Activation): number {
    return this.settings.batch * size * size * channels;
  }

  private get sumWay(): channelSums.SumWay {
    const { sums } = this.settings.ways;
    return sums === 'subgroups' && !this.gpu.device.features.has(channelSums.SUBGROUPS) ? 'many' : sums;
  }

  /** Memory for an image or its gradient. What comes in from outside is in single precision. */
  private allocated(activation: Activation, label: string): View {
    const half = this.settings.half && activation !== this.graph.input && mayBeHalves(activation.channels);
    return this.gpu[half ? 'halves' : 'floats'](this.elements(activation), label);
  }

  private shape({ size, channels }: Activation): ImageShape {
    return { batch: this.settings.batch, size, channels };
  }

  private image({ id }: Activation): View {
    return this.activations.get(id)!;
  }

  private gradient(name: string): View {
    return this.slotView(name, this.gradients);
  }

  private vector(channels: number, label: string): View {
    return this.gpu.floats(channels, label);
  }

  private constant(value: number, channels: number): View {
    const key = `${value} ${channels}`;
    let view = this.constants.get(key);
    if (!view) {
      view = this.vector(channels, `constant ${value}`);
      this.gpu.device.queue.writeBuffer(view.buffer, 0, new Float32Array(channels).fill(value));
      this.constants.set(key, view);
    }
    return view;
  }

  private affine({ gamma, beta }: BatchNormPlan) {
    return { gamma: this.slotView(gamma), beta: this.slotView(beta) };
  }

  private running({ runningMean, runningVar }: BatchNormPlan) {
    return { mean: this.slotView(runningMean), variance: this.slotView(runningVar) };
  }

  // Buffers.

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
    /** What the kernel's gradient is written to where it does not come in parts. */
    const whole = kernel.kind === 'parameter' ? this.gradient(kernel.name) : merged;
    const { maxStorageBufferBindingSize } = this.gpu.device.limits;
    const planned = new PlannedConvolution(shape, this.settings.ways, maxStorageBufferBindingSize);
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

  /** Moments of the sources that a sum has norms of and no sum before it had: all of one shape, so summed together. */
  private planMoments({ terms }: Combine): void {
    const sources = terms
      .filter(({ coefficient: { kind }, source }) => kind === 'norm' && !this.moments.has(source.id))
      .map(({ source }) => source)
      .filter((source, i, all) => all.indexOf(source) === i);
    for (let first = 0; first < sources.length; first += passes.MOST_ADDENDS) {
      const together = sources.slice(first, first + passes.MOST_ADDENDS);
      const { channels, size } = together[0]!;
      const parts = channelSums.sumParts(this.shape(together[0]!));
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

  private shiftedMean({ id, channels }: Activation): View {
    let view = this.shiftedMeans.get(id);
    if (!view) {
      view = this.vector(channels, 'shifted mean');
      this.shiftedMeans.set(id, view);
    }
    return view;
  }

  private normsOf(parameter: string, cout: number) {
    let norms = this.norms.get(parameter);
    if (!norms) {
      norms = {
        inverse: this.vector(cout, 'inverse norm'),
        gain: this.vector(cout, 'gain'),
        dgain: this.vector(cout, 'gain gradient'),
      };
      this.norms.set(parameter, norms);
    }
    return norms;
  }

  // Forward.

  private emitForward(mode: Mode): void {
    for (const [operation, buffers] of this.convolutions) this.emitKernel(operation, buffers);
    const summed = new Set<number>();
    for (const operation of this.graph.operations) {
      switch (operation.kind) {
        case 'convolution': {
          const { planned, kernel } = this.convolutions.get(operation)!;
          const [x, y] = [this.image(operation.x), this.image(operation.y)];
          this.add(...planned.forward(x, kernel, y, this.scratch));
          break;
        }
        case 'combine':
          this.emitCombine(operation, mode, summed);
          break;
        case 'head':
          this.emitHead(operation, mode);
      }
    }
  }

  /** A kernel that is summed from several. */
  private emitKernel({ kernel, k, x, y }: Convolution, { kernel: to }: ConvolutionBuffers): void {
    const shape = { k, cin: x.channels, cout: y.channels };
    if (kernel.kind === 'average') this.add(vectors.averageKernel(shape, to));
    if (kernel.kind !== 'merged') return;
    for (const { parameter, scale, normalised, height, width } of kernel.parts) {
      if (!normalised || !parameter || !scale) continue;
      const { inverse, gain } = this.normsOf(parameter, shape.cout);
      const [w, s] = [this.slotView(parameter), this.slotView(scale)];
      this.add(vectors.kernelNorms(height * width * shape.cin, shape.cout, w, s, inverse, gain));
    }
    const parts = kernel.parts.map((part) => this.partOf(part, shape.cout));
    this.add(...vectors.mergeParts(shape, parts, to));
  }

  private partOf(
    { parameter, scale, normalised, height, width, constant }: KernelPartOf,
    cout: number,
  ): vectors.Part {
    const gain =
      normalised && parameter ? this.normsOf(parameter, cout).gain : scale ? this.slotView(scale) : null;
    return { kernel: parameter === null ? null : this.slotView(parameter), height, width, gain, constant };
  }

  private emitCombine(operation: Combine, mode: Mode, summed: Set<number>): void {
    const { terms, relu, out } = operation;
    const shift = this.shifts.get(operation) ?? null;
    let add = false;
    for (const term of terms) {
      const { coefficient, factor, source } = term;
      const { a } = this.terms.get(term)!;
      if (coefficient.kind === 'scale')
        this.add(vectors.scaled(source.channels, this.slotView(coefficient.parameter), factor, a));
      if (coefficient.kind === 'bias') {
        this.add(vectors.scaled(source.channels, this.slotView(coefficient.parameter), factor, shift!, add));
        add = true;
      }
      if (coefficient.kind === 'norm') {
        this.emitNorm(term, coefficient, mode, summed, a, shift!, add);
        add = true;
      }
    }
    const addends = terms.map(({ source, view, factor }, i): passes.Addend => {
      const placed = view && { ...view, size: source.size, channels: source.channels };
      const a = view ? this.constant(factor, out.channels) : this.terms.get(terms[i]!)!.a;
      return { y: this.image(source), a, view: placed };
    });
    const to = this.image(out);
    const most = passes.MOST_ADDENDS;
    for (let first = 0; first < addends.length; first += first === 0 ? most : most - 1) {
      const end = first === 0 ? most : first + most - 1;
      const group = addends.slice(first, end);
      const sofar =
        first === 0 ? [] : [{ y: to, a: this.constant(1, out.channels), view: null } satisfies passes.Addend];
      this.add(
        passes.combine(
          this.shape(out),
          [...sofar, ...group],
          first === 0 ? shift : null,
          to,
          relu && end >= addends.length,
        ),
      );
    }
  }

  private emitNorm(
    { source, factor }: Term,
    { norm, sequence }: Extract<Term['coefficient'], { kind: 'norm' }>,
    mode: Mode,
    summed: Set<number>,
    a: View,
    shift: View,
    add: boolean,
  ): void {
    const { channels } = source;
    const { sums, together, batch } = this.moments.get(source.id)!;
    const { mean: runningMean, variance } = this.running(norm);
    if (mode === 'evaluation') {
      let mean = runningMean;
      if (sequence?.place === 'second') mean = this.emitShiftedMean(source, sequence, runningMean, -1);
      const from = { mean, variance, epsilon: BATCH_NORM_EPSILON };
      this.add(vectors.normCoefficients(channels, from, this.affine(norm), factor, a, shift, add));
    } else {
      if (!summed.has(source.id)) {
        together.forEach(({ id }) => summed.add(id));
        const images = together.map((other) => this.image(other));
        this.add(channelSums.momentSums(this.shape(source), this.sumWay, images, sums.sums));
      }
      const running = { mean: runningMean, variance, momentum: RUNNING_MOMENTUM };
      if (sequence?.place === 'second') {
        this.add(vectors.statistics(sums, BATCH_NORM_EPSILON, batch));
        const mean = this.emitShiftedMean(source, sequence, batch, 1);
        if (mode === 'training')
          this.add(vectors.moveRunning(channels, mean, batch, running, RUNNING_MOMENTUM, sums.count));
        this.add(vectors.normCoefficients(channels, { batch }, this.affine(norm), factor, a, shift, add));
      } else
        this.add(
          vectors.finishNorm(
            sums,
            BATCH_NORM_EPSILON,
            batch,
            mode === 'training' ? running : null,
            this.affine(norm),
            factor,
            a,
            shift,
            add,
          ),
        );
    }
    if (sequence?.place === 'first')
      this.add(vectors.scaled(channels, this.emitZero(norm, channels), -1, shift, true));
  }

  /** What a norm makes of zero. */
  private emitZero(norm: BatchNormPlan, channels: number): View {
    let view = this.zeros.get(norm.runningMean);
    if (!view) {
      view = this.vector(channels, 'value of zero');
      this.zeros.set(norm.runningMean, view);
    }
    this.add(vectors.valueOfZero(channels, this.running(norm), this.affine(norm), BATCH_NORM_EPSILON, view));
    return view;
  }

  /** A mean with what the sequence's kernel makes of its border added, or taken off. */
  private emitShiftedMean(
    source: Activation,
    { first, convolution }: Extract<InSequence, { place: 'second' }>,
    from: View,
    sign: 1 | -1,
  ): View {
    const { kernel, planned } = this.convolutions.get(convolution)!;
    const zero = this.emitZero(first, planned.shape.cin);
    const to = this.shiftedMean(source);
    this.add(vectors.addBorderValue(planned.shape, kernel, zero, from, sign, to));
    return to;
  }

  private emitHead({ x, weight, bias }: Head, mode: Mode): void {
    const { batch, smoothing } = this.settings;
    const { classes } = this.plan;
    this.add(vectors.globalMean(batch, x.size ** 2, x.channels, this.image(x), this.features));
    this.add(
      vectors.logits(
        batch,
        x.channels,
        classes,
        this.features,
        this.slotView(weight),
        this.slotView(bias),
        this.logits,
      ),
    );
    if (mode !== 'training') return;
    this.add(
      vectors.crossEntropy(
        batch,
        classes,
        smoothing,
        lossScale(this.settings),
        this.logits,
        this.labels,
        this.dlogits,
        this.losses,
      ),
    );
    this.add(vectors.meanLoss(batch, this.losses, this.numbers));
  }

  // Backward.

  private emitBackward(): void {
    const pool = new Map<string, View[]>();
    const keyOf = ({ size, channels }: Activation) => `${size} ${channels}`;
    const take = (activation: Activation): View =>
      pool.get(keyOf(activation))?.pop() ?? this.allocated(activation, `gradient ${keyOf(activation)}`);
    const giveBack = (activation: Activation, view: View) => {
      const key = keyOf(activation);
      pool.set(key, [...(pool.get(key) ?? []), view]);
    };
    const gradients = new Map<number, View>();
    /** The gradient of an activation to write to, and whether there is something in it already. */
    const target = (activation: Activation, instead?: View) => {
      const there = gradients.get(activation.id);
      if (there) return { to: there, add: true };
      const to = instead ?? take(activation);
      gradients.set(activation.id, to);
      return { to, add: false };
    };
    for (const operation of this.graph.operations.toReversed()) {
      if (operation.kind === 'head') {
        this.emitHeadGradient(operation, target(operation.x).to);
        continue;
      }
      const out = operation.kind === 'combine' ? operation.out : operation.y;
      const dout = gradients.get(out.id);
      if (!dout) continue;
      gradients.delete(out.id);
      if (operation.kind === 'convolution') {
        this.emitConvolutionGradient(operation, dout, target);
        giveBack(out, dout);
      } else if (!this.emitCombineGradient(operation, dout, gradients, target)) giveBack(out, dout);
    }
  }

  private emitHeadGradient({ x, weight, bias }: Head, dx: View): void {
    const { batch } = this.settings;
    const { classes } = this.plan;
    const { channels } = x;
    const pixels = x.size ** 2;
    const { dlogits, dfeatures, features } = this;
    this.add(
      vectors.headInputGradient(batch, pixels, channels, classes, dlogits, this.slotView(weight), dfeatures),
    );
    this.add(vectors.spreadFeatures(batch, pixels, channels, dfeatures, dx));
    this.add(
      vectors.headGradient(
        batch,
        channels,
        classes,
        features,
        dlogits,
        this.gradient(weight),
        this.gradient(bias),
      ),
    );
  }

  private emitConvolutionGradient(
    operation: Convolution,
    dy: View,
    target: (activation: Activation) => { to: View; add: boolean },
  ): void {
    const { x } = operation;
    const { planned, kernel, parts, gradient } = this.convolutions.get(operation)!;
    if (gradient) this.add(...planned.kernelGradient(this.image(x), dy, parts ?? gradient, this.scratch));
    if (x === this.graph.input) return;
    const { to, add } = target(x);
    this.add(...planned.inputGradient(dy, kernel, to, add, this.scratch));
  }

  /** Returns whether dz's memory has become another gradient. */
  private emitCombineGradient(
    { terms, relu, out }: Combine,
    dz: View,
    gradients: ReadonlyMap<number, View>,
    target: (activation: Activation, instead?: View) => { to: View; add: boolean },
  ): boolean {
    const shape = this.shape(out);
    const mask = relu ? this.image(out) : null;
    const trained = terms.filter(({ coefficient: { kind } }) => kind === 'norm' || kind === 'scale');
    if (trained.length > 0) this.emitGradientSums(trained, out, dz, mask);
    else if (mask) this.add(passes.maskGradient(shape, dz, mask));

    const wanted = terms.filter(({ source }) => source !== this.graph.input);
    // The last term that starts a gradient takes dz's own memory.
    const heir = wanted
      .filter(
        ({ source, view }, i) =>
          !view && !gradients.has(source.id) && wanted.findIndex((term) => term.source === source) === i,
      )
      .at(-1);
    for (const term of heir ? [...wanted.filter((other) => other !== heir), heir] : wanted) {
      const { source, view, factor, coefficient } = term;
      const { to, add } = target(source, term === heir ? dz : undefined);
      const { a, abc } = this.terms.get(term)!;
      if (view) {
        const placed = { ...view, size: source.size, channels: source.channels };
        this.add(passes.viewGradient(shape, dz, to, factor, placed, add));
      } else if (abc) this.add(passes.spreadGradient(shape, dz, to, add, { abc, y: this.image(source) }));
      else if (to !== dz || factor !== 1 || coefficient.kind !== 'one')
        this.add(passes.spreadGradient(shape, dz, to, add, { a }));
    }
    return heir !== undefined;
  }

  private emitGradientSums(trained: readonly Term[], out: Activation, dz: View, mask: View | null): void {
    const shape = this.shape(out);
    const parts = channelSums.sumParts(shape);
    const { channels } = out;
    const count = this.settings.batch * out.size ** 2;
    for (let first = 0; first < trained.length; first += passes.MOST_ADDENDS) {
      const group = trained.slice(first, first + passes.MOST_ADDENDS);
      const rows = 1 + group.length;
      const sums = this.gpu.floats(parts * rows * channels, 'gradient sums');
      const ys = group.map(({ source }) => this.image(source));
      this.add(channelSums.gradientSums(shape, this.sumWay, dz, first === 0 ? mask : null, ys, sums));
      group.forEach((term, i) => {
        const { coefficient, factor, source } = term;
        const termSums = { sums, parts, channels, count, rows, row: 1 + i };
        if (coefficient.kind === 'scale')
          this.add(vectors.scaleGradient(termSums, factor, this.gradient(coefficient.parameter)));
        if (coefficient.kind === 'norm') {
          const { gamma, beta } = coefficient.norm;
          const { batch } = this.moments.get(source.id)!;
          this.add(
            vectors.normGradient(
              termSums,
              factor,
              batch,
              this.slotView(gamma),
              this.gradient(gamma),
              this.gradient(beta),
              this.terms.get(term)!.abc!,
            ),
          );
        }
      });
    }
  }

  // Update.

  private emitUpdate(regionLength: number, rules: ReadonlyMap<string, UpdateRule>): void {
    this.emitSumsOfParts();
    for (const [{ kernel }, { planned, gradient }] of this.convolutions)
      if (kernel.kind === 'merged' && gradient) this.emitPartGradients(kernel.parts, planned.shape, gradient);
    const { gpu, plan } = this;
    const table = new Float32Array(2 * regionLength);
    const factors = new Float32Array(regionLength).fill(1);
    let someFactors = false;
    for (const { name } of plan.parameters) {
      const rule = rules.get(name);
      if (!rule) throw new Error(`There is no update rule for ${name}.`);
      const { offset, length } = this.slots.get(name)!;
      for (let i = offset; i < offset + length; i++) {
        table[2 * i] = rule.lrFactor;
        table[2 * i + 1] = rule.decay;
      }
      if (rule.gradientFactors) {
        factors.set(rule.gradientFactors, offset);
        someFactors = true;
      }
    }
    const filled = (values: Float32Array<ArrayBuffer>, label: string) => {
      const view = gpu.floats(values.length, label);
      gpu.device.queue.writeBuffer(view.buffer, 0, values);
      return view;
    };
    this.add(
      vectors.update(
        regionLength,
        {
          parameters: this.parameters,
          velocities: this.velocities,
          gradients: this.gradients,
          rules: filled(table, 'rules'),
          factors: someFactors ? filled(factors, 'gradient factors') : null,
          rate: this.rate,
          numbers: this.numbers,
        },
        this.settings.momentum,
        this.settings.nesterov,
        lossScale(this.settings),
      ),
    );
  }

  /** Sums the parts of kernels' gradients, several of equal shape at a time. */
  private emitSumsOfParts(): void {
    const groups = new Map<string, { number: number; length: number; of: { parts: View; sum: View }[] }>();
    for (const { planned, parts, gradient } of this.convolutions.values()) {
      if (!parts || !gradient) continue;
      const { k, cin, cout } = planned.shape;
      const length = k * k * cin * cout;
      const key = `${planned.parts} ${length}`;
      const group = groups.get(key) ?? { number: planned.parts, length, of: [] };
      group.of.push({ parts, sum: gradient });
      groups.set(key, group);
    }
    for (const { number, length, of } of groups.values())
      for (let first = 0; first < of.length; first += vectors.MOST_SUMS)
        this.add(vectors.sumsOfParts(of.slice(first, first + vectors.MOST_SUMS), number, length));
  }

  private emitPartGradients(parts: readonly KernelPartOf[], shape: ConvolutionShape, dmerged: View): void {
    const { cin, cout } = shape;
    const kernels: { part: vectors.Part; dw: View }[] = [];
    const gains: { part: vectors.Part; dgain: View }[] = [];
    for (const of of parts) {
      const { parameter, scale, normalised } = of;
      const part = this.partOf(of, cout);
      if (parameter !== null) kernels.push({ part, dw: this.gradient(parameter) });
      if (!scale) continue;
      const apart = normalised && parameter !== null;
      gains.push({ part, dgain: apart ? this.normsOf(parameter, cout).dgain : this.gradient(scale) });
    }
    this.add(...vectors.partGradients(shape, kernels, dmerged));
    this.add(...vectors.gainGradients(shape, gains, dmerged));
    for (const { parameter, scale, normalised, height, width } of parts) {
      if (!normalised || parameter === null || !scale) continue;
      const { inverse, dgain } = this.normsOf(parameter, cout);
      this.add(
        vectors.kernelNormsGradient(
          height * width * cin,
          cout,
          this.slotView(parameter),
          this.gradient(parameter),
          this.slotView(scale),
          this.gradient(scale),
          dgain,
          inverse,
        ),
      );
    }
  }
}

type KernelPartOf = Extract<Convolution['kernel'], { kind: 'merged' }>['parts'][number];
