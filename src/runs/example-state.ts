/** A synthetic run for tests. */
import { DEFAULT_EXPERIMENT, type Experiment } from '../experiment/settings';
import { InstrumentSeries } from '../instruments/series';
import { STATISTICS } from '../instruments/statistics';
import { message, verbatim } from '../language/message';
import type { Curve } from '../network/curves';
import type { RunState } from './record';
import { RunSeries } from './series';

export interface Example {
  id?: string;
  layers?: number;
  steps?: number;
  /** First step recorded, as of a run from a checkpoint: all before is NaN. */
  from?: number;
  experiment?: Partial<Experiment>;
  /** Fall of the last layer's curves at step from + 37, as a share of the start. */
  depth?: number;
  /** Share of test images right at the last evaluation. */
  top1?: number;
  end?: RunState['end'];
}

/** Three panels per layer; every curve starts at 1, and those of the last layer dip (by 28 % at step 37 by default). */
export function exampleState(example: Example = {}): RunState {
  const { id = 'a', layers = 3, steps = 60, from = 0, depth = 0.28, top1 = 0.25 } = example;
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
    Float32Array.from({ length: steps }, (_, step) => (step < from ? NaN : at(step)));
  const values = new Float32Array(steps * curves.length * STATISTICS.length);
  for (let step = 0, i = 0; step < steps; step++) {
    const t = (step - from) / 37;
    for (const { layer } of curves) {
      const dip = layer === layers - 1 ? depth * t * Math.exp(1 - t) : 0;
      for (let s = 0; s < STATISTICS.length; s++) values[i++] = step < from ? NaN : 1 - dip;
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
  return {
    id,
    name: id,
    origin: null,
    sweep: null,
    experiment: { ...DEFAULT_EXPERIMENT, ...example.experiment },
    createdAt: '2026-11-24T00:00:00.000Z',
    environment: {
      backend: 'wasm',
      adapter: message('adapter.simdThreads', { threads: 2 }),
      reason: verbatim('Because.'),
    },
    plan: null,
    curves,
    dataset: {
      id: 'builtin',
      label: verbatim('Built-in'),
      digest: '00',
      train: 5000,
      test: 1000,
      trainUsed: 5000,
      testUsed: 100,
    },
    totalSteps: steps,
    stepsPerEpoch: 78,
    batch: 64,
    series,
    instruments: new InstrumentSeries(),
    evaluations: [
      { step: from, images: 100, loss: 4.7, top1: 0.01, top5: 0.05 },
      { step: steps, images: 100, loss: 3.1, top1, top5: 0.5 },
    ],
    imagesPerSecond: 400,
    end: example.end ?? {
      how: 'finished',
      step: steps,
      reason: message('run.finished', { steps }),
      digest: 'c0ffee',
    },
  };
}
