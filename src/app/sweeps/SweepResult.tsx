/** Results of a sweep so far: a chart and a table of the chosen outcome against the settings, over seeds. */
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
import { phrase, t } from '../../language/language';
import { concludedEntry } from '../../runs/history/entry';
import { outcomeDigits, outcomeLabel, spreadText, type Outcome } from '../../runs/outcomes';
import { resultsOf, type SweepResults } from '../../runs/sweep';
import { PANELS } from '../../network/curves';
import panel from '../controls/panel.module.css';
import { useHistory } from '../store/history';
import { startQueue, useQueue } from '../store/run-queue';
import { MOST_SELECTED, useSelection } from '../store/selected-runs';
import { enqueueSweep, missingRuns, nameInWords, removeSweep, type KeptSweep } from '../store/sweeps';
import { showView } from '../store/current-view';
import { offerUndo } from '../controls/undo';
import classes from './SweepsView.module.css';

const HEIGHT = 300;
const BARS = [
  { value: 'interval', label: phrase('95 % interval') },
  { value: 'deviation', label: phrase('± std') },
];

function ResultTable({ results }: { results: SweepResults }) {
  const { axes, cells, outcome } = results;
  const digits = outcomeDigits(outcome);
  return (
    <div className={classes.scroller} tabIndex={0} role="region" aria-label={t('Table of results')}>
      <Table verticalSpacing={4} className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            {axes.map(({ key, label }) => (
              <Table.Th key={key} scope="col">
                {label}
              </Table.Th>
            ))}
            <Table.Th scope="col">
              {t('{{outcome}}, mean ± std (n)', { outcome: outcomeLabel(outcome) })}
            </Table.Th>
            <Table.Th scope="col">{t('Least to most')}</Table.Th>
            <Table.Th scope="col">{t('To come')}</Table.Th>
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
                    {diverged > 0
                      ? t('{{spread}}, {{diverged}} diverged', {
                          spread: spreadText(spread, digits),
                          diverged,
                        })
                      : spreadText(spread, digits)}
                  </Table.Td>
                  <Table.Td>
                    {spread.n > 1
                      ? t('{{low}} to {{high}}', {
                          low: spread.min.toFixed(digits),
                          high: spread.max.toFixed(digits),
                        })
                      : ''}
                  </Table.Td>
                  <Table.Td>{missing > 0 ? missing : ''}</Table.Td>
                </>
              ) : (
                <Table.Td colSpan={3}>{t('No such experiment: {{why}}', { why: leftOut })}</Table.Td>
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
  const name = nameInWords(sweep);
  const entries = useHistory((state) => state.entries);
  const waiting = useQueue((state) => state.items.filter((item) => item.sweep === id).length);
  const dark = useComputedColorScheme('light') === 'dark';
  const [chosen, setOutcome] = useState<Outcome>('top1');
  const [bars, setBars] = useState<SweepView['bars']>('interval');
  // Oldest first, because `resultsOf` takes the last run of a seed.
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
        (entry) => entry.sweep === id && entry.thumbnail.panels.some((shown) => shown.panel === one),
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
  const awaited = {
    outcome: outcomeLabel(chosen),
    first: results.axes[0]!.label,
    second: results.axes[1]?.label,
  };
  const own = results.cells.flatMap(({ singles }) => singles.map(({ runId }) => runId));
  return (
    <section className={panel.panel} aria-label={t('Sweep {{sweep}}', { sweep: name })}>
      <Group justify="space-between" gap="xs">
        <Title order={3} size="h6">
          {name}
        </Title>
        <Text size="sm" c="dimmed">
          {waiting > 0
            ? t('{{done}} of {{planned}} runs, {{waiting}} in the queue', { done, planned, waiting })
            : t('{{done}} of {{planned}} runs', { done, planned })}
        </Text>
      </Group>
      <Text size="sm" c="dimmed">
        {t('Varied: {{experiment}}', {
          experiment: besideDefault(experimentFromQuery(sweep.base).experiment),
        })}
      </Text>
      <Group gap="xs">
        <NativeSelect
          size="xs"
          aria-label={t('Outcome of {{sweep}}', { sweep: name })}
          data={outcomes.map((value) => ({ value, label: outcomeLabel(value) }))}
          value={chosen}
          onChange={(event) => setOutcome(event.currentTarget.value as Outcome)}
        />
        <SegmentedControl
          size="xs"
          aria-label={t('What the bars show')}
          data={BARS.map(({ value, label }) => ({ value, label: t(label) }))}
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
            {t('Run what is missing ({{missing}})', { missing })}
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
          {own.length > MOST_SELECTED
            ? t('Compare the first {{most}} runs', { most: MOST_SELECTED })
            : t('Compare its runs')}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconTrash size={14} aria-hidden />}
          onClick={() =>
            offerUndo(t('The sweep “{{sweep}}” is removed; its runs stay', { sweep: name }), removeSweep(id))
          }
        >
          {t('Remove')}
        </Button>
      </Group>
      {done === 0 ? (
        <Text size="sm" c="dimmed" className={classes.empty}>
          {results.axes.length > 1
            ? t(
                '{{outcome}} against {{first}} and {{second}} will appear here as soon as its first run has ended.',
                awaited,
              )
            : t(
                '{{outcome}} against {{first}} will appear here as soon as its first run has ended.',
                awaited,
              )}
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
