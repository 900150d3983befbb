/** The settings panel: presets, the drawing of the block, and the rows of the settings table by section. */
import { Accordion, Button, Divider, Group, Select, Stack, Text, Tooltip } from '@mantine/core';
import { IconRestore } from '@tabler/icons-react';
import { useMemo } from 'react';
import { phrase, t } from '../../language/language';
import { partProps } from '../../page/parts';
import { differingKeys } from '../../experiment/difference';
import { presetOf, PRESETS, type PresetGroup } from '../../experiment/presets';
import {
  DEFAULT_EXPERIMENT,
  SECTION_LABELS,
  SETTING_KEYS,
  SETTINGS,
  type Section,
  type SettingKey,
} from '../../experiment/settings';
import { whyUnused } from '../../experiment/settings-without-effect';
import { planNetwork } from '../../network/plan-network';
import { BlockDiagram } from '../block/BlockDiagram';
import { DataSection } from '../data/DataSection';
import { magnitude, networkName } from '../controls/format';
import { useExperiment } from '../store/experiment';
import { isHidden, type HidableName } from '../../page/link-names';
import { SECTIONS } from '../../page/parts';
import { useInterface } from '../store/interface-state';
import { usePage } from '../store/page-options';
import { STAGE_KEYS } from '../controls/draft';
import { SettingRow } from '../controls/SettingRow';
import { StageLists } from './StageLists';
import classes from '../controls/settings.module.css';

const GROUP_LABELS: Record<PresetGroup, string> = {
  network: phrase('Network'),
  block: phrase('Block'),
  recipe: phrase('Recipe'),
};
const isStageKey = (key: SettingKey) => (STAGE_KEYS as readonly string[]).includes(key);
const keysOf = (section: Section) =>
  SETTING_KEYS.filter((key) => SETTINGS[key].section === section && !isStageKey(key));

function PresetPicker({ group }: { group: PresetGroup }) {
  const experiment = useExperiment((state) => state.experiment);
  const applyPreset = useExperiment((state) => state.applyPreset);
  const presets = PRESETS.filter((preset) => preset.group === group);
  const held = presetOf(experiment, group);
  return (
    <div className={classes.preset}>
      <Select
        size="xs"
        label={t(GROUP_LABELS[group])}
        placeholder={t('Your own')}
        data={presets.map(({ id, label }) => ({ value: id, label: t(label) }))}
        value={held?.id ?? null}
        allowDeselect={false}
        onChange={(id) => {
          const preset = presets.find((candidate) => candidate.id === id);
          if (preset) applyPreset(preset);
        }}
        searchable={presets.length > 10}
        maxDropdownHeight={420}
        comboboxProps={{ shadow: 'md' }}
        renderOption={({ option }) => {
          const preset = presets.find((candidate) => candidate.id === option.value);
          return (
            <div>
              <Text size="sm">{option.label}</Text>
              <Text size="xs" c="dimmed">
                {preset && t(preset.help, preset.helpValues)}
              </Text>
            </div>
          );
        }}
      />
    </div>
  );
}

function Cost() {
  const experiment = useExperiment((state) => state.experiment);
  const plan = useMemo(() => planNetwork(experiment), [experiment]);
  const { cost, blocks } = plan;
  return (
    <table className={classes.costTable} {...partProps('cost')}>
      <thead>
        <tr>
          <th scope="col">
            {t('{{network}}, {{count}} layers', {
              network: networkName(experiment),
              count: blocks.length,
            })}
          </th>
          <th scope="col">{t('Trained')}</th>
          <th scope="col">{t('Fused')}</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">{t('Parameters')}</th>
          <td>{magnitude(cost.parameters)}</td>
          <td>{cost.fusedParameters === null ? t('cannot fuse') : magnitude(cost.fusedParameters)}</td>
        </tr>
        <tr>
          <th scope="row">{t('Multiply-adds per image')}</th>
          <td>{magnitude(cost.macs)}</td>
          <td>{cost.fusedMacs === null ? '–' : magnitude(cost.fusedMacs)}</td>
        </tr>
      </tbody>
    </table>
  );
}

/** The rows of a section. Rows of the network section that belong to another family are hidden. */
function SectionBody({ section }: { section: Section }) {
  const experiment = useExperiment((state) => state.experiment);
  const hidden = usePage((state) => state.hide);
  const isShown = (key: SettingKey) =>
    !isHidden(hidden, key) && (section !== 'network' || whyUnused(key, experiment) === null);
  return (
    <Stack gap={8}>
      {section === 'network' && isShown('family') && <SettingRow settingKey="family" />}
      {section === 'network' && whyUnused('depths', experiment) === null && <StageLists />}
      {keysOf(section)
        .filter((key) => key !== 'family' && isShown(key))
        .map((key) => (
          <SettingRow key={key} settingKey={key} />
        ))}
      {section === 'data' && <DataSection />}
    </Stack>
  );
}

export function SettingsPanel() {
  const experiment = useExperiment((state) => state.experiment);
  const resetAll = useExperiment((state) => state.resetAll);
  const openSections = useInterface((state) => state.openSections);
  const hidden = usePage((state) => state.hide);
  const changed = differingKeys(experiment, DEFAULT_EXPERIMENT);
  const isShown = (name: HidableName) => !isHidden(hidden, name);
  const sections = SECTIONS.filter((section) =>
    SETTING_KEYS.some((key) => SETTINGS[key].section === section && isShown(key)),
  );
  return (
    <Stack gap="md" p="md">
      {isShown('presets') && (
        <div className={classes.presets} role="group" aria-label={t('Presets')} {...partProps('presets')}>
          <PresetPicker group="network" />
          <PresetPicker group="block" />
          <PresetPicker group="recipe" />
        </div>
      )}
      {isShown('diagram') && (
        <>
          <BlockDiagram />
          <Divider />
        </>
      )}
      {isShown('cost') && <Cost />}
      <Accordion
        multiple
        value={openSections}
        onChange={(open) => useInterface.setState({ openSections: open })}
        className={classes.sections}
        keepMounted={false}
        chevronPosition="left"
      >
        {sections.map((section) => {
          const own = changed.filter((key) => SETTINGS[key].section === section).length;
          return (
            <Accordion.Item key={section} value={section} {...partProps(`settings-${section}`)}>
              <Accordion.Control>
                <Group justify="space-between" wrap="nowrap" gap="xs">
                  <Text fw={600} size="sm">
                    {t(SECTION_LABELS[section])}
                  </Text>
                  {own > 0 && (
                    <Text size="xs" c="dimmed">
                      {t('{{count}} changed', { count: own })}
                    </Text>
                  )}
                </Group>
              </Accordion.Control>
              <Accordion.Panel>
                <SectionBody section={section} />
              </Accordion.Panel>
            </Accordion.Item>
          );
        })}
      </Accordion>
      <Tooltip
        label={
          changed.length > 0
            ? t('Every setting back to its default')
            : t('Every setting has its default already')
        }
      >
        <Button
          variant="default"
          size="xs"
          leftSection={<IconRestore size={16} />}
          data-disabled={changed.length === 0 || undefined}
          aria-disabled={changed.length === 0}
          onClick={resetAll}
        >
          {t('Reset all settings')}
        </Button>
      </Tooltip>
      <Text size="xs" c="dimmed">
        {t('Branch Lab {{version}}', { version: __APP_VERSION__ })}
      </Text>
    </Stack>
  );
}
