/**
 * The page's texts in the reader's language. Texts are written in English where they are used, as `t('…')`; that text is
 * also their key in the catalogues (./zh/*.json, one for each folder of the program; ./en-plurals.json for English, which
 * needs only forms of one). This is the lowest room: everything may import it, and it imports nothing of the lab.
 */
import i18next, { type TOptions } from 'i18next';
import enPlurals from './en-plurals.json' with { type: 'json' };

export const LANGUAGES = { en: 'English', zh: '中文' } as const;
export type Language = keyof typeof LANGUAGES;

export const isLanguage = (text: unknown): text is Language =>
  typeof text === 'string' && Object.hasOwn(LANGUAGES, text);

/** For the `lang` attribute: characters are drawn as the language does. */
export const LANGUAGE_TAGS: Record<Language, string> = { en: 'en', zh: 'zh-Hans' };

export const i18n = i18next.createInstance();
void i18n.init({
  lng: 'en',
  fallbackLng: false,
  // Keys are sentences, which have points and colons of their own.
  keySeparator: false,
  nsSeparator: false,
  // React escapes what it draws.
  interpolation: { escapeValue: false },
  resources: { en: { translation: enPlurals } },
  initAsync: false,
});

/**
 * A text in the reader's language. `values` stand where the text has `{{name}}`; with `count`, the catalogues may have a
 * form for one (`…_one`); `context` tells apart what English has one word for (`…_context`).
 */
export const t = (text: string, values: TOptions = {}): string => i18n.t(text, values);

export { phrase } from './phrase';

/** The language that is being read now. */
export const language = (): Language => (isLanguage(i18n.language) ? i18n.language : 'en');

/** Changes the language once its catalogue has been read. */
export async function setLanguage(next: Language): Promise<void> {
  if (next === 'zh' && !i18n.hasResourceBundle('zh', 'translation')) {
    const { zh } = await import('./zh');
    i18n.addResourceBundle('zh', 'translation', zh);
  }
  await i18n.changeLanguage(next);
}

/** Calls `listener` at each change of the language. Returns how to stop. */
export function followLanguage(listener: () => void): () => void {
  i18n.on('languageChanged', listener);
  return () => i18n.off('languageChanged', listener);
}

/** The name that a worker is started under, so that what it reports is in the reader's language. */
export const workerName = (name: string): string => `${name} ${language()}`;

/** In a worker: takes the language from the name that it was started under. */
export async function takeWorkerLanguage(): Promise<void> {
  const wanted = (globalThis as { name?: string }).name?.split(' ').at(-1);
  if (isLanguage(wanted)) await setLanguage(wanted);
}
