import { describe, expect, test } from 'vitest';
import { DEFAULT_EXPERIMENT } from '../experiment/settings';
import { InstrumentSeries } from '../instruments/series';
import { STATISTICS } from '../instruments/statistics';
import { curvesOf } from '../network/curves';
import { planNetwork } from '../network/plan-network';
import type { SeriesChunk } from '../training/protocol';
import { parseRecord, toRecord, type RunState } from './record';
import { RunSeries } from './series';

/** A chunk whose every value tells where it belongs: step + curve/100 + statistic/1000. */
function chunkOf(firstStep: number, count: number, curves: number): SeriesChunk {
  const steps = Float32Array.from({ length: count }, (_, i) => firstStep + i);
  const width = curves * STATISTICS.length;
  return {
    firstStep,
    count,
    loss: steps,
    accuracy: steps.slice(),
    lr: steps.slice(),
    logitStd: steps.slice(),
    logitNorm: steps.slice(),
    curves: Float32Array.from({ length: count * width }, (_, i) => {
      const k = i % width;
      return (
        firstStep +
        Math.floor(i / width) +
        Math.floor(k / STATISTICS.length) / 100 +
        (k % STATISTICS.length) / 1000
      );
    }),
  };
}

function runOf(steps: number): RunState {
  const plan = planNetwork(DEFAULT_EXPERIMENT);
  const curves = curvesOf(plan);
  const series = new RunSeries(curves.length);
  series.append(chunkOf(0, steps, curves.length));
  return {
    id: 'a',
    experiment: { ...DEFAULT_EXPERIMENT, factor: 1 },
    createdAt: '2026-11-24T00:00:00.000Z',
    environment: { backend: 'wasm', adapter: 'SIMD, 2 threads', reason: 'Because.' },
    plan,
    curves,
    dataset: {
      id: 'builtin',
      label: 'Built-in',
      digest: '00',
      train: 5000,
      test: 1000,
      trainUsed: 5000,
      testUsed: 1000,
    },
    totalSteps: 250,
    stepsPerEpoch: 78,
    batch: 64,
    series,
    instruments: new InstrumentSeries(),
    evaluations: [{ step: 50, images: 1000, loss: 4.5, top1: 0.02, top5: 0.1 }],
    imagesPerSecond: 400,
    end: { how: 'stopped', step: steps, reason: 'Stopped.', digest: null },
  };
}

describe('a series', () => {
  test('keeps every value in its place while it grows past its capacity', () => {
    const series = new RunSeries(2, 4);
    series.append(chunkOf(0, 3, 2));
    const early = series.curve(1, 'rms');
    series.append(chunkOf(3, 30, 2));
    expect([...early].map((v) => v.toFixed(3))).toEqual(['0.012', '1.012', '2.012']);
    expect(series.count).toBe(33);
    expect(series.curve(1, 'rms')[32]).toBeCloseTo(32.012, 4);
    expect(series.scalar('loss')).toHaveLength(33);
  });

  test('refuses a chunk that leaves a gap', () => {
    expect(() => new RunSeries(1).append(chunkOf(5, 1, 1))).toThrow('Expected step 0 next, got 5.');
  });
});

describe('a record', () => {
  const app = { version: '0.1.0', userAgent: 'test' };

  test('is read back as it was written', () => {
    const record = toRecord(runOf(5), app);
    expect(parseRecord(JSON.stringify(record))).toEqual(record);
    expect(record.query).toBe('?v=1&factor=1');
    expect(record.series.curves).toHaveLength(runOf(1).curves.length);
    expect(record.end.how).toBe('stopped');
  });

  test('keeps losses to the last bit, and null where one was not finite', () => {
    const run = runOf(3);
    run.series.scalar('loss').set([Math.fround(0.1), NaN, Infinity]);
    expect(toRecord(run, app).series.loss).toEqual([Math.fround(0.1), null, null]);
  });

  test('of a run that has not begun cannot be written', () => {
    expect(() => toRecord({ ...runOf(1), environment: null }, app)).toThrow('recorded nothing yet');
  });

  test.each([
    ['{', 'expected JSON'],
    ['{}', 'at format'],
    [JSON.stringify({ ...toRecord(runOf(2), app), batch: 'many' }), 'at batch'],
    [JSON.stringify({ ...toRecord(runOf(2), app), version: 2 }), 'at version'],
  ])('that is none is refused with the place and the reason', (text, reason) => {
    expect(() => parseRecord(text)).toThrow(reason);
  });
});
