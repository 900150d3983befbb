/** The header: the state and progress of the run, and the controls of the run and the page. */
import {
  ActionIcon,
  Button,
  Code,
  Group,
  Kbd,
  Popover,
  Progress,
  Text,
  Title,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import {
  IconAdjustmentsHorizontal,
  IconCpu,
  IconDeviceFloppy,
  IconDice5,
  IconMoon,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerStopFilled,
  IconPlayerSkipForwardFilled,
  IconRefresh,
  IconSun,
} from '@tabler/icons-react';
import { useEffect, type ReactNode } from 'react';
import type { Why } from '../../offline/isolate';
import { listed } from '../../language/join';
import { phrase, t } from '../../language/language';
import { partProps } from '../../page/parts';
import { messageText } from '../../language/message-text';
import { Rich } from '../../language/Rich';
import { END_LABELS } from '../../runs/end-labels';
import { backendName } from '../../experiment/backends';
import { count, duration, secondsLeft, speed } from '../controls/format';
import { LanguageMenu } from './LanguageMenu';
import { Logo } from './Logo';
import { PresentButton } from '../present/PresentButton';
import { saveRecord, startOrPause, step } from '../store/run-actions';
import { ShareButton } from '../share/ShareButton';
import { useAnywhere } from '../store/host-status';
import { useStartProblem } from '../store/data-sets';
import { useExperiment } from '../store/experiment';
import { useInterface } from '../store/interface-state';
import { useHidden } from '../store/page-options';
import { useShownRecording } from '../store/recording';
import { useRun, type RunStatus } from '../store/run';
import { SlowMotion } from '../time/SlowMotion';
import classes from '../controls/layout.module.css';

const PRIMARY: Record<RunStatus, { label: string; icon: typeof IconPlayerPlayFilled }> = {
  idle: { label: phrase('Start'), icon: IconPlayerPlayFilled },
  preparing: { label: phrase('Preparing'), icon: IconPlayerPlayFilled },
  running: { label: phrase('Pause'), icon: IconPlayerPauseFilled },
  paused: { label: phrase('Resume'), icon: IconPlayerPlayFilled },
  ended: { label: phrase('Start again'), icon: IconPlayerPlayFilled },
};

interface ToolProps {
  label: string;
  tip: ReactNode;
  icon: ReactNode;
  disabled?: boolean;
  onPress: () => void;
}

/** Why there is one thread, in the reader's language. Values that are not texts of the lab are not translated. */
const whyAsText = ({ text, values }: Why): string =>
  t(text, Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [name, t(value)])));

/** A button with icon and text; on narrow screens the text is only its name. It stays focusable while disabled, so that its tooltip can say why. */
function Tool({ label, tip, icon, disabled, onPress }: ToolProps) {
  const press = disabled ? undefined : onPress;
  return (
    <Tooltip label={tip}>
      <Button
        className={classes.tool}
        variant="default"
        px="xs"
        aria-label={label}
        data-disabled={disabled || undefined}
        aria-disabled={disabled || undefined}
        onClick={press}
      >
        {icon}
        <span className={classes.toolText}>{label}</span>
      </Button>
    </Tooltip>
  );
}

