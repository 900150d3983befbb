/** Details of one run, beside the table or below it: note and tags, actions, origin, settings, results. */
import { Anchor, CloseButton, Code, Group, Stack, Text, Title } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import { runColour } from '../../charts/run-colour';
import { differingKeys, inWords } from '../../experiment/difference';
import { DEFAULT_EXPERIMENT, settingOf } from '../../experiment/settings';
import { t } from '../../language/language';
import { messageText } from '../../language/message-text';
import { Rich } from '../../language/Rich';
import type { HistoryEntry } from '../../runs/history/entry';
import { END_LABELS } from '../../runs/end-labels';
import { listed } from '../../language/join';
import { backendName } from '../../experiment/backends';
import { bytes, count, magnitude, dateAndTime } from '../controls/format';
import { useHistory } from '../store/history';
import { useRunsTable } from '../store/runs-table';
import { DetailActions } from './DetailActions';
import { Remarks } from './NoteAndTags';
import { Renamable } from './RunName';
import { bytesOf, dipsInWords, percent, type RunRow } from '../../runs/history/table-rows';
import classes from './RunsView.module.css';

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** The checkpoint at which a branched run began, as a link if that run still exists. */
function Origin({ row: { entry } }: { row: RunRow }) {
  const { origin } = entry;
  const there = useHistory(({ entries }) => entries.find(({ id }) => id === origin?.id));
  if (!origin) return null;
  const { fresh, step } = origin;
  const values = { step: count(step), run: origin.name, fresh: listed(fresh) };
  if (!there)
    return (
      <Fact name={t('Origin')}>
        {fresh.length > 0
          ? t(
              'Branched from {{run}}, which is no longer here, at step {{step}}; begun anew there: {{fresh}}',
              values,
            )
          : t('Branched from {{run}}, which is no longer here, at step {{step}}', values)}
      </Fact>
    );
  const run = (
    <Anchor
      component="button"
      type="button"
      size="sm"
      onClick={() => useRunsTable.setState({ opened: there.id })}
    >
      {there.name}
    </Anchor>
  );
  return (
    <Fact name={t('Origin')}>
      {fresh.length > 0 ? (
        <Rich
          text="Branched from <run/> at step {{step}}; begun anew there: {{fresh}}"
          values={values}
          parts={{ run }}
        />
      ) : (
        <Rich text="Branched from <run/> at step {{step}}" values={values} parts={{ run }} />
      )}
    </Fact>
  );
}

function sizeInWords(entry: HistoryEntry): string {
  const sizes = { all: bytes(bytesOf(entry)), series: bytes(entry.bytes.series) };
  return entry.checkpoint === null
    ? t('{{all}}: series {{series}}, checkpoint none', sizes)
    : t('{{all}}: series {{series}}, checkpoint of step {{step}} {{checkpoint}}', {
        ...sizes,
        step: count(entry.checkpoint),
        checkpoint: bytes(entry.bytes.checkpoint),
      });
}

function Facts({ row }: { row: RunRow }) {
  const { entry, experiment } = row;
  const { evaluation, end, dataset } = entry;
  const dips = dipsInWords(entry);
  const adapter = messageText(entry.adapter);
  const keys = differingKeys(experiment, DEFAULT_EXPERIMENT);
  return (
    <dl className={classes.facts}>
      <Origin row={row} />
      <Fact name={t('Settings that differ from the default')}>
        {keys.length === 0
          ? t('none')
          : keys.map((key) => (
              <div key={key}>
                <Rich
                  text="{{setting}} <b>{{value}}</b> <faint>(not {{other}})</faint>"
                  values={{
                    setting: t(settingOf(key).label),
                    value: inWords(key, experiment[key]),
                    other: inWords(key, DEFAULT_EXPERIMENT[key]),
                  }}
                  parts={{ b: <b />, faint: <span className={classes.faint} /> }}
                />
              </div>
            ))}
      </Fact>
      {evaluation && (
        <Fact name={t('Last test')}>
          {t('top-1 {{top1}}, top-5 {{top5}} of {{images}} images after step {{step}}', {
            top1: percent(evaluation.top1),
            top5: percent(evaluation.top5),
            images: count(evaluation.images),
            step: count(evaluation.step),
          })}
        </Fact>
      )}
      <Fact name={t('Dips of the last block')}>
        {dips.length === 0 ? t('none deeper than 1 %') : dips.map((dip) => <div key={dip}>{dip}</div>)}
      </Fact>
      {end && (
        <Fact name={t('End')}>
          {t('{{how}} after step {{step}}. {{reason}}', {
            how: t(END_LABELS[end.how]),
            step: count(end.step),
            reason: messageText(end.reason),
          })}
        </Fact>
      )}
      {end?.digest && (
        <Fact name={t('Weights at the end, SHA-256')}>
          <Code className={classes.digest}>{end.digest}</Code>
        </Fact>
      )}
      <Fact name={t('Data set')}>
        {messageText(dataset.label)} <Code className={classes.digest}>{dataset.digest}</Code>
      </Fact>
      <Fact name={t('Trained with')}>
        {t('{{backend}}; Branch Lab {{version}}; {{parameters}} parameters', {
          backend: listed([backendName(entry.backend), ...(adapter === '' ? [] : [adapter])]),
          version: entry.appVersion,
          parameters: magnitude(entry.parameters),
        })}
      </Fact>
      <Fact name={t('Begun, last written')}>
        {listed([dateAndTime(entry.createdAt), dateAndTime(entry.updatedAt)])}
      </Fact>
      <Fact name={t('Size')}>{sizeInWords(entry)}</Fact>
    </dl>
  );
}

interface RunDetailProps {
  row: RunRow;
  /** Tags in use. */
  tags: readonly string[];
  dark: boolean;
}

export function RunDetail({ row, tags, dark }: RunDetailProps) {
  const { entry } = row;
  const section = useRef<HTMLElement>(null);
  // Below the table the details may be outside the viewport. They are mounted once per run.
  useEffect(() => void section.current?.scrollIntoView({ block: 'nearest' }), []);
  const close = () => {
    useRunsTable.setState({ opened: null });
    document.querySelector<HTMLElement>(`[data-run="${entry.id}"] [aria-expanded]`)?.focus();
  };
  return (
    <section
      ref={section}
      className={classes.detail}
      aria-label={t('Details of {{run}}', { run: entry.name })}
    >
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
        <CloseButton aria-label={t('Close the details')} onClick={close} />
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
