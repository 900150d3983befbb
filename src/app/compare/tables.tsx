/** Tables of the settings in which the selected runs differ, and of their outcomes with tests of the differences. */
import { NativeSelect, Table, Text, Title } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { OverlaidRun } from '../../charts/run-view';
import { phrase, t } from '../../language/language';
import { differenceTable } from '../../runs/differences';
import { oncePerSeed } from '../../runs/groups';
import {
  isComplete,
  outcomeDigits,
  outcomeLabel,
  outcomeOf,
  outcomesOf,
  spreadText,
  type Outcome,
} from '../../runs/outcomes';
import type { RunState } from '../../runs/record';
import { differenceOf, spreadOf } from '../../runs/statistics';
import classes from './ComparePanel.module.css';
import { isGroup, type SelectedGroup, type SelectedRun } from '../charts/selected-lines';

export function DifferencesTable({ lines }: { lines: readonly (SelectedRun | SelectedGroup)[] }) {
  const rows = useMemo(() => {
    const all = differenceTable(lines.map((line) => (isGroup(line) ? line.runs[0]! : line.run).experiment));
    // The seed differs within a group.
    return lines.some(isGroup) ? all.filter(({ key }) => key !== 'seed') : all;
  }, [lines]);
  if (lines.length < 2) return null;
  return (
    <section aria-label={t('Settings that differ')}>
      <Title order={4} size="h6" mb={4}>
        {t('Settings that differ')}
      </Title>
      {rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('None: these runs repeat each other.')}
        </Text>
      ) : (
        <div className={classes.scroller} tabIndex={0} role="region" aria-label={t('Table of differences')}>
          <Table className={classes.table} verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('Setting')}</Table.Th>
                {lines.map(({ id, name, colour }) => (
                  <Table.Th key={id} scope="col">
                    <Named name={name} colour={colour} />
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map(({ key, label, values }) => (
                <Table.Tr key={key}>
                  <Table.Th scope="row">{label}</Table.Th>
                  {values.map((value, i) => (
                    <Table.Td key={lines[i]!.id}>{value}</Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </section>
  );
}

const Named = ({ name, colour }: Pick<OverlaidRun, 'name' | 'colour'>) => (
  <span className={classes.named}>
    <span className={classes.swatch} style={{ background: colour }} aria-hidden />
    {name}
  </span>
);

/** Runs included in a mean: complete runs, each seed once. */
const counted = (line: SelectedRun | SelectedGroup): RunState[] =>
  oncePerSeed((isGroup(line) ? line.runs : [line.run]).filter(isComplete));

/** The text of each verdict on a difference. */
const VERDICTS = {
  'too few': phrase('{{difference}}. Too few seeds for a verdict: both sides need at least two.'),
  undecided: phrase('{{difference}} [{{low}}, {{high}}]. Undecided: the interval includes zero.'),
  higher: phrase('{{difference}} [{{low}}, {{high}}]: higher than the first.'),
  lower: phrase('{{difference}} [{{low}}, {{high}}]: lower than the first.'),
} as const;

export function OutcomesTable({
  lines,
  revision,
}: {
  lines: readonly (SelectedRun | SelectedGroup)[];
  revision: number;
}) {
  const [chosen, setOutcome] = useState<Outcome>('top1');
  const rows = useMemo(() => {
    const runs = revision < 0 ? [] : lines.map((line) => ({ line, runs: counted(line) }));
    const offered = outcomesOf(runs.flatMap((one) => one.runs));
    const outcome = offered.includes(chosen) ? chosen : 'top1';
    const spreads = runs.map(({ line, runs: own }) => ({
      line,
      spread: spreadOf(own.map((run) => outcomeOf(run, outcome) ?? NaN)),
    }));
    return { offered, outcome, spreads };
  }, [lines, chosen, revision]);
  const { outcome, spreads, offered } = rows;
  const digits = outcomeDigits(outcome);
  const [base] = spreads;
  return (
    <section aria-label={t('Outcomes')}>
      <div className={classes.tableHead}>
        <Title order={4} size="h6">
          {t('Outcomes')}
        </Title>
        <NativeSelect
          size="xs"
          aria-label={t('Outcome')}
          data={offered.map((value) => ({ value, label: outcomeLabel(value) }))}
          value={outcome}
          onChange={(event) => setOutcome(event.currentTarget.value as Outcome)}
        />
      </div>
      <div className={classes.scroller} tabIndex={0} role="region" aria-label={t('Table of outcomes')}>
        <Table className={classes.table} verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('Run or group')}</Table.Th>
              <Table.Th scope="col">
                {t('{{outcome}}, mean ± std (n)', { outcome: outcomeLabel(outcome) })}
              </Table.Th>
              <Table.Th scope="col">{t('Compared with the first, 95 % interval')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {spreads.map(({ line, spread }, i) => (
              <Table.Tr key={line.id}>
                <Table.Th scope="row">
                  <Named name={line.name} colour={line.colour} />
                </Table.Th>
                <Table.Td className={classes.number}>{spreadText(spread, digits)}</Table.Td>
                <Table.Td>{i === 0 ? '' : beside(spread, base!.spread, digits)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <Text size="xs" c="dimmed" mt={4}>
        {t(
          'Only complete runs are included, each seed once. Welch’s t-test; of many comparisons, one in twenty is wrong by chance.',
        )}
      </Text>
    </section>
  );
}

function beside(own: ReturnType<typeof spreadOf>, base: ReturnType<typeof spreadOf>, digits: number): string {
  if (own.n === 0 || base.n === 0) return '–';
  const { difference, low, high, verdict } = differenceOf(own, base);
  const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
  return t(VERDICTS[verdict], {
    difference: signed(difference),
    low: signed(low),
    high: signed(high),
  });
}
