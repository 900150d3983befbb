import { beforeEach, describe, expect, test, vi } from 'vitest';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import { STUDY_ROWS } from '../../experiment/study';
import { experimentFromQuery } from '../../experiment/url';
import { repetitionKey } from '../../runs/board';

const kept = new Map<string, string>();
vi.stubGlobal('localStorage', {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
});
const { addOwnRow, enqueue, enqueueAll, freshSeeds, removeOwnRow, useBoard } = await import('./board');

const resultWith = (seed: number) => ({
  query: repetitionKey(DEFAULT_EXPERIMENT),
  seed,
  top1: 0.1,
  steps: 10,
  images: 10,
  dataset: '',
  digest: '',
  backend: 'wasm',
  finishedAt: '',
});

beforeEach(() => useBoard.setState({ results: [], rows: [], queue: [], running: false, active: null }));

describe('the queue', () => {
  test('gives every run a seed that has neither a result nor waits', () => {
    useBoard.setState({ results: [resultWith(1), resultWith(3)] });
    enqueue('row', DEFAULT_EXPERIMENT, 2);
    const seeds = useBoard.getState().queue.map(({ query }) => experimentFromQuery(query).experiment.seed);
    expect(seeds).toEqual([2, 4]);
    expect(freshSeeds(useBoard.getState(), DEFAULT_EXPERIMENT, 1)).toEqual([5]);
  });

  test('holds every experiment of the board once a seed', () => {
    enqueueAll(DEFAULT_EXPERIMENT, 2);
    const { queue } = useBoard.getState();
    expect(new Set(queue.map(({ query }) => query)).size).toBe(queue.length);
    const keys = STUDY_ROWS.map(({ values }) => repetitionKey({ ...DEFAULT_EXPERIMENT, ...values }));
    expect(queue.length).toBe(2 * new Set(keys).size);
  });

  test('is kept in the browser, whether it runs is not', () => {
    enqueue('row', DEFAULT_EXPERIMENT, 1);
    useBoard.setState({ running: true });
    const { state } = JSON.parse(kept.get('branch-lab-board')!) as { state: Record<string, unknown> };
    expect(Object.keys(state).toSorted()).toEqual(['queue', 'results', 'rows']);
    expect(state['queue']).toHaveLength(1);
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
