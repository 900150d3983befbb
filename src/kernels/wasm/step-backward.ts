/** Plans the backward pass: gradients of the head, of sums of branches and of convolutions, last operation first. */
import type { Activation, Combine, Convolution, Head, Term } from '../graph';
import { GradientPool } from './memory-plan';
import type { ProgramBuilder } from './program';
import type { StepBuffers } from './step-buffers';

export class BackwardPlanner {
  constructor(private readonly buffers: StepBuffers) {}

  plan(builder: ProgramBuilder): void {
    const pool = new GradientPool(this.buffers.memory, this.buffers.settings.batch, (activation) =>
      this.buffers.channelsOf(activation),
    );
    const gradients = new Map<number, number>();
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
      }
    }
  }

  private emitHeadGradient(
    builder: ProgramBuilder,
    { x, weight }: Head,
    pool: GradientPool,
    gradients: Map<number, number>,
  ): void {
    const { features, dlogits, weightParts, biasParts } = this.buffers.head;
    this.buffers.head.parts = this.buffers.openPhase(builder, x);
    const dx = pool.take(x);
    gradients.set(x.id, dx);
    const channels = this.buffers.channelsOf(x);
    this.buffers.needScratch(4 * channels);
    builder.chunk(
      'headBackward',
      features,
      this.buffers.slot(weight),
      dlogits,
      dx,
      weightParts,
      biasParts,
      x.size,
      channels,
      this.buffers.columns,
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
    this.buffers.openPhase(builder, out);
    const channels = this.buffers.channelsOf(out);
    const vectors = terms.filter(({ coefficient: { kind } }) => kind === 'norm' || kind === 'scale');
    if (vectors.length === 0) {
      if (relu) builder.chunk('maskGradient', dz, this.buffers.image(out), out.size, channels);
    } else {
      this.emitGradientSums(builder, vectors, dz, relu ? this.buffers.image(out) : 0, out, channels);
      this.buffers.openPhase(builder, out);
    }

    const wanted = terms.filter(({ source }) => source !== this.buffers.graph.input);
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
      const shape = [source.size, this.buffers.channelsOf(source)];
      const { a, gradient } = this.buffers.terms.get(term)!;
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
          this.buffers.image(source),
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
    const chunks = this.buffers.openPhase(builder, out);
    const rounds: { group: readonly Term[]; sums: number }[] = [];
    for (let first = 0; first < vectors.length; first += 3) {
      const group = vectors.slice(first, first + 3);
      const sums = this.buffers.memory.reserve(8 * this.buffers.mostChunks * (1 + group.length) * channels);
      rounds.push({ group, sums });
      const sources = group.map(({ source }) => this.buffers.image(source));
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
          builder.finish(
            'scaleGradient',
            ...shared,
            factor,
            this.buffers.slot(coefficient.parameter, 'gradients'),
          );
        if (coefficient.kind === 'norm') {
          const { mean, inverse } = this.buffers.moments.get(source.id)!;
          const { gamma, beta } = coefficient.norm;
          const { gradient } = this.buffers.terms.get(term)!;
          builder.finish(
            'normGradient',
            ...shared,
            this.buffers.settings.batch * source.size ** 2,
            factor,
            mean,
            inverse,
            this.buffers.slot(gamma),
            this.buffers.slot(gamma, 'gradients'),
            this.buffers.slot(beta, 'gradients'),
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
    const buffers = this.buffers.convolutions.get(operation)!;
    const { winograd, turned, cin, cout, parts } = buffers;
    buffers.chunks = this.buffers.openPhase(builder, y);
    const from = this.buffers.image(x);
    if (parts === 0) {
      // A kernel that is not trained.
    } else if (winograd) builder.chunk('winogradKernelGradient', from, dy, parts, x.size, cin, cout);
    else builder.chunk('directKernelGradient', from, dy, parts, x.size, y.size, cin, cout, k, stride);
    if (x !== this.buffers.graph.input) {
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
}
