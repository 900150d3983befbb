/** The language of the lessons' texts, chosen and kept. */
import { SegmentedControl } from '@mantine/core';
import { LANGUAGE_NAMES, LANGUAGES, type Language } from '../../lessons/text';
import { useLessons } from '../store/lessons';
import { useWords } from './useWords';

/** English or 中文; kept. */
export function LanguageChoice() {
  const { language, word } = useWords();
  return (
    <SegmentedControl
      size="xs"
      aria-label={word('language')}
      data={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
      value={language}
      transitionDuration={0}
      onChange={(value) => useLessons.setState({ language: value as Language })}
    />
  );
}
