/** Chooses between superclasses and classes, each with how many there are. */
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
        { value: 'coarse', label: `${names.coarse.length} superclasses` },
        { value: 'fine', label: `${names.fine.length} classes` },
      ]}
      value={value}
      onChange={(level) => onChange(level as Level)}
    />
  );
}
