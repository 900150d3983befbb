/** The time bar at the bottom of the lab: moves the playhead by dragging, by single steps and by playing. */
import { ActionIcon, Button, Group, Select, Slider, Text, Tooltip } from '@mantine/core';
import {
  IconChevronLeft,
  IconChevronRight,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBackFilled,
  IconPlayerSkipForwardFilled,
  IconRepeat,
} from '@tabler/icons-react';
import type { KeyboardEvent, ReactNode } from 'react';
import { t } from '../../language/language';
import { partProps } from '../../page/parts';
import { stepsOf } from '../../runs/at-step';
import { count } from '../controls/format';
import { goTo, LOOP_STEPS, playOrPause, shownStep, SPEEDS, usePlayhead, type Speed } from '../store/playhead';
import { isGoingOn, useRun } from '../store/run';
import { RecordingsMenu } from './RecordingsMenu';
import classes from './TimeBar.module.css';
import { useFrameStep } from './useShownRun';

interface PressProps {
  label: string;
  icon: ReactNode;
  disabled?: boolean;
  pressed?: boolean;
  onPress: () => void;
}

function Press({ label, icon, disabled, pressed, onPress }: PressProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant={pressed ? 'filled' : 'default'}
        size={30}
        aria-label={label}
        aria-pressed={pressed}
        aria-disabled={disabled || undefined}
        data-disabled={disabled || undefined}
        onClick={disabled ? undefined : onPress}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

/** On the slider the space bar plays; elsewhere on the page it starts the run. */
function playBySpace(event: KeyboardEvent): void {
  if (event.key !== ' ') return;
  event.preventDefault();
  event.stopPropagation();
  playOrPause();
}

/** Shown before the first run: the recordings. */
function NothingYet() {
  return (
    <section className={classes.bar} aria-label={t('Time')} {...partProps('time')}>
      <Text size="sm">{t('Press Start to train here, or play a recording of training on CIFAR-100:')}</Text>
      <RecordingsMenu label={t('Recordings')} />
    </section>
  );
}

/** Empty until the first step is done. `embedded`: one row, without the controls that do not fit. */
export function TimeBar({ embedded = false }: { embedded?: boolean }) {
  const run = useRun((state) => state.run);
  useRun((state) => state.revision);
  const goingOn = useRun(isGoingOn);
  const step = useFrameStep();
  const playing = usePlayhead((state) => state.playing);
  const speed = usePlayhead((state) => state.speed);
  const loop = usePlayhead((state) => state.loop);
  if (!run) return embedded ? null : <NothingYet />;
  const { first, last } = stepsOf(run);
  if (last < first) return null;
  const at = shownStep(run, { step });
  const said = t('Step {{step}} of {{steps}}', { step: count(at), steps: count(last) });
  return (
    <section
      className={classes.bar}
      aria-label={t('Time')}
      {...partProps('time')}
      data-embedded={embedded || undefined}
    >
      <Group gap={2} wrap="nowrap">
        <Press
          label={t('First step')}
          icon={<IconPlayerSkipBackFilled size={15} aria-hidden />}
          disabled={at <= first}
          onPress={() => goTo(first)}
        />
        <Press
          label={t('Previous step')}
          icon={<IconChevronLeft size={18} aria-hidden />}
          disabled={at <= first}
          onPress={() => goTo(at - 1)}
        />
        <Press
          label={playing ? t('Pause playing') : t('Play')}
          icon={
            playing ? (
              <IconPlayerPauseFilled size={15} aria-hidden />
            ) : (
              <IconPlayerPlayFilled size={15} aria-hidden />
            )
          }
          disabled={last === first}
          onPress={playOrPause}
        />
        <Press
          label={t('Next step')}
          icon={<IconChevronRight size={18} aria-hidden />}
          disabled={at >= last}
          onPress={() => goTo(at + 1)}
        />
        <Press
          label={t('Last step')}
          icon={<IconPlayerSkipForwardFilled size={15} aria-hidden />}
          disabled={at >= last}
          onPress={() => goTo(last)}
        />
      </Group>
      <div className={classes.slider}>
        <Slider
          min={first}
          max={Math.max(last, first + 1)}
          step={1}
          value={at}
          size={6}
          label={null}
          thumbSize={18}
          thumbLabel={t('Step shown')}
          thumbValueText={said}
          thumbProps={{ onKeyDownCapture: playBySpace }}
          onChange={(value) => value !== at && goTo(value)}
        />
      </div>
      <span className={classes.step}>
        {count(at)} / {count(last)}
      </span>
      {goingOn && (
        <Button
          className={classes.live}
          size="compact-sm"
          variant={step === null ? 'light' : 'filled'}
          aria-pressed={step === null}
          onClick={() => goTo(null)}
        >
          {t('Live')}
        </Button>
      )}
      <Group gap={6} wrap="nowrap" className={classes.more}>
        <Select
          size="xs"
          w={108}
          aria-label={t('Speed of playing')}
          data={SPEEDS.map((value) => ({
            value: String(value),
            label: t('{{count}} steps/s', { count: value }),
          }))}
          value={String(speed)}
          allowDeselect={false}
          comboboxProps={{ shadow: 'md' }}
          onChange={(value) => value && usePlayhead.setState({ speed: Number(value) as Speed })}
        />
        <Press
          label={t('Loop the first {{steps}} steps', { steps: LOOP_STEPS })}
          icon={<IconRepeat size={16} aria-hidden />}
          pressed={loop}
          onPress={() => usePlayhead.setState({ loop: !loop })}
        />
      </Group>
    </section>
  );
}
