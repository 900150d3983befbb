/** The panel's words, and a lesson's texts, in the language of the lessons. */
import type { Text } from '../../lessons/text';
import { useLanguage } from '../store/lessons';
import { WORDS, type Word } from './words';

/** `word` says a word of the panel, `say` a text of a lesson, `position` which step of how many one is at. */
export function useWords() {
  const language = useLanguage();
  return {
    language,
    word: (name: Word): string => WORDS[name][language],
    say: (text: Text): string => text[language],
    position: (at: number, all: number): string =>
      WORDS.position[language].replace('{at}', String(at)).replace('{all}', String(all)),
  };
}
