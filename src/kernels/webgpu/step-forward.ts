/**
 * Plans the forward pass: merged and transformed kernels, convolutions, batch statistics, sums of branches, the head.
 */
import { BATCH_NORM_EPSILON, RUNNING_MOMENTUM } from '../../network/batch-norm';
import type { BatchNormPlan } from '../../network/plan';
import type { Activation, Combine, Convolution, Head, InSequence, Term } from '../graph';
import * as channelSums from './channel-sums';
import * as passes from './elementwise';
import type { Add, View } from './shader';
import * as head from './head';
import * as merge from './merge';
import * as norms from './norms';
import { lossScale, type ConvolutionBuffers, type StepBuffers } from './step-buffers';

/** A probe is a forward pass in training mode that updates nothing. */
export type Mode = 'training' | 'probe' | 'evaluation';

export class ForwardPlanner {
  constructor(
    private readonly buffers: StepBuffers,
    private readonly add: Add,
  ) {}

  plan(mode: Mode): void {
    for (const [operation, buffers] of this.buffers.convolutions) this.emitKernel(operation, buffers);
    const summed = new Set<number>();
    for (const operation of this.buffers.graph.operations) {
      switch (operation.kind) {
        case 'convolution': {
          const { planned, kernel } = this.buffers.convolutions.get(operation)!;
          const [x, y] = [this.buffers.image(operation.x), this.buffers.image(operation.y)];
          this.add(...planned.forward({ x, kernel, y }, this.buffers.scratch));
          break;
        }
        case 'combine':
          this.emitCombine(operation, mode, summed);
          break;
        case 'head':
          this.emitHead(operation, mode);
          break;
        default:
          operation satisfies never;
      }
    }
  }

  /** Emits the merging of a kernel from several parts. */
  private emitKernel({ kernel, k, x, y }: Convolution, { kernel: to }: ConvolutionBuffers): void {
    const shape = { k, cin: x.channels, cout: y.channels };
    if (kernel.kind === 'average') this.add(merge.averageKernel(shape, to));
    if (kernel.kind !== 'merged') return;
    for (const { parameter, scale, normalised, height, width } of kernel.parts) {
      if (!normalised || !parameter || !scale) continue;
      const { inverse, gain } = this.buffers.normsOf(parameter, shape.cout);
      const [w, s] = [this.buffers.slotView(parameter), this.buffers.slotView(scale)];
      this.add(
        merge.kernelNorms({ rows: height * width * shape.cin, cout: shape.cout, w, s, inverse, gain }),
      );
    }
    const parts = kernel.parts.map((part) => this.buffers.partOf(part, shape.cout));
    this.add(...merge.mergeParts(shape, parts, to));
  }

