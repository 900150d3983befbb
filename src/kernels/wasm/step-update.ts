/**
 * Plans the update: partial gradients are summed, gradients of merged kernels are split, and parameters are updated.
 */
import { padded } from './memory-plan';
import { offset, type Address } from './kernel-table';
import { taskCall, type ProgramBuilder, type TaskCall } from './program';
import { TASK_FLOATS, type StepBuffers } from './step-buffers';

/** Partial gradients of a parameter: `chunks` arrays of `length` floats, one after the other. */
interface PartialGradients {
  parts: Address;
  chunks: number;
  length: number;
}

export class UpdatePlanner {
  constructor(private readonly buffers: StepBuffers) {}

  plan(builder: ProgramBuilder): void {
    const first: TaskCall[][] = [];
    const second: TaskCall[][] = [];
    const merged = new Set<string>();
    const summed = new Map<string, PartialGradients>();
    for (const [{ kernel, k, x }, buffers] of this.buffers.convolutions) {
      const { cin, cout, parts, chunks, name } = buffers;
      const length = k * k * cin * cout;
      if (kernel.kind === 'parameter') {
        summed.set(name!, { parts: parts!, chunks, length });
        continue;
      }
      if (kernel.kind === 'average') continue;
      const dmerged = buffers.merged!;
      for (let from = 0; from < length; from += TASK_FLOATS)
        first.push([
          this.sumCall(
            { parts: parts!, chunks, length },
            dmerged,
            from,
            Math.min(TASK_FLOATS, length - from),
          ),
        ]);
      const calls: TaskCall[] = [];
      for (const { parameter, height, width, scale, normalised, constant } of kernel.parts) {
        const s = scale ? this.buffers.slot(scale) : null;
        const ds = scale ? this.buffers.slot(scale, 'gradients') : null;
        if (scale) merged.add(scale);
        if (parameter === null) {
          if (ds !== null)
            calls.push(
              taskCall('mergeIdentityGradient', {
                dmerged,
                k,
                ds,
                constant,
                cin,
                cout,
                channels: x.channels,
              }),
            );
          continue;
        }
        merged.add(parameter);
        const w = this.buffers.slot(parameter);
        const dw = this.buffers.slot(parameter, 'gradients');
        const part = { dmerged, k, w, dw, kh: height, kw: width, constant, cin, cout };
        if (normalised) {
          const { inverse, gain, dgain } = this.buffers.normsOf(parameter, cout);
          const channels = this.buffers.slots.get(parameter)!.row;
          calls.push(
            taskCall('mergeKernelGradient', { ...part, s: gain, ds: dgain }),
            taskCall('kernelNormsGradient', {
              w,
              dw,
              s: s!,
              ds: ds!,
              dgain,
              inverse,
              rows: height * width * cin,
              cout,
              channels,
            }),
          );
        } else calls.push(taskCall('mergeKernelGradient', { ...part, s, ds }));
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
      parts: weightParts!,
      chunks,
      length: padded(this.buffers.plan.head.cin) * this.buffers.columns,
    });
    summed.set(bias, { parts: biasParts!, chunks, length: this.buffers.columns });
    const vectors: TaskCall[] = [];
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
    { parts, chunks, length }: PartialGradients,
    to: Address,
    from: number,
    count: number,
  ): TaskCall {
    return taskCall('sumParts', {
      parts: offset(parts, 4 * from),
      stride: length,
      number: chunks,
      sum: offset(to, 4 * from),
      count,
    });
  }

  private updateCalls(name: string, from: number, count: number): TaskCall[] {
    const rule = this.buffers.settings.rules!.get(name);
    if (!rule) throw new Error(`There is no update rule for ${name}.`);
    const { momentum, nesterov } = this.buffers.settings;
    const { lrFactor, decay } = rule;
    const bytes = 4 * from;
    const gradient = offset(this.buffers.slot(name, 'gradients'), bytes);
    const calls: TaskCall[] = [];
    if (rule.gradientFactors)
      calls.push(
        taskCall('multiply', {
          g: gradient,
          factors: offset(this.buffers.gradientFactors(name, rule.gradientFactors), bytes),
          count,
        }),
      );
    calls.push(
      taskCall('updateParameter', {
        w: offset(this.buffers.slot(name), bytes),
        v: offset(this.buffers.slot(name, 'velocities'), bytes),
        g: gradient,
        count,
        rate: this.buffers.at.rate,
        finite: this.buffers.at.finite,
        lrFactor,
        decay,
        momentum,
        nesterov,
      }),
    );
    return calls;
  }
}
