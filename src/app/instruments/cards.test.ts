import { expect, test } from 'vitest';
import { INSTRUMENT_KEYS } from '../../experiment/settings';
import { CARDS } from './cards';

test('every instrument has a chart', () => {
  expect(new Set(CARDS.map(({ instrument }) => instrument))).toEqual(new Set(INSTRUMENT_KEYS));
});
