/** English texts without a catalogue, so that helper threads can import them without loading one. */

/**
 * Marks an English text in a constant, so that the catalogues must have it; the code that shows it translates it: `t(LABEL)`.
 * Constants are evaluated before a language is chosen.
 */
export const phrase = <T extends string>(text: T): T => text;

/** An English text with its values filled in. */
export const inEnglish = (text: string, values: Record<string, string | number> = {}): string =>
  text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => String(values[name] ?? whole));
