/** One row of the settings table as a control: label, help, input and reset. */
import {
  ActionIcon,
  Code,
  Select,
  SegmentedControl,
  Stack,
  Switch,
  Text,
  Tooltip,
  VisuallyHidden,
} from '@mantine/core';
import { IconArrowBackUp, IconInfoCircle } from '@tabler/icons-react';
import { useId, type ReactNode } from 'react';
import { sentences } from '../../language/join';
import { t } from '../../language/language';
import { inWords } from '../../experiment/difference';
import { sameValue } from '../../experiment/presets';
import { whyUnused } from '../../experiment/settings-without-effect';
import {
  DEFAULT_EXPERIMENT,
  optionLabel,
  settingOf,
  type ChoiceSetting,
  type Setting,
  type SettingKey,
} from '../../experiment/settings';
import { formatValue } from '../../experiment/url';
import { useExperiment } from '../store/experiment';
import { NumberField } from './NumberField';
import classes from './settings.module.css';

/** What a setting does, its formula and its options, for the tooltip. */
export function HelpText({ setting }: { setting: Setting }) {
  return (
    <Stack gap={6} py={2}>
      <Text size="xs">{t(setting.help)}</Text>
      {setting.formula && <Code className={classes.formula}>{t(setting.formula)}</Code>}
      {setting.kind === 'choice' &&
        setting.options.length > 1 &&
        setting.options.map((option) => (
          <Text size="xs" key={option.value}>
            <b>{optionLabel(option)}</b> – {t(option.help)}
          </Text>
        ))}
    </Stack>
  );
}

/** The default as text: a toggle's in the reader's language, any other as in a link. */
function defaultText(key: SettingKey): string {
  const value = DEFAULT_EXPERIMENT[key];
  return typeof value === 'boolean' ? inWords(key, value) : formatValue(value);
}

/** The head of a row: a dot if changed, label, unit, help, reset. */
export function RowHead({ settingKey, id }: { settingKey: SettingKey; id: string }) {
  const setting = settingOf(settingKey);
  const changed = useExperiment(
    (state) => !sameValue(state.experiment[settingKey], DEFAULT_EXPERIMENT[settingKey]),
  );
  const resetSetting = useExperiment((state) => state.resetSetting);
  const unit = setting.kind === 'number' ? setting.unit : undefined;
  return (
    <div className={classes.head}>
      <span className={classes.name} id={id} data-changed={changed || undefined}>
        {t(setting.label)}
        {unit && <span className={classes.unit}> {t(unit)}</span>}
      </span>
      <Tooltip label={<HelpText setting={setting} />}>
        <ActionIcon size={20} aria-label={t('About: {{setting}}', { setting: t(setting.label) })}>
          <IconInfoCircle size={14} />
        </ActionIcon>
      </Tooltip>
      {changed && (
        <Tooltip label={t('Back to {{value}}', { value: defaultText(settingKey) })}>
          <ActionIcon
            size={20}
            color="lab"
            aria-label={t('Reset {{setting}}', { setting: t(setting.label) })}
            onClick={() => resetSetting(settingKey)}
          >
            <IconArrowBackUp size={14} />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
}

/**
 * Total width of the options' labels in Latin letters, for choosing between buttons and a menu. A Chinese character
 * counts twice.
 */
const lettersOf = ({ options }: ChoiceSetting) =>
  options
    .map(optionLabel)
    .join('')
    .replaceAll(/\p{Script=Han}/gu, '··').length;

/** Padding of a button, in letters. */
const AROUND = 3;
/** Greatest width in letters of buttons that still fit beside their label. */
const BESIDE = 19;

export function SettingRow({ settingKey }: { settingKey: SettingKey }) {
  const setting = settingOf(settingKey);
  const value = useExperiment((state) => state.experiment[settingKey]);
  const change = useExperiment((state) => state.change);
  const unused = useExperiment((state) => whyUnused(settingKey, state.experiment));
  const id = useId();
  const helpId = `${id}-help`;

  let control: ReactNode = null;
  let wide = false;
  if (setting.kind === 'number')
    control = <NumberField settingKey={settingKey} labelledBy={id} describedBy={helpId} />;
  else if (setting.kind === 'toggle') {
    control = (
      <Switch
        aria-label={t(setting.label)}
        aria-describedby={helpId}
        checked={value as boolean}
        onChange={(event) => change({ [settingKey]: event.currentTarget.checked })}
        className={classes.switch}
      />
    );
  } else if (setting.kind === 'choice' && setting.options.length === 1) {
    control = (
      <Text size="sm" ta="right">
        {optionLabel(setting.options[0]!)}
      </Text>
    );
  } else if (setting.kind === 'choice' && setting.options.length <= 3 && lettersOf(setting) <= 30) {
    wide = lettersOf(setting) + AROUND * setting.options.length > BESIDE;
    control = (
      <SegmentedControl
        size="xs"
        fullWidth
        aria-labelledby={id}
        aria-describedby={helpId}
        data={setting.options.map((option) => ({ value: option.value, label: optionLabel(option) }))}
        value={value as string}
        onChange={(chosen) => change({ [settingKey]: chosen })}
      />
    );
  } else if (setting.kind === 'choice') {
    control = (
      <Select
        size="xs"
        aria-labelledby={id}
        aria-describedby={helpId}
        allowDeselect={false}
        data={setting.options.map((option) => ({ value: option.value, label: optionLabel(option) }))}
        value={value as string}
        onChange={(chosen) => {
          if (chosen !== null) change({ [settingKey]: chosen });
        }}
        comboboxProps={{ shadow: 'md' }}
      />
    );
  }
  return (
    <div
      className={classes.row}
      data-wide={wide || undefined}
      data-setting={settingKey}
      data-unused={unused !== null || undefined}
    >
      <RowHead settingKey={settingKey} id={id} />
      <div className={classes.control}>{control}</div>
      {unused !== null && (
        <Text size="xs" className={classes.unused}>
          {t('No effect: {{reason}}', { reason: unused })}
        </Text>
      )}
      <VisuallyHidden id={helpId}>
        {unused === null
          ? t(setting.help)
          : sentences(t(setting.help), t('No effect: {{reason}}', { reason: unused }))}
      </VisuallyHidden>
    </div>
  );
}
