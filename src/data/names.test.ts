import { afterEach, expect, test } from 'vitest';
import { setLanguage } from '../language/language';
import { spoken } from './names';

afterEach(() => setLanguage('en'));

test('classes of the sets that the lab knows are named in the reader’s language', async () => {
  expect(spoken('aquarium_fish')).toBe('aquarium fish');
  await setLanguage('zh');
  expect(spoken('aquarium_fish')).toBe('观赏鱼');
  expect(spoken('a_class of mine')).toBe('a class of mine');
});
