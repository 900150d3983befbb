/** The answer of a step in the notation of lessons: the right option, the measured values, and the explanation. Pure. */
import { findingsInWords } from '../../instruments/verdict';
import { t } from '../../language/language';
import { rightOption } from '../../lessons/answers';
import { formatted } from '../../lessons/number-format';
import { measure, type Measured } from '../../lessons/measures';
import type { Step } from '../../lessons/schema';
import { say } from '../../lessons/localised-text';

/** In the reader's language; null if the step has nothing to reveal. */
export function answerOf({ question, reveal }: Step, measured: Measured): string | null {
  if (!reveal) return null;
  const findings = findingsInWords();
  const blocks: string[] = [];
  if (question?.kind === 'choice') {
    const right = rightOption(question, measured);
    const found = question.options.find(({ id }) => id === right);
    blocks.push(
      found
        ? `**${t('The answer: {{answer}}', { answer: say(found.text) })}**`
        : t('The measurement decides which answer is right; nothing has been measured yet.'),
    );
  }
  if (reveal.rows.length > 0)
    blocks.push(
      reveal.rows
        .map(
          ({ label, value, format }) =>
            `- ${say(label)}: **${formatted(measure(value, measured), format, findings)}**`,
        )
        .join('\n'),
    );
  blocks.push(say(reveal.text));
  return blocks.join('\n\n');
}