/** Start, step, stop, reset, another seed. */
export function Controls() {
  const status = useRun((state) => state.status);
  const stop = useRun((state) => state.stop);
  const reset = useRun((state) => state.reset);
  const newSeed = useExperiment((state) => state.newSeed);
  const seed = useExperiment((state) => state.experiment.seed);
  const missing = useStartProblem();
  const alive = status === 'running' || status === 'paused' || status === 'preparing';
  const blocked = missing !== null && !alive;
  const { label: name, icon: Icon } = PRIMARY[status];
  const label = t(name);
  const unavailable = blocked || status === 'preparing';
  return (
    <Group gap={6} wrap="nowrap" role="group" aria-label={t('Run')} {...partProps('run-controls')}>
      <Tooltip
        label={
          blocked ? (
            missing
          ) : (
            <>
              {label} <Kbd size="xs">S</Kbd>
            </>
          )
        }
      >
        <Button
          className={classes.primary}
          leftSection={<Icon size={16} />}
          loading={status === 'preparing'}
          data-disabled={unavailable || undefined}
          aria-disabled={unavailable || undefined}
          onClick={unavailable ? undefined : startOrPause}
        >
          {label}
        </Button>
      </Tooltip>
      <Tool
        label={t('Step', { context: 'button' })}
        icon={<IconPlayerSkipForwardFilled size={16} />}
        tip={
          status === 'ended' ? (
            t('This run has ended; reset it first.')
          ) : (
            <Rich text="One step, then pause <key/>" parts={{ key: <Kbd size="xs">.</Kbd> }} />
          )
        }
        disabled={blocked || status === 'preparing' || status === 'ended'}
        onPress={step}
      />
      <Tool
        label={t('Stop')}
        icon={<IconPlayerStopFilled size={16} />}
        tip={t('End the run; the recorded steps are kept')}
        disabled={!alive}
        onPress={stop}
      />
      <Tool
        label={t('Reset')}
        icon={<IconRefresh size={16} />}
        tip={
          <Rich
            text="Discard the run; the same seed gives the same numbers again <key/>"
            parts={{ key: <Kbd size="xs">R</Kbd> }}
          />
        }
        disabled={status === 'idle'}
        onPress={reset}
      />
      <Tool
        label={t('New seed')}
        icon={<IconDice5 size={16} />}
        tip={t('Draw another seed for the next run; it is {{seed}} now', { seed })}
        onPress={newSeed}
      />
    </Group>
  );
}

/** State of a run of the history that never ended. */
const AS_KEPT = phrase('as last saved');

/** How far the run is, and how fast. */
export function RunProgress() {
  const shown = useRun((state) => state.run);
  const beside = useRun((state) => state.beside);
  // The run that still trains if the shown one has ended.
  const run = shown?.end && beside && !beside.end ? beside : shown;
  const status = useRun((state) => state.status);
  const preparing = useRun((state) => state.preparing);
  useRun((state) => state.revision);
  const done = run?.end ? run.end.step : (run?.series.count ?? 0);
  const total = run?.totalSteps ?? 0;
  const recorded = useShownRecording() !== null;
  const stepsPerSecond = useRun((state) => state.stepsPerSecond);
  const going = [shown, beside].filter((one) => one !== null).filter((one) => !one.end);
  const left = secondsLeft(
    going.map((one) => ({ ...one, done: one.series.count })),
    stepsPerSecond,
  );
  let said = t('Not started');
  if (status === 'preparing') said = `${preparing ? messageText(preparing) : ''}…`;
  else if (run && total > 0) {
    const more =
      status === 'ended'
        ? recorded
          ? t('a recording')
          : t(run.end ? END_LABELS[run.end.how] : AS_KEPT)
        : status === 'paused'
          ? t('paused')
          : left === null
            ? null
            : t('{{time}} left', { time: duration(left) });
    said = [`${count(done)} / ${count(total)}`, more].filter((part) => part !== null).join(' · ');
  } else if (run?.end) said = t(END_LABELS[run.end.how]);
  const bad = run?.end?.how === 'failed' || run?.end?.how === 'diverged';
  return (
    <div className={classes.progress}>
      <div className={classes.progressText}>
        <span>{said}</span>
        <span className={classes.speed}>
          {/* The speed of a recording is that of another machine. */}
          {run && run.imagesPerSecond > 0 && !recorded
            ? t('{{speed}} images/s', { speed: speed(run.imagesPerSecond) })
            : ''}
        </span>
        <SlowMotion />
      </div>
      <Progress
        size="sm"
        value={total > 0 ? (100 * done) / total : 0}
        color={bad ? 'red' : undefined}
        transitionDuration={0}
        aria-label={t('Steps done')}
      />
    </div>
  );
}

