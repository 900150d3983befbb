/**
 * The notation of a lesson's texts: paragraphs separated by an empty line, lines that begin with "- " as a list, **strong**,
 * *emphasis*, `code`, $formula$ in a line and $$formula$$ on its own. Everything else is plain text: there is no HTML and
 * there are no links, so that a lesson from an unknown source can only show text.
 */
export type Inline =
  { kind: 'text' | 'code' | 'formula'; text: string } | { kind: 'strong' | 'emphasis'; parts: Inline[] };

export type Block =
  | { kind: 'paragraph'; parts: Inline[] }
  | { kind: 'list'; items: Inline[][] }
  | { kind: 'formula'; text: string };

const INLINE = /`([^`\n]+)`|\$([^$\n]+)\$|\*\*([^*\n](?:[^\n]*?[^*\n])?)\*\*|\*([^*\n]+)\*/;

/** The parts of a line. A delimiter without its partner is plain text. */
export function parseInline(text: string): Inline[] {
  const found = INLINE.exec(text);
  if (!found) return text === '' ? [] : [{ kind: 'text', text }];
  const [whole, code, formula, strong, emphasis] = found;
  const before = text.slice(0, found.index);
  const part: Inline =
    code !== undefined
      ? { kind: 'code', text: code }
      : formula !== undefined
        ? { kind: 'formula', text: formula }
        : strong !== undefined
          ? { kind: 'strong', parts: parseInline(strong) }
          : { kind: 'emphasis', parts: parseInline(emphasis!) };
  return [
    ...(before === '' ? [] : [{ kind: 'text' as const, text: before }]),
    part,
    ...parseInline(text.slice(found.index + whole.length)),
  ];
}

/** The blocks of a text. */
export function parseMarkup(text: string): Block[] {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((block): Block => {
      const lines = block.trim().split('\n');
      const display = /^\$\$([^$]+)\$\$$/.exec(block.trim());
      if (display) return { kind: 'formula', text: display[1]!.trim() };
      if (lines.every((line) => line.startsWith('- ')))
        return { kind: 'list', items: lines.map((line) => parseInline(line.slice(2).trim())) };
      return { kind: 'paragraph', parts: parseInline(lines.map((line) => line.trim()).join(' ')) };
    });
}

/** All formulas of a text. */
export function formulasIn(text: string): string[] {
  const inline = (parts: readonly Inline[]): string[] =>
    parts.flatMap((part) =>
      'parts' in part ? inline(part.parts) : part.kind === 'formula' ? [part.text] : [],
    );
  return parseMarkup(text).flatMap((block) =>
    block.kind === 'formula'
      ? [block.text]
      : block.kind === 'list'
        ? block.items.flatMap(inline)
        : inline(block.parts),
  );
}
