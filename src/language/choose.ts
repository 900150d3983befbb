/** Chooses the language that the page opens in, and stores the reader's choice. */
import { setLanguage } from './language';
import { isLanguage, type Language } from './languages';

const KEY = 'branch-lab-language';

/** A link's `lang`, else what was chosen here before, else the first of the browser's languages that there is, else English. */
export function languageFor(search: string, kept: string | null, browser: readonly string[]): Language {
  const linked = new URLSearchParams(search).get('lang');
  if (isLanguage(linked)) return linked;
  if (isLanguage(kept)) return kept;
  return browser.map((tag) => tag.split('-')[0]!.toLowerCase()).find(isLanguage) ?? 'en';
}

function keptChoice(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    // Without storage there is no stored choice.
    return null;
  }
}

/** Sets the page's language as it opens. A catalogue that cannot be read leaves English. */
export async function openLanguage(): Promise<void> {
  await setLanguage(languageFor(window.location.search, keptChoice(), navigator.languages)).catch(
    () => undefined,
  );
}

/** Changes the language and keeps it for the next visit. */
export async function chooseLanguage(next: Language): Promise<void> {
  await setLanguage(next);
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Without storage the choice applies until the page is closed.
  }
}
