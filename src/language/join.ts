/** Joins texts with the punctuation of the reader's language: items of a list, clauses, sentences of a paragraph. */
import { language } from './language';
import { LANGUAGES } from './languages';

const between = () => LANGUAGES[language()].between;

/** "a, b, c". */
export const listed = (items: readonly string[]): string => items.join(between().items);

/** "2 imported, 1 refused": parts longer than items of a list; Chinese separates them by another comma. */
export const parts = (texts: readonly string[]): string => texts.join(between().parts);

/** "a; b; c". */
export const clauses = (texts: readonly string[]): string => texts.join(between().clauses);

/** Sentences one after the other; empty ones are left out. */
export const sentences = (...texts: readonly string[]): string =>
  texts.filter((text) => text !== '').join(between().sentences);
