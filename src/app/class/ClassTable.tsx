/** All results in one table: one row per group with means and intervals, below it one row per result. */
import { ActionIcon, Badge, Table, Text, Tooltip } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { Fragment } from 'react';
import { listed, parts } from '../../language/join';
import { t } from '../../language/language';
import { PANEL_LABELS } from '../../network/curves';
import { ENOUGH_SEEDS } from '../../runs/study-board';
import {
  classOutcome,
  machineDifferences,
  panelsIn,
  spreadIn,
  type ClassGroup,
  type ClassResult,
} from '../../runs/class-results';
import { END_LABELS } from '../../runs/end-labels';
import { outcomeDigits, type Outcome } from '../../runs/outcomes';
import { differenceOf, intervalOf } from '../../runs/statistics';
import { backendName } from '../../experiment/backends';
import { count } from '../controls/format';
import { deviceOf, startedOf } from '../share/describe-result';
import { offerUndo } from '../controls/undo';
import classes from './ClassView.module.css';
import { removeResults } from './class-store';

interface Column {
  outcome: Outcome;
  label: string;
}

const columnsOf = (results: readonly ClassResult[]): Column[] => [
  { outcome: 'top1', label: t('Test top-1 (%)') },
  ...panelsIn(results).map((panel): Column => ({
    outcome: `dipDepth.${panel}`,
    label: t('Dip, {{panel}} (%)', { panel: t(PANEL_LABELS[panel]) }),
  })),
];

/** "10 results, 9 counted (1 with a seed that is here already)" */
export function countedText({ results, counted, diverged, incomplete, repeated }: ClassGroup): string {
  const left = [
    repeated > 0 ? t('{{results}} with a seed that is here already', { results: repeated }) : '',
    incomplete > 0 ? t('{{results}} not finished', { results: incomplete }) : '',
    diverged > 0 ? t('{{results}} diverged', { results: diverged }) : '',
  ].filter((part) => part !== '');
  const all = { count: results.length, results: count(results.length) };
  return left.length === 0
    ? t('{{results}} results', all)
    : t('{{results}} results, {{counted}} counted ({{left}})', {
        ...all,
        counted: counted.length,
        left: parts(left),
      });
}

const signed = (value: number, digits: number) => value.toFixed(digits).replace('-', '−');

/** A group's mean with its interval, and whether it differs from the first group's. */
function Mean({ group, first, outcome }: { group: ClassGroup; first: ClassGroup; outcome: Outcome }) {
  const spread = spreadIn(group, outcome);
  const digits = outcomeDigits(outcome);
  if (spread.n === 0) return <>–</>;
  const interval = intervalOf(spread);
  const other = spreadIn(first, outcome);
  const against = group === first || other.n === 0 ? null : differenceOf(spread, other, ENOUGH_SEEDS);
  const verdicts = {
    'too few': t('too few to compare'),
    undecided: t('not told apart'),
    higher: t('higher than first'),
    lower: t('lower than first'),
  };
  return (
    <>
      <b>{spread.mean.toFixed(digits)}</b>
      {interval && (
        <span className={classes.interval}>
          {t('{{low}} to {{high}}', {
            low: signed(interval.low, digits),
            high: signed(interval.high, digits),
          })}
        </span>
      )}
      {against && <span className={classes.interval}>{verdicts[against.verdict]}</span>}
    </>
  );
}

interface ClassTableProps {
  groups: readonly ClassGroup[];
  colours: readonly string[];
}

export function ClassTable({ groups, colours }: ClassTableProps) {
  const columns = columnsOf(groups.flatMap(({ results }) => results));
  return (
    <div className={classes.scroller} tabIndex={0} role="region" aria-label={t('Table of results')}>
      <Table verticalSpacing={4} className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('Experiment and result')}</Table.Th>
            <Table.Th scope="col">{t('Seed')}</Table.Th>
            <Table.Th scope="col">{t('Steps')}</Table.Th>
            {columns.map(({ outcome, label }) => (
              <Table.Th key={outcome} scope="col" className={classes.number}>
                {label}
              </Table.Th>
            ))}
            <Table.Th scope="col">{t('Backend and device')}</Table.Th>
            <Table.Th scope="col">{t('Begun')}</Table.Th>
            <Table.Td />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {groups.map((group, i) => (
            <Fragment key={group.key}>
              <Table.Tr className={classes.group}>
                <Table.Th scope="row" colSpan={3}>
                  <span className={classes.dot} style={{ background: colours[i] }} aria-hidden />
                  {group.name}
                  <Text size="xs" c="dimmed" fw={400}>
                    {countedText(group)}
                  </Text>
                </Table.Th>
                {columns.map(({ outcome }) => (
                  <Table.Td key={outcome} className={classes.number}>
                    <Mean group={group} first={groups[0]!} outcome={outcome} />
                  </Table.Td>
                ))}
                <Table.Td colSpan={3}>
                  {listed(group.backends.map(([backend, n]) => `${backendName(backend)} ${n}`))}
                </Table.Td>
              </Table.Tr>
              {group.results.map((result) => (
                <Row key={result.shared.id} {...{ result, group, columns }} />
              ))}
            </Fragment>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Row({
  result,
  group,
  columns,
}: {
  result: ClassResult;
  group: ClassGroup;
  columns: readonly Column[];
}) {
  const { shared, experiment } = result;
  const value = (outcome: Outcome) => {
    const found = classOutcome(result, outcome);
    return found === null ? '–' : found.toFixed(outcomeDigits(outcome));
  };
  const { steps, totalSteps, end } = shared;
  const far = { steps: count(steps), all: count(totalSteps) };
  return (
    <Table.Tr data-counted={group.counted.includes(result)} className={classes.single}>
      <Table.Td className={classes.name}>{shared.name}</Table.Td>
      <Table.Td className={classes.number}>{experiment.seed}</Table.Td>
      <Table.Td>
        {end?.how === 'finished'
          ? far.steps
          : end
            ? t('{{steps}} of {{all}}, {{how}}', { ...far, how: t(END_LABELS[end.how]) })
            : t('{{steps}} of {{all}}, not ended', far)}
      </Table.Td>
      {columns.map(({ outcome }) => (
        <Table.Td key={outcome} className={classes.number}>
          {value(outcome)}
        </Table.Td>
      ))}
      <Table.Td>
        {deviceOf(shared)}
        {machineDifferences(result, group).map((difference) => (
          <Badge
            key={difference}
            size="sm"
            variant="outline"
            color="gray"
            ml={6}
            tt="none"
            className={classes.badge}
          >
            {difference}
          </Badge>
        ))}
      </Table.Td>
      <Table.Td>{startedOf(shared)}</Table.Td>
      <Table.Td>
        <Tooltip label={t('Take this result away')}>
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={t('Take {{run}} away', { run: shared.name })}
            onClick={() =>
              offerUndo(t('{{run}} is taken away', { run: shared.name }), removeResults([shared.id]), 15_000)
            }
          >
            <IconX size={14} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Table.Td>
    </Table.Tr>
  );
}
