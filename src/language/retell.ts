/**
 * Texts that are kept in English because they are data (a record's reason, a data set's label), in the reader's language:
 * each is recognised as one of the texts that the program writes, and its values are taken out of it again.
 */
import { language, t } from './language';

const patterns = new Map<string, { pattern: RegExp; names: string[] }>();

function patternOf(text: string) {
  let known = patterns.get(text);
  if (!known) {
    const names: string[] = [];
    const source = text
      .split(/(\{\{\w+\}\})/)
      .map((part, i) => {
        if (i % 2 === 0) return part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
        names.push(part.slice(2, -2));
        return '(.+?)';
      })
      .join('');
    known = { pattern: new RegExp(`^${source}$`, 's'), names };
    patterns.set(text, known);
  }
  return known;
}

/**
 * `told` in the reader's language where it is one of `texts`, its values likewise; as it is otherwise. The first text that
 * fits counts, so the more particular ones come first.
 */
export function retell(
  told: string,
  texts: readonly string[],
  tellValue = (value: string): string => retell(value, texts),
): string {
  if (language() === 'en') return told;
  for (const text of texts) {
    const { pattern, names } = patternOf(text);
    const found = pattern.exec(told);
    if (found) {
      const values = names.map((name, i) => [name, tellValue(found[i + 1]!)] as const);
      return t(text, Object.fromEntries(values));
    }
  }
  return told;
}
