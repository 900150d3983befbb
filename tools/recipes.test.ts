/** The recipes of CONTRIBUTING.md: every block still finds its place. `npm run recipes` tries them out. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { recipesOf, withBlock } from './recipes.mjs';

const ROOT = dirname(import.meta.dirname);
const recipes = recipesOf(readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8'));

describe('a recipe', () => {
  test('exists for every common change', () => {
    expect(recipes.map(({ name }) => name)).toEqual([
      'A setting',
      'A branch',
      'A transform',
      'An instrument with a chart',
      'A chart',
      'A backend',
      'A family',
      'A lesson',
      'A file format',
      'A language',
      'A view',
    ]);
  });

  test.each(recipes)(
    '$name: every block finds its place, and forgetting something is noticed',
    ({ blocks }) => {
      expect(blocks.some(({ required }) => required)).toBe(true);
      for (const block of blocks) {
        const path = join(ROOT, block.file);
        if (block.place === 'copy') {
          expect([existsSync(join(ROOT, block.anchor)), existsSync(path)]).toEqual([true, false]);
          continue;
        }
        const text = existsSync(path) ? readFileSync(path, 'utf8') : null;
        expect(withBlock(text, block)).toContain(block.code.trim());
      }
    },
  );
});

describe('a block', () => {
  const guide = (info: string) => `## Recipes\n\n### One\n\n\`\`\`ts ${info}\nnew line\n\`\`\`\n\n## Tests\n`;
  const blockOf = (info: string) => recipesOf(guide(info))[0]!.blocks[0]!;

  test('goes below, above or instead of the line that it names', () => {
    expect(withBlock('a\nb\nc', blockOf('file=x after="b"'))).toBe('a\nb\nnew line\nc');
    expect(withBlock('a\nb\nc', blockOf('file=x before="b" required'))).toBe('a\nnew line\nb\nc');
    expect(withBlock('a\nb\nc', blockOf('file=x instead="b"'))).toBe('a\nnew line\nc');
  });

  test('is refused where its line is missing, its file is there already, or its place is not given', () => {
    expect(() => withBlock('a', blockOf('file=x after="b"'))).toThrow('no line of x contains "b"');
    expect(() => withBlock('a', blockOf('file=x new'))).toThrow('exists already');
    expect(() => recipesOf(guide('file=x'))).toThrow('needs file= and new');
  });
});
