import { afterEach, expect, test } from 'vitest';
import { setLanguage } from '../language/language';
import { inEnglish } from '../language/phrase';
import { retell } from '../language/retell';
import { spoken, spokenLabel } from './names';

afterEach(() => setLanguage('en'));

test('what is kept in English is told in the reader’s language, its values likewise', async () => {
  const label = 'CIFAR-100, 25,000 of 50,000 training images';
  expect(spokenLabel(label)).toBe(label);
  expect(spoken('aquarium_fish')).toBe('aquarium fish');
  await setLanguage('zh');
  expect(spokenLabel(label)).toBe('CIFAR-100，50,000 张训练图像中的 25,000 张');
  expect(spokenLabel('Mine')).toBe('Mine');
  expect(spoken('aquarium_fish')).toBe('观赏鱼');
  expect(spoken('a_class of mine')).toBe('a class of mine');
  expect(retell('The folder the file', ['The folder {{part}}', 'the file'])).toBe('文件夹 该文件');
});

test('values are filled in as they are', () => {
  expect(inEnglish('{{a}} of {{b}}', { a: 1, b: '{{a}}' })).toBe('1 of {{a}}');
});
