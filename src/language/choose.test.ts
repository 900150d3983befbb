import { expect, test } from 'vitest';
import { languageFor } from './choose';

test('a link’s language goes before the one chosen here, and that before the browser’s', () => {
  expect(languageFor('?v=1&lang=zh', 'en', ['en'])).toBe('zh');
  expect(languageFor('?lang=en', 'zh', ['zh-CN'])).toBe('en');
  expect(languageFor('?v=1', 'zh', ['en-GB'])).toBe('zh');
  expect(languageFor('', null, ['zh-Hant-TW', 'en'])).toBe('zh');
});

// qaa is reserved for private use: no catalogue will ever have this code.
test('the first of the browser’s languages that there is counts; English where there is none', () => {
  expect(languageFor('', null, ['qaa-XX', 'ZH', 'en'])).toBe('zh');
  expect(languageFor('', null, ['qaa', 'en-US', 'zh'])).toBe('en');
  expect(languageFor('', null, ['qaa'])).toBe('en');
  expect(languageFor('', null, [])).toBe('en');
});

test('a language that there is not counts as none', () => {
  expect(languageFor('?lang=xx', null, ['zh'])).toBe('zh');
  expect(languageFor('?lang=constructor', 'toString', ['qaa'])).toBe('en');
});
