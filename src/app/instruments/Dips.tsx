/** The dips of all curves as a sortable table, and the verdict on the cause of the last block's dip. */
import { Badge, Stack, Table, Text, Title, UnstyledButton } from '@mantine/core';
import { useMemo, useState } from 'react';
import { phrase, t } from '../../language/language';
import { partProps, selectorOf } from '../../page/parts';
import { findDip } from '../../instruments/dips';
import { firstFinite } from '../../instruments/finite-range';
import { FINDING_LABELS, judge } from '../../instruments/verdict';
import { PANEL_LABELS, type Panel } from '../../network/curves';
import type { RunState } from '../../runs/record';
import { SortHeader, sortedBy } from '../controls/SortHeader';
import { togglePicked, usePicked } from '../store/picked-curve';
import classes from './instruments.module.css';

interface Row {
  /** Number of the curve in the run. */
  curve: number;
  panel: Panel;
  layer: number;
  branch: string;
  start: number;
  lowest: number;
  depth: number;
  step: number;
  recovery: number | null;
  end: number;
}

/** The labels are translated with the context `dip`: start and depth refer to a curve. */
const COLUMNS: readonly { key: keyof Row; label: string; show: (row: Row) => string }[] = [
  { key: 'layer', label: phrase('Layer'), show: (row) => String(row.layer) },
  { key: 'branch', label: phrase('Branch'), show: (row) => row.branch },
  { key: 'start', label: phrase('Start'), show: (row) => row.start.toFixed(3) },
  { key: 'lowest', label: phrase('Lowest'), show: (row) => row.lowest.toFixed(3) },
  { key: 'depth', label: phrase('Depth'), show: (row) => `${(100 * row.depth).toFixed(1)} %` },
  { key: 'step', label: phrase('At step'), show: (row) => String(row.step) },
  {
    key: 'recovery',
    label: phrase('Half back at'),
    show: (row) => (row.recovery === null ? t('not yet') : String(row.recovery)),
  },
  { key: 'end', label: phrase('Latest'), show: (row) => row.end.toFixed(3) },
];

const FINDINGS = { supported: 'teal', excluded: 'gray', undecided: 'yellow' } as const;

/** Rows of the curves that fell by more than 1 %. */
function rowsOf({ curves, series }: RunState): Row[] {
  return curves.flatMap(({ layer, panel, copy }, k) => {
    const values = series.curve(k, 'mean');
    const dip = findDip(values);
    if (!dip) return [];
    const branch = t(PANEL_LABELS[panel]);
    return [
      {
        curve: k,
        panel,
        layer: layer + 1,
        branch: copy > 0 ? t('{{branch}}, copy {{copy}}', { branch, copy: copy + 1 }) : branch,
        start: values[firstFinite(values)]!,
        lowest: dip.value,
        depth: dip.depth,
        step: dip.step,
        recovery: dip.halfRecoveryStep,
        end: values.at(-1)!,
      },
    ];
  });
}

const before = (a: Row[keyof Row], b: Row[keyof Row]): number =>
  typeof a === 'string' && typeof b === 'string'
    ? a.localeCompare(b)
    : Number(a ?? Infinity) - Number(b ?? Infinity);

function VerdictLine({ run, revision }: { run: RunState; revision: number }) {
  const verdict = useMemo(
    () =>
      judge({
        ...run,
        mean: (k) => run.series.curve(k, 'mean'),
        scalar: (name) => run.series.scalar(name),
      }),
    // The series grow in place, so the revision is the dependency that changes.
    // oxlint-disable-next-line react/exhaustive-deps
    [run, revision],
  );
  if (!verdict) return null;
  return (
    <Stack gap={6} role="group" aria-label={t('Verdict')}>
      <Text size="sm" fw={600}>
        {verdict.text}
      </Text>
      {verdict.causes.map(({ id, title, finding, evidence }) => (
        <Text key={id} size="sm" component="div">
          <Badge
            variant="outline"
            size="sm"
            color={FINDINGS[finding]}
            className={classes.words}
            style={{ textTransform: 'none' }}
          >
            {t(FINDING_LABELS[finding])}
          </Badge>{' '}
          <b>{t('{{cause}}.', { cause: title })}</b> {evidence}
        </Text>
      ))}
      <Text size="xs" className={classes.words}>
        {t('One run is a hypothesis: repeat it with other seeds before you believe it.')}
      </Text>
    </Stack>
  );
}

/** Highlights a row's curve in its chart and scrolls to the chart; a second press removes the highlight. */
function PickButton({ run, row, picked }: { run: RunState; row: Row; picked: number | null }) {
  const press = () => {
    if (!togglePicked(run.id, row.curve)) return;
    document
      .querySelector(selectorOf(`chart-${row.panel}`))
      ?.scrollIntoView({ block: 'center', behavior: 'smooth' });
  };
  return (
    <UnstyledButton
      fz="sm"
      td="underline"
      aria-pressed={row.curve === picked}
      aria-label={t('{{branch}}, layer {{layer}}: show its curve', {
        branch: row.branch,
        layer: row.layer,
      })}
      onClick={press}
    >
      {row.branch}
    </UnstyledButton>
  );
}

export function Dips({ run, revision }: { run: RunState | null; revision: number }) {
  const [sorted, setSorted] = useState<{ key: keyof Row; down: boolean }>({ key: 'depth', down: true });
  const begun = run !== null && run.series.count > 1;
  const picked = usePicked((state) => (state.runId === run?.id ? state.curve : null));
  const rows = begun
    ? rowsOf(run).toSorted((a, b) => before(a[sorted.key], b[sorted.key]) * (sorted.down ? -1 : 1))
    : [];
  return (
    <section className={classes.card} aria-label={t('Dips and their cause')} {...partProps('dips')}>
      <div className={classes.header}>
        <Title order={4} size="h6">
          {t('Dips and their cause')}
        </Title>
      </div>
      <div className={classes.foot}>
        {begun ? (
          <>
            <VerdictLine run={run} revision={revision} />
            {rows.length === 0 ? (
              <Text size="sm">{t('No curve has fallen by more than 1 % so far.')}</Text>
            ) : (
              <Table.ScrollContainer minWidth={560} mah={340}>
                <Table className={classes.table} verticalSpacing={4} stickyHeader>
                  <Table.Thead>
                    <Table.Tr>
                      {COLUMNS.map(({ key, label }) => (
                        <SortHeader
                          key={key}
                          label={t(label, { context: 'dip' })}
                          sorted={sortedBy(sorted, key)}
                          onSort={() => setSorted({ key, down: sorted.key === key ? !sorted.down : true })}
                        />
                      ))}
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {rows.map((row) => (
                      <Table.Tr
                        key={row.curve}
                        bg={row.curve === picked ? 'var(--mantine-color-default-hover)' : ''}
                      >
                        {COLUMNS.map(({ key, show }) => (
                          <Table.Td key={key}>
                            {key === 'branch' ? (
                              <PickButton run={run} row={row} picked={picked} />
                            ) : (
                              show(row)
                            )}
                          </Table.Td>
                        ))}
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            )}
          </>
        ) : (
          <Text size="sm" className={classes.words}>
            {t(
              'Every layer’s dip will be listed here, and which cause the measurements support: decay on the scales, rotation between the branches, growth of the activations with depth, or the shrinking of the first, confident and wrong logits.',
            )}
          </Text>
        )}
      </div>
    </section>
  );
}
