/** Chooses between superclasses and classes. */
import { t } from '../../language/language';
import { SegmentedControl } from '@mantine/core';
import type { Level, Results } from './results';

export interface LevelControlProps {
  label: string;
  names: Results['names'];
  value: Level;
  onChange: (level: Level) => void;
}

export function LevelControl({ label, names, value, onChange }: LevelControlProps) {
  return (
    <SegmentedControl
      aria-label={label}
      size="xs"
      transitionDuration={0}
      data={[
        { value: 'coarse', label: t('{{superclasses}} superclasses', { superclasses: names.coarse.length }) },
        { value: 'fine', label: t('{{classes}} classes', { classes: names.fine.length }) },
      ]}
      value={value}
      onChange={(level) => onChange(level as Level)}
    />
  );
}
