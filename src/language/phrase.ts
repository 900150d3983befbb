/** Texts as they are written: without a language, so that also helper threads have them without loading catalogues. */

/**
 * Marks an English text that is kept in a constant, so that the catalogues have it; whoever shows it translates it: `t(LABEL)`.
 * Constants are made before a language is chosen.
 */
export const phrase = <T extends string>(text: T): T => text;

/** Fills a text's values in, in English: what is written into data. */
export const inEnglish = (text: string, values: Record<string, string | number> = {}): string =>
  text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => String(values[name] ?? whole));
