/** The files that one or several runs of the history can be taken away as. */
import { Button, Menu, Text } from '@mantine/core';
import {
  IconBinaryTree,
  IconDownload,
  IconFileTypeCsv,
  IconFileZip,
  IconJson,
  IconMarkdown,
  type Icon,
} from '@tabler/icons-react';
import { useState } from 'react';
import { t } from '../../language/language';
import type { ExportKind } from '../../runs/files/export-files';
import { exportRuns } from './export-runs';

export interface ExportMenuProps {
  /** Of runs of the history. */
  ids: readonly string[];
  /** On the button. */
  label: string;
}

const ICON = 16;

function itemsOf(several: boolean): { kind: ExportKind; label: string; icon: Icon }[] {
  return [
    {
      kind: 'record',
      label: several ? t('Run records, JSON (zip)') : t('Run record, JSON'),
      icon: IconJson,
    },
    { kind: 'series', label: t('Series, CSV'), icon: IconFileTypeCsv },
    {
      kind: 'weights',
      label: several ? t('Weights as trained, safetensors (zip)') : t('Weights as trained, safetensors'),
      icon: IconBinaryTree,
    },
    {
      kind: 'fused',
      label: several ? t('Weights fused, safetensors (zip)') : t('Weights fused, safetensors'),
      icon: IconBinaryTree,
    },
    { kind: 'report', label: t('Report with charts, Markdown (zip)'), icon: IconMarkdown },
    { kind: 'everything', label: t('Everything (zip)'), icon: IconFileZip },
  ];
}

export function ExportMenu({ ids, label }: ExportMenuProps) {
  const [busy, setBusy] = useState(false);
  const save = async (kind: ExportKind) => {
    if (busy) return;
    setBusy(true);
    await exportRuns(ids, kind);
    setBusy(false);
  };
  return (
    <Menu position="bottom-end" width={300} withinPortal transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          loading={busy}
          leftSection={<IconDownload size={14} aria-hidden />}
        >
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {itemsOf(ids.length > 1).map(({ kind, label: what, icon: Symbol }) => (
          <Menu.Item
            key={kind}
            leftSection={<Symbol size={ICON} aria-hidden />}
            disabled={busy || ids.length === 0}
            onClick={() => void save(kind)}
          >
            {what}
          </Menu.Item>
        ))}
        <Text size="xs" c="dimmed" px="sm" py={6}>
          {t(
            'Weights have PyTorch’s names. Drop the zip, a record or a checkpoint on any lab to have the run there.',
          )}
        </Text>
      </Menu.Dropdown>
    </Menu>
  );
}
