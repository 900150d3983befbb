/** Plans the end of a step: partial gradients summed, merged kernels taken apart, parameters moved. */
import { padded } from './memory-plan';
import type { Call, ProgramBuilder } from './program';
import { TASK_FLOATS, type StepBuffers } from './step-buffers';

export class UpdatePlanner {
  constructor(private readonly buffers: StepBuffers) {}

  plan(builder: ProgramBuilder): void {
    const first: Call[][] = [];
    const second: Call[][] = [];
    const merged = new Set<string>();
    const summed = new Map<string, { parts: number; chunks: number; length: number }>();
    for (const [{ kernel, k, x }, buffers] of this.buffers.convolutions) {
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
        const s = scale ? this.buffers.slot(scale) : 0;
        const ds = scale ? this.buffers.slot(scale, 'gradients') : 0;
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
        const w = this.buffers.slot(parameter);
        const dw = this.buffers.slot(parameter, 'gradients');
        if (normalised) {
          const { inverse, gain, dgain } = this.buffers.normsOf(parameter, cout);
          const channels = this.buffers.slots.get(parameter)!.row;
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
          if (member !== null)
            calls.push(...this.updateCalls(member, 0, this.buffers.slots.get(member)!.length));
      second.push(calls);
    }
    const { weight, bias } = this.buffers.plan.head;
    const { weightParts, biasParts, parts: chunks } = this.buffers.head;
    summed.set(weight, {
      parts: weightParts,
      chunks,
      length: padded(this.buffers.plan.head.cin) * this.buffers.columns,
    });
    summed.set(bias, { parts: biasParts, chunks, length: this.buffers.columns });
    const vectors: Call[] = [];
    for (const { name } of this.buffers.plan.parameters) {
      if (merged.has(name)) continue;
      const sum = summed.get(name);
      const { length } = this.buffers.slots.get(name)!;
      if (!sum) {
        vectors.push(...this.updateCalls(name, 0, length));
        continue;
      }
      for (let from = 0; from < length; from += TASK_FLOATS) {
        const count = Math.min(TASK_FLOATS, length - from);
        first.push([
          this.sumCall(sum, this.buffers.slot(name, 'gradients'), from, count),
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
    const rule = this.buffers.settings.rules!.get(name);
    if (!rule) throw new Error(`There is no update rule for ${name}.`);
    const { momentum, nesterov } = this.buffers.settings;
    const { lrFactor, decay } = rule;
    const offset = 4 * from;
    const gradient = this.buffers.slot(name, 'gradients') + offset;
    const calls: Call[] = [];
    if (rule.gradientFactors)
      calls.push({
        kernel: 'multiply',
        args: [gradient, this.buffers.gradientFactors(name, rule.gradientFactors) + offset, count],
      });
    calls.push({
      kernel: 'updateParameter',
      args: [
        this.buffers.slot(name) + offset,
        this.buffers.slot(name, 'velocities') + offset,
        gradient,
        count,
        this.buffers.at.rate,
        this.buffers.at.finite,
        lrFactor,
        decay,
        momentum,
        nesterov ? 1 : 0,
      ],
    });
    return calls;
  }
}
