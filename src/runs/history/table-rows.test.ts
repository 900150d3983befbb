import { describe, expect, test } from 'vitest';
import { verbatim } from '../../language/message';
import { DEFAULT_EXPERIMENT } from '../../experiment/settings';
import type { HistoryEntry } from './entry';
import { bytesToFree, firstToGo } from './storage-space';
import { dipsInWords, isFound, rowOf, standingOf, whyKept, whyNotResumed, worstDip } from './table-rows';

const NOBODY = { here: new Set<string>(), paused: false, elsewhere: new Set<string>() };
const END = { how: 'finished', step: 10, reason: verbatim(''), digest: null } as const;

const dip = (panel: 'identity' | 'conv1x1', depth: number, halfRecoveryStep: number | null) => ({
  panel,
  layer: 3,
  step: 49,
  value: 1 - depth,
  depth,
  halfRecoveryStep,
});

const entryOf = (values: Partial<HistoryEntry> = {}): HistoryEntry => ({
  id: 'a',
  name: 'Calm Otter',
  note: 'Repeat this.',
  tags: ['warm'],
  starred: false,
  number: 0,
  createdAt: '2026-11-25T00:00:00.000Z',
  updatedAt: '2026-11-25T00:00:00.000Z',
  deletedAt: null,
  query: '?v=1&factor=1',
  appVersion: '0',
  backend: 'wasm',
  adapter: verbatim(''),
  dataset: { label: verbatim('Built-in drawings'), digest: 'd' },
  parameters: 1,
  totalSteps: 10,
  firstStep: 0,
  steps: 10,
  imagesPerSecond: 1,
  loss: 1,
  evaluation: null,
  dips: [dip('conv1x1', 0.1, null), dip('identity', 0.215, 130)],
  end: END,
  checkpoint: 10,
  origin: null,
  sweep: null,
  thumbnail: { loss: [], panels: [] },
  bytes: { series: 60, checkpoint: 40 },
  ...values,
});

describe('the state of a run', () => {
  test('a run that is being trained shows that rather than its earlier end', () => {
    expect(standingOf(entryOf(), NOBODY)).toBe('finished');
    expect(standingOf(entryOf({ end: null }), NOBODY)).toBe('interrupted');
    const here = { ...NOBODY, here: new Set(['a']) };
    expect(standingOf(entryOf(), here)).toBe('running');
    expect(standingOf(entryOf(), { ...here, paused: true })).toBe('paused');
    expect(standingOf(entryOf({ end: null }), { ...NOBODY, elsewhere: new Set(['a']) })).toBe('elsewhere');
  });

  test('a run that is being trained cannot be deleted, and one that ended cannot be resumed', () => {
    expect(whyKept('elsewhere')).toMatch(/another tab/);
    expect(whyKept('running')).toMatch(/stop it first/);
    expect(whyKept('interrupted')).toBeNull();
    const resumed = (standing: Parameters<typeof whyNotResumed>[1], busy = false) =>
      whyNotResumed({ checkpoint: 5 }, standing, busy);
    for (const standing of ['interrupted', 'stopped', 'failed'] as const)
      expect(resumed(standing)).toBeNull();
    for (const standing of ['elsewhere', 'paused', 'finished', 'diverged'] as const)
      expect(resumed(standing)).not.toBeNull();
    expect(resumed('stopped', true)).toMatch(/going on here/);
    expect(whyNotResumed({ checkpoint: null }, 'interrupted', false)).toMatch(/No checkpoint/);
  });
});

describe('a row', () => {
  test('has the deepest dip, and all of them as text', () => {
    expect(worstDip(entryOf())).toMatchObject({ panel: 'identity', depth: 0.215 });
    expect(worstDip(entryOf({ dips: [] }))).toBeNull();
    expect(dipsInWords(entryOf())).toEqual([
      'Identity 21.5 % at step 49, half back at 130',
      '1x1 10.0 % at step 49, not half back',
    ]);
  });

  test('lists what differs from the baseline, whichever run that is', () => {
    expect(rowOf(entryOf(), DEFAULT_EXPERIMENT, NOBODY).differences).toMatch(/^Factor k 1 \(not 2\)$/);
    const base = { ...DEFAULT_EXPERIMENT, factor: 1 };
    expect(rowOf(entryOf(), base, NOBODY).differences).toBe('no difference');
  });

  test('is found by name, note, tag, difference and data set', () => {
    const row = rowOf(entryOf(), DEFAULT_EXPERIMENT, NOBODY);
    for (const search of ['otter', 'repeat', 'WARM', 'factor', 'drawings otter', ' '])
      expect(isFound(row, search), search).toBe(true);
    expect(isFound(row, 'otter cifar')).toBe(false);
  });

  test('stays the same object until it changes', () => {
    const entry = entryOf();
    const row = rowOf(entry, DEFAULT_EXPERIMENT, NOBODY);
    expect(rowOf(entry, DEFAULT_EXPERIMENT, { ...NOBODY })).toBe(row);
    expect(rowOf(entry, DEFAULT_EXPERIMENT, { ...NOBODY, elsewhere: new Set(['a']) })).not.toBe(row);
  });
});

describe('space for runs', () => {
  test('is short from four fifths of the browser’s quota, or after a failed save', () => {
    expect(bytesToFree({ usage: 80, quota: 100 }, false)).toBe(0);
    expect(bytesToFree({ usage: 90, quota: 100 }, false)).toBeCloseTo(20);
    expect(bytesToFree(null, false)).toBe(0);
    expect(bytesToFree(null, true)).toBeGreaterThan(0);
  });

  test('the oldest ended runs without a star go first, and no more than are needed', () => {
    const at = (day: number) => ({ id: String(day), updatedAt: `2026-11-0${day}T00:00:00.000Z` });
    const entries = [
      entryOf(at(5)),
      entryOf(at(4)),
      entryOf({ ...at(3), starred: true }),
      entryOf({ ...at(2), end: null }),
      entryOf(at(1)),
    ];
    const ids = (bytes: number) => firstToGo(entries, bytes, NOBODY).map(({ id }) => id);
    expect(ids(0)).toEqual([]);
    expect(ids(100)).toEqual(['1']);
    expect(ids(101)).toEqual(['1', '4']);
    expect(ids(9e9)).toEqual(['1', '4', '5']);
    expect(firstToGo(entries, 9e9, { ...NOBODY, elsewhere: new Set(['4']) })).toHaveLength(2);
  });
});
