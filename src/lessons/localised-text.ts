/** Texts of lessons, which are data: each in English and Chinese, and in further languages of the page where the author wrote them. */
import { z } from 'zod';
import { language } from '../language/language';
import { LANGUAGE_CODES, type Language } from '../language/languages';

/** Longest text of a lesson, in characters; a limit is needed because custom lessons come from anywhere. */
const LONGEST = 6000;
const words = (most: number) => z.string().trim().min(1).max(most);

/** A language that a lesson may omit; its readers then get the English text. */
type Optional = Exclude<Language, 'en' | 'zh'>;
const OPTIONAL = LANGUAGE_CODES.filter((code): code is Optional => code !== 'en' && code !== 'zh');

const localised = (most: number) =>
  z.strictObject({
    en: words(most),
    zh: words(most),
    ...(Object.fromEntries(OPTIONAL.map((code) => [code, words(most).optional()])) as Record<
      Optional,
      z.ZodOptional<z.ZodString>
    >),
  });

/** A text of several paragraphs, in `markup.ts`'s notation. */
export const proseSchema = localised(LONGEST);
/** A title, a label or an option; inline notation only. */
export const lineSchema = localised(400);

export type Text = z.infer<typeof proseSchema>;

/** A lesson's text in the reader's language. */
export const say = (text: Text): string => text[language()] ?? text.en;
