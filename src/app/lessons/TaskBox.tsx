/** The activity of a step: run an experiment, set one up, probe networks, run several seeds, or a challenge; and its tasks. */
import { Alert, Button, Group, List, Progress, Stack, Text } from '@mantine/core';
import {
  IconAdjustments,
  IconCircle,
  IconCircleCheckFilled,
  IconMovie,
  IconPlayerPlayFilled,
  IconWaveSine,
} from '@tabler/icons-react';
import { useState } from 'react';
import { t } from '../../language/language';
import { errorText, messageText } from '../../language/message-text';
import { say } from '../../lessons/localised-text';
import { holds, type PageState } from '../../lessons/conditions';
import { sameTraining } from '../../experiment/same-training';
import { experimentOf, type Measured } from '../../lessons/measures';
import type { Doing, Step } from '../../lessons/schema';
import type { RunState } from '../../runs/record';
import { count } from '../controls/format';
import { useExperiment } from '../store/experiment';
import { useFindings } from '../store/side-results';
import { useQueue } from '../store/run-queue';
import { isRecording } from '../store/recording';
import { isGoingOn, useRun } from '../store/run';
import { probeAll, runSeeds, setUp, setUpAndRun, watch } from './lesson-actions';
import { ChallengeBox } from './ChallengeBox';
import classes from './lessons.module.css';
import { Line } from './Markup';

type Of<K extends Doing['kind']> = Extract<Doing, { kind: K }>;

interface DoProps<D> {
  doing: D;
  measured: Measured;
  /** Whether the step has no unanswered question. */
  ready: boolean;
}

/** A button that stays focusable while it is disabled, and explains why it is. */
function GatedButton({
  ready,
  icon,
  label,
  loading = false,
  variant = 'filled',
  onPress,
}: {
  ready: boolean;
  icon: React.ReactNode;
  label: string;
  loading?: boolean;
  variant?: string;
  onPress: () => void;
}) {
  const [asked, setAsked] = useState(false);
  return (
    <div>
      <Button
        size="sm"
        variant={variant}
        leftSection={icon}
        loading={loading}
        aria-disabled={!ready || undefined}
        data-disabled={!ready || undefined}
        onClick={() => {
          setAsked(true);
          if (ready) onPress();
        }}
      >
        {label}
      </Button>
      {!ready && (
        <Text
          size="xs"
          mt={4}
          c={asked ? 'var(--mantine-color-error)' : 'dimmed'}
          role={asked ? 'alert' : undefined}
        >
          {t('Answer the question first.')}
        </Text>
      )}
    </div>
  );
}

/** Progress of the run of an experiment; null while it does not run. */
function useProgress(query: string): { done: number; total: number } | null {
  const run = useRun((state) => state.run);
  const going = useRun(isGoingOn);
  useRun((state) => state.revision);
  if (!run || run.end || !going || !sameTraining(run.experiment, experimentOf(query))) return null;
  return { done: run.series.count, total: run.totalSteps };
}

/** States whether a run was measured on this machine or recorded. */
function Source({ run }: { run: RunState }) {
  const { dataset, environment } = run;
  return (
    <Text size="xs">
      {isRecording(run)
        ? t('Seen in the recording: {{data}}, {{device}}. Not measured on this machine.', {
            data: dataset ? messageText(dataset.label) : '',
            device: environment ? messageText(environment.adapter) : '',
          })
        : t('Measured on this machine.')}
    </Text>
  );
}

function RunBox({ doing: { query, recording }, measured, ready }: DoProps<Of<'run'>>) {
  const progress = useProgress(query);
  const going = useRun(isGoingOn);
  const found = measured.run(query);
  const done = found !== null && !isRecording(found);
  const said = progress?.total
    ? t('Training: {{done}} / {{all}}', { done: count(progress.done), all: count(progress.total) })
    : t('Preparing');
  return (
    <Stack gap="xs">
      <GatedButton
        ready={ready}
        icon={<IconPlayerPlayFilled size={16} aria-hidden />}
        label={done ? t('Run again') : t('Set up and run')}
        variant={done ? 'default' : 'filled'}
        onPress={() => setUpAndRun(query)}
      />
      {recording !== undefined && !done && ready && !progress && (
        <Button
          size="sm"
          variant="default"
          style={{ alignSelf: 'start' }}
          leftSection={<IconMovie size={16} aria-hidden />}
          onClick={() => watch(recording)}
        >
          {t('Watch a recording instead')}
        </Button>
      )}
      {progress ? (
        <div>
          <Text size="xs">{said}</Text>
          <Progress
            size="sm"
            mt={4}
            value={progress.total ? (100 * progress.done) / progress.total : 0}
            aria-label={said}
          />
        </div>
      ) : going ? (
        <Text size="xs" c="dimmed">
          {t('This ends the current run.')}
        </Text>
      ) : (
        found && <Source run={found} />
      )}
    </Stack>
  );
}

function SetUpBox({ doing: { query } }: DoProps<Of<'set-up'>>) {
  return (
    <Button
      size="sm"
      style={{ alignSelf: 'start' }}
      leftSection={<IconAdjustments size={16} aria-hidden />}
      onClick={() => setUp(query)}
    >
      {t('Set up')}
    </Button>
  );
}

