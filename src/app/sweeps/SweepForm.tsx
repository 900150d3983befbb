/**
 * Plans a sweep over the panel's experiment: one or two settings, their values, the seeds. Shows the number of runs and
 * the estimated time before it starts.
 */
import { Button, Group, NumberInput, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconDownload, IconPlayerPlayFilled, IconPlus, IconX } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { download } from '../../charts/plotly';
import { besideDefault, inWords } from '../../experiment/difference';
import {
  DEFAULT_EXPERIMENT,
  SETTING_KEYS,
  settingOf,
  SETTINGS,
  type Experiment,
  type SettingKey,
} from '../../experiment/settings';
import { experimentToQuery } from '../../experiment/url';
import { phrase, t } from '../../language/language';
import { parseValues, planSweep, tooMany, type Sweep } from '../../runs/sweep';
import { listed } from '../../language/join';
import panel from '../controls/panel.module.css';
import { useExperiment } from '../store/experiment';
import { useHistory } from '../store/history';
import { startQueue } from '../store/run-queue';
import { addSweep, combinationName, defaultName, enqueueSweep, settingsInWords } from '../store/sweeps';
import { estimated, useEstimate } from './estimate';
import classes from './SweepsView.module.css';

const CHOICES = SETTING_KEYS.filter((key) => key !== 'seed' && SETTINGS[key].section !== 'instruments');

interface AxisDraft {
  key: SettingKey;
  text: string;
}

/** Example of values that can be typed for a setting. */
function exampleOf(key: SettingKey): string {
  const setting = settingOf(key);
  switch (setting.kind) {
    case 'choice':
      return listed(setting.options.map(({ value }) => inWords(key, value as Experiment[SettingKey])));
    case 'toggle':
      return listed([inWords(key, true), inWords(key, false)]);
    case 'list':
      return `${setting.default.join(',')}; …`;
    case 'number':
      return setting.integer ? t('1, 2, 4 or 1..5') : t('0.1, 0.2 or 0.1:0.5:0.1');
    default:
      return setting satisfies never;
  }
}

/** Labels of the first and the second axis. */
const WHICH = [
  { title: phrase('First setting'), leaveOut: phrase('Leave the first setting out') },
  { title: phrase('Second setting'), leaveOut: phrase('Leave the second setting out') },
] as const;

function AxisFields({
  which,
  axis,
  onChange,
  onRemove,
}: {
  which: (typeof WHICH)[number];
  axis: AxisDraft;
  onChange: (axis: AxisDraft) => void;
  onRemove: (() => void) | null;
}) {
  const experiment = useExperiment((state) => state.experiment);
  const { problem } = parseValues(axis.key, axis.text);
  return (
    <div className={classes.axis} role="group" aria-label={t(which.title)}>
      <Select
        size="xs"
        label={t(which.title)}
        description={t('In the panel: {{value}}', { value: inWords(axis.key, experiment[axis.key]) })}
        data={CHOICES.map((key) => ({ value: key, label: t(SETTINGS[key].label) }))}
        value={axis.key}
        searchable
        allowDeselect={false}
        onChange={(key) => key && onChange({ key: key as SettingKey, text: '' })}
      />
      <TextInput
        size="xs"
        label={t('Values')}
        description={t('For instance {{values}}', { values: exampleOf(axis.key) })}
        value={axis.text}
        error={axis.text.trim() === '' ? undefined : problem}
        onChange={(event) => onChange({ ...axis, text: event.currentTarget.value })}
      />
      {onRemove && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconX size={14} aria-hidden />}
          onClick={onRemove}
          aria-label={t(which.leaveOut)}
        >
          {t('Leave out')}
        </Button>
      )}
    </div>
  );
}

