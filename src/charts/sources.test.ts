import { describe, expect, test } from 'vitest';
import { footer, withMetadata } from './sources';

const link = 'https://example.org/lab/?v=1&factor=2';

describe('a saved chart names its runs', () => {
  test('in a footer with as many lines as needed, with markup shown as text', () => {
    expect(footer([{ name: 'quiet <b>otter', link }], 800)).toEqual({
      text: `quiet &lt;b&gt;otter: ${link.replace('&', '&amp;')}`,
      height: 19,
    });
    const { text, height } = footer([{ name: 'a', link }], 110);
    expect(text.split('<br>').join('')).toBe(`a: ${link.replace('&', '&amp;')}`);
    expect(height).toBeGreaterThan(19);
    expect(footer([], 800)).toEqual({ text: '', height: 0 });
  });

  test('with links shortened in the middle if they take more than three lines, and further runs counted', () => {
    const { text } = footer([{ name: 'a', link: link + 'x'.repeat(2000) + 'end' }], 400);
    expect(text.split('<br>')).toHaveLength(3);
    expect(text).toMatch(/^a: https.*….*xend$/);
    const many = footer(
      Array.from({ length: 9 }, (_, i) => ({ name: `${i}`, link: '?v=1' })),
      400,
    );
    expect(many.text).toMatch(/and 3 more runs$/);
  });

  test('with complete links in the metadata of an SVG', () => {
    const long = link + 'x'.repeat(2000);
    const svg = withMetadata('<?xml version="1.0"?><svg width="1"><g/></svg>', 'Loss', [
      { name: 'a<', link: long },
    ]);
    expect(svg).toContain('<svg width="1"><metadata');
    expect(svg).toContain('<dc:source>a&lt;</dc:source>');
    expect(svg).toContain(`<dc:relation>${long.replace('&', '&amp;')}</dc:relation>`);
  });
});
