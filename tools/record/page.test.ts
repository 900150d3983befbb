/** The recording command finds the parts of the page by their texts. */
import { expect, test } from 'vitest';
import { textsBelow } from '../language/texts.mjs';
import { ROOT } from '../root.mjs';
import { TEXTS } from './page.mjs';

test('the page has every text by which the recording command finds its parts', () => {
  const shown = new Set(textsBelow(ROOT).used.map(({ text }) => text));
  expect(Object.values(TEXTS).filter((text) => !shown.has(text))).toEqual([]);
});
