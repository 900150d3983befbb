import { beforeEach, describe, expect, test, vi } from 'vitest';
import { keptMessage, verbatim } from '../../language/message';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import { STUDY_ROWS } from '../../experiment/study';
import { experimentFromQuery } from '../../experiment/url';
import { repetitionKey } from '../../experiment/same-training';

const kept = new Map<string, string>();
vi.stubGlobal('localStorage', {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
});
const { enqueueRuns, move, useQueue } = await import('./run-queue');
const { addOwnRow, enqueue, enqueueAll, freshSeeds, removeOwnRow, useBoard } = await import('./board');

const resultWith = (seed: number) => ({
  query: repetitionKey(DEFAULT_EXPERIMENT),
  seed,
  top1: 0.1,
  steps: 10,
  images: 10,
  dataset: keptMessage(verbatim('')),
  digest: '',
  backend: 'wasm',
  finishedAt: '',
});

beforeEach(() => useBoard.setState({ results: [], rows: [] }));
beforeEach(() => useQueue.setState({ items: [], running: false, active: null }));

describe('the queue', () => {
  test('gives every run a seed that has neither a result nor waits', () => {
    useBoard.setState({ results: [resultWith(1), resultWith(3)] });
    enqueue(verbatim('row'), DEFAULT_EXPERIMENT, 2);
    const seeds = useQueue.getState().items.map(({ query }) => experimentFromQuery(query).experiment.seed);
    expect(seeds).toEqual([2, 4]);
    expect(freshSeeds(DEFAULT_EXPERIMENT, 1)).toEqual([5]);
  });

  test('holds every experiment of the board once a seed', () => {
    enqueueAll(DEFAULT_EXPERIMENT, 2);
    const { items: queue } = useQueue.getState();
    expect(new Set(queue.map(({ query }) => query)).size).toBe(queue.length);
    const keys = STUDY_ROWS.map(({ values }) => repetitionKey({ ...DEFAULT_EXPERIMENT, ...values }));
    expect(queue.length).toBe(2 * new Set(keys).size);
  });

  test('is kept in the browser, whether it runs is not', () => {
    enqueue(verbatim('row'), DEFAULT_EXPERIMENT, 1);
    useQueue.setState({ running: true });
    const { state } = JSON.parse(kept.get('branch-lab-queue')!) as { state: Record<string, unknown> };
    expect(Object.keys(state)).toEqual(['items']);
    expect(state['items']).toHaveLength(1);
  });

  test('that the board once kept is taken over', async () => {
    const item = { id: 'a', label: 'row', query: '?v=1' };
    kept.delete('branch-lab-queue');
    kept.set(
      'branch-lab-board',
      JSON.stringify({ state: { results: [], rows: [], queue: [item] }, version: 1 }),
    );
    await useQueue.persist.rehydrate();
    expect(useQueue.getState().items).toEqual([
      { ...item, label: keptMessage(verbatim('row')), sweep: null, runId: null },
    ]);
  });

  test('is put in another order, but for the run that is going on', () => {
    enqueueRuns(['a', 'b', 'c'].map((label) => ({ label: verbatim(label), query: '?v=1', sweep: null })));
    const labels = () =>
      useQueue
        .getState()
        .items.map(({ label }) => label.text)
        .join('');
    const [a, , c] = useQueue.getState().items;
    move(c!.id, -1);
    expect(labels()).toBe('acb');
    useQueue.setState({ active: { item: a!.id, runId: 'x' } });
    move(c!.id, -5);
    expect(labels()).toBe('acb');
    move(a!.id, 1);
    expect(labels()).toBe('acb');
    move(c!.id, 9);
    expect(labels()).toBe('abc');
  });
});

test('a row that is deleted comes back where it was', () => {
  addOwnRow('mine', DEFAULT_EXPERIMENT);
  const { rows } = useBoard.getState();
  const undo = removeOwnRow(rows[0]!.id);
  expect(useBoard.getState().rows).toEqual([]);
  undo();
  expect(useBoard.getState().rows).toEqual(rows);
});
