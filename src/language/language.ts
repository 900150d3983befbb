/**
 * The page's texts in the reader's language. Texts are written in English where they are used, as `t('…')`; that text is
 * also their key in the catalogues: a folder per language, in it a file per room of the program. English needs its plural
 * forms only. This is the lowest room: everything may import it, and it imports nothing of the lab.
 */
import i18next, { type TOptions } from 'i18next';
import enPlurals from './en/plurals.json' with { type: 'json' };
import { isLanguage, type Language } from './languages';

export const i18n = i18next.createInstance();
void i18n.init({
  lng: 'en',
  fallbackLng: false,
  // Keys are sentences, which contain points and colons.
  keySeparator: false,
  nsSeparator: false,
  // React escapes what it renders.
  interpolation: { escapeValue: false },
  resources: { en: { translation: enPlurals } },
  initAsync: false,
});

/**
 * A text in the reader's language. `values` replace `{{name}}` in the text; with `count`, the catalogues may have a
 * singular form (`…_one`); `context` selects a translation where English has one word for several (`…_context`).
 */
export const t = (text: string, values: TOptions = {}): string => i18n.t(text, values);

export { phrase } from './phrase';

/** The current language. */
export const language = (): Language => (isLanguage(i18n.language) ? i18n.language : 'en');

/** Loads the catalogue of a language; each is a file of its own in the built page. */
function catalogueOf(wanted: Language): Promise<Record<string, string>> {
  // Called only where Vite has replaced it: the end-to-end tests import this module without Vite, and read English.
  const folders = import.meta.glob<Record<string, string>>('./*/catalogue.ts', { import: 'default' });
  return folders[`./${wanted}/catalogue.ts`]!();
}

/** Changes the language once its catalogue has been loaded. */
export async function setLanguage(next: Language): Promise<void> {
  if (!i18n.hasResourceBundle(next, 'translation'))
    i18n.addResourceBundle(next, 'translation', await catalogueOf(next));
  await i18n.changeLanguage(next);
}

/** Calls `listener` at each change of the language. Returns how to stop. */
export function followLanguage(listener: () => void): () => void {
  i18n.on('languageChanged', listener);
  return () => i18n.off('languageChanged', listener);
}

/** The name that a worker is started under, so that what it reports is in the reader's language. */
export const workerName = (name: string): string => `${name} ${language()}`;

/** In a worker: sets the language from the worker's name, see `workerName`. */
export async function takeWorkerLanguage(): Promise<void> {
  const wanted = (globalThis as { name?: string }).name?.split(' ').at(-1);
  if (isLanguage(wanted)) await setLanguage(wanted);
}
