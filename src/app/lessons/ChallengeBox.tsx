/** A challenge: how much of the budget the panel's experiment uses, and the scores of the runs within the budget, best first. */
import { Button, Group, Stack, Table, Text, VisuallyHidden } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCheck, IconCopy, IconX } from '@tabler/icons-react';
import { useMemo } from 'react';
import { t } from '../../language/language';
import { changesOf, faultsOf, scoreText, spentBy, type Challenge, type Score } from '../../lessons/challenge';
import { experimentOf } from '../../lessons/measures';
import { repetitionKey } from '../../experiment/same-training';
import { count } from '../controls/format';
import { useBoard } from '../store/board';
import { useExperiment } from '../store/experiment';
import { setUp } from './lesson-actions';
import { scoreLink } from './score-link';
import classes from './lessons.module.css';

/** Largest number of scores listed. */
const LISTED = 8;

/** Results of complete runs within the budget, best first; for each experiment and seed, the latest. */
function useScores(challenge: Challenge): Score[] {
  const results = useBoard((state) => state.results);
  return useMemo(() => {
    const scores = new Map<string, Score>();
    for (const { query, seed, top1 } of results) {
      const experiment = { ...experimentOf(query), seed };
      if (top1 === null || faultsOf(experiment, challenge).length > 0) continue;
      scores.set(`${query} ${seed}`, { experiment, seed, top1: 100 * top1 });
    }
    return [...scores.values()].toSorted((a, b) => b.top1 - a.top1);
  }, [results, challenge]);
}

/** Label of a row of the budget, with its limit. */
function allowed(what: keyof Challenge['budget'], most: string): string {
  switch (what) {
    case 'parameters':
      return t('Parameters, fused: {{most}}', { most });
    case 'macs':
      return t('Multiply-adds per image, fused: {{most}}', { most });
    case 'images':
      return t('Training images seen (steps × batch): {{most}}', { most });
    default:
      return what satisfies never;
  }
}

function BudgetTable({ challenge }: { challenge: Challenge }) {
  const experiment = useExperiment((state) => state.experiment);
  const spent = useMemo(() => spentBy(experiment), [experiment]);
  const faults = faultsOf(experiment, challenge);
  const mark = (what: (typeof faults)[number], wrong: string) => {
    const bad = faults.includes(what);
    return (
      <span className={classes.mark} data-bad={bad || undefined}>
        {bad ? <IconX size={14} aria-hidden /> : <IconCheck size={14} aria-hidden />}
        {bad ? wrong : t('within')}
      </span>
    );
  };
  return (
    <Table className={classes.table} verticalSpacing={3}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{t('Budget')}</Table.Th>
          <Table.Th scope="col">{t('Now')}</Table.Th>
          <Table.Th scope="col">
            <VisuallyHidden>{t('within')}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {(['parameters', 'macs', 'images'] as const).map((what) => (
          <Table.Tr key={what}>
            <Table.Th scope="row">{allowed(what, count(challenge.budget[what]))}</Table.Th>
            <Table.Td>{Number.isFinite(spent[what]) ? count(spent[what]) : t('in epochs')}</Table.Td>
            <Table.Td>{mark(what, t('over'))}</Table.Td>
          </Table.Tr>
        ))}
        <Table.Tr>
          <Table.Th scope="row">{t('Data and test images as given')}</Table.Th>
          <Table.Td />
          <Table.Td>{mark('data', t('changed'))}</Table.Td>
        </Table.Tr>
      </Table.Tbody>
    </Table>
  );
}

export function ChallengeBox({ challenge }: { challenge: Challenge }) {
  const scores = useScores(challenge);
  const copy = async (score: Score) => {
    const text = scoreText(score, challenge, await scoreLink(score.experiment));
    try {
      await navigator.clipboard.writeText(text);
      notifications.show({ title: t('Score copied'), message: text.split('\n')[0], withBorder: true });
    } catch {
      notifications.show({
        color: 'yellow',
        title: t('The link could not be copied'),
        message: text,
        autoClose: false,
        withBorder: true,
      });
    }
  };
  return (
    <Stack gap="sm">
      <Button
        size="xs"
        variant="default"
        style={{ alignSelf: 'start' }}
        onClick={() => setUp(challenge.base)}
      >
        {t('Set up the network to beat')}
      </Button>
      <BudgetTable challenge={challenge} />
      <Text size="sm" fw={600}>
        {t('Your scores')}
      </Text>
      {scores.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t(
            'Every run within the budget that comes to its end is scored here: its accuracy on the test images.',
          )}
        </Text>
      ) : (
        <ol className={classes.scores} aria-label={t('Your scores')}>
          {scores.slice(0, LISTED).map((score) => {
            const changed = changesOf(score.experiment, challenge);
            return (
              <li key={`${repetitionKey(score.experiment)} ${score.seed}`}>
                <Group gap="xs" justify="space-between" wrap="nowrap" align="start">
                  <Text size="sm">
                    <b>{score.top1.toFixed(2)} %</b> {changed ?? t('the one to beat')}{' '}
                    <span className={classes.dim}>{t('seed {{seed}}', { seed: score.seed })}</span>
                  </Text>
                  <Button
                    size="compact-xs"
                    variant="default"
                    style={{ flex: 'none' }}
                    leftSection={<IconCopy size={12} aria-hidden />}
                    aria-label={t('Copy as text: {{percent}} %', { percent: score.top1.toFixed(2) })}
                    onClick={() => void copy(score)}
                  >
                    {t('Copy as text')}
                  </Button>
                </Group>
              </li>
            );
          })}
        </ol>
      )}
    </Stack>
  );
}