function BackendBadge() {
  const environment = useRun((state) => state.run?.environment ?? null);
  const digest = useRun((state) => state.run?.end?.digest ?? null);
  const why = useAnywhere((state) => state.why);
  const name = environment ? backendName(environment.backend) : t('Backend chosen at start');
  const adapter = environment && messageText(environment.adapter);
  const whole = listed(adapter ? [name, adapter] : [name]);
  return (
    <Popover width={300} shadow="md" withArrow position="bottom-end">
      <Popover.Target>
        <Button
          className={classes.backend}
          variant="default"
          size="compact-sm"
          radius="xl"
          fw={500}
          aria-label={environment ? t('Backend: {{backend}}', { backend: whole }) : name}
          data-idle={!environment || undefined}
        >
          <IconCpu size={16} className={classes.backendIcon} />
          <span className={classes.backendText}>
            {name}
            {adapter && <span className={classes.adapter}> · {adapter}</span>}
          </span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Text size="sm" fw={600}>
          {whole}
        </Text>
        <Text size="sm" mt={4}>
          {environment
            ? messageText(environment.reason)
            : t(
                'When a run starts, the lab uses the first backend that works here: WebGPU on a real adapter, WebAssembly, WebGL, plain JavaScript; or the one that is chosen in the settings.',
              )}
        </Text>
        {why && (!environment || environment.backend === 'wasm') && (
          <Text size="sm" mt={4}>
            {t(
              'WebAssembly has one thread in this window, because the page is not isolated from others: {{why}}',
              { why: whyAsText(why) },
            )}
          </Text>
        )}
        {digest && (
          <>
            <Text size="sm" fw={600} mt="sm">
              {t('Weights at the end')}
            </Text>
            <Code block fz="xs" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {digest}
            </Code>
            <Text size="xs" c="dimmed" mt={4}>
              {t(
                'SHA-256. The same link gives the same digest on every machine that trains on WebAssembly with reproducible arithmetic.',
              )}
            </Text>
          </>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

/** Gives the window of the installed lab the colours of the page, independent of the system. */
function colourWindow(scheme: 'light' | 'dark'): void {
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]'))
    meta.content = scheme === 'dark' ? '#242424' : '#ffffff';
}

function ColorSchemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const next = scheme === 'dark' ? 'light' : 'dark';
  const label = next === 'dark' ? t('Switch to dark colours') : t('Switch to light colours');
  useEffect(() => colourWindow(scheme), [scheme]);
  return (
    <Tooltip label={label}>
      <ActionIcon size={36} aria-label={label} onClick={() => setColorScheme(next)}>
        {scheme === 'dark' ? <IconSun size={18} /> : <IconMoon size={18} />}
      </ActionIcon>
    </Tooltip>
  );
}

export function Header() {
  const recorded = useShownRecording() !== null;
  // A recording cannot be saved as a record: its numbers are rounded, and it is not from this machine.
  const hasRecord = useRun((state) => state.run?.plan != null) && !recorded;
  const hidesPanel = useHidden('panel');
  return (
    <header className={classes.header}>
      <div className={classes.brand}>
        {!hidesPanel && (
          <Tooltip label={t('Settings')}>
            <ActionIcon
              className={classes.menu}
              size={36}
              variant="default"
              aria-label={t('Settings')}
              onClick={() => useInterface.setState({ panelOpen: true })}
            >
              <IconAdjustmentsHorizontal size={18} />
            </ActionIcon>
          </Tooltip>
        )}
        <Logo size={26} />
        <Title order={1} className={classes.title}>
          Branch Lab
        </Title>
      </div>
      <div className={classes.controls}>
        <Controls />
      </div>
      <RunProgress />
      <div className={classes.badge}>
        <BackendBadge />
      </div>
      <Group gap={2} wrap="nowrap" className={classes.extras}>
        <ShareButton />
        <PresentButton />
        <Tooltip label={hasRecord ? t('Save the run’s record as JSON') : t('Nothing is recorded yet')}>
          <ActionIcon
            size={36}
            aria-label={t('Save record')}
            data-disabled={!hasRecord || undefined}
            aria-disabled={!hasRecord || undefined}
            onClick={hasRecord ? saveRecord : undefined}
          >
            <IconDeviceFloppy size={18} />
          </ActionIcon>
        </Tooltip>
        <LanguageMenu />
        <ColorSchemeToggle />
      </Group>
    </header>
  );
}
