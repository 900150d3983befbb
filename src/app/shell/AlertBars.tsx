/** Bars above the charts: bad links, missing data, changed settings, interrupted runs, how a run ended. */
import { Anchor, Button, Group, Text } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconDatabase,
  IconGitBranch,
  IconInfoCircle,
  IconRefresh,
} from '@tabler/icons-react';
import { useState } from 'react';
import { describeDifference, differingKeys } from '../../experiment/difference';
import { phrase, t } from '../../language/language';
import { messageText } from '../../language/message-text';
import { Rich } from '../../language/Rich';
import { HiddenPageBar } from './HiddenPageBar';
import { Bar } from '../controls/Bar';
import { SecondRunControl } from './SecondRun';
import { ChooseFile, LoadServed, ReadingProgress } from '../data/DataSection';
import { DownloadShare } from '../data/GetData';
import { UpdateBar } from './UpdateBar';
import { branchFromShown, restart, resumeRun } from '../store/run-actions';
import { sourceFor, useData } from '../store/data-sets';
import { useExperiment } from '../store/experiment';
import { isInterrupted, useHistory } from '../store/history';
import { useQueue } from '../store/run-queue';
import { useShownRecording } from '../store/recording';
import { useRun } from '../store/run';
import { beginAnew, useStartingPoint } from '../store/starting-point';
import { GhostBar, HiddenBar } from '../share/LinkResultBar';
import { useHidden } from '../store/page-options';
import { showView, useView } from '../store/current-view';
import { RecordingBar } from '../time/RecordingBar';
import classes from '../controls/layout.module.css';

function LinkNotices() {
  const notices = useExperiment((state) => state.notices);
  const dismissNotice = useExperiment((state) => state.dismissNotice);
  return notices.map((notice) => (
    <Bar
      key={`${notice.key} ${notice.message}`}
      tint="yellow"
      icon={<IconAlertTriangle />}
      withCloseButton
      closeButtonLabel={t('Dismiss the notice on {{key}}', { key: notice.key })}
      onClose={() => dismissNotice(notice)}
    >
      {notice.message}
    </Bar>
  ));
}

/** The share of CIFAR-100 that is offered for download if a link needs it. */
const OFFERED_SHARE = 0.1;

function DataBar() {
  const experiment = useExperiment((state) => state.experiment);
  const change = useExperiment((state) => state.change);
  const data = useData();
  const status = useRun((state) => state.status);
  const view = useView((state) => state.view);
  const { missing } = sourceFor(experiment, data);
  const recorded = useShownRecording() !== null;
  // The view Data says this itself, and the bar of a recording says what it was trained on.
  if (view === 'data' || recorded) return null;
  if (experiment.data === 'builtin') {
    const here = data.stored ?? data.memory;
    return (
      <div className={classes.dataLine}>
        <IconDatabase size={16} className={classes.dataIcon} aria-hidden />
        <Text size="sm" component="span">
          {status === 'idle'
            ? t('The next run trains on the built-in drawings, not CIFAR-100.')
            : t('Training on the built-in drawings, not CIFAR-100.')}
        </Text>
        {data.loading ? (
          <div style={{ flex: '1 1 240px', maxWidth: 360 }}>
            <ReadingProgress />
          </div>
        ) : here ? (
          <Anchor component="button" type="button" size="sm" onClick={() => change({ data: 'cifar100' })}>
            {t('Use CIFAR-100')}
          </Anchor>
        ) : (
          <Group gap="xs">
            <LoadServed />
            <ChooseFile label={t('Load CIFAR-100')} />
            <Anchor component="button" type="button" size="sm" onClick={() => showView('data')}>
              {t('Load or view the data')}
            </Anchor>
          </Group>
        )}
      </div>
    );
  }
  if (missing === null || !data.checked) return null;
  return (
    <Bar
      tint="yellow"
      icon={<IconDatabase />}
      title={data.loading ? t('CIFAR-100 is being read') : t('CIFAR-100 is not loaded yet')}
    >
      {data.loading ? (
        <ReadingProgress />
      ) : (
        <div className={classes.bar}>
          <Text size="sm">
            {t(
              'This experiment trains on CIFAR-100. Choose your copy or drop it anywhere on this page, or train on the built-in drawings.',
            )}
          </Text>
          <Group gap="xs">
            <LoadServed />
            <ChooseFile />
            <DownloadShare share={OFFERED_SHARE} variant="default" />
            <Button size="xs" variant="default" onClick={() => change({ data: 'builtin' })}>
              {t('Use the built-in set')}
            </Button>
            <Anchor component="button" type="button" size="sm" onClick={() => showView('data')}>
              {t('Other ways')}
            </Anchor>
          </Group>
        </div>
      )}
    </Bar>
  );
}

