/** Plans the backward pass: gradients of the head, of sums of branches and of convolutions, last operation first. */
import type { Activation, Combine, Convolution, Head, Term } from '../graph';
import { GradientPool } from './memory-plan';
import type { Address } from './kernel-table';
import { taskCall, type ProgramBuilder } from './program';
import type { StepBuffers } from './step-buffers';

export class BackwardPlanner {
  constructor(private readonly buffers: StepBuffers) {}

  plan(builder: ProgramBuilder): void {
    const pool = new GradientPool(this.buffers.memory, this.buffers.settings.batch, (activation) =>
      this.buffers.channelsOf(activation),
    );
    const gradients = new Map<number, Address>();
    for (const operation of this.buffers.graph.operations.toReversed()) {
      switch (operation.kind) {
        case 'head':
          this.emitHeadGradient(builder, operation, pool, gradients);
          break;
        case 'combine':
          this.emitCombineGradient(builder, operation, pool, gradients);
          break;
        case 'convolution':
          this.emitConvolutionGradient(builder, operation, pool, gradients);
          break;
        default:
          operation satisfies never;
      }
    }
  }

  private emitHeadGradient(
    builder: ProgramBuilder,
    { x, weight }: Head,
    pool: GradientPool,
    gradients: Map<number, Address>,
  ): void {
    const { features, dlogits, weightParts, biasParts } = this.buffers.head;
    this.buffers.head.parts = this.buffers.openPhase(builder, x);
    const dx = pool.take(x);
    gradients.set(x.id, dx);
    const channels = this.buffers.channelsOf(x);
    builder.chunk('headBackward', {
      features,
      weight: this.buffers.slot(weight),
      dlogits,
      dx,
      dweight: weightParts!,
      dbias: biasParts!,
      size: x.size,
      channels,
      columns: this.buffers.columns,
    });
  }

  private emitCombineGradient(
    builder: ProgramBuilder,
    { terms, relu, out }: Combine,
    pool: GradientPool,
    gradients: Map<number, Address>,
  ): void {
    const dz = gradients.get(out.id);
    if (dz === undefined) return;
    gradients.delete(out.id);
    this.buffers.openPhase(builder, out);
    const channels = this.buffers.channelsOf(out);
    const vectors = terms.filter(({ coefficient: { kind } }) => kind === 'norm' || kind === 'scale');
    if (vectors.length === 0) {
      if (relu)
        builder.chunk('maskGradient', { dout: dz, out: this.buffers.image(out), size: out.size, channels });
    } else {
      this.emitGradientSums(builder, vectors, dz, relu ? this.buffers.image(out) : null, out, channels);
      this.buffers.openPhase(builder, out);
    }

    const wanted = terms.filter(({ source }) => source !== this.buffers.graph.input);
    // The last term that starts a new gradient reuses the memory of dz.
    const starts = wanted.filter(
      ({ source, view }, i) =>
        !view && !gradients.has(source.id) && wanted.findIndex((term) => term.source === source) === i,
    );
    const heir = starts.at(-1);
    const ordered = heir ? [...wanted.filter((term) => term !== heir), heir] : wanted;
    for (const term of ordered) {
      const { source, view, factor, coefficient } = term;
      let dy = gradients.get(source.id);
      const add = dy !== undefined;
      if (dy === undefined) {
        dy = term === heir ? dz : pool.take(source);
        gradients.set(source.id, dy);
      }
      const sourceChannels = this.buffers.channelsOf(source);
      const spread = { dz, dy, size: source.size, channels: sourceChannels, add };
      const { a, gradient } = this.buffers.terms.get(term)!;
      if (view) {
        const { stride, offset } = view;
        builder.chunk('addViewGradient', {
          dz,
          dy,
          a: factor,
          size: out.size,
          channels,
          ySize: source.size,
          yChannels: sourceChannels,
          count: source.channels,
          stride,
          offset,
          add,
        });
      } else if (coefficient.kind === 'norm')
        builder.chunk('spreadGradient', { ...spread, ...gradient!, y: this.buffers.image(source) });
      else if (!(dy === dz && factor === 1 && coefficient.kind === 'one'))
        builder.chunk('spreadGradient', { ...spread, y: null, a, b: null, c: null });
    }
    if (!heir) pool.giveBack(out, dz);
  }

