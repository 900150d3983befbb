/** Slow motion: the largest number of steps per second. It is not a setting of the experiment: it does not change what the run computes. */
import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { IconGauge } from '@tabler/icons-react';
import { t } from '../../language/language';
import { useRun } from '../store/run';
import classes from './SlowMotion.module.css';

/** Steps per second; null is full speed. */
const PACES = [null, 20, 10, 5, 2, 1] as const;

const paceName = (stepsPerSecond: number | null) =>
  stepsPerSecond === null ? t('Full speed') : t('{{count}} steps/s', { count: stepsPerSecond });

export function SlowMotion() {
  const stepsPerSecond = useRun((state) => state.stepsPerSecond);
  const setPace = useRun((state) => state.setPace);
  const label = t('Slow motion: {{pace}}', { pace: paceName(stepsPerSecond) });
  return (
    <Menu shadow="md" position="bottom-end">
      <Menu.Target>
        <Tooltip label={label}>
          <ActionIcon
            className={classes.button}
            variant={stepsPerSecond === null ? 'subtle' : 'light'}
            color={stepsPerSecond === null ? 'gray' : undefined}
            aria-label={label}
          >
            <IconGauge size={15} aria-hidden />
            {stepsPerSecond !== null && <span className={classes.pace}>{stepsPerSecond}</span>}
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('Train slowly enough to watch')}</Menu.Label>
        <Menu.RadioGroup
          value={String(stepsPerSecond)}
          onChange={(value) => setPace(value === 'null' ? null : Number(value))}
        >
          {PACES.map((pace) => (
            <Menu.RadioItem key={pace} value={String(pace)} closeMenuOnClick>
              {paceName(pace)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
