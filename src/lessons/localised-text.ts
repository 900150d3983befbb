/** Texts of lessons, which are data: each is there in every language of the page. */
import { z } from 'zod';
import { language, type Language } from '../language/language';

/** A lesson's text at most, in characters: a lesson of one’s own comes from anywhere. */
const LONGEST = 6000;
const words = (most: number) => z.string().trim().min(1).max(most);
const inBoth = (most: number) =>
  z.strictObject({ en: words(most), zh: words(most) } satisfies Record<Language, z.ZodString>);

/** A text of several paragraphs, in `markup.ts`'s notation. */
export const proseSchema = inBoth(LONGEST);
/** A title, a label or an option; inline notation only. */
export const lineSchema = inBoth(400);

/** The same in every language. */
export type Text = z.infer<typeof proseSchema>;

/** A lesson's text in the reader's language. */
export const say = (text: Text): string => text[language()];
