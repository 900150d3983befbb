/** One section of the study board: rows with block sketch, published number, this lab's result and its plot. */
import { Badge, Table, Text, Title } from '@mantine/core';
import { useMemo } from 'react';
import { listed } from '../../language/join';
import { t } from '../../language/language';
import { rowMessage, type Published, type StudySection } from '../../experiment/study';
import { repetitionKey } from '../../experiment/same-training';
import { summarise, tiers, type Summary } from '../../runs/study-board';
import { BlockSketch } from '../block/BlockSketch';
import { experimentOf, useBoard } from '../store/board';
import { useExperiment } from '../store/experiment';
import { DotPlot } from './DotPlot';
import { RowActions } from './RowActions';
import classes from './StudyView.module.css';

/** "71.10 %", "68.8–69.1 %", or a text that nothing was published. */
const publishedText = ({ top1 }: Published): string =>
  top1 === null ? t('lost') : typeof top1 === 'number' ? `${top1.toFixed(2)} %` : `${top1[0]}–${top1[1]} %`;

/** "23.41 ± 0.52 %, 3 seeds". */
export function Result({ summary }: { summary: Summary | null }) {
  if (!summary) return <Text size="sm">{t('not run yet')}</Text>;
  const { mean, deviation, seeds, diverged, about } = summary;
  const spread = deviation === null ? '' : ` ± ${deviation.toFixed(2)}`;
  const counts = [
    t('{{count}} seeds', { count: seeds }),
    ...(seeds === 1 ? [t('no spread')] : []),
    ...(diverged > 0 ? [t('{{count}} diverged', { count: diverged })] : []),
  ];
  return (
    <>
      <Text size="sm">
        {seeds > 0 && <b>{`${mean.toFixed(2)}${spread} %`}</b>} {listed(counts)}
      </Text>
      <Text size="xs" c="dimmed">
        {about}
      </Text>
    </>
  );
}

export function SectionTable({ section, seeds }: { section: StudySection; seeds: number }) {
  const base = useExperiment((state) => state.experiment);
  const results = useBoard((state) => state.results);
  const rows = useMemo(
    () =>
      section.rows.map((row) => {
        const experiment = experimentOf(row, base);
        return { ...row, experiment, summary: summarise(results, repetitionKey(experiment)) };
      }),
    [section, base, results],
  );
  const ranks = useMemo(
    () => tiers(new Map(rows.flatMap(({ id, summary }) => (summary ? [[id, summary] as const] : [])))),
    [rows],
  );
  const title = t(section.title);
  return (
    <section aria-label={title}>
      <Title order={3} size="h5">
        {title}
      </Title>
      <Text size="sm" maw={760} mb="xs">
        {t(section.caution)}
      </Text>
      <Table.ScrollContainer minWidth={760} className={classes.scroller}>
        <Table verticalSpacing="xs" className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('Block')}</Table.Th>
              <Table.Th scope="col">{t('Row')}</Table.Th>
              <Table.Th scope="col">{t('Published top-1')}</Table.Th>
              <Table.Th scope="col">{t('This lab’s top-1')}</Table.Th>
              <Table.Th scope="col">{t('Tier')}</Table.Th>
              <Table.Th scope="col">{t('Run')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ id, label, published, experiment, summary }) => (
              <Table.Tr key={id} data-row={id}>
                <Table.Td>
                  <BlockSketch experiment={experiment} width={120} />
                </Table.Td>
                <Table.Th scope="row" className={classes.label}>
                  {t(label)}
                </Table.Th>
                <Table.Td>
                  <Text size="sm" component="div">
                    <b>{publishedText(published)}</b>{' '}
                    <Badge size="xs" variant="outline" color="gray" className={classes.badge}>
                      {published.dataset}
                    </Badge>
                  </Text>
                  <Text size="xs" c="dimmed">
                    {t(published.source)}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Result summary={summary} />
                </Table.Td>
                <Table.Td>{ranks.get(id) ?? '–'}</Table.Td>
                <Table.Td>
                  <RowActions label={rowMessage(id)} name={t(label)} experiment={experiment} seeds={seeds} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <DotPlot
        title={title}
        dots={rows.flatMap(({ id, label, summary }) =>
          summary && summary.seeds > 0
            ? [{ id, label: t(label), mean: summary.mean, deviation: summary.deviation }]
            : [],
        )}
      />
    </section>
  );
}
