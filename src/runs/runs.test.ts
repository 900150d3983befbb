import { readFileSync } from 'node:fs';
import { verbatim } from '../language/message';
import { describe, expect, test } from 'vitest';
import { DEFAULT_EXPERIMENT } from '../experiment/settings';
import { InstrumentSeries } from '../instruments/series';
import { forScalars } from '../instruments/scalars';
import { STATISTICS } from '../instruments/statistics';
import { curvesOf } from '../network/curves';
import { planNetwork } from '../network/plan-network';
import type { SeriesChunk } from '../training/protocol';
import { nameOf } from './run-names';
import { fromRecord, toRecord, type RunState } from './record';
import { parseRecord } from './record-schema';
import { RunSeries } from './series';

/** A chunk whose every value tells where it belongs: step + curve/100 + statistic/1000. */
function chunkOf(firstStep: number, count: number, curves: number): SeriesChunk {
  const steps = Float32Array.from({ length: count }, (_, i) => firstStep + i);
  const width = curves * STATISTICS.length;
  return {
    firstStep,
    count,
    ...forScalars(() => steps.slice()),
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
    name: 'calm otter',
    origin: null,
    sweep: null,
    experiment: { ...DEFAULT_EXPERIMENT, factor: 1 },
    createdAt: '2026-11-24T00:00:00.000Z',
    environment: { backend: 'wasm', adapter: verbatim('SIMD, 2 threads'), reason: verbatim('Because.') },
    plan,
    curves,
    dataset: {
      id: 'builtin',
      label: verbatim('Built-in'),
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
    end: { how: 'stopped', step: steps, reason: verbatim('Stopped.'), digest: null },
  };
}

describe('a series', () => {
  test('keeps every value in its place while it grows past its capacity', () => {
    const series = new RunSeries(2);
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

test('a series that begins at a later step has nothing before it, and can be cut off and taken up again', () => {
  const series = new RunSeries(2, 300);
  expect(series.scalar('loss')).toHaveLength(300);
  expect(series.scalar('loss').every(Number.isNaN)).toBe(true);
  series.append(chunkOf(300, 20, 2));
  const whole = series.columns(300, 320);
  series.truncate(307);
  series.append(chunkOf(307, 13, 2));
  expect(series.columns(300, 320)).toEqual(whole);
  const copy = new RunSeries(2, 300);
  copy.appendColumns(series.columns(300, 311));
  copy.appendColumns(series.columns(311, 320));
  expect(copy.columns(300, 320)).toEqual(whole);
  expect(copy.curve(1, 'rms')[317]).toBeCloseTo(317.012, 3);
  expect(() => copy.appendColumns(whole)).toThrow('Expected step 320 next, got 300.');
});

test('names can be remembered: words only, the same for the same run, seldom the same for two', () => {
  const names = Array.from({ length: 100 }, (_, i) => nameOf(`run-${i}`));
  expect(names.every((name) => /^[a-z]+ [a-z]+$/.test(name))).toBe(true);
  expect(nameOf('run-7')).toBe(names[7]);
  expect(new Set(names).size).toBeGreaterThan(90);
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

  test('becomes the run again that it was of', () => {
    const run = { ...runOf(5), origin: { id: 'b', name: 'red fox', step: 0, fresh: ['w'] } };
    const record = toRecord(run, app, { note: 'a\nb', tags: ['x'], starred: true });
    const { note, tags, starred } = record;
    expect(toRecord(fromRecord(record), app, { note, tags, starred })).toEqual(record);
    expect(fromRecord(record).end).toEqual(run.end);
  });

  test('of a branched run has gaps before its first step, and becomes it again', () => {
    const run = runOf(1);
    const series = new RunSeries(run.curves.length, 3);
    series.append(chunkOf(3, 2, run.curves.length));
    const record = toRecord({ ...run, series }, app);
    expect(record.series.loss).toEqual([null, null, null, 3, 4]);
    expect(fromRecord(record).series.columns(3, 5)).toEqual(series.columns(3, 5));
  });

  test('of the first version opens, with a name of its own', () => {
    const text = readFileSync(new URL('./fixtures/record-v1.json', import.meta.url), 'utf8');
    const record = parseRecord(text);
    expect(record).toMatchObject({ version: 3, origin: null, firstStep: 0, note: '' });
    expect(record.name).toBe(nameOf(record.id));
    const run = fromRecord(record);
    expect(run.series.count).toBe(8);
    expect(run.series.scalar('loss')[7]).toBe(Math.fround(record.series.loss[7]!));
    expect(run.experiment).toMatchObject({ depths: [1, 1], batch: 8 });
    expect(run.evaluations.map(({ step }) => step)).toEqual([4, 8]);
    expect(run.instruments.count).toBe(2);
  });

  test('whose series differ in length is refused', () => {
    const record = toRecord(runOf(3), app);
    record.series.curves[1]!.rms.pop();
    expect(() => parseRecord(JSON.stringify(record))).toThrow(
      'at series.curves.1.rms, expected 3 values, found 2',
    );
  });

  test('of a run that has not begun cannot be written', () => {
    expect(() => toRecord({ ...runOf(1), environment: null }, app)).toThrow('recorded nothing yet');
  });

  test.each([
    ['{', 'expected JSON'],
    ['{}', 'at format'],
    [JSON.stringify({ ...toRecord(runOf(2), app), batch: 'many' }), 'at batch'],
    [JSON.stringify({ ...toRecord(runOf(2), app), version: 4 }), 'in a newer Branch Lab'],
  ])('that is none is refused with the place and the reason', (text, reason) => {
    expect(() => parseRecord(text)).toThrow(reason);
  });
});