export function SweepForm() {
  const experiment = useExperiment((state) => state.experiment);
  const estimate = useEstimate();
  const [axes, setAxes] = useState<readonly AxisDraft[]>([{ key: 'factor', text: '1, 1.5, 2, 3' }]);
  const [seeds, setSeeds] = useState(3);
  const [name, setName] = useState('');
  const { sweep, problem } = useMemo(() => {
    const read = axes.map(({ key, text }) => ({ key, ...parseValues(key, text) }));
    const numbers = Array.from({ length: seeds }, (_, i) => i + 1);
    const made: Sweep = {
      format: 'branch-lab-sweep',
      version: 1,
      name: name.trim() || defaultName(axes),
      base: experimentToQuery({ ...experiment, seed: DEFAULT_EXPERIMENT.seed }),
      axes: read.map(({ key, values }) => ({ key, values })),
      seeds: numbers,
    };
    const same = axes.length === 2 && axes[0]!.key === axes[1]!.key;
    const wrong =
      read.find((axis) => axis.problem !== null)?.problem ??
      (same ? t('Both settings are the same; choose two.') : tooMany(made.axes, numbers));
    return { sweep: made, problem: wrong };
  }, [axes, seeds, name, experiment]);
  const plan = useMemo(() => (problem === null ? planSweep(sweep) : null), [sweep, problem]);
  const change = (index: number, axis: AxisDraft) => setAxes(axes.with(index, axis));
  const ready = plan !== null && plan.runs.length > 0;

  return (
    <section className={panel.panel} aria-label={t('New sweep')}>
      <Title order={3} size="h6">
        {t('New sweep')}
      </Title>
      <Text size="sm">
        {t('The panel’s experiment ({{experiment}}), once for every combination of values and every seed.', {
          experiment: besideDefault(experiment),
        })}
      </Text>
      <Stack gap="sm">
        {axes.map((axis, index) => (
          <AxisFields
            key={index}
            which={WHICH[index === 0 ? 0 : 1]}
            axis={axis}
            onChange={(changed) => change(index, changed)}
            onRemove={axes.length > 1 ? () => setAxes(axes.toSpliced(index, 1)) : null}
          />
        ))}
        <Group gap="sm" align="end">
          {axes.length === 1 && (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPlus size={14} aria-hidden />}
              onClick={() => setAxes([...axes, { key: axes[0]!.key === 'lr' ? 'factor' : 'lr', text: '' }])}
            >
              {t('Vary a second setting')}
            </Button>
          )}
          <NumberInput
            size="xs"
            w={110}
            label={t('Seeds')}
            min={1}
            max={100}
            allowDecimal={false}
            value={seeds}
            onChange={(value) => setSeeds(Math.max(1, Math.min(100, Math.round(Number(value)) || 1)))}
          />
          <TextInput
            size="xs"
            label={t('Name')}
            placeholder={settingsInWords(axes)}
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </Group>
      </Stack>
      <Text size="sm" role="status">
        {problem ??
          planWords(
            sweep,
            plan!,
            estimated(
              estimate,
              plan!.runs.map((run) => run.experiment),
            ),
          )}
      </Text>
      {plan && plan.leftOut.length > 0 && <LeftOut sweep={sweep} leftOut={plan.leftOut} />}
      <Group gap="xs">
        <Button
          size="xs"
          leftSection={<IconPlayerPlayFilled size={14} aria-hidden />}
          disabled={!ready}
          onClick={() => {
            enqueueSweep(addSweep(sweep), useHistory.getState().entries);
            startQueue();
          }}
        >
          {t('Start the sweep')}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden />}
          disabled={!ready}
          onClick={() =>
            download(
              new Blob([`${JSON.stringify(sweep, null, 2)}\n`], { type: 'application/json' }),
              'branch-lab-sweep.json',
            )
          }
        >
          {t('Save as a file')}
        </Button>
      </Group>
    </section>
  );
}

function planWords({ axes, seeds }: Sweep, { runs }: ReturnType<typeof planSweep>, time: string): string {
  const factors = [...axes.map(({ values }) => values.length), seeds.length].join(' × ');
  return t('{{product}} makes {{runs}} runs; {{time}}.', {
    count: runs.length,
    product: factors,
    runs: runs.length.toLocaleString('en'),
    time,
  });
}

function LeftOut({ sweep, leftOut }: { sweep: Sweep; leftOut: ReturnType<typeof planSweep>['leftOut'] }) {
  return (
    <div>
      <Text size="sm">{t('Left out, because there are no such experiments:')}</Text>
      <ul className={classes.leftOut}>
        {leftOut.slice(0, 6).map(({ values, reason }) => (
          <li key={values.join()}>
            {t('{{values}}: {{reason}}', { values: combinationName(sweep, values), reason })}
          </li>
        ))}
        {leftOut.length > 6 && <li>{t('and {{more}} more', { more: leftOut.length - 6 })}</li>}
      </ul>
    </div>
  );
}

/** Repeats the panel's experiment with other seeds. */
export function RepeatForm({ onRepeat }: { onRepeat: (experiment: Experiment, seeds: number) => void }) {
  const experiment = useExperiment((state) => state.experiment);
  const estimate = useEstimate();
  const [seeds, setSeeds] = useState(5);
  return (
    <section className={panel.panel} aria-label={t('Repeat')}>
      <Title order={3} size="h6">
        {t('The same with several seeds')}
      </Title>
      <Group gap="sm" align="end">
        <NumberInput
          size="xs"
          w={110}
          label={t('Seeds')}
          min={1}
          max={100}
          allowDecimal={false}
          value={seeds}
          onChange={(value) => setSeeds(Math.max(1, Math.min(100, Math.round(Number(value)) || 1)))}
        />
        <Button
          size="xs"
          leftSection={<IconPlayerPlayFilled size={14} aria-hidden />}
          onClick={() => onRepeat(experiment, seeds)}
        >
          {t('Run {{count}} seeds', { count: seeds })}
        </Button>
      </Group>
      <Text size="sm">
        {t('The panel’s experiment with seeds that it has not had yet; {{time}}.', {
          time: estimated(
            estimate,
            Array.from({ length: seeds }, () => experiment),
          ),
        })}
      </Text>
    </section>
  );
}
