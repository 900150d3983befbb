/** A step of a lesson in a presentation: text, question and, once revealed, the answer. The audience answers aloud. */
import { useEffect, useRef, type RefObject } from 'react';
import { t } from '../../language/language';
import { rightOption } from '../../lessons/answers';
import type { Measured } from '../../lessons/measures';
import type { Step } from '../../lessons/schema';
import { say } from '../../lessons/localised-text';
import { Line, Markup } from '../lessons/Markup';
import classes from './present.module.css';
import type { Situation } from './presenter-state';

interface LessonColumnProps {
  step: Step;
  measured: Measured;
  situation: Situation;
  /** The element that scrolls. */
  column: RefObject<HTMLElement | null>;
}

export function LessonColumn({ step, measured, situation, column }: LessonColumnProps) {
  const answer = useRef<HTMLElement>(null);
  const { question, tasks } = step;
  const done = situation.reveal?.state === 'done';
  const right = done && question?.kind === 'choice' ? rightOption(question, measured) : null;

  useEffect(() => {
    if (done) answer.current?.scrollIntoView({ block: 'nearest' });
  }, [done]);

  return (
    <section
      ref={column}
      className={classes.lesson}
      tabIndex={0}
      aria-label={situation.position ?? undefined}
    >
      <h2 className={classes.stepTitle}>
        <Line text={say(step.title)} />
      </h2>
      <Markup text={say(step.text)} />
      {question && (
        <div className={classes.question}>
          <p>
            <Line text={say(question.prompt)} />
          </p>
          {question.kind === 'choice' && (
            <ol type="A">
              {question.options.map(({ id, text }) => (
                <li key={id} data-right={right === id || undefined}>
                  <Line text={say(text)} />
                  {right === id && <span className={classes.tick}> ✓ {t('right')}</span>}
                </li>
              ))}
            </ol>
          )}
        </div>
      )}
      {tasks && (
        <ul>
          {tasks.map(({ text }) => (
            <li key={text.en}>
              <Line text={say(text)} />
            </li>
          ))}
        </ul>
      )}
      {done && situation.answer !== null && (
        <section ref={answer} className={classes.answer} aria-label={t('The answer')} aria-live="polite">
          <Markup text={situation.answer} />
        </section>
      )}
    </section>
  );
}