  private emitCombine(operation: Combine, mode: Mode, summed: Set<number>): void {
    const { terms, relu, out } = operation;
    const shift = this.buffers.shifts.get(operation) ?? null;
    let add = false;
    for (const term of terms) {
      const { coefficient, factor, source } = term;
      const { a } = this.buffers.terms.get(term)!;
      if (coefficient.kind === 'scale')
        this.add(norms.scaled(source.channels, this.buffers.slotView(coefficient.parameter), factor, a));
      if (coefficient.kind === 'bias') {
        this.add(
          norms.scaled(source.channels, this.buffers.slotView(coefficient.parameter), factor, shift!, add),
        );
        add = true;
      }
      if (coefficient.kind === 'norm') {
        this.emitNorm(term, coefficient, mode, summed, a, shift!, add);
        add = true;
      }
    }
    const addends = terms.map(({ source, view, factor }, i): passes.Addend => {
      const placed = view && { ...view, size: source.size, channels: source.channels };
      const a = view ? this.buffers.constant(factor, out.channels) : this.buffers.terms.get(terms[i]!)!.a;
      return { y: this.buffers.image(source), a, view: placed };
    });
    const to = this.buffers.image(out);
    const most = passes.MOST_ADDENDS;
    for (let first = 0; first < addends.length; first += first === 0 ? most : most - 1) {
      const end = first === 0 ? most : first + most - 1;
      const group = addends.slice(first, end);
      const sofar =
        first === 0
          ? []
          : [{ y: to, a: this.buffers.constant(1, out.channels), view: null } satisfies passes.Addend];
      this.add(
        passes.combine(
          this.buffers.shape(out),
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
    const { sums, together, batch } = this.buffers.moments.get(source.id)!;
    const { mean: runningMean, variance } = this.buffers.running(norm);
    const affine = { channels, affine: this.buffers.affine(norm), factor, a, b: shift, add };
    if (mode === 'evaluation') {
      let mean = runningMean;
      if (sequence?.place === 'second') mean = this.emitShiftedMean(source, sequence, runningMean, -1);
      const from = { mean, variance, epsilon: BATCH_NORM_EPSILON };
      this.add(norms.normCoefficients({ ...affine, from }));
    } else {
      if (!summed.has(source.id)) {
        together.forEach(({ id }) => summed.add(id));
        const images = together.map((other) => this.buffers.image(other));
        this.add(channelSums.momentSums(this.buffers.shape(source), this.buffers.sumWay, images, sums.sums));
      }
      const running = { mean: runningMean, variance, momentum: RUNNING_MOMENTUM };
      if (sequence?.place === 'second') {
        this.add(norms.statistics(sums, BATCH_NORM_EPSILON, batch));
        const mean = this.emitShiftedMean(source, sequence, batch, 1);
        if (mode === 'training')
          this.add(
            norms.moveRunning({
              channels,
              mean,
              of: batch,
              running,
              momentum: RUNNING_MOMENTUM,
              count: sums.count,
            }),
          );
        this.add(norms.normCoefficients({ ...affine, from: { batch } }));
      } else
        this.add(
          norms.finishNorm({
            ...affine,
            moments: sums,
            epsilon: BATCH_NORM_EPSILON,
            batch,
            running: mode === 'training' ? running : null,
          }),
        );
    }
    if (sequence?.place === 'first')
      this.add(norms.scaled(channels, this.emitZero(norm, channels), -1, shift, true));
  }

  /** Emits the output of a norm for a zero input. */
  private emitZero(norm: BatchNormPlan, channels: number): View {
    let view = this.buffers.zeros.get(norm.runningMean);
    if (!view) {
      view = this.buffers.vector(channels, 'value of zero');
      this.buffers.zeros.set(norm.runningMean, view);
    }
    this.add(
      norms.valueOfZero({
        channels,
        running: this.buffers.running(norm),
        affine: this.buffers.affine(norm),
        epsilon: BATCH_NORM_EPSILON,
        to: view,
      }),
    );
    return view;
  }

  /** A mean plus (or minus) the contribution of the border through the sequence's kernel. */
  private emitShiftedMean(
    source: Activation,
    { first, convolution }: Extract<InSequence, { place: 'second' }>,
    from: View,
    sign: 1 | -1,
  ): View {
    const { kernel, planned } = this.buffers.convolutions.get(convolution)!;
    const zero = this.emitZero(first, planned.shape.cin);
    const to = this.buffers.shiftedMean(source);
    this.add(norms.addBorderValue(planned.shape, { kernel, v: zero, from, sign, to }));
    return to;
  }

  private emitHead({ x, weight, bias }: Head, mode: Mode): void {
    const { batch, smoothing } = this.buffers.settings;
    const { classes } = this.buffers.plan;
    const { features, logits, labels, dlogits, losses, numbers } = this.buffers;
    const { channels } = x;
    this.add(
      head.globalMean({ batch, pixels: x.size ** 2, channels, x: this.buffers.image(x), to: features }),
    );
    this.add(
      head.logits({
        batch,
        channels,
        classes,
        features,
        weight: this.buffers.slotView(weight),
        bias: this.buffers.slotView(bias),
        to: logits,
      }),
    );
    if (mode !== 'training') return;
    this.add(
      head.crossEntropy({
        batch,
        classes,
        smoothing,
        scale: lossScale(this.buffers.settings),
        z: logits,
        labels,
        dlogits,
        losses,
      }),
    );
    this.add(head.meanLoss({ batch, losses, numbers }));
  }
}
