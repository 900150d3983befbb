/** A lesson's step on the wall: its text and question, and, once it is revealed, the answer. Answers are given in the room. */
import { useEffect, useRef, type RefObject } from 'react';
import { t } from '../../language/language';
import { rightOption } from '../../lessons/answers';
import type { Measured } from '../../lessons/measures';
import type { Step } from '../../lessons/schema';
import { Line, Markup } from '../lessons/Markup';
import { useLanguage } from '../store/lessons';
import classes from './present.module.css';
import type { Situation } from './situation';

interface LessonColumnProps {
  step: Step;
  measured: Measured;
  situation: Situation;
  /** What scrolls. */
  column: RefObject<HTMLElement | null>;
}

export function LessonColumn({ step, measured, situation, column }: LessonColumnProps) {
  const language = useLanguage();
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
      lang={language === 'zh' ? 'zh-CN' : 'en'}
    >
      <h2 className={classes.stepTitle}>
        <Line text={step.title[language]} />
      </h2>
      <Markup text={step.text[language]} />
      {question && (
        <div className={classes.question}>
          <p>
            <Line text={question.prompt[language]} />
          </p>
          {question.kind === 'choice' && (
            <ol type="A">
              {question.options.map(({ id, text }) => (
                <li key={id} data-right={right === id || undefined}>
                  <Line text={text[language]} />
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
              <Line text={text[language]} />
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
