/** Texts in the languages of the lessons. */
import { z } from 'zod';

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];
export const LANGUAGE_NAMES: Record<Language, string> = { en: 'English', zh: '中文' };

/** A lesson's text at most, in characters: a lesson of one’s own comes from anywhere. */
const LONGEST = 6000;
const words = (most: number) => z.string().trim().min(1).max(most);
const inBoth = (most: number) => z.strictObject({ en: words(most), zh: words(most) });

/** A text of several paragraphs, in `markup.ts`'s notation. */
export const proseSchema = inBoth(LONGEST);
/** A title, a label or an option; inline notation only. */
export const lineSchema = inBoth(400);

/** The same in every language. */
export type Text = z.infer<typeof proseSchema>;

/** The language among those of the lessons that a language tag such as `zh-CN` asks for; English where it asks for another. */
export const languageOf = (tag: string): Language => (/^zh\b/i.test(tag) ? 'zh' : 'en');
