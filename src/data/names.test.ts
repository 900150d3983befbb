import { afterEach, expect, test } from 'vitest';
import { setLanguage } from '../language/language';
import { spoken } from './names';

afterEach(() => setLanguage('en'));

test('class names of known sets are translated', async () => {
  expect(spoken('aquarium_fish')).toBe('aquarium fish');
  await setLanguage('zh');
  expect(spoken('aquarium_fish')).toBe('观赏鱼');
  expect(spoken('a_class of mine')).toBe('a class of mine');
});
