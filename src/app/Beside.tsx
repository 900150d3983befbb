/** What runs beside the experiment: the same with some settings different, chosen here one by one. */
import { ActionIcon, Button, Pill, Popover, Select, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { IconColumns2, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { inWords } from '../experiment/difference';
import { SETTING_KEYS, settingOf, SETTINGS, type Experiment, type SettingKey } from '../experiment/settings';
import { besideOf, formatValue, parseValue } from '../experiment/url';
import { refusal, useExperiment } from './store/experiment';
import classes from './layout.module.css';

/** Instruments measure the same in both runs, or the two could not be compared. */
const CHOICES = SETTING_KEYS.filter((key) => SETTINGS[key].section !== 'instruments').map((key) => ({
  value: key,
  label: SETTINGS[key].label,
}));

/** Chooses one setting and the value that it has in the run beside. */
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
    if (why !== null) return setProblem(`Found “${written}”: ${why}`);
    setBeside({ ...beside, [key]: value } as Partial<Experiment>);
    onDone();
  };
  const options =
    setting.kind === 'choice'
      ? setting.options.map(({ value, label }) => ({ value, label }))
      : setting.kind === 'toggle'
        ? [
            { value: 'on', label: 'On' },
            { value: 'off', label: 'Off' },
          ]
        : null;
  return (
    <Stack gap="xs">
      <Select
        size="xs"
        label="Setting"
        data={CHOICES}
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
          label="In the run beside"
          placeholder={`Here: ${inWords(key, experiment[key])}`}
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
              label="In the run beside"
              placeholder={`Here: ${formatValue(experiment[key])}`}
              value={text}
              error={problem}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            <Button size="xs" type="submit" disabled={text.trim() === ''}>
              Add
            </Button>
          </Stack>
        </form>
      )}
    </Stack>
  );
}

/** "Beside it the same with Factor k 1 ✕ +". */
export function Beside() {
  const [opened, setOpened] = useState(false);
  const experiment = useExperiment((state) => state.experiment);
  const beside = useExperiment((state) => state.beside);
  const setBeside = useExperiment((state) => state.setBeside);
  const keys = SETTING_KEYS.filter((key) => beside !== null && Object.hasOwn(beside, key));
  const same = keys.length > 0 && besideOf(experiment, beside) === null;

  const remove = (key: SettingKey) => {
    const { [key]: _gone, ...rest } = beside ?? {};
    setBeside(Object.keys(rest).length > 0 ? rest : null);
  };
  return (
    <div className={classes.beside} role="group" aria-label="Run beside" data-part="beside">
      <IconColumns2 size={16} className={classes.dataIcon} aria-hidden />
      <Text size="sm" component="span">
        {keys.length > 0 ? 'Beside it, in turns, the same with' : 'One run; nothing beside it.'}
      </Text>
      {keys.map((key) => (
        <Pill
          key={key}
          withRemoveButton
          onRemove={() => remove(key)}
          removeButtonProps={{
            'aria-label': `Leave ${SETTINGS[key].label} as in the first run`,
            'aria-hidden': false,
            tabIndex: 0,
          }}
        >
          {SETTINGS[key].label} {inWords(key, beside![key]!)}
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
            <Tooltip label="Another difference">
              <ActionIcon
                size={26}
                variant="default"
                aria-label="Add a difference"
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
              Put a second run beside it
            </Button>
          )}
        </Popover.Target>
        <Popover.Dropdown>{opened && <AddDifference onDone={() => setOpened(false)} />}</Popover.Dropdown>
      </Popover>
      {same && (
        <Text size="xs" c="dimmed" component="span">
          That is what the settings say already: only one run will start.
        </Text>
      )}
    </div>
  );
}
