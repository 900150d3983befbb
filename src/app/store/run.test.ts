import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { message, verbatim } from '../../language/message';
import { createStore } from 'zustand/vanilla';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import { planNetwork } from '../../network/plan-network';
import type { Report, Request, RunReport } from '../../training/protocol';
import type { HistoryWriter } from './history-writer';
import { REVISION_INTERVAL, runStore, type RunStore } from './run';
import type { TrainingWorker } from './training-client';

class FakeWorker implements TrainingWorker {
  sent: Request[] = [];
  terminated = false;
  onmessage: TrainingWorker['onmessage'] = null;
  onerror: TrainingWorker['onerror'] = null;
  onmessageerror: TrainingWorker['onmessageerror'] = null;
  postMessage(request: Request) {
    this.sent.push(request);
  }
  terminate() {
    this.terminated = true;
  }
}

const first = { experiment: DEFAULT_EXPERIMENT, source: { kind: 'builtin', difficulty: 'medium' } } as const;
const second = { ...first, experiment: { ...DEFAULT_EXPERIMENT, factor: 1 } };
const floats = (value: number) => Float32Array.of(value);

const WRITES_NOTHING: HistoryWriter = { begun: () => {}, checkpoint: () => {}, ended: () => {} };

function setUp() {
  const told: string[] = [];
  const kept: HistoryWriter = {
    begun: ({ id }) => told.push(`begun ${id}`),
    checkpoint: ({ id }, { step }) => told.push(`checkpoint ${id} ${step}`),
    ended: ({ id }) => told.push(`ended ${id}`),
  };
  const workers: FakeWorker[] = [];
  const store = createStore<RunStore>()(
    runStore(() => {
      workers.push(new FakeWorker());
      return workers.at(-1)!;
    }, kept),
  );
  const report = (ofRun: RunReport, runId = store.getState().run!.id) =>
    workers.at(-1)!.onmessage!({ data: { ...ofRun, runId } } as MessageEvent<Report>);
  const ready = () =>
    report({
      type: 'ready',
      plan: planNetwork(DEFAULT_EXPERIMENT),
      curves: [],
      columns: [],
      dataset: {
        id: 'builtin',
        label: verbatim(''),
        digest: '',
        train: 1,
        test: 1,
        trainUsed: 1,
        testUsed: 1,
      },
      totalSteps: 250,
      stepsPerEpoch: 10,
      batch: 64,
      firstStep: 0,
      fresh: [],
    });
  const progress = (firstStep: number) =>
    report({
      type: 'progress',
      imagesPerSecond: 100,
      measurements: [],
      chunk: {
        firstStep,
        count: 1,
        loss: floats(4),
        accuracy: floats(0),
        lr: floats(1),
        logitStd: floats(1),
        logitNorm: floats(1),
        curves: new Float32Array(),
      },
    });
  return {
    store,
    told,
    workers,
    report,
    ready,
    progress,
    types: () => workers.at(-1)!.sent.map(({ type }) => type),
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the run store', () => {
  test('a data set is prepared before the start, by the worker that then trains', () => {
    const { store, workers, types } = setUp();
    store.getState().prepare({ kind: 'builtin', difficulty: 'medium' });
    expect(store.getState().status).toBe('idle');
    store.getState().start(first);
    expect(types()).toEqual(['prepare', 'start']);
    expect(workers).toHaveLength(1);
  });

  test('makes its worker at the first start and keeps it', () => {
    const { store, workers } = setUp();
    expect(workers).toHaveLength(0);
    store.getState().start(first);
    store.getState().start(first);
    expect(workers).toHaveLength(1);
    expect(store.getState().status).toBe('preparing');
  });

  test('records steps and raises the revision at most five times a second', () => {
    const { store, report, ready, progress } = setUp();
    store.getState().start(first);
    ready();
    report({ type: 'state', state: 'running' });
    const before = store.getState().revision;
    for (let step = 0; step < 100; step++) {
      progress(step);
      vi.advanceTimersByTime(10);
    }
    expect(store.getState().run!.series.count).toBe(100);
    const raised = store.getState().revision - before;
    expect(raised).toBeGreaterThanOrEqual(4);
    expect(raised).toBeLessThanOrEqual(1000 / REVISION_INTERVAL);
  });

  test('ignores what is said of another run', () => {
    const { store, report } = setUp();
    store.getState().start(first);
    report({ type: 'state', state: 'running' }, 'another');
    expect(store.getState().status).toBe('preparing');
  });

  test('steps once from nothing: starts paused, then takes one step', () => {
    const { store, report, types } = setUp();
    store.getState().step(first);
    expect(types()).toEqual(['start']);
    report({ type: 'state', state: 'paused' });
    report({ type: 'state', state: 'paused' });
    expect(types()).toEqual(['start', 'step']);
  });

  test('drops the run at a reset, and whatever is still said of it', () => {
    const { store, report } = setUp();
    store.getState().start(first);
    const { id } = store.getState().run!;
    store.getState().reset();
    report({ type: 'ended', end: { how: 'stopped', step: 0, reason: verbatim(''), digest: null } }, id);
    expect(store.getState()).toMatchObject({ run: null, status: 'idle' });
  });

  test('holds two runs side by side: one status, shown one or the other, both kept', () => {
    const { store, workers, report, progress, types } = setUp();
    store.getState().step(first, second);
    const { pair, run, beside } = store.getState();
    expect(workers[0]!.sent[0]).toMatchObject({
      type: 'start',
      paused: true,
      runs: [
        { runId: pair![0], experiment: { factor: 2 } },
        { runId: pair![1], experiment: { factor: 1 } },
      ],
    });
    expect([run!.id, beside!.id]).toEqual(pair);
    report({ type: 'state', state: 'paused' }, pair![0]);
    expect(store.getState().status).toBe('preparing');
    expect(types()).toEqual(['start']);
    report({ type: 'state', state: 'paused' }, pair![1]);
    expect(types()).toEqual(['start', 'step']);
    progress(0);
    store.getState().swap();
    expect([store.getState().run!.id, store.getState().beside!.id]).toEqual(pair!.toReversed());
    progress(0);
    const finished = { how: 'finished', step: 1, reason: verbatim(''), digest: null } as const;
    report({ type: 'state', state: 'running' }, pair![1]);
    report({ type: 'ended', end: finished }, pair![0]);
    expect(store.getState()).toMatchObject({
      status: 'running',
      beside: { end: finished },
      run: { end: null },
    });
    report({ type: 'ended', end: finished }, pair![1]);
    expect(store.getState().status).toBe('ended');
    expect(store.getState().kept.map(({ id }) => id)).toEqual(pair);
    expect(store.getState().started).toBe(DEFAULT_EXPERIMENT);
    store.getState().start(first);
    expect(store.getState()).toMatchObject({ pair: null, beside: null });
  });

  test('ends both runs of a pair where the worker dies', () => {
    const { store, workers } = setUp();
    store.getState().start(first, second);
    workers[0]!.onerror!({ message: '' } as ErrorEvent);
    expect(store.getState()).toMatchObject({
      status: 'ended',
      run: { end: { how: 'failed' } },
      beside: { end: { how: 'failed' } },
    });
  });

  test('ends the run as failed where the worker dies, and starts anew with another', () => {
    const { store, workers } = setUp();
    store.getState().start(first);
    workers[0]!.onerror!({ message: 'out of memory' } as ErrorEvent);
    expect(store.getState().run!.end).toMatchObject({
      how: 'failed',
      reason: message('run.trainerDiedOf', { why: 'out of memory' }),
    });
    expect(workers[0]!.terminated).toBe(true);
    store.getState().start(first);
    expect(workers).toHaveLength(2);
  });

  test('shows a run of the history that never ended, and does not end it', () => {
    const { store, told, workers } = setUp();
    store.getState().start(first);
    const interrupted = { ...store.getState().run!, id: 'old', name: 'calm otter' };
    store.getState().show(interrupted);
    expect(store.getState().run!.id).not.toBe('old');
    workers[0]!.onerror!({ message: '' } as ErrorEvent);
    told.length = 0;
    store.getState().show(interrupted);
    expect(store.getState()).toMatchObject({ status: 'ended', run: { id: 'old', end: null }, beside: null });
    store.getState().start(first);
    expect(told).toEqual([`begun ${store.getState().run!.id}`]);
  });

  test('says so where there are no workers', () => {
    const store = createStore<RunStore>()(
      runStore(() => {
        throw new Error('This browser has no web workers.');
      }, WRITES_NOTHING),
    );
    store.getState().start(first);
    expect(store.getState().run!.end).toMatchObject({
      how: 'failed',
      reason: verbatim('This browser has no web workers.'),
    });
  });
});
