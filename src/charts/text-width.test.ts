import { describe, expect, test } from 'vitest';
import { beginning, lettersOf, wrapped } from './text-width';

describe('the width of a text', () => {
  test('counts a Chinese character as nearly two letters', () => {
    expect(lettersOf('cloud')).toBe(5);
    expect(lettersOf('云朵')).toBe(3.5);
    expect(lettersOf('')).toBe(0);
  });

  test('breaks a text into lines up to a width, without losing a character', () => {
    expect(wrapped('abcdefg', 3)).toEqual(['abc', 'def', 'g']);
    expect(wrapped('静默水獭', 4)).toEqual(['静默', '水獭']);
    expect(wrapped('', 3)).toEqual([]);
    expect(beginning('静默水獭 a', 4)).toBe('静默');
  });
});
