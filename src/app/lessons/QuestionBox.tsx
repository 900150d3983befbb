/** The question of a step: asked before anything is run, answered by a choice or a drawn curve, and stored. */
import { Button, Group, Radio, Stack, Text } from '@mantine/core';
import { useRef, useState } from 'react';
import { t } from '../../language/language';
import { say } from '../../lessons/localised-text';
import { completed, type Answer } from '../../lessons/answers';
import type { ChoiceQuestion, CurveQuestion, Step } from '../../lessons/schema';
import { CurveDraw, emptyPoints, type Points } from './CurveDraw';
import { CurvePlot } from './CurvePlot';
import classes from './lessons.module.css';
import { Line } from './Markup';

interface QuestionProps<Q> {
  question: Q;
  given: Answer | null;
  onAnswer: (answer: Answer) => void;
}

function Choice({ question, given, onAnswer }: QuestionProps<ChoiceQuestion>) {
  const [chosen, setChosen] = useState(given?.kind === 'choice' ? given.option : '');
  const [asked, setAsked] = useState(false);
  const settle = () => {
    setAsked(true);
    if (chosen !== '') onAnswer({ kind: 'choice', option: chosen });
  };
  return (
    <Stack gap="sm">
      <Radio.Group
        value={chosen}
        onChange={setChosen}
        label={<Line text={say(question.prompt)} />}
        readOnly={given !== null}
        error={asked && chosen === '' ? t('Choose one first.') : null}
      >
        <Stack gap={8} mt={8}>
          {question.options.map(({ id, text }) => (
            <Radio
              key={id}
              value={id}
              label={<Line text={say(text)} />}
              disabled={given !== null && id !== chosen}
            />
          ))}
        </Stack>
      </Radio.Group>
      {given === null && (
        <Button size="xs" style={{ alignSelf: 'start' }} onClick={settle}>
          {t('This is my answer')}
        </Button>
      )}
    </Stack>
  );
}

function Curve({ question, given, onAnswer }: QuestionProps<CurveQuestion>) {
  const [points, setPoints] = useState<Points>(() => emptyPoints(question.start));
  const [asked, setAsked] = useState(false);
  const whole = completed(points);
  const settle = () => {
    setAsked(true);
    if (whole) onAnswer({ kind: 'curve', values: whole.map((value) => Number(value.toPrecision(4))) });
  };
  const labels = { x: say(question.x.label), y: say(question.y.label) };
  return (
    <Stack gap="sm">
      <Text size="sm" fw={500}>
        <Line text={say(question.prompt)} />
      </Text>
      {given?.kind === 'curve' ? (
        <div role="img" aria-label={t('Your curve: {{what}}', { what: labels.y })}>
          <CurvePlot {...question} drawn={given.values} measured={null} cursor={null} labels={labels} />
        </div>
      ) : (
        <>
          <CurveDraw question={question} points={points} onChange={setPoints} />
          {asked && !whole && (
            <Text size="xs" c="var(--mantine-color-error)" role="alert">
              {t('Draw a curve first.')}
            </Text>
          )}
          <Button size="xs" style={{ alignSelf: 'start' }} onClick={settle}>
            {t('This is my answer')}
          </Button>
        </>
      )}
    </Stack>
  );
}

interface QuestionBoxProps {
  step: Step;
  given: Answer | null;
  /** Null withdraws the answer. */
  onAnswer: (answer: Answer | null) => void;
}

export function QuestionBox({ step, given, onAnswer }: QuestionBoxProps) {
  const box = useRef<HTMLElement>(null);
  const { question } = step;
  if (!question) return null;
  // The pressed button disappears; the focus moves to the question, so that keyboard users stay there.
  const answer = (value: Answer | null) => {
    onAnswer(value);
    box.current?.focus({ preventScroll: true });
  };
  // An answer of another kind belongs to an older version of the lesson.
  const own = given?.kind === question.kind ? given : null;
  const key = own === null ? 'open' : 'given';
  return (
    <section
      ref={box}
      tabIndex={-1}
      className={classes.box}
      aria-label={step.do ? t('Before you run it') : t('Before you look')}
    >
      <Text className={classes.boxTitle} component="h4">
        {step.do ? t('Before you run it') : t('Before you look')}
      </Text>
      {question.kind === 'choice' ? (
        <Choice key={key} question={question} given={own} onAnswer={answer} />
      ) : (
        <Curve key={key} question={question} given={own} onAnswer={answer} />
      )}
      {own !== null && (
        <Group gap="xs" mt="xs">
          <Text size="sm">{t('Your answer is recorded.')}</Text>
          <Button size="compact-xs" variant="default" onClick={() => answer(null)}>
            {t('Answer again')}
          </Button>
        </Group>
      )}
    </section>
  );
}
