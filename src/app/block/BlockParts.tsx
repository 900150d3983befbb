/** The parts of a block beyond the three drawn branches, with buttons that remove and add them. */
import { Button, Group, Menu } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { SETTINGS, type Experiment } from '../../experiment/settings';
import { conflictIn } from '../../experiment/validation';
import { t } from '../../language/language';
import { BRANCH_NAMES, branchRow } from '../../network/branches';
import { useExperiment } from '../store/experiment';
import { TRANSFORM_TEXTS } from './transform-texts';

export interface BlockPart {
  id: string;
  label: string;
  help: string;
  /** Whether the block has it. */
  on: boolean;
  add: Partial<Experiment>;
  remove: Partial<Experiment>;
}

/** All these parts, with the changes of settings that add and remove each. */
export function partsOf(e: Experiment): BlockPart[] {
  const extra = BRANCH_NAMES.filter((key) => branchRow(key).drawnAs === null);
  const branches = extra.map((key): BlockPart => {
    const value = e[key];
    const name = t(branchRow(key).label);
    return {
      id: key,
      label: value === 'off' ? name : `${name} · ${t(TRANSFORM_TEXTS[value].label)}`,
      help: t(SETTINGS[key].help),
      on: value !== 'off',
      add: { [key]: 'bn' },
      remove: { [key]: 'off' },
    };
  });
  return [
    ...branches,
    {
      id: 'copies',
      label: e.copies > 1 ? t('{{copies}} copies of 3x3', { copies: e.copies }) : t('A second 3x3'),
      help: t(SETTINGS.copies.help),
      on: e.copies > 1 && e.conv3x3 !== 'off',
      add: { copies: 2 },
      remove: { copies: 1 },
    },
    {
      id: 'past',
      label: t('Identity past the norm'),
      help: t(SETTINGS.identityAt.help),
      on: e.identityAt === 'past' && e.identity !== 'off',
      add: { identityAt: 'past' },
      remove: { identityAt: 'sum' },
    },
    {
      id: 'branchRelu',
      label: t('ReLU in every branch'),
      help: t(SETTINGS.branchRelu.help),
      on: e.branchRelu,
      add: { branchRelu: true },
      remove: { branchRelu: false },
    },
    {
      id: 'gradmult',
      label: t('One kernel, gradient multiplied'),
      help: t(SETTINGS.form.help),
      on: e.form === 'gradmult',
      add: { form: 'gradmult' },
      remove: { form: 'branches' },
    },
  ];
}

export function BlockParts() {
  const experiment = useExperiment((state) => state.experiment);
  const change = useExperiment((state) => state.change);
  const parts = partsOf(experiment);
  const conflict = (values: Partial<Experiment>) => conflictIn({ ...experiment, ...values });
  const more = parts.filter(({ on }) => !on);
  return (
    <Group gap={6} justify="center" mt={6} role="group" aria-label={t('More parts of the block')}>
      {parts
        .filter(({ on }) => on)
        .map(({ id, label, remove }) => (
          <Button
            key={id}
            size="compact-xs"
            variant="light"
            radius="xl"
            rightSection={<IconX size={12} aria-hidden />}
            aria-label={t('{{part}}: remove', { part: label })}
            disabled={conflict(remove) !== null}
            onClick={() => change(remove)}
          >
            {label}
          </Button>
        ))}
      <Menu position="bottom" shadow="md" width={270}>
        <Menu.Target>
          <Button
            size="compact-xs"
            variant="default"
            radius="xl"
            leftSection={<IconPlus size={12} aria-hidden />}
          >
            {t('Add a part')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {more.map(({ id, label, help, add }) => {
            const why = conflict(add);
            return (
              <Menu.Item key={id} disabled={why !== null} onClick={() => change(add)} title={why ?? help}>
                {label}
              </Menu.Item>
            );
          })}
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
