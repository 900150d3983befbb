/** Plans the update: partial gradients are summed, gradients of merged kernels are split, and the optimiser runs. */
import type { ConvolutionShape } from './convolution';
import type { Add, View } from './shader';
import * as merge from './merge';
import { lossScale, type KernelPartOf, type StepBuffers } from './step-buffers';
import { update } from './update';
import type { UpdateRule } from '../update-rule';

export class UpdatePlanner {
  constructor(
    private readonly buffers: StepBuffers,
    private readonly add: Add,
  ) {}

  plan(rules: ReadonlyMap<string, UpdateRule>): void {
    this.emitSumsOfParts();
    for (const [{ kernel }, { planned, gradient }] of this.buffers.convolutions)
      if (kernel.kind === 'merged' && gradient) this.emitPartGradients(kernel.parts, planned.shape, gradient);
    const { gpu, plan, regionLength } = this.buffers;
    const table = new Float32Array(2 * regionLength);
    const factors = new Float32Array(regionLength).fill(1);
    let someFactors = false;
    for (const { name } of plan.parameters) {
      const rule = rules.get(name);
      if (!rule) throw new Error(`There is no update rule for ${name}.`);
      const { offset, length } = this.buffers.slots.get(name)!;
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
      update(
        regionLength,
        {
          parameters: this.buffers.parameters,
          velocities: this.buffers.velocities,
          gradients: this.buffers.gradients,
          rules: filled(table, 'rules'),
          factors: someFactors ? filled(factors, 'gradient factors') : null,
          rate: this.buffers.rate,
          numbers: this.buffers.numbers,
        },
        this.buffers.settings.momentum,
        this.buffers.settings.nesterov,
        lossScale(this.buffers.settings),
      ),
    );
  }

  /** Sums partial gradients of kernels, several of equal shape per dispatch. */
  private emitSumsOfParts(): void {
    const groups = new Map<string, { number: number; length: number; of: { parts: View; sum: View }[] }>();
    for (const { planned, parts, gradient } of this.buffers.convolutions.values()) {
      if (!parts || !gradient) continue;
      const { k, cin, cout } = planned.shape;
      const length = k * k * cin * cout;
      const key = `${planned.parts} ${length}`;
      const group = groups.get(key) ?? { number: planned.parts, length, of: [] };
      group.of.push({ parts, sum: gradient });
      groups.set(key, group);
    }
    for (const { number, length, of } of groups.values())
      for (let first = 0; first < of.length; first += merge.MOST_SUMS)
        this.add(merge.sumsOfParts(of.slice(first, first + merge.MOST_SUMS), number, length));
  }

  private emitPartGradients(parts: readonly KernelPartOf[], shape: ConvolutionShape, dmerged: View): void {
    const { cin, cout } = shape;
    const kernels: { part: merge.Part; dw: View }[] = [];
    const gains: { part: merge.Part; dgain: View }[] = [];
    for (const of of parts) {
      const { parameter, scale, normalised } = of;
      const part = this.buffers.partOf(of, cout);
      if (parameter !== null) kernels.push({ part, dw: this.buffers.gradient(parameter) });
      if (!scale) continue;
      const apart = normalised && parameter !== null;
      gains.push({
        part,
        dgain: apart ? this.buffers.normsOf(parameter, cout).dgain : this.buffers.gradient(scale),
      });
    }
    this.add(...merge.partGradients(shape, kernels, dmerged));
    this.add(...merge.gainGradients(shape, gains, dmerged));
    for (const { parameter, scale, normalised, height, width } of parts) {
      if (!normalised || parameter === null || !scale) continue;
      const { inverse, dgain } = this.buffers.normsOf(parameter, cout);
      this.add(
        merge.kernelNormsGradient({
          rows: height * width * cin,
          cout,
          w: this.buffers.slotView(parameter),
          dw: this.buffers.gradient(parameter),
          s: this.buffers.slotView(scale),
          ds: this.buffers.gradient(scale),
          dgain,
          inverse,
        }),
      );
    }
  }
}