  /** Σ dz and Σ dz·y of a combination's scaled and normalised terms, and the gradients that follow from them. */
  private emitGradientSums(
    builder: ProgramBuilder,
    vectors: readonly Term[],
    dz: Address,
    mask: Address | null,
    out: Activation,
    channels: number,
  ): void {
    const chunks = this.buffers.openPhase(builder, out);
    const rounds: { group: readonly Term[]; sums: Address }[] = [];
    for (let first = 0; first < vectors.length; first += 3) {
      const group = vectors.slice(first, first + 3);
      const sums = this.buffers.memory.reserve(8 * this.buffers.mostChunks * (1 + group.length) * channels);
      rounds.push({ group, sums });
      const [y0, y1, y2] = group.map(({ source }) => this.buffers.image(source));
      builder.chunk('gradientSums', {
        dout: dz,
        out: first === 0 ? mask : null,
        sums,
        size: out.size,
        channels,
        terms: group.length,
        y0: y0!,
        y1: y1 ?? null,
        y2: y2 ?? null,
      });
    }
    for (const { group, sums } of rounds) {
      group.forEach((term, i) => {
        const { coefficient, factor, source } = term;
        const shared = {
          sums,
          parts: chunks,
          rows: 1 + group.length,
          row: 1 + i,
          stride: channels,
          channels: source.channels,
          factor,
        };
        if (coefficient.kind === 'scale')
          builder.finish(
            taskCall('scaleGradient', {
              ...shared,
              ds: this.buffers.slot(coefficient.parameter, 'gradients'),
            }),
          );
        if (coefficient.kind === 'norm') {
          const { mean, inverse } = this.buffers.moments.get(source.id)!;
          const { gamma, beta } = coefficient.norm;
          const { gradient } = this.buffers.terms.get(term)!;
          builder.finish(
            taskCall('normGradient', {
              ...shared,
              ...gradient!,
              count: this.buffers.settings.batch * source.size ** 2,
              mean,
              inverse,
              gamma: this.buffers.slot(gamma),
              dgamma: this.buffers.slot(gamma, 'gradients'),
              dbeta: this.buffers.slot(beta, 'gradients'),
            }),
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
    gradients: Map<number, Address>,
  ): void {
    const { x, y, k, stride } = operation;
    const dy = gradients.get(y.id);
    if (dy === undefined) return;
    gradients.delete(y.id);
    const buffers = this.buffers.convolutions.get(operation)!;
    const { winograd, turned, cin, cout, parts } = buffers;
    buffers.chunks = this.buffers.openPhase(builder, y);
    const from = this.buffers.image(x);
    const sizes = { inSize: x.size, outSize: y.size };
    if (parts !== null) {
      const common = { x: from, dy, dw: parts, cin, cout };
      if (winograd) builder.chunk('winogradKernelGradient', { ...common, size: x.size });
      else builder.chunk('directKernelGradient', { ...common, ...sizes, k, stride });
    }
    if (turned !== null) {
      let dx = gradients.get(x.id);
      const add = dx !== undefined;
      if (dx === undefined) {
        dx = pool.take(x);
        gradients.set(x.id, dx);
      }
      // At stride 1 this is a convolution of dy with the flipped kernel; input and output channels are exchanged.
      const back = { x: dy, y: dx, cin: cout, cout: cin, add };
      if (winograd) builder.chunk('winogradConvolution', { ...back, u: turned, size: x.size });
      else if (stride === 1)
        builder.chunk('directConvolution', {
          ...back,
          packed: turned,
          inSize: y.size,
          outSize: x.size,
          k,
          stride: 1,
        });
      else builder.chunk('directInputGradient2', { dy, turned, dx, ...sizes, cin, cout, k, add });
    }
    pool.giveBack(y, dy);
  }
}
