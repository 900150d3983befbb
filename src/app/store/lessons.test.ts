import { expect, test, vi } from 'vitest';

test('what was kept while the lessons had a language of their own is read without it', async () => {
  const progress = { 'early-dip': { step: 3, seen: ['block'], revealed: [], answers: {} } };
  const state = { language: 'zh', progress, own: [], before: null };
  const kept = new Map([['branch-lab-lessons', JSON.stringify({ state, version: 1 })]]);
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
  const { LESSONS_KEY, noteStep, useLessons } = await import('./lessons');
  expect(useLessons.getState().progress).toEqual(progress);
  expect(useLessons.getState().notice).toBeNull();
  noteStep('early-dip', 4, 'see-it');
  expect(kept.get(LESSONS_KEY)).not.toContain('language');
});