function ChangedBar() {
  const experiment = useExperiment((state) => state.experiment);
  const run = useRun((state) => state.run);
  const ran = useRun((state) => state.started);
  const data = useData();
  const queued = useQueue((state) => state.lastRun);
  const kept = useHistory(({ entries }) =>
    entries.some(({ id, checkpoint }) => id === run?.id && checkpoint !== null),
  );
  if (!ran || run?.id === queued || differingKeys(experiment, ran).length === 0) return null;
  const { missing } = sourceFor(experiment, data);
  return (
    <Bar tint="lab" icon={<IconInfoCircle />} title={t('Settings changed since this run started')}>
      <div className={classes.bar}>
        <Text size="sm">{describeDifference(experiment, ran)}</Text>
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            disabled={missing !== null || !kept}
            onClick={() => void branchFromShown()}
          >
            {t('Branch from here')}
          </Button>
          <Button size="xs" variant="default" onClick={() => useExperiment.getState().change(ran)}>
            {t('Back to the run’s settings')}
          </Button>
          <Button
            size="xs"
            leftSection={<IconRefresh size={16} />}
            disabled={missing !== null}
            onClick={restart}
          >
            {t('Restart with changes')}
          </Button>
        </Group>
      </div>
    </Bar>
  );
}

/** A run that was training when its page was closed, reloaded or killed. */
function InterruptedBar() {
  const [dismissed, setDismissed] = useState<string | null>(null);
  const busy = useRun(({ status }) => status === 'preparing' || status === 'running' || status === 'paused');
  const entry = useHistory(
    ({ entries, elsewhere }) => entries.find((one) => isInterrupted(one, elsewhere)) ?? null,
  );
  if (!entry || busy || entry.id === dismissed) return null;
  const { id, name, checkpoint, totalSteps } = entry;
  return (
    <Bar
      tint="lab"
      icon={<IconInfoCircle />}
      withCloseButton
      closeButtonLabel={t('Do not resume')}
      onClose={() => setDismissed(id)}
    >
      <div className={classes.bar}>
        <Text size="sm">
          <Rich
            text="<run/> was interrupted; it is saved up to step {{step}} of {{steps}}."
            parts={{ run: <b>{name}</b> }}
            values={{
              step: (checkpoint ?? 0).toLocaleString('en'),
              steps: totalSteps.toLocaleString('en'),
            }}
          />
        </Text>
        <Button size="xs" variant="default" onClick={() => void resumeRun(entry)}>
          {t('Resume')}
        </Button>
      </div>
    </Bar>
  );
}

/** Where the next run begins, if not at step 0. */
function StartingPointBar() {
  const point = useStartingPoint((state) => state.point);
  if (!point) return null;
  return (
    <Bar
      tint="lab"
      icon={<IconGitBranch />}
      withCloseButton
      closeButtonLabel={t('Begin at step 0 instead')}
      onClose={beginAnew}
    >
      <Text size="sm">
        <Rich
          text="The next run begins at step {{step}} of <run/>, with the settings of the panel: change what you like, then start."
          parts={{ run: <b>{point.name}</b> }}
          values={{ step: point.step.toLocaleString('en') }}
        />
      </Text>
    </Bar>
  );
}

/** The history could not be read or written. */
function HistoryBar() {
  const problem = useHistory((state) => state.problem);
  if (!problem) return null;
  return (
    <Bar
      tint="red"
      icon={<IconAlertTriangle />}
      withCloseButton
      closeButtonLabel={t('Dismiss')}
      onClose={() => useHistory.setState({ problem: null })}
    >
      {problem.message}
    </Bar>
  );
}

const END_LOOKS = {
  finished: { color: 'teal', title: phrase('Finished'), icon: <IconCircleCheck /> },
  stopped: { color: 'gray', title: phrase('Stopped'), icon: <IconInfoCircle /> },
  diverged: { color: 'orange', title: phrase('Diverged'), icon: <IconAlertTriangle /> },
  failed: { color: 'red', title: phrase('Failed'), icon: <IconAlertTriangle /> },
} as const;

function EndBar() {
  const end = useRun((state) => state.run?.end ?? null);
  const recorded = useShownRecording() !== null;
  if (!end || (recorded && end.how === 'finished')) return null;
  const { color, title, icon } = END_LOOKS[end.how];
  return (
    <Bar tint={color} icon={icon}>
      <Text size="sm">
        <Rich
          text="<how/> {{reason}}"
          parts={{ how: <b>{t('{{how}}.', { how: t(title) })}</b> }}
          values={{ reason: messageText(end.reason) }}
        />
      </Text>
    </Bar>
  );
}

export function AlertBars() {
  const hidesBeside = useHidden('beside');
  return (
    <div className={classes.bars}>
      <HiddenPageBar />
      <LinkNotices />
      <GhostBar />
      <RecordingBar />
      <HistoryBar />
      <UpdateBar />
      <InterruptedBar />
      <StartingPointBar />
      <ChangedBar />
      <EndBar />
      <DataBar />
      {!hidesBeside && <SecondRunControl />}
      <HiddenBar />
    </div>
  );
}
