import { describe, expect, test } from 'vitest';
import { presetById, valuesOf } from '../experiment/presets';
import { DEFAULT_EXPERIMENT, type Experiment } from '../experiment/settings';
import { curvesOf } from '../network/curves';
import { planNetwork } from '../network/plan-network';
import { InstrumentSeries } from './series';
import { decayPrediction, growthPerLayer, restingAngle } from './theory';
import { judge, type CauseId, type MeasuredRun } from './verdict';

const STEPS = 100;
const flat = (value: number) => new Float32Array(STEPS).fill(value);
/** Falls by `depth` to step 30 and comes back. */
const dipping = (depth: number) =>
  Float32Array.from({ length: STEPS }, (_, t) => 1 - depth * (t / 30) * Math.exp(1 - t / 30));

interface Shape {
  preset: string;
  changes?: Partial<Experiment>;
  /** Means of the last layer's curves by panel; everything else stays at 1. */
  last: Partial<Record<string, Float32Array>>;
  all?: Float32Array;
  logitStd?: Float32Array;
  growth?: number;
}

function runOf({ preset, changes, last, all = flat(1), logitStd = flat(1), growth = 1 }: Shape): MeasuredRun {
  const experiment = { ...DEFAULT_EXPERIMENT, ...valuesOf(presetById(preset)!), ...changes };
  const plan = planNetwork(experiment);
  const curves = curvesOf(plan);
  const depth = plan.blocks.length - 1;
  const instruments = new InstrumentSeries(
    plan.blocks.map(({ index }) => ({
      instrument: 'rms',
      quantity: 'rms',
      layer: index,
      part: 'all',
      copy: 0,
    })),
  );
  instruments.append({
    step: 0,
    values: Float32Array.from(plan.blocks, ({ index }) => growth ** index),
    milliseconds: {},
  });
  return {
    experiment,
    plan,
    curves,
    mean: (k) => (curves[k]!.layer === depth ? (last[curves[k]!.panel] ?? all) : all),
    scalar: (name) => (name === 'lr' ? flat(experiment.lr) : logitStd),
    instruments,
  };
}

const supported = (shape: Shape): CauseId[] =>
  judge(runOf(shape))!
    .causes.filter(({ finding }) => finding === 'supported')
    .map(({ id }) => id);

describe('the verdict', () => {
  test('names shrinking logits: the last block alone dips, and the logits’ spread with it', () => {
    const shape = { preset: 'repvgg', last: { identity: dipping(0.25) }, logitStd: dipping(0.7) };
    expect(supported(shape)).toEqual(['logits']);
    expect(judge(runOf(shape))!.text).toMatch(
      /Identity of the last block falls by 25.0 % to step 30.*shrinking/,
    );
  });

  test('names decay: every branch falls as decay alone predicts', () => {
    const fall = Float32Array.from(decayPrediction(flat(0.3), 0.01, 0.9), Math.sqrt);
    expect(supported({ preset: 'simplified', changes: { wd: 0.01 }, last: {}, all: fall })).toEqual([
      'decay',
    ]);
  });

  test('names rotation: one branch falls, another rises, and the length stays', () => {
    const down = dipping(0.3);
    const up = down.map((value) => Math.sqrt(2 - value ** 2));
    expect(supported({ preset: 'simplified', last: { conv3x3: down, identity: up } })).toEqual(['rotation']);
  });

  test('names growth where activations grow from layer to layer', () => {
    expect(supported({ preset: 'no-norm', last: { conv3x3: dipping(0.2) }, growth: 1.8 })).toEqual([
      'growth',
    ]);
  });

  test('does not decide if a dip meets no criterion', () => {
    const shape = { preset: 'repvgg', last: { identity: dipping(0.25) } };
    expect(supported(shape)).toEqual([]);
    expect(judge(runOf(shape))!.text).toMatch(/do not decide/);
  });

  test('has no cause without a dip', () => {
    expect(judge(runOf({ preset: 'repvgg', last: {} }))!.text).toMatch(/nothing to explain/);
    expect(judge(runOf({ preset: 'post-addition-bn', changes: { norm: 'none' }, last: {} }))).toBeNull();
  });
});

describe('theory', () => {
  test('decay halves the scales after ln 2 · (1 − μ)/(ηλ) steps', () => {
    const lr = new Float32Array(8000).fill(0.1);
    const halfLife = Math.round((Math.LN2 * 0.1) / (0.1 * 1e-4));
    expect(Math.sqrt(decayPrediction(lr, 1e-4, 0.9)[halfLife]!)).toBeCloseTo(0.5, 3);
  });

  test('decay begins at the first step of a run from a checkpoint', () => {
    expect([...decayPrediction([NaN, NaN, 1, 1], 0.1, 0)]).toEqual([NaN, NaN, 1, Math.exp(-0.2)]);
  });

  test('growth per layer and the equilibrium angle', () => {
    expect(growthPerLayer([1, 2, 4, 8])).toBeCloseTo(2);
    expect(growthPerLayer([3])).toBeNaN();
    expect(restingAngle(0.1, 5e-4, 0.9)).toBeCloseTo(Math.sqrt(1e-4 / 1.9));
  });
});
