/**
 * Plans the forward pass: merged and transformed kernels, convolutions, batch statistics, sums of branches, the head.
 */
import { BATCH_NORM_EPSILON, RUNNING_MOMENTUM } from '../../network/batch-norm';
import type { BatchNormPlan } from '../../network/plan';
import type { Activation, Combine, Convolution } from '../graph';
import type { Address } from './kernel-table';
import { taskCall, type ProgramBuilder, type TaskCall } from './program';
import { PANEL } from './assembly/layout';
import { TASK_FLOATS, type StepBuffers } from './step-buffers';

/** A probe is a forward pass in training mode that updates nothing. */
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
    builder.chunk('importImages', {
      x: images,
      to: this.buffers.image(input),
      size: input.size,
      from: input.channels,
      channels: this.buffers.inputChannels,
    });
    /** Activations whose moments are already computed. */
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
        case 'head':
          {
            this.buffers.openPhase(builder, operation.x);
            const { features, logits, dlogits, losses } = this.buffers.head;
            const { x, weight, bias } = operation;
            const channels = this.buffers.channelsOf(x);
            const { columns } = this.buffers;
            builder.chunk('headForward', {
              x: this.buffers.image(x),
              features,
              weight: this.buffers.slot(weight),
              bias: this.buffers.slot(bias),
              logits,
              size: x.size,
              channels,
              columns,
            });
            if (mode !== 'training') break;
            const { batch, smoothing } = settings;
            const { classes } = this.buffers.plan;
            builder.chunk('crossEntropy', {
              logits,
              labels,
              dlogits,
              losses,
              classes,
              columns,
              batch,
              smoothing,
            });
            const { loss, finite } = this.buffers.at;
            builder.finish(taskCall('meanLoss', { losses, batch, loss, finite }));
          }
          break;
        default:
          operation satisfies never;
      }
    }
  }

  /** Tasks that merge kernels from their parts. */
  private mergeTasks(): TaskCall[][] {
    return [...this.buffers.convolutions].flatMap(([{ kernel, k, x }, buffers]) => {
      if (kernel.kind === 'parameter') return [];
      const { kernel: merged, cin, cout } = buffers;
      const calls: TaskCall[] = [taskCall('clear', { at: merged, count: k * k * cin * cout })];
      if (kernel.kind === 'average') {
        calls.push(
          taskCall('averageKernel', { kernel: merged, taps: k * k, cin, cout, channels: x.channels }),
        );
        return [calls];
      }
      for (const { parameter, height, width, scale, normalised, constant } of kernel.parts) {
        const s = scale ? this.buffers.slot(scale) : null;
        if (parameter === null) {
          calls.push(taskCall('mergeIdentity', { merged, k, s, constant, cin, cout, channels: x.channels }));
          continue;
        }
        const w = this.buffers.slot(parameter);
        const part = { merged, k, w, kh: height, kw: width, constant, cin, cout };
        if (normalised) {
          const { inverse, gain } = this.buffers.normsOf(parameter, cout);
          const channels = this.buffers.slots.get(parameter)!.row;
          calls.push(
            taskCall('kernelNorms', {
              w,
              s: s!,
              rows: height * width * cin,
              cout,
              channels,
              inverse,
              gain,
            }),
            taskCall('mergeKernel', { ...part, s: gain }),
          );
        } else calls.push(taskCall('mergeKernel', { ...part, s }));
      }
      return [calls];
    });
  }

  /**
   * Tasks for coefficients that do not depend on the images: of scales and biases, and in evaluation of batch norms.
   */
  private coefficientTasks(mode: Mode): TaskCall[][] {
    return this.buffers.graph.operations.flatMap((operation) => {
      if (operation.kind !== 'combine') return [];
      const calls: TaskCall[] = [];
      const b = this.buffers.biases.get(operation) ?? null;
      let add = false;
      for (const term of operation.terms) {
        const { coefficient, factor, source } = term;
        const { a } = this.buffers.terms.get(term)!;
        const { channels } = source;
        if (coefficient.kind === 'scale')
          calls.push(
            taskCall('scaleCoefficient', {
              s: this.buffers.slot(coefficient.parameter),
              factor,
              a,
              channels,
            }),
          );
        if (coefficient.kind === 'bias') {
          const bias = this.buffers.slot(coefficient.parameter);
          calls.push(taskCall('biasCoefficient', { bias, factor, b: b!, channels, add }));
          add = true;
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
            taskCall('inverseDeviation', {
              variance: this.buffers.slot(runningVar),
              inverse,
              channels,
              epsilon: BATCH_NORM_EPSILON,
            }),
            taskCall('normCoefficients', {
              mean,
              inverse,
              gamma: this.buffers.slot(gamma),
              beta: this.buffers.slot(beta),
              factor,
              a,
              b: b!,
              channels,
              add,
            }),
          );
          if (sequence?.place === 'first') calls.push(...this.lessZero(coefficient.norm, b!, channels));
          add = true;
        }
      }
      return calls.length > 0 ? [calls] : [];
    });
  }

  /** Subtracts a norm's output for zero from its offset. */
  private lessZero(norm: BatchNormPlan, b: Address, channels: number): TaskCall[] {
    const { at, call } = this.buffers.zeroOf(norm, channels);
    return [call, taskCall('biasCoefficient', { bias: at, factor: -1, b, channels, add: true })];
  }

  /** Tasks that transform every kernel into the layout of its convolution, and flipped for the gradients. */
  private transformTasks(withGradients: boolean): TaskCall[][] {
    return [...this.buffers.convolutions].flatMap(([{ k }, buffers]) => {
      const { winograd, kernel, forward, turned, cin, cout } = buffers;
      const tasks: TaskCall[][] = [];
      /** One task per range of panels. */
      const split = (panels: number, transform: (firstPanel: number, lastPanel: number) => TaskCall) => {
        const most = Math.max(1, Math.floor((TASK_FLOATS * panels) / (k * k * cin * cout)));
        for (let first = 0; first < panels; first += most)
          tasks.push([transform(first, Math.min(panels, first + most))]);
      };
      const shape = { w: kernel, cin, cout };
      const taps = k * k;
      split(cout / PANEL, (firstPanel, lastPanel) =>
        winograd
          ? taskCall('winogradKernel', { ...shape, u: forward, firstPanel, lastPanel })
          : taskCall('packKernel', { ...shape, packed: forward, taps, firstPanel, lastPanel }),
      );
      if (withGradients && turned !== null)
        split(cin / PANEL, (firstPanel, lastPanel) =>
          winograd
            ? taskCall('winogradTurnedKernel', { ...shape, u: turned, firstPanel, lastPanel })
            : taskCall('packTurnedKernel', { ...shape, packed: turned, taps, firstPanel, lastPanel }),
        );
      return tasks;
    });
  }

  private emitConvolution(builder: ProgramBuilder, operation: Convolution): void {
    const { x, y, k, stride } = operation;
    const { winograd, forward, cin, cout } = this.buffers.convolutions.get(operation)!;
    this.buffers.openPhase(builder, y);
    const common = { x: this.buffers.image(x), y: this.buffers.image(y), cin, cout, add: false };
    if (winograd) builder.chunk('winogradConvolution', { ...common, u: forward, size: x.size });
    else
      builder.chunk('directConvolution', {
        ...common,
        packed: forward,
        inSize: x.size,
        outSize: y.size,
        k,
        stride,
      });
  }

  private emitMoments(builder: ProgramBuilder, activation: Activation, mode: Mode): void {
    const moments = this.buffers.moments.get(activation.id);
    if (!moments || mode === 'evaluation') return;
    moments.parts = this.buffers.openPhase(builder, activation);
    builder.chunk('momentSums', {
      x: this.buffers.image(activation),
      sums: moments.sums,
      size: activation.size,
      channels: this.buffers.channelsOf(activation),
    });
  }

  private emitCombine(builder: ProgramBuilder, operation: Combine, mode: Mode, known: Set<number>): void {
    const { terms, relu, out } = operation;
    if (mode !== 'evaluation') this.emitNormCoefficients(builder, operation, mode, known);
    this.buffers.openPhase(builder, out);
    const channels = this.buffers.channelsOf(out);
    const whole = terms.filter(({ view }) => !view);
    const views = terms.filter(({ view }) => view);
    const b = this.buffers.biases.get(operation) ?? null;
    const to = this.buffers.image(out);
    const inputs = whole.map((term) => ({
      y: this.buffers.image(term.source),
      a: this.buffers.terms.get(term)!.a,
    }));
    const sumSoFar = { y: to, a: this.buffers.constant(1) };
    for (let round = 0, rest = inputs; round === 0 || rest.length > 0; round++) {
      // At most three terms per call; the sum so far is the first of the next three.
      const most = round === 0 ? 3 : 2;
      const now = rest.slice(0, most);
      if (round > 0) now.unshift(sumSoFar);
      rest = rest.slice(most);
      const last = rest.length === 0 && views.length === 0;
      const [first, second, third] = now;
      if (!first) throw new Error('A sum of branches needs a term without a view.');
      builder.chunk('combine', {
        out: to,
        b: round === 0 ? b : null,
        relu: last && relu,
        size: out.size,
        channels,
        y0: first.y,
        a0: first.a,
        y1: second?.y ?? null,
        a1: second?.a ?? null,
        y2: third?.y ?? null,
        a2: third?.a ?? null,
      });
    }
    for (const { source, factor, view } of views) {
      const { stride, offset } = view!;
      builder.chunk('addView', {
        out: to,
        y: this.buffers.image(source),
        a: factor,
        size: out.size,
        channels,
        ySize: source.size,
        yChannels: this.buffers.channelsOf(source),
        count: source.channels,
        stride,
        offset,
      });
    }
    if (views.length > 0 && relu) builder.chunk('rectify', { x: to, size: out.size, channels });
  }

  /** Batch statistics, and the coefficients a and b computed from them, between two phases. */
  private emitNormCoefficients(
    builder: ProgramBuilder,
    operation: Combine,
    mode: Mode,
    known: Set<number>,
  ): void {
    // Every sum with a normalised term has a bias vector.
    const b = this.buffers.biases.get(operation)!;
    let add = operation.terms.some(({ coefficient }) => coefficient.kind === 'bias');
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
          taskCall('moments', {
            sums,
            parts,
            stride: this.buffers.channelsOf(source),
            channels,
            count,
            epsilon: BATCH_NORM_EPSILON,
            mean,
            variance,
            inverse,
          }),
        );
      }
      const { runningMean, runningVar, gamma, beta } = coefficient.norm;
      const { sequence } = coefficient;
      let shownMean = mean;
      if (sequence?.place === 'second') {
        const shifted = this.buffers.shiftedMean(term, sequence, mean, 1);
        shownMean = shifted.mean;
        builder.finish(...shifted.calls);
      }
      if (mode === 'training')
        builder.finish(
          taskCall('moveRunning', {
            mean: shownMean,
            variance,
            runningMean: this.buffers.slot(runningMean),
            runningVariance: this.buffers.slot(runningVar),
            channels,
            momentum: RUNNING_MOMENTUM,
            unbias: count / Math.max(1, count - 1),
          }),
        );
      const { a } = this.buffers.terms.get(term)!;
      builder.finish(
        taskCall('normCoefficients', {
          mean,
          inverse,
          gamma: this.buffers.slot(gamma),
          beta: this.buffers.slot(beta),
          factor,
          a,
          b,
          channels,
          add,
        }),
      );
      if (sequence?.place === 'first') builder.finish(...this.lessZero(coefficient.norm, b, channels));
      add = true;
    }
    if (waits) builder.barrier();
  }
}
