/** Puts whole texts together as the language does: items of a list, clauses, sentences of a paragraph. */
import { language } from './language';

const BETWEEN = {
  en: { items: ', ', clauses: '; ', sentences: ' ' },
  zh: { items: '、', clauses: '；', sentences: '' },
} as const;

/** "a, b, c". */
export const listed = (items: readonly string[]): string => items.join(BETWEEN[language()].items);

/** "a; b; c". */
export const clauses = (texts: readonly string[]): string => texts.join(BETWEEN[language()].clauses);

/** Sentences one after the other. */
export const sentences = (...texts: readonly string[]): string => texts.join(BETWEEN[language()].sentences);
