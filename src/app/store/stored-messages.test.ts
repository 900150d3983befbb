/** Messages in the page's own stores: older ones are migrated, and present ones survive a reload. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import { setLanguage } from '../../language/language';
import { message } from '../../language/message';
import { messageText } from '../../language/message-text';
import { exampleState } from '../../runs/example-state';

const kept = new Map<string, string>();
vi.stubGlobal('localStorage', {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
});
const { resultOf, useBoard } = await import('./board');
const { useQueue } = await import('./run-queue');
const { waitingInWords } = await import('./sweeps');

/** What the lab of record version 2 had in the browser's storage. */
const STORES = JSON.parse(
  readFileSync(new URL('../../runs/fixtures/stores-v2.json', import.meta.url), 'utf8'),
) as { localStorage: Record<string, unknown> };

beforeEach(() => {
  kept.clear();
  for (const [key, value] of Object.entries(STORES.localStorage)) kept.set(key, JSON.stringify(value));
});
afterEach(() => setLanguage('en'));

const labels = () => useBoard.getState().results.map(({ dataset }) => messageText(dataset));

test('the board of version 2 opens, and its results read in Chinese', async () => {
  await useBoard.persist.rehydrate();
  expect(useBoard.getState().notice).toBeNull();
  expect(labels()).toEqual(['Built-in shapes, medium, 10,000 training images (not CIFAR-100)']);
  await setLanguage('zh');
  expect(labels()).toEqual(['内置图形，中等，10,000 张训练图像（不是 CIFAR-100）']);
});

test('the board survives reload after reload', async () => {
  await useBoard.persist.rehydrate();
  const run = exampleState({ experiment: DEFAULT_EXPERIMENT });
  const dataset = { ...run.dataset!, label: message('data.cifar100Part', { images: '10,000' }) };
  useBoard.setState(({ results }) => ({ results: [...results, resultOf({ ...run, dataset })!] }));
  for (let reload = 0; reload < 2; reload++) {
    await useBoard.persist.rehydrate();
    expect(useBoard.getState().notice).toBeNull();
    useBoard.setState(({ results }) => ({ results: [...results] }));
  }
  await setLanguage('zh');
  expect(labels()[1]).toBe('CIFAR-100，50,000 张训练图像中的 10,000 张');
});

test('a board that cannot be read is set aside, with a notice in the reader’s language', async () => {
  kept.set('branch-lab-board', JSON.stringify({ state: { results: 'none', rows: [] }, version: 1 }));
  await useBoard.persist.rehydrate();
  const { notice } = useBoard.getState();
  expect(notice).toEqual(message('notice.board', { place: 'results', key: 'branch-lab-board-unreadable' }));
  expect(kept.has('branch-lab-board-unreadable')).toBe(true);
});

test('the queue of version 2 opens, and its items read in Chinese', async () => {
  await useQueue.persist.rehydrate();
  const { items, notice } = useQueue.getState();
  expect(notice).toBeNull();
  expect(items.map(({ label }) => label.id)).toEqual([
    'queue.panel',
    'text',
    ...items.slice(2, -2).map(() => expect.stringMatching(/^study\.(?:a0|b0|cifar)-/)),
    'text',
    'text',
  ]);
  await setLanguage('zh');
  const shown = items.map(waitingInWords);
  expect(shown.slice(0, 2)).toEqual(['面板中的实验', 'mine']);
  expect(shown[2]).toMatch(/^第 1 行/);
});
