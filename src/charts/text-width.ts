/** Approximate width of a text, in Latin letters; a Chinese character is nearly two letters wide. */

const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE4F\uFF00-\uFF60\u{20000}-\u{3FFFD}]/u;
const WIDE_AS = 1.75;

const letterWidth = (letter: string) => (WIDE.test(letter) ? WIDE_AS : 1);

export const lettersOf = (text: string): number =>
  [...text].reduce((sum, letter) => sum + letterWidth(letter), 0);

/** The text in lines of at most `letters` letters, broken at any character. */
export function wrapped(text: string, letters: number): string[] {
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const letter of text) {
    const more = letterWidth(letter);
    if (line !== '' && width + more > letters) {
      lines.push(line);
      line = '';
      width = 0;
    }
    line += letter;
    width += more;
  }
  return line === '' ? lines : [...lines, line];
}

/** The longest beginning of the text that is at most `letters` letters wide. */
export const beginning = (text: string, letters: number): string => wrapped(text, letters)[0] ?? '';
