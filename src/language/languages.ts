/**
 * The languages of the page: one row each, whose key is the name of its folder of catalogues here, its code in links and in
 * lesson files.
 */

interface LanguageRow {
  /** What its readers call it. */
  ownName: string;
  /** For the `lang` attribute: a browser chooses the glyphs by it. */
  tag: string;
  /** Locale for dates and times. */
  dates: string;
  /** What separates whole texts that are put together, see `join.ts`. */
  between: { items: string; parts: string; clauses: string; sentences: string };
}

export const LANGUAGES = {
  en: {
    ownName: 'English',
    tag: 'en',
    dates: 'en-GB',
    between: { items: ', ', parts: ', ', clauses: '; ', sentences: ' ' },
  },
  zh: {
    ownName: '中文',
    tag: 'zh-Hans',
    dates: 'zh-CN',
    between: { items: '、', parts: '，', clauses: '；', sentences: '' },
  },
} satisfies Record<string, LanguageRow>;

export type Language = keyof typeof LANGUAGES;

export const LANGUAGE_CODES = Object.keys(LANGUAGES) as Language[];

export const isLanguage = (text: unknown): text is Language =>
  typeof text === 'string' && Object.hasOwn(LANGUAGES, text);
