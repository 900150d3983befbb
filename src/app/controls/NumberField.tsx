/** A number setting as a text field. Typed text stays, an error is shown under it, and the last valid value is kept. */
import { ActionIcon, TextInput } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useState, type KeyboardEvent } from 'react';
import { t } from '../../language/language';
import { settingOf, type SettingKey } from '../../experiment/settings';
import { problemWith } from '../../experiment/validation';
import { useExperiment } from '../store/experiment';
import { capitalised, parseNumber, stepped } from './draft';
import classes from './settings.module.css';

interface Props {
  settingKey: SettingKey;
  /** Label above the field; without it, the element `labelledBy` names the field. */
  label?: string;
  labelledBy?: string;
  describedBy?: string;
}

export function NumberField({ settingKey, label, labelledBy, describedBy }: Props) {
  const value = useExperiment((state) => state.experiment[settingKey]) as number;
  const change = useExperiment((state) => state.change);
  const [draft, setDraft] = useState({ text: String(value), value });
  // A preset, a link or a reset has changed the value: the draft is discarded.
  if (draft.value !== value) setDraft({ text: String(value), value });

  const typed = parseNumber(draft.text);
  const problem = problemWith(settingKey, typed);
  const setting = settingOf(settingKey);

  const type = (text: string) => {
    const next = parseNumber(text);
    const good = problemWith(settingKey, next) === null;
    setDraft({ text, value: good ? next : value });
    if (good) change({ [settingKey]: next });
  };
  const step = (direction: 1 | -1) => type(String(stepped(settingKey, problem ? value : typed, direction)));
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : null;
    if (direction === null || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    step(direction);
  };
  const control = (direction: 1 | -1) => (
    <ActionIcon
      size={14}
      variant="transparent"
      tabIndex={-1}
      aria-hidden
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => step(direction)}
    >
      {direction > 0 ? <IconChevronUp size={12} /> : <IconChevronDown size={12} />}
    </ActionIcon>
  );
  return (
    <TextInput
      size="xs"
      label={label}
      aria-labelledby={labelledBy}
      aria-describedby={problem ? undefined : describedBy}
      className={classes.number}
      inputMode={setting.kind === 'number' && setting.integer ? 'numeric' : 'decimal'}
      autoComplete="off"
      spellCheck={false}
      value={draft.text}
      error={problem && t('{{problem}}; {{value}} is kept.', { problem: capitalised(problem), value })}
      onChange={(event) => type(event.currentTarget.value)}
      onKeyDown={onKeyDown}
      rightSectionWidth={22}
      rightSection={
        <span className={classes.steppers}>
          {control(1)}
          {control(-1)}
        </span>
      }
    />
  );
}
