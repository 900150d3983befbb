/** The files that one or several runs of the history can be taken away as. */
import { Menu, Text } from '@mantine/core';
import {
  IconBinaryTree,
  IconFileTypeCsv,
  IconFileZip,
  IconJson,
  IconMarkdown,
  type Icon,
} from '@tabler/icons-react';
import { useState, type ReactElement } from 'react';
import type { ExportKind } from '../../runs/files/pack';
import { exportRuns } from './exportRuns';

export interface ExportMenuProps {
  /** Of runs of the history. */
  ids: readonly string[];
  /** Opens the menu; told whether files are being packed. */
  target: (busy: boolean) => ReactElement;
}

const ICON = 16;

function itemsOf(several: boolean): { kind: ExportKind; label: string; icon: Icon }[] {
  const archive = several ? ' (zip)' : '';
  return [
    { kind: 'record', label: several ? 'Run records, JSON (zip)' : 'Run record, JSON', icon: IconJson },
    { kind: 'series', label: 'Series, CSV', icon: IconFileTypeCsv },
    { kind: 'weights', label: `Weights as trained, safetensors${archive}`, icon: IconBinaryTree },
    { kind: 'fused', label: `Weights fused, safetensors${archive}`, icon: IconBinaryTree },
    { kind: 'report', label: 'Report with charts, Markdown (zip)', icon: IconMarkdown },
    { kind: 'everything', label: 'Everything (zip)', icon: IconFileZip },
  ];
}

export function ExportMenu({ ids, target }: ExportMenuProps) {
  const [busy, setBusy] = useState(false);
  const save = async (kind: ExportKind) => {
    if (busy) return;
    setBusy(true);
    await exportRuns(ids, kind);
    setBusy(false);
  };
  return (
    <Menu position="bottom-end" width={300} withinPortal transitionProps={{ duration: 0 }}>
      <Menu.Target>{target(busy)}</Menu.Target>
      <Menu.Dropdown>
        {itemsOf(ids.length > 1).map(({ kind, label, icon: Symbol }) => (
          <Menu.Item
            key={kind}
            leftSection={<Symbol size={ICON} aria-hidden />}
            disabled={busy || ids.length === 0}
            onClick={() => void save(kind)}
          >
            {label}
          </Menu.Item>
        ))}
        <Text size="xs" c="dimmed" px="sm" py={6}>
          Weights have PyTorch’s names. Drop the zip, a record or a checkpoint on any lab to have the run there.
        </Text>
      </Menu.Dropdown>
    </Menu>
  );
}
