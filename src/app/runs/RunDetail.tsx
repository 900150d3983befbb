/** Everything that is kept of one run, beside the table or below it: remarks, what one can do with it, where it comes from. */
import { Anchor, CloseButton, Code, Group, Stack, Text, Title } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import { runColour } from '../../charts/run-colour';
import { differingKeys, inWords } from '../../experiment/difference';
import { DEFAULT_EXPERIMENT, settingOf } from '../../experiment/settings';
import { BACKEND_LABELS, bytes, count, magnitude, moment } from '../format';
import { useHistory } from '../store/history';
import { useRunsTable } from '../store/runs-table';
import { DetailActions } from './DetailActions';
import { Remarks } from './Remarks';
import { Renamable } from './Renamable';
import { bytesOf, dipsInWords, percent, type RunRow } from './rows';
import classes from './RunsView.module.css';

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** Where a run began that did not begin at step 0; a link where that run is still there. */
function Origin({ row: { entry } }: { row: RunRow }) {
  const { origin } = entry;
  const there = useHistory(({ entries }) => entries.find(({ id }) => id === origin?.id));
  if (!origin) return null;
  const { fresh, step } = origin;
  return (
    <Fact name="Origin">
      Branched from{' '}
      {there ? (
        <Anchor
          component="button"
          type="button"
          size="sm"
          onClick={() => useRunsTable.setState({ opened: there.id })}
        >
          {there.name}
        </Anchor>
      ) : (
        `${origin.name}, which is no longer here,`
      )}{' '}
      at step {count(step)}
      {fresh.length > 0 && `; begun anew there: ${fresh.join(', ')}`}
    </Fact>
  );
}

function Facts({ row }: { row: RunRow }) {
  const { entry, experiment } = row;
  const { evaluation, end, dataset } = entry;
  const dips = dipsInWords(entry);
  const keys = differingKeys(experiment, DEFAULT_EXPERIMENT);
  return (
    <dl className={classes.facts}>
      <Origin row={row} />
      <Fact name="Settings that differ from the default">
        {keys.length === 0
          ? 'none'
          : keys.map((key) => (
              <div key={key}>
                {settingOf(key).label} <b>{inWords(key, experiment[key])}</b>{' '}
                <span className={classes.faint}>(not {inWords(key, DEFAULT_EXPERIMENT[key])})</span>
              </div>
            ))}
      </Fact>
      {evaluation && (
        <Fact name="Last test">
          top-1 {percent(evaluation.top1)}, top-5 {percent(evaluation.top5)} of {count(evaluation.images)}{' '}
          images after step {count(evaluation.step)}
        </Fact>
      )}
      <Fact name="Dips of the last block">
        {dips.length === 0 ? 'none deeper than 1 %' : dips.map((dip) => <div key={dip}>{dip}</div>)}
      </Fact>
      {end && (
        <Fact name="End">
          {end.how} after step {count(end.step)}. {end.reason}
        </Fact>
      )}
      {end?.digest && (
        <Fact name="Weights at the end, SHA-256">
          <Code className={classes.digest}>{end.digest}</Code>
        </Fact>
      )}
      <Fact name="Data set">
        {dataset.label} <Code className={classes.digest}>{dataset.digest}</Code>
      </Fact>
      <Fact name="Trained with">
        {BACKEND_LABELS[entry.backend]}
        {entry.adapter && `, ${entry.adapter}`}; Branch Lab {entry.appVersion}; {magnitude(entry.parameters)}{' '}
        parameters
      </Fact>
      <Fact name="Begun, last written">
        {moment(entry.createdAt)}, {moment(entry.updatedAt)}
      </Fact>
      <Fact name="Size">
        {bytes(bytesOf(entry))}: series {bytes(entry.bytes.series)}, checkpoint{' '}
        {entry.checkpoint === null
          ? 'none'
          : `of step ${count(entry.checkpoint)} ${bytes(entry.bytes.checkpoint)}`}
      </Fact>
    </dl>
  );
}

interface RunDetailProps {
  row: RunRow;
  /** All tags that any run has. */
  tags: readonly string[];
  dark: boolean;
}

export function RunDetail({ row, tags, dark }: RunDetailProps) {
  const { entry } = row;
  const section = useRef<HTMLElement>(null);
  // Below the table it may be out of sight; each run's details are mounted anew.
  useEffect(() => void section.current?.scrollIntoView({ block: 'nearest' }), []);
  const close = () => {
    useRunsTable.setState({ opened: null });
    document.querySelector<HTMLElement>(`[data-run="${entry.id}"] [aria-expanded]`)?.focus();
  };
  return (
    <section ref={section} className={classes.detail} aria-label={`Details of ${entry.name}`}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <div className={classes.name}>
          <span
            className={classes.swatch}
            style={{ background: runColour(entry.number, dark) }}
            aria-hidden
          />
          <Renamable entry={entry}>
            <Title order={3} size="h5" className={classes.detailTitle}>
              {entry.name}
            </Title>
          </Renamable>
        </div>
        <CloseButton aria-label="Close the details" onClick={close} />
      </Group>
      <DetailActions row={row} />
      <div className={classes.detailParts}>
        <Stack gap="sm">
          <Remarks entry={entry} tags={tags} />
        </Stack>
        <Text component="div" size="sm">
          <Facts row={row} />
        </Text>
      </div>
    </section>
  );
}
