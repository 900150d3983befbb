/** What a sweep came to so far: a chart and a table of the chosen outcome against the setting, over seeds. */
import {
  Button,
  Group,
  NativeSelect,
  SegmentedControl,
  Table,
  Text,
  Title,
  useComputedColorScheme,
} from '@mantine/core';
import { IconListCheck, IconPlayerPlayFilled, IconTrash } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { PlainPlot } from '../../charts/PlainPlot';
import { sweepFigure, sweepHeatMap, sweepSummary, type SweepView } from '../../charts/sweep-figure';
import { besideDefault } from '../../experiment/difference';
import { experimentFromQuery } from '../../experiment/url';
import { concludedEntry } from '../../runs/history/entry';
import { outcomeDigits, outcomeLabel, spreadText, type Outcome } from '../../runs/outcomes';
import { resultsOf, type SweepResults } from '../../runs/sweep';
import { PANELS } from '../../network/curves';
import panel from '../panel.module.css';
import { useHistory } from '../store/history';
import { startQueue, useQueue } from '../store/queue';
import { MOST_SELECTED, useSelection } from '../store/selection';
import { enqueueSweep, missingRuns, removeSweep, type KeptSweep } from '../store/sweeps';
import { showView } from '../store/view';
import { offerUndo } from '../undo';
import classes from './SweepsView.module.css';

const HEIGHT = 300;
const BARS = [
  { value: 'interval', label: '95 % interval' },
  { value: 'deviation', label: '± std' },
];

function ResultTable({ results }: { results: SweepResults }) {
  const { axes, cells, outcome } = results;
  const digits = outcomeDigits(outcome);
  return (
    <div className={classes.scroller} tabIndex={0} role="region" aria-label="Table of results">
      <Table verticalSpacing={4} className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            {axes.map(({ key, label }) => (
              <Table.Th key={key} scope="col">
                {label}
              </Table.Th>
            ))}
            <Table.Th scope="col">{outcomeLabel(outcome)}, mean ± std (n)</Table.Th>
            <Table.Th scope="col">Least to most</Table.Th>
            <Table.Th scope="col">To come</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {cells.map(({ at, spread, diverged, missing, leftOut }) => (
            <Table.Tr key={at.join()}>
              {axes.map(({ key, values }, axis) => (
                <Table.Td key={key}>{values[at[axis]!]!.words}</Table.Td>
              ))}
              {leftOut === null ? (
                <>
                  <Table.Td>
                    {spreadText(spread, digits)}
                    {diverged > 0 && `, ${diverged} diverged`}
                  </Table.Td>
                  <Table.Td>
                    {spread.n > 1 ? `${spread.min.toFixed(digits)} to ${spread.max.toFixed(digits)}` : ''}
                  </Table.Td>
                  <Table.Td>{missing > 0 ? missing : ''}</Table.Td>
                </>
              ) : (
                <Table.Td colSpan={3}>No such experiment: {leftOut}</Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

export function SweepResult({ kept }: { kept: KeptSweep }) {
  const { id, sweep } = kept;
  const entries = useHistory((state) => state.entries);
  const waiting = useQueue((state) => state.items.filter((item) => item.sweep === id).length);
  const dark = useComputedColorScheme('light') === 'dark';
  const [chosen, setOutcome] = useState<Outcome>('top1');
  const [bars, setBars] = useState<SweepView['bars']>('interval');
  // The oldest first, as resultsOf takes the last run of a seed.
  const runs = useMemo(
    () =>
      entries
        .filter(({ origin }) => origin === null)
        .toReversed()
        .map(concludedEntry),
    [entries],
  );
  const outcomes = useMemo((): Outcome[] => {
    const panels = PANELS.filter((one) =>
      entries.some(
        (entry) => entry.sweep === id && entry.thumbnail.panels.some(({ panel: name }) => name === one),
      ),
    );
    return [
      'top1',
      'loss',
      'testLoss',
      ...panels.flatMap((one) => [`dipDepth.${one}`, `dipStep.${one}`] as const),
      'imagesPerSecond',
    ];
  }, [entries, id]);
  const results = useMemo(() => resultsOf(sweep, runs, chosen), [sweep, runs, chosen]);
  const missing = useMemo(() => missingRuns(kept, entries).length, [kept, entries]);
  const done = results.cells.reduce((sum, { singles, diverged }) => sum + singles.length + diverged, 0);
  const planned = results.cells.filter(({ leftOut }) => leftOut === null).length * sweep.seeds.length;
  const figure = useMemo(
    () => sweepHeatMap(results, { dark }) ?? sweepFigure(results, { dark, bars }),
    [results, dark, bars],
  );
  const own = results.cells.flatMap(({ singles }) => singles.map(({ runId }) => runId));
  return (
    <section className={panel.panel} aria-label={`Sweep ${sweep.name}`}>
      <Group justify="space-between" gap="xs">
        <Title order={3} size="h6">
          {sweep.name}
        </Title>
        <Text size="sm" c="dimmed">
          {done} of {planned} runs{waiting > 0 ? `, ${waiting} in the queue` : ''}
        </Text>
      </Group>
      <Text size="sm" c="dimmed">
        Varied: {besideDefault(experimentFromQuery(sweep.base).experiment)}
      </Text>
      <Group gap="xs">
        <NativeSelect
          size="xs"
          aria-label={`Outcome of ${sweep.name}`}
          data={outcomes.map((value) => ({ value, label: outcomeLabel(value) }))}
          value={chosen}
          onChange={(event) => setOutcome(event.currentTarget.value as Outcome)}
        />
        <SegmentedControl
          size="xs"
          aria-label="What the bars show"
          data={BARS}
          value={bars}
          transitionDuration={0}
          onChange={(value) => setBars(value === 'deviation' ? value : 'interval')}
        />
        {missing > 0 && (
          <Button
            size="xs"
            leftSection={<IconPlayerPlayFilled size={14} aria-hidden />}
            onClick={() => {
              enqueueSweep(kept, entries);
              startQueue();
            }}
          >
            Run what is missing ({missing})
          </Button>
        )}
        <Button
          size="xs"
          variant="default"
          disabled={own.length === 0}
          leftSection={<IconListCheck size={14} aria-hidden />}
          onClick={() => {
            useSelection.setState({ ids: own.slice(0, MOST_SELECTED) });
            showView('runs');
          }}
        >
          {own.length > MOST_SELECTED ? `Compare the first ${MOST_SELECTED} runs` : 'Compare its runs'}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconTrash size={14} aria-hidden />}
          onClick={() => offerUndo(`The sweep “${sweep.name}” is removed; its runs stay`, removeSweep(id))}
        >
          Remove
        </Button>
      </Group>
      {done === 0 ? (
        <Text size="sm" c="dimmed" className={classes.empty}>
          {outcomeLabel(chosen)} against {results.axes.map(({ label }) => label).join(' and ')} will appear
          here as soon as its first run has ended.
        </Text>
      ) : (
        <PlainPlot
          build={() => figure}
          height={HEIGHT}
          revision={`${chosen} ${bars} ${dark} ${done}`}
          label={sweepSummary(results)}
        />
      )}
      <ResultTable results={results} />
    </section>
  );
}