function ProbeBox({ doing: { cases }, measured, ready }: DoProps<Of<'probe'>>) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const done = cases.every(({ query }) => measured.probe(query) !== null);
  const probe = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await probeAll(cases.map(({ query }) => query));
    } catch (error) {
      setProblem(errorText(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack gap="xs">
      <GatedButton
        ready={ready}
        icon={<IconWaveSine size={16} aria-hidden />}
        label={busy ? t('Probing') : t('Probe all')}
        loading={busy}
        variant={done ? 'default' : 'filled'}
        onPress={() => void probe()}
      />
      {problem !== null && (
        <Alert color="red" title={t('The probe did not work')}>
          {problem}
        </Alert>
      )}
      {done && <Text size="xs">{t('Measured on this machine.')}</Text>}
      {ready && (
        <Stack gap={4}>
          {cases.map(({ label, query }) => (
            <Group key={query} gap="xs" justify="space-between" wrap="nowrap">
              <Text size="sm">
                <Line text={say(label)} />
              </Text>
              <Button
                size="compact-xs"
                variant="default"
                style={{ flex: 'none' }}
                aria-label={t('Set up: {{what}}', { what: say(label) })}
                onClick={() => setUp(query)}
              >
                {t('Set up')}
              </Button>
            </Group>
          ))}
        </Stack>
      )}
    </Stack>
  );
}

function SeedsBox({ doing: { groups }, measured, ready }: DoProps<Of<'seeds'>>) {
  const running = useQueue((state) => state.running);
  const notice = useQueue((state) => state.notice);
  const counts = groups.map(
    ({ query, seeds }) => seeds.filter((seed) => measured.top1(query, seed) !== null).length,
  );
  const total = groups.reduce((sum, { seeds }) => sum + seeds.length, 0);
  const done = counts.reduce((sum, one) => sum + one, 0);
  const said = t('{{done}} / {{all}} runs done', { done, all: total });
  return (
    <Stack gap="xs">
      {done < total && (
        <GatedButton
          ready={ready}
          icon={<IconPlayerPlayFilled size={16} aria-hidden />}
          label={t('Run what is missing')}
          loading={running}
          onPress={() => runSeeds(groups)}
        />
      )}
      <Text size="xs">{said}</Text>
      <Progress size="sm" value={(100 * done) / total} aria-label={said} />
      {running && (
        <Text size="xs" c="dimmed">
          {t('Runs are trained one after another; the queue can be paused in the view Sweeps.')}
        </Text>
      )}
      {notice !== null && <Text size="xs">{messageText(notice)}</Text>}
    </Stack>
  );
}

/** The state of the page that the tasks check. */
function usePageState(): PageState {
  const experiment = useExperiment((state) => state.experiment);
  const run = useRun((state) => state.run);
  const status = useRun((state) => state.status);
  const fused = useFindings((state) => state.fused);
  useRun((state) => state.revision);
  return {
    experiment,
    run: run && {
      steps: run.series.count,
      paused: status === 'paused',
      ended: run.end !== null && run.end.how !== 'failed',
      isOfPanel: sameTraining(run.experiment, experiment),
      wasFused: fused?.runId === run.id,
    },
  };
}

function Tasks({ tasks }: { tasks: NonNullable<Step['tasks']> }) {
  const page = usePageState();
  return (
    <List spacing={6} size="sm" listStyleType="none" className={classes.tasks} aria-label={t('To do')}>
      {tasks.map(({ text, check }) => {
        const done = holds(check, page);
        return (
          <List.Item
            key={text.en}
            data-done={done || undefined}
            icon={
              done ? (
                <IconCircleCheckFilled
                  size={18}
                  className={classes.taskDone}
                  role="img"
                  aria-label={t('done')}
                />
              ) : (
                <IconCircle size={18} role="img" aria-label={t('not yet')} />
              )
            }
          >
            <Line text={say(text)} />
          </List.Item>
        );
      })}
    </List>
  );
}

interface DoBoxProps {
  step: Step;
  measured: Measured;
  ready: boolean;
}

export function DoBox({ step, measured, ready }: DoBoxProps) {
  const { do: doing, tasks } = step;
  if (!doing && !tasks) return null;
  const props = { measured, ready };
  return (
    <section className={classes.box} aria-label={t('Do it')}>
      <Text className={classes.boxTitle} component="h4">
        {t('Do it')}
      </Text>
      <Stack gap="sm">
        {doing?.kind === 'run' && <RunBox doing={doing} {...props} />}
        {doing?.kind === 'set-up' && <SetUpBox doing={doing} {...props} />}
        {doing?.kind === 'probe' && <ProbeBox doing={doing} {...props} />}
        {doing?.kind === 'seeds' && <SeedsBox doing={doing} {...props} />}
        {doing?.kind === 'challenge' && <ChallengeBox challenge={doing.challenge} />}
        {tasks && <Tasks tasks={tasks} />}
      </Stack>
    </section>
  );
}
