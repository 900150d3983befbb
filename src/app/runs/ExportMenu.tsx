/** The menu of export formats for one or several runs of the history. */
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
import { phrase, t } from '../../language/language';
import { EXPORTS, type ExportKind } from '../../runs/files/export-kinds';
import { exportRuns } from './export-runs';

export interface ExportMenuProps {
  /** Ids of runs of the history. */
  ids: readonly string[];
  /** Text of the button. */
  label: string;
}

const ICON = 16;

/** Name of each format, for one run and for several (those come as a zip). */
const FORMATS: Record<ExportKind, { one: string; several: string; icon: Icon }> = {
  record: { one: phrase('Run record, JSON'), several: phrase('Run records, JSON (zip)'), icon: IconJson },
  series: { one: phrase('Series, CSV'), several: phrase('Series, CSV'), icon: IconFileTypeCsv },
  weights: {
    one: phrase('Weights as trained, safetensors'),
    several: phrase('Weights as trained, safetensors (zip)'),
    icon: IconBinaryTree,
  },
  fused: {
    one: phrase('Weights fused, safetensors'),
    several: phrase('Weights fused, safetensors (zip)'),
    icon: IconBinaryTree,
  },
  report: {
    one: phrase('Report with charts, Markdown (zip)'),
    several: phrase('Report with charts, Markdown (zip)'),
    icon: IconMarkdown,
  },
  everything: { one: phrase('Everything (zip)'), several: phrase('Everything (zip)'), icon: IconFileZip },
};

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
        {EXPORTS.map((kind) => {
          const { one, several, icon: Symbol } = FORMATS[kind];
          return (
            <Menu.Item
              key={kind}
              leftSection={<Symbol size={ICON} aria-hidden />}
              disabled={busy || ids.length === 0}
              onClick={() => void save(kind)}
            >
              {t(ids.length > 1 ? several : one)}
            </Menu.Item>
          );
        })}
        <Text size="xs" c="dimmed" px="sm" py={6}>
          {t(
            'Weights have PyTorch’s names. Drop the zip, a record or a checkpoint on any lab to have the run there.',
          )}
        </Text>
      </Menu.Dropdown>
    </Menu>
  );
}
