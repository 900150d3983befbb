/** The reveal: compares the answer with the measurements on this machine, in numbers, and explains the result. */
import { Button, Stack, Table, Text } from '@mantine/core';
import { IconCheck, IconEye, IconX } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { findingsInWords } from '../../instruments/verdict';
import { t } from '../../language/language';
import { Rich } from '../../language/Rich';
import { say } from '../../lessons/localised-text';
import {
  compareCurves,
  isMeasured,
  measuredCurve,
  rightOption,
  runsNeeded,
  type Answer,
} from '../../lessons/answers';
import { formatted } from '../../lessons/number-format';
import { measure, type Measured } from '../../lessons/measures';
import type { ChoiceQuestion, CurveQuestion, Step } from '../../lessons/schema';
import { isRecording } from '../store/recording';
import { CurvePlot } from './CurvePlot';
import classes from './lessons.module.css';
import { Line, Markup } from './Markup';

function ChoiceOutcome({
  question,
  given,
  measured,
}: {
  question: ChoiceQuestion;
  given: string;
  measured: Measured;
}) {
  const right = rightOption(question, measured);
  const option = (id: string | null) => question.options.find((candidate) => candidate.id === id);
  const found = option(right);
  const said = option(given);
  const agrees = right === given;
  if (!found || !said) return null;
  return (
    <div className={classes.outcome} data-agrees={agrees || undefined}>
      {agrees ? <IconCheck size={18} aria-hidden /> : <IconX size={18} aria-hidden />}
      <div>
        <Text size="sm" fw={600}>
          {agrees ? (
            <Rich text="As you answered: <answer/>" parts={{ answer: <Line text={say(found.text)} /> }} />
          ) : (
            <Rich
              text="Different from your answer: <answer/>"
              parts={{ answer: <Line text={say(found.text)} /> }}
            />
          )}
        </Text>
        {!agrees && (
          <Text size="sm">
            <Rich text="You answered: <answer/>" parts={{ answer: <Line text={say(said.text)} /> }} />
          </Text>
        )}
      </div>
    </div>
  );
}

function CurveOutcome({
  question,
  given,
  measured,
}: {
  question: CurveQuestion;
  given: number[];
  measured: Measured;
}) {
  const values = measuredCurve(question, measured);
  if (!values) return null;
  const { drawn, measured: found, distance } = compareCurves(question, given, values);
  const labels = { x: say(question.x.label), y: say(question.y.label) };
  const summary = t(
    'Measured: Lowest value {{lowest}}, At step {{step}}. Yours: {{yourLowest}}, {{yourStep}}.',
    {
      lowest: found.lowest.toFixed(3),
      step: found.step,
      yourLowest: drawn.lowest.toFixed(3),
      yourStep: drawn.step,
    },
  );
  return (
    <div>
      <div role="img" aria-label={summary}>
        <CurvePlot {...question} drawn={given} measured={values} cursor={null} labels={labels} />
      </div>
      <div className={classes.key} aria-hidden>
        <span>
          <span className={classes.swatch} data-of="drawn" /> {t('Yours')}
        </span>
        <span>
          <span className={classes.swatch} data-of="measured" /> {t('Measured')}
        </span>
      </div>
      <Table className={classes.table} verticalSpacing={3}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{labels.y}</Table.Th>
            <Table.Th scope="col">{t('Yours')}</Table.Th>
            <Table.Th scope="col">{t('Measured')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <Table.Tr>
            <Table.Th scope="row">{t('Lowest value')}</Table.Th>
            <Table.Td>{drawn.lowest.toFixed(3)}</Table.Td>
            <Table.Td>{found.lowest.toFixed(3)}</Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th scope="row">{t('At step')}</Table.Th>
            <Table.Td>{drawn.step}</Table.Td>
            <Table.Td>{found.step}</Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th scope="row">{t('Mean distance of the curves')}</Table.Th>
            <Table.Td colSpan={2}>{distance.toFixed(3)}</Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
    </div>
  );
}

/** A note if numbers of the reveal were not measured on this machine. */
function Recorded({ step, measured }: { step: Step; measured: Measured }) {
  const recorded = runsNeeded(step).some((query) => {
    const run = measured.run(query);
    return run !== null && isRecording(run);
  });
  if (!recorded) return null;
  return (
    <Text size="xs" c="dimmed">
      {t('From recordings on CIFAR-100 images, not measured on this machine.')}
    </Text>
  );
}

function Rows({ rows, measured }: { rows: NonNullable<Step['reveal']>['rows']; measured: Measured }) {
  if (rows.length === 0) return null;
  const findings = findingsInWords();
  return (
    <Table className={classes.table} verticalSpacing={3}>
      <Table.Tbody>
        {rows.map(({ label, value, format }) => (
          <Table.Tr key={label.en}>
            <Table.Th scope="row">
              <Line text={say(label)} />
            </Table.Th>
            <Table.Td>{formatted(measure(value, measured), format, findings)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

interface RevealBoxProps {
  step: Step;
  given: Answer | null;
  measured: Measured;
  revealed: boolean;
  onReveal: () => void;
}

export function RevealBox({ step, given, measured, revealed, onReveal }: RevealBoxProps) {
  const box = useRef<HTMLElement>(null);
  const pressed = useRef(false);
  const { question, reveal } = step;
  const there = isMeasured(step, measured);
  const ready = there && (!question || given !== null);
  const open = revealed && ready;
  useEffect(() => {
    if (!open || !pressed.current) return;
    pressed.current = false;
    box.current?.focus({ preventScroll: true });
    box.current?.scrollIntoView({ block: 'nearest' });
  }, [open]);
  if (!reveal) return null;
  if (!open)
    return (
      <div>
        <Button
          size="sm"
          variant={ready ? 'filled' : 'default'}
          leftSection={<IconEye size={16} aria-hidden />}
          aria-disabled={!ready || undefined}
          data-disabled={!ready || undefined}
          onClick={() => {
            if (!ready) return;
            pressed.current = true;
            onReveal();
          }}
        >
          {t('Reveal')}
        </Button>
        {!ready && (
          <Text size="xs" mt={4} c="dimmed">
            {question && given === null
              ? t('Answer the question first.')
              : t('There is nothing to compare with yet.')}
          </Text>
        )}
      </div>
    );
  const title =
    reveal.rows.length > 0 || question?.kind === 'curve' ? t('What was measured') : t('The answer');
  return (
    <section ref={box} tabIndex={-1} className={classes.box} aria-label={title} data-reveal>
      <Text className={classes.boxTitle} component="h4">
        {title}
      </Text>
      <Stack gap="sm">
        {question?.kind === 'choice' && given?.kind === 'choice' && (
          <ChoiceOutcome question={question} given={given.option} measured={measured} />
        )}
        {question?.kind === 'curve' && given?.kind === 'curve' && (
          <CurveOutcome question={question} given={given.values} measured={measured} />
        )}
        <Rows rows={reveal.rows} measured={measured} />
        <Recorded step={step} measured={measured} />
        <Markup text={say(reveal.text)} />
      </Stack>
    </section>
  );
}
