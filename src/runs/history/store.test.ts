import 'fake-indexeddb/auto';
import { verbatim } from '../../language/message';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import { InstrumentSeries } from '../../instruments/series';
import { forScalars } from '../../instruments/scalars';
import { STATISTICS } from '../../instruments/statistics';
import { curvesOf } from '../../network/curves';
import { planNetwork } from '../../network/plan-network';
import type { Checkpoint } from '../../training/checkpoint';
import { toRecord, type RunState } from '../record';
import { RunSeries } from '../series';
import {
  closeHistory,
  findRun,
  listRuns,
  loadCheckpoint,
  loadRun,
  remark,
  removeRuns,
  saveRun,
  type Saved,
} from './store';

const REMARKS = { name: 'calm otter', note: '', tags: [], starred: false };

/** A run of two blocks; every value is its step, but for the scales' dip at step 5. */
function runOf(id: string, steps: number, first = 0): RunState {
  const experiment = { ...DEFAULT_EXPERIMENT, depths: [2], widths: [4], strides: [1] };
  const plan = planNetwork(experiment);
  const curves = curvesOf(plan);
  const series = new RunSeries(curves.length, first);
  const values = Float32Array.from({ length: steps - first }, (_, i) => first + i);
  const width = curves.length * STATISTICS.length;
  series.append({
    firstStep: first,
    count: steps - first,
    ...forScalars(() => values),
    curves: Float32Array.from({ length: (steps - first) * width }, (_, i) =>
      first + Math.floor(i / width) === 5 ? 0.5 : 1,
    ),
  });
  const instruments = new InstrumentSeries([
    { instrument: 'rms', quantity: 'rms', layer: 0, part: 'all', copy: 0 },
  ]);
  for (let step = first; step < steps; step += 2)
    instruments.append({ step, values: Float32Array.of(step), milliseconds: {} });
  return {
    id,
    name: REMARKS.name,
    origin: null,
    sweep: null,
    experiment,
    createdAt: '2026-11-25T00:00:00.000Z',
    environment: { backend: 'wasm', adapter: verbatim('SIMD'), reason: verbatim('') },
    plan,
    curves,
    dataset: {
      id: 'builtin',
      label: verbatim('Built-in'),
      digest: 'd',
      train: 1,
      test: 1,
      trainUsed: 1,
      testUsed: 1,
    },
    totalSteps: 100,
    stepsPerEpoch: 10,
    batch: 8,
    series,
    instruments,
    evaluations: [{ step: 4, images: 10, loss: 2, top1: 0.5, top5: 0.75 }],
    imagesPerSecond: 10,
    end: null,
  };
}

const checkpointAt = (step: number): Checkpoint => ({
  step,
  values: new Map([['w', Float32Array.of(step)]]),
  velocities: new Map([['w', Float32Array.of(-step)]]),
  instruments: { lastStep: step - 1, updates: null },
});

const save = (run: RunState, until: number, more: Partial<Saved> = {}) =>
  saveRun({
    run,
    since: 0,
    until,
    checkpoint: checkpointAt(until),
    remarks: REMARKS,
    appVersion: '1',
    ...more,
  });

const app = { version: '1', userAgent: 'test' };

beforeEach(() => {
  closeHistory();
  globalThis.indexedDB = new IDBFactory();
});

describe('the history', () => {
  test('loads a run as it was saved, from any number of segments', async () => {
    const run = runOf('a', 40);
    await save(run, 0);
    await save(run, 13);
    await save(run, 14, { since: 13 });
    await save(run, 40, { since: 14 });
    expect(toRecord(await loadRun('a'), app)).toEqual(toRecord(run, app));
    expect(await loadCheckpoint('a')).toEqual(checkpointAt(40));
  });

  test('stores the checkpoint and the series of one save together, and later steps separately', async () => {
    const run = runOf('a', 40);
    await save(run, 30);
    await save({ ...run, end: { how: 'failed', step: 40, reason: verbatim('x'), digest: null } }, 40, {
      since: 30,
      checkpoint: null,
    });
    expect(await findRun('a')).toMatchObject({ steps: 40, checkpoint: 30, end: { how: 'failed' } });
    // Resumed from the checkpoint, it overwrites what it does again.
    await save(runOf('a', 35), 35, { since: 30 });
    expect((await loadRun('a')).series.count).toBe(35);
  });

  test('loads a branched run with its gap', async () => {
    const run = runOf('a', 40, 25);
    await save(run, 40, { since: 25 });
    const loaded = await loadRun('a');
    expect(loaded.series.first).toBe(25);
    expect(toRecord(loaded, app)).toEqual(toRecord(run, app));
  });

  test('numbers runs consecutively, and a run keeps its number', async () => {
    for (const id of ['a', 'b', 'c']) await save(runOf(id, 2), 2);
    await removeRuns(['b']);
    await save(runOf('d', 2), 2);
    await save(runOf('a', 9), 9, { since: 2 });
    expect((await listRuns()).map(({ id, number }) => [id, number])).toEqual([
      ['d', 3],
      ['c', 2],
      ['a', 0],
    ]);
  });

  test('keeps the user’s remarks while the run goes on', async () => {
    await save(runOf('a', 2), 2);
    await remark('a', { name: 'best', note: 'of all', tags: ['x'], starred: true });
    const entry = await save(runOf('a', 9), 9, { since: 2 });
    expect(entry).toMatchObject({ name: 'best', note: 'of all', tags: ['x'], starred: true, steps: 9 });
    expect((await loadRun('a')).name).toBe('best');
  });

  test('has an entry with dips, evaluation, thumbnail and size', async () => {
    const entry = await save(runOf('a', 200), 200);
    expect(entry.dips.map(({ panel, step, depth }) => [panel, step, depth])).toEqual(
      entry.thumbnail.panels.map(({ panel }) => [panel, 5, 0.5]),
    );
    expect(entry.evaluation).toMatchObject({ step: 4, top1: 0.5 });
    expect(entry.thumbnail.loss).toHaveLength(48);
    expect([entry.thumbnail.loss[0], entry.thumbnail.loss.at(-1)]).toEqual([0, 199]);
    const numbers = 200 * (5 + runOf('a', 1).curves.length * STATISTICS.length) + 100;
    expect(entry.bytes).toEqual({ series: 4 * numbers, checkpoint: 8 });
  });

  test('removes a run completely', async () => {
    await save(runOf('a', 4), 4);
    await save(runOf('b', 4), 4);
    await removeRuns(['a']);
    await expect(loadRun('a')).rejects.toThrow('no longer in the history');
    expect(await loadCheckpoint('a')).toBeNull();
    expect((await loadRun('b')).series.count).toBe(4);
    expect(await remark('a', { name: 'x' })).toBeNull();
  });

  test('reports what to do where it cannot be opened', async () => {
    globalThis.indexedDB = {
      open: () => {
        throw new DOMException('no', 'QuotaExceededError');
      },
    } as unknown as IDBFactory;
    await expect(save(runOf('a', 4), 4)).rejects.toMatchObject({
      full: true,
      message: expect.stringContaining('Remove old runs'),
    });
  });
});
