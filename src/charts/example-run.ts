/** A small run for tests: every curve starts at 1, and the last layer's dips by 28 % at step 37. */
import { STATISTICS } from '../instruments/statistics';
import type { Curve } from '../network/curves';
import { RunSeries } from '../runs/series';
import type { RunView } from './view';

export function exampleRun(layers: number, steps: number): RunView {
  const curves: Curve[] = Array.from({ length: layers }, (_, layer) =>
    (['identity', 'conv1x1', 'conv3x3'] as const).map((panel) => ({
      panel,
      layer,
      copy: 0,
      parameter: `blocks.${layer}.${panel}`,
      kind: 'scale' as const,
      channels: 8,
    })),
  ).flat();
  const series = new RunSeries(curves.length);
  const scalar = (at: (step: number) => number) =>
    Float32Array.from({ length: steps }, (_, step) => at(step));
  const values = new Float32Array(steps * curves.length * STATISTICS.length);
  for (let step = 0, i = 0; step < steps; step++) {
    for (const { layer } of curves) {
      const dip = layer === layers - 1 ? 0.28 * (step / 37) * Math.exp(1 - step / 37) : 0;
      for (let s = 0; s < STATISTICS.length; s++) values[i++] = 1 - dip;
    }
  }
  series.append({
    firstStep: 0,
    count: steps,
    loss: scalar((step) => 4.6 * Math.exp(-step / 1000)),
    accuracy: scalar((step) => step / steps),
    lr: scalar(() => 0.1),
    logitStd: scalar((step) => 0.9 + step / 1000),
    logitNorm: scalar((step) => 9 + step / 100),
    curves: values,
  });
  const evaluations = [
    { step: 0, images: 100, loss: 4.7, top1: 0.01, top5: 0.05 },
    { step: steps, images: 100, loss: 3.1, top1: 0.25, top5: 0.5 },
  ];
  return { curves, series, evaluations };
}
