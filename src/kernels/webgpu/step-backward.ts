/** Plans the backward pass: gradients of the head, of sums of branches and of convolutions, from the last layer to the first. */
import type { Activation, Combine, Convolution, Head, Term } from '../graph';
import * as channelSums from './channel-sums';
import * as passes from './elementwise';
import type { Add, View } from './shader';
import * as head from './head';
import * as norms from './norms';
import type { StepBuffers } from './step-buffers';

export class BackwardPlanner {
  constructor(
    private readonly buffers: StepBuffers,
    private readonly add: Add,
  ) {}

  plan(): void {
    const pool = new Map<string, View[]>();
    const keyOf = ({ size, channels }: Activation) => `${size} ${channels}`;
    const take = (activation: Activation): View =>
      pool.get(keyOf(activation))?.pop() ??
      this.buffers.allocated(activation, `gradient ${keyOf(activation)}`);
    const giveBack = (activation: Activation, view: View) => {
      const key = keyOf(activation);
      pool.set(key, [...(pool.get(key) ?? []), view]);
    };
    const gradients = new Map<number, View>();
    /** The gradient buffer of an activation, and whether it already contains a partial sum. */
    const target = (activation: Activation, instead?: View) => {
      const there = gradients.get(activation.id);
      if (there) return { to: there, add: true };
      const to = instead ?? take(activation);
      gradients.set(activation.id, to);
      return { to, add: false };
    };
    for (const operation of this.buffers.graph.operations.toReversed()) {
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
    const { batch } = this.buffers.settings;
    const { classes } = this.buffers.plan;
    const { channels } = x;
    const pixels = x.size ** 2;
    const { dlogits, dfeatures, features } = this.buffers;
    this.add(
      head.headInputGradient({
        batch,
        pixels,
        channels,
        classes,
        dlogits,
        weight: this.buffers.slotView(weight),
        dfeatures,
      }),
    );
    this.add(head.spreadFeatures({ batch, pixels, channels, dfeatures, dx }));
    this.add(
      head.headGradient({
        batch,
        channels,
        classes,
        features,
        dlogits,
        dweight: this.buffers.gradient(weight),
        dbias: this.buffers.gradient(bias),
      }),
    );
  }

  private emitConvolutionGradient(
    operation: Convolution,
    dy: View,
    target: (activation: Activation) => { to: View; add: boolean },
  ): void {
    const { x } = operation;
    const { planned, kernel, parts, gradient } = this.buffers.convolutions.get(operation)!;
    if (gradient) {
      const views = { x: this.buffers.image(x), dy, parts: parts ?? gradient };
      this.add(...planned.kernelGradient(views, this.buffers.scratch));
    }
    if (x === this.buffers.graph.input) return;
    const { to, add } = target(x);
    this.add(...planned.inputGradient({ dy, kernel, dx: to }, add, this.buffers.scratch));
  }

  /** Returns whether another gradient has taken over dz's memory. */
  private emitCombineGradient(
    { terms, relu, out }: Combine,
    dz: View,
    gradients: ReadonlyMap<number, View>,
    target: (activation: Activation, instead?: View) => { to: View; add: boolean },
  ): boolean {
    const shape = this.buffers.shape(out);
    const mask = relu ? this.buffers.image(out) : null;
    const trained = terms.filter(({ coefficient: { kind } }) => kind === 'norm' || kind === 'scale');
    if (trained.length > 0) this.emitGradientSums(trained, out, dz, mask);
    else if (mask) this.add(passes.maskGradient(shape, dz, mask));

    const wanted = terms.filter(({ source }) => source !== this.buffers.graph.input);
    // The last term that starts a new gradient reuses the memory of dz.
    const heir = wanted
      .filter(
        ({ source, view }, i) =>
          !view && !gradients.has(source.id) && wanted.findIndex((term) => term.source === source) === i,
      )
      .at(-1);
    for (const term of heir ? [...wanted.filter((other) => other !== heir), heir] : wanted) {
      const { source, view, factor, coefficient } = term;
      const { to, add } = target(source, term === heir ? dz : undefined);
      const { a, abc } = this.buffers.terms.get(term)!;
      if (view) {
        const placed = { ...view, size: source.size, channels: source.channels };
        this.add(passes.viewGradient(shape, dz, to, factor, placed, add));
      } else if (abc)
        this.add(passes.spreadGradient(shape, dz, to, add, { abc, y: this.buffers.image(source) }));
      else if (to !== dz || factor !== 1 || coefficient.kind !== 'one')
        this.add(passes.spreadGradient(shape, dz, to, add, { a }));
    }
    return heir !== undefined;
  }

  private emitGradientSums(trained: readonly Term[], out: Activation, dz: View, mask: View | null): void {
    const shape = this.buffers.shape(out);
    const parts = channelSums.sumParts(shape);
    const { channels } = out;
    const count = this.buffers.settings.batch * out.size ** 2;
    for (let first = 0; first < trained.length; first += passes.MOST_ADDENDS) {
      const group = trained.slice(first, first + passes.MOST_ADDENDS);
      const rows = 1 + group.length;
      const sums = this.buffers.gpu.floats(parts * rows * channels, 'gradient sums');
      const ys = group.map(({ source }) => this.buffers.image(source));
      this.add(channelSums.gradientSums(shape, this.buffers.sumWay, dz, first === 0 ? mask : null, ys, sums));
      group.forEach((term, i) => {
        const { coefficient, factor, source } = term;
        const termSums = { sums, parts, channels, count, rows, row: 1 + i };
        if (coefficient.kind === 'scale')
          this.add(norms.scaleGradient(termSums, factor, this.buffers.gradient(coefficient.parameter)));
        if (coefficient.kind === 'norm') {
          const { gamma, beta } = coefficient.norm;
          const { batch } = this.buffers.moments.get(source.id)!;
          this.add(
            norms.normGradient({
              term: termSums,
              factor,
              batch,
              gamma: this.buffers.slotView(gamma),
              dgamma: this.buffers.gradient(gamma),
              dbeta: this.buffers.gradient(beta),
              abc: this.buffers.terms.get(term)!.abc!,
            }),
          );
        }
      });
    }
  }
}
