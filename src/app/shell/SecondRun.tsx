/** The second run: the experiment with some settings different, which are chosen here one by one. */
import { ActionIcon, Button, Pill, Popover, Select, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { IconColumns2, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { inWords } from '../../experiment/difference';
import {
  optionLabel,
  SETTING_KEYS,
  settingOf,
  SETTINGS,
  type Experiment,
  type SettingKey,
} from '../../experiment/settings';
import { secondExperiment, formatValue, parseValue } from '../../experiment/url';
import { t } from '../../language/language';
import { partProps } from '../../page/parts';
import { refusal, useExperiment } from '../store/experiment';
import classes from '../controls/layout.module.css';

/** All settings but the instruments: both runs must measure the same, so that they can be compared. */
const CHOICES = SETTING_KEYS.filter((key) => SETTINGS[key].section !== 'instruments');

/** Chooses one setting and its value in the second run. */
function AddDifference({ onDone }: { onDone: () => void }) {
  const experiment = useExperiment((state) => state.experiment);
  const beside = useExperiment((state) => state.beside);
  const setBeside = useExperiment((state) => state.setBeside);
  const [key, setKey] = useState<SettingKey>('factor');
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const setting = settingOf(key);

  const add = (written: string) => {
    const value = parseValue(key, written);
    const others = { ...experiment, ...beside };
    const why = refusal(others, { [key]: value } as Partial<Experiment>);
    if (why !== null) return setProblem(t('Found “{{text}}”: {{why}}', { text: written, why }));
    setBeside({ ...beside, [key]: value } as Partial<Experiment>);
    onDone();
  };
  const options =
    setting.kind === 'choice'
      ? setting.options.map((option) => ({ value: option.value, label: optionLabel(option) }))
      : setting.kind === 'toggle'
        ? [
            { value: 'on', label: t('On') },
            { value: 'off', label: t('Off') },
          ]
        : null;
  return (
    <Stack gap="xs">
      <Select
        size="xs"
        label={t('Setting')}
        data={CHOICES.map((choice) => ({ value: choice, label: t(SETTINGS[choice].label) }))}
        value={key}
        searchable
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
        onChange={(chosen) => {
          if (!chosen) return;
          setKey(chosen as SettingKey);
          setText('');
          setProblem(null);
        }}
      />
      {options ? (
        <Select
          key={key}
          size="xs"
          label={t('Value in the second run')}
          placeholder={t('First run: {{value}}', { value: inWords(key, experiment[key]) })}
          data={options}
          error={problem}
          comboboxProps={{ withinPortal: false }}
          onChange={(chosen) => chosen && add(chosen)}
        />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            add(text);
          }}
        >
          <Stack gap="xs">
            <TextInput
              size="xs"
              label={t('Value in the second run')}
              placeholder={t('First run: {{value}}', { value: formatValue(experiment[key]) })}
              value={text}
              error={problem}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            <Button size="xs" type="submit" disabled={text.trim() === ''}>
              {t('Add')}
            </Button>
          </Stack>
        </form>
      )}
    </Stack>
  );
}

/** Shows and edits what the second run has different: "Second run, trained alternately: Factor k = 1 ✕ +". */
export function SecondRunControl() {
  const [opened, setOpened] = useState(false);
  const experiment = useExperiment((state) => state.experiment);
  const beside = useExperiment((state) => state.beside);
  const setBeside = useExperiment((state) => state.setBeside);
  const keys = SETTING_KEYS.filter((key) => beside !== null && Object.hasOwn(beside, key));
  const same = keys.length > 0 && secondExperiment(experiment, beside) === null;

  const remove = (key: SettingKey) => {
    const { [key]: _gone, ...rest } = beside ?? {};
    setBeside(Object.keys(rest).length > 0 ? rest : null);
  };
  return (
    <div className={classes.beside} role="group" aria-label={t('Second run')} {...partProps('beside')}>
      <IconColumns2 size={16} className={classes.dataIcon} aria-hidden />
      <Text size="sm" component="span">
        {keys.length > 0 ? t('Second run, trained alternately:') : t('One run, without a second one.')}
      </Text>
      {keys.map((key) => (
        <Pill
          key={key}
          withRemoveButton
          onRemove={() => remove(key)}
          removeButtonProps={{
            'aria-label': t('Leave {{setting}} as in the first run', { setting: t(SETTINGS[key].label) }),
            'aria-hidden': false,
            tabIndex: 0,
          }}
        >
          {t('{{setting}} = {{value}}', {
            setting: t(SETTINGS[key].label),
            value: inWords(key, beside![key]!),
          })}
        </Pill>
      ))}
      <Popover
        opened={opened}
        onChange={setOpened}
        width={260}
        shadow="md"
        trapFocus
        returnFocus
        withArrow
        position="bottom-start"
      >
        <Popover.Target>
          {keys.length > 0 ? (
            <Tooltip label={t('Another difference')}>
              <ActionIcon
                size={26}
                variant="default"
                aria-label={t('Add a difference')}
                onClick={() => setOpened(!opened)}
              >
                <IconPlus size={14} />
              </ActionIcon>
            </Tooltip>
          ) : (
            <Button
              size="compact-xs"
              variant="default"
              leftSection={<IconPlus size={12} />}
              onClick={() => setOpened(!opened)}
            >
              {t('Add a second run')}
            </Button>
          )}
        </Popover.Target>
        <Popover.Dropdown>{opened && <AddDifference onDone={() => setOpened(false)} />}</Popover.Dropdown>
      </Popover>
      {same && (
        <Text size="xs" c="dimmed" component="span">
          {t('The settings already have this value, so only one run will start.')}
        </Text>
      )}
    </div>
  );
}
