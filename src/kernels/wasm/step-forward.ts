/** Plans the forward pass: kernels made ready, convolutions, batch statistics between two phases, sums of branches, the head. */
import { BATCH_NORM_EPSILON, RUNNING_MOMENTUM } from '../../network/batch-norm';
import type { BatchNormPlan } from '../../network/plan';
import type { Activation, Combine, Convolution } from '../graph';
import type { Call, ProgramBuilder } from './program';
import { TASK_FLOATS, type StepBuffers } from './step-buffers';

/** A probe is a training pass that moves nothing. */
export type Mode = 'training' | 'probe' | 'evaluation';

export class ForwardPlanner {
  constructor(private readonly buffers: StepBuffers) {}

  plan(builder: ProgramBuilder, mode: Mode): void {
    const { graph, settings } = this.buffers;
    const withGradients = mode === 'training';
    builder.tasks(this.mergeTasks());
    builder.tasks([...this.coefficientTasks(mode), ...this.transformTasks(withGradients)]);
    const { input } = graph;
    const { images, labels } = this.buffers.at;
    this.buffers.openPhase(builder, input);
    builder.chunk(
      'importImages',
      images,
      this.buffers.image(input),
      input.size,
      input.channels,
      this.buffers.inputChannels,
    );
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
          this.buffers.openPhase(builder, operation.x);
          const { features, logits, dlogits, losses } = this.buffers.head;
          const { x, weight, bias } = operation;
          const channels = this.buffers.channelsOf(x);
          builder.chunk(
            'headForward',
            this.buffers.image(x),
            features,
            this.buffers.slot(weight),
            this.buffers.slot(bias),
            logits,
            x.size,
            channels,
            this.buffers.columns,
          );
          if (mode !== 'training') break;
          const { batch, smoothing } = settings;
          const { classes } = this.buffers.plan;
          builder.chunk(
            'crossEntropy',
            logits,
            labels,
            dlogits,
            losses,
            classes,
            this.buffers.columns,
            batch,
            smoothing,
          );
          builder.finish('meanLoss', losses, batch, this.buffers.at.loss, this.buffers.at.finite);
        }
      }
    }
  }

  /** Kernels summed from several, each from scratch. */
  private mergeTasks(): Call[][] {
    return [...this.buffers.convolutions].flatMap(([{ kernel, k, x }, buffers]) => {
      if (kernel.kind === 'parameter') return [];
      const { kernel: merged, cin, cout } = buffers;
      const calls: Call[] = [{ kernel: 'clear', args: [merged, k * k * cin * cout] }];
      if (kernel.kind === 'average') {
        calls.push({ kernel: 'averageKernel', args: [merged, k * k, cin, cout, x.channels] });
        return [calls];
      }
      for (const { parameter, height, width, scale, normalised, constant } of kernel.parts) {
        const s = scale ? this.buffers.slot(scale) : 0;
        if (parameter === null) {
          calls.push({ kernel: 'mergeIdentity', args: [merged, k, s, constant, cin, cout, x.channels] });
          continue;
        }
        const w = this.buffers.slot(parameter);
        if (normalised) {
          const { inverse, gain } = this.buffers.normsOf(parameter, cout);
          const channels = this.buffers.slots.get(parameter)!.row;
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

  /** Coefficients that are known before the first image: of scales and biases, and in evaluation of batch norms. */
  private coefficientTasks(mode: Mode): Call[][] {
    return this.buffers.graph.operations.flatMap((operation) => {
      if (operation.kind !== 'combine') return [];
      const calls: Call[] = [];
      const b = this.buffers.biases.get(operation) ?? 0;
      let add = 0;
      for (const term of operation.terms) {
        const { coefficient, factor, source } = term;
        const { a } = this.buffers.terms.get(term)!;
        const { channels } = source;
        if (coefficient.kind === 'scale')
          calls.push({
            kernel: 'scaleCoefficient',
            args: [this.buffers.slot(coefficient.parameter), factor, a, channels],
          });
        if (coefficient.kind === 'bias') {
          calls.push({
            kernel: 'biasCoefficient',
            args: [this.buffers.slot(coefficient.parameter), factor, b, channels, add],
          });
          add = 1;
        }
        if (coefficient.kind === 'norm' && mode === 'evaluation') {
          const { runningMean, runningVar, gamma, beta } = coefficient.norm;
          const inverse = this.buffers.normInverses.get(runningVar)!;
          const { sequence } = coefficient;
          const { mean, calls: shift } =
            sequence?.place === 'second'
              ? this.buffers.shiftedMean(term, sequence, this.buffers.slot(runningMean), -1)
              : { mean: this.buffers.slot(runningMean), calls: [] };
          calls.push(
            ...shift,
            {
              kernel: 'inverseDeviation',
              args: [this.buffers.slot(runningVar), inverse, channels, BATCH_NORM_EPSILON],
            },
            {
              kernel: 'normCoefficients',
              args: [
                mean,
                inverse,
                this.buffers.slot(gamma),
                this.buffers.slot(beta),
                factor,
                a,
                b,
                channels,
                add,
              ],
            },
          );
          if (sequence?.place === 'first') calls.push(...this.lessZero(coefficient.norm, b, channels));
          add = 1;
        }
      }
      return calls.length > 0 ? [calls] : [];
    });
  }

  /** Takes a norm's value of zero off what it gives. */
  private lessZero(norm: BatchNormPlan, b: number, channels: number): Call[] {
    const { at, call } = this.buffers.zeroOf(norm, channels);
    return [call, { kernel: 'biasCoefficient', args: [at, -1, b, channels, 1] }];
  }

  /** Every kernel in the form its convolution wants, and turned for the gradients. */
  private transformTasks(withGradients: boolean): Call[][] {
    return [...this.buffers.convolutions].flatMap(([{ k }, buffers]) => {
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
    const { winograd, forward, cin, cout } = this.buffers.convolutions.get(operation)!;
    this.buffers.openPhase(builder, y);
    if (winograd)
      builder.chunk(
        'winogradConvolution',
        this.buffers.image(x),
        forward,
        this.buffers.image(y),
        x.size,
        cin,
        cout,
        0,
      );
    else
      builder.chunk(
        'directConvolution',
        this.buffers.image(x),
        forward,
        this.buffers.image(y),
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
    const moments = this.buffers.moments.get(activation.id);
    if (!moments || mode === 'evaluation') return;
    moments.parts = this.buffers.openPhase(builder, activation);
    builder.chunk(
      'momentSums',
      this.buffers.image(activation),
      moments.sums,
      activation.size,
      this.buffers.channelsOf(activation),
    );
  }

  private emitCombine(builder: ProgramBuilder, operation: Combine, mode: Mode, known: Set<number>): void {
    const { terms, relu, out } = operation;
    if (mode !== 'evaluation') this.emitNormCoefficients(builder, operation, mode, known);
    this.buffers.openPhase(builder, out);
    const channels = this.buffers.channelsOf(out);
    const whole = terms.filter(({ view }) => !view);
    const views = terms.filter(({ view }) => view);
    const b = this.buffers.biases.get(operation) ?? 0;
    const to = this.buffers.image(out);
    const inputs = whole.map(
      (term) => [this.buffers.image(term.source), this.buffers.terms.get(term)!.a] as const,
    );
    const one = this.buffers.constant(1);
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
        this.buffers.image(source),
        factor,
        out.size,
        channels,
        source.size,
        this.buffers.channelsOf(source),
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
    const b = this.buffers.biases.get(operation) ?? 0;
    let add = operation.terms.some(({ coefficient }) => coefficient.kind === 'bias') ? 1 : 0;
    let waits = false;
    for (const term of operation.terms) {
      const { coefficient, factor, source } = term;
      if (coefficient.kind !== 'norm') continue;
      waits = true;
      const { sums, parts, mean, variance, inverse } = this.buffers.moments.get(source.id)!;
      const count = this.buffers.settings.batch * source.size ** 2;
      const { channels } = source;
      if (!known.has(source.id)) {
        known.add(source.id);
        builder.finish(
          'moments',
          sums,
          parts,
          this.buffers.channelsOf(source),
          channels,
          count,
          BATCH_NORM_EPSILON,
          mean,
          variance,
          inverse,
        );
      }
      const { runningMean, runningVar, gamma, beta } = coefficient.norm;
      const { sequence } = coefficient;
      let shownMean = mean;
      if (sequence?.place === 'second') {
        const shifted = this.buffers.shiftedMean(term, sequence, mean, 1);
        shownMean = shifted.mean;
        for (const { kernel, args } of shifted.calls) builder.finish(kernel, ...args);
      }
      if (mode === 'training')
        builder.finish(
          'moveRunning',
          shownMean,
          variance,
          this.buffers.slot(runningMean),
          this.buffers.slot(runningVar),
          channels,
          RUNNING_MOMENTUM,
          count / Math.max(1, count - 1),
        );
      const { a } = this.buffers.terms.get(term)!;
      builder.finish(
        'normCoefficients',
        mean,
        inverse,
        this.buffers.slot(gamma),
        this.buffers.slot(beta),
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
}
